// @ts-check
/** Which ground goes: villages from a list or the map, a dividing line, an area, or not stated. */

import { say } from "../config.js";
import { radios } from "./fields.js";
import { count, h, icon, km2, zh } from "./dom.js";
import { drawnKind, unassigned } from "./model.js";
import { aroundNow, known, nameOf } from "./units.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./model.js").Key} Key */

/**
 * @param {Context} ctx @param {string} uid @param {any} extent @param {Key | null} source
 * @param {string[]} kinds @param {(act: import("./model.js").Act) => any} find the extent within an act
 * @param {string} id
 */
export function extentFields(ctx, uid, extent, source, kinds, find, id) {
  const words = /** @type {Record<string, string>} */ ({
    whole: say("wbExtentWhole"),
    villages: say("wbExtentVillages"),
    line: say("wbExtentLine"),
    area: say("wbExtentArea"),
    unstated: say("wbExtentUnstated"),
  });
  const choose = (/** @type {string} */ kind) =>
    ctx.edit(uid, (act) => {
      const changed = find(act);
      for (const name of Object.keys(changed)) delete changed[name];
      changed.kind = kind;
      if (kind === "villages") changed.villages = [];
      act.ui = { points: [] };
      act.geometry = null;
    });
  /** @type {(Node | null)[]} */
  const parts = [radios(ctx, `${id}-extent`, say("wbGround"), kinds.map((kind) => [kind, words[kind]]), extent.kind, choose)];
  if (extent.kind === "villages") {
    parts.push(villagePicker(ctx, uid, source, extent.villages ?? [], id, (act, keys) => (find(act).villages = keys)));
  } else if (extent.kind === "line" || extent.kind === "area") parts.push(...drawnFields(ctx, uid, extent, source, find));
  return parts;
}

/** The units below a unit: of the register, or of what the last preview made. @param {Context} ctx @param {Key | null} source */
export function unitsBelow(ctx, source) {
  if (typeof source === "number") return aroundNow(source, ctx.draft.state.day)?.below ?? null;
  if (!source) return null;
  const keys = /** @type {Key[]} */ (ctx.preview?.below?.[source] ?? []);
  return keys.map((key) => known.get(Number(key))).filter((unit) => unit !== undefined);
}

/**
 * A list with boxes beside the map, which toggles the same villages.
 * @param {Context} ctx @param {string} uid @param {Key | null} source @param {Key[]} picked @param {string} id
 * @param {(act: import("./model.js").Act, keys: Key[]) => void} set
 */
export function villagePicker(ctx, uid, source, picked, id, set) {
  const below = unitsBelow(ctx, source);
  if (!source) return h("p", { class: "muted wb-tight" }, say("wbChooseSource"));
  if (below === null) return h("p", { class: "muted wb-tight" }, say("loading"));
  if (!below.length) return h("p", { class: "muted wb-tight" }, say("wbNoVillages"));
  const chosen = new Set(picked);
  const change = (/** @type {Key[]} */ keys) => ctx.edit(uid, (act) => set(act, keys));
  const filter = /** @type {HTMLInputElement} */ (
    h("input", { type: "search", class: "form-control", id: `${id}-filter`, "aria-label": say("wbFilter"), placeholder: say("wbFilter"), value: ctx.stage.filters.get(id) ?? "" })
  );
  const rows = below.map((unit) =>
    h(
      "li",
      {},
      h(
        "label",
        { class: "wb-village" },
        h("input", {
          type: "checkbox",
          class: "form-check-input",
          id: `${id}-${unit.id}`,
          checked: chosen.has(unit.id),
          disabled: ctx.readonly,
          change: (/** @type {Event} */ event) =>
            change(/** @type {HTMLInputElement} */ (event.target).checked ? [...picked, unit.id] : picked.filter((key) => key !== unit.id)),
        }),
        zh(unit.name),
        h("span", { class: "num" }, unit.has_extent ? `${km2(unit.area_m2)} ${say("wbKm2")}` : say("noExtent")),
        h("span", { class: "num" }, unit.people === null ? "—" : say("wbPersons", { count: count(unit.people) })),
      ),
    ),
  );
  const narrow = () => {
    ctx.stage.filters.set(id, filter.value);
    below.forEach((unit, index) => (rows[index].hidden = !unit.name.includes(filter.value.trim()) && !unit.code.startsWith(filter.value.trim() || "-")));
  };
  filter.addEventListener("input", narrow);
  narrow();
  return h(
    "fieldset",
    { class: "wb-villages" },
    h("legend", {}, say("wbVillagesOf", { name: nameOf(source, ctx.draft) })),
    h(
      "div",
      { class: "wb-inline" },
      filter,
      h("button", { type: "button", class: "btn btn-plain btn-sm", id: `${id}-all`, disabled: ctx.readonly, click: () => change(below.map((unit) => unit.id)) }, say("wbAll")),
      h("button", { type: "button", class: "btn btn-plain btn-sm", id: `${id}-none`, disabled: ctx.readonly, click: () => change([]) }, say("wbNone")),
    ),
    h("ul", { class: "wb-village-list", tabindex: "-1" }, ...rows),
    h("p", { class: "wb-sum", role: "status" }, sumOf(picked)),
    h("p", { class: "form-text wb-tight" }, say("wbPickHint")),
  );
}

/** @param {Key[]} picked */
function sumOf(picked) {
  const units = picked.map((key) => known.get(Number(key))).filter((unit) => unit !== undefined);
  const areas = units.map((unit) => unit.area_m2);
  const people = units.map((unit) => unit.people);
  const missing = people.filter((one) => one === null).length;
  return say(missing ? "wbPickedSome" : "wbPicked", {
    count: picked.length,
    area: areas.includes(null) ? "—" : km2(areas.reduce((/** @type {number} */ sum, one) => sum + (one ?? 0), 0)),
    people: count(people.reduce((/** @type {number} */ sum, one) => sum + (one ?? 0), 0)),
    missing,
  });
}

/**
 * A line or an area: drawn on the map or typed, then the side, then the villages it cuts.
 * @param {Context} ctx @param {string} uid @param {any} extent @param {Key | null} source
 * @param {(act: import("./model.js").Act) => any} find
 */
function drawnFields(ctx, uid, extent, source, find) {
  const act = ctx.draft.act(uid);
  if (!act) return [];
  const points = act.ui.points ?? [];
  const area = extent.kind === "area";
  const drawing = ctx.stage.drawing === uid;
  const toggle = h(
    "button",
    { type: "button", class: drawing ? "btn btn-primary btn-sm" : "btn btn-plain btn-sm", id: `${uid}-draw`, "aria-pressed": String(drawing), disabled: ctx.readonly || !source, click: () => ctx.stage.draw(drawing ? null : uid) },
    icon(drawing ? "check" : "edit"),
    drawing ? say("wbDrawEnd") : points.length ? say("wbDrawOn") : say(area ? "wbDrawArea" : "wbDrawLine"),
  );
  const text = /** @type {HTMLTextAreaElement} */ (
    h("textarea", { class: "form-control", id: `${uid}-places`, rows: 4, spellcheck: "false", inputmode: "decimal", disabled: ctx.readonly, placeholder: "113.123456 33.912345", value: points.map(([lon, lat]) => `${short(lon)} ${short(lat)}`).join("\n") })
  );
  const wrong = h("p", { class: "wb-wrong", role: "alert", hidden: true });
  text.addEventListener("change", () => {
    const read = readPlaces(text.value);
    wrong.hidden = typeof read !== "string";
    if (typeof read === "string") wrong.textContent = read;
    else ctx.edit(uid, (changed) => (changed.ui.points = read));
  });
  return [
    h(
      "div",
      { class: "wb-inline" },
      toggle,
      h("button", { type: "button", class: "btn btn-plain btn-sm", id: `${uid}-unpoint`, disabled: ctx.readonly || !points.length, click: () => ctx.edit(uid, (changed) => changed.ui.points?.pop()) }, say("wbUndoPoint")),
      h("button", { type: "button", class: "btn btn-plain btn-sm", id: `${uid}-clear`, disabled: ctx.readonly || !points.length, click: () => ctx.edit(uid, (changed) => (changed.ui = { points: [] })) }, say("wbClear")),
      h("label", { class: "wb-choice" }, h("input", { type: "checkbox", class: "form-check-input", id: `${uid}-snap`, checked: ctx.stage.snap, change: (/** @type {Event} */ event) => (ctx.stage.snap = /** @type {HTMLInputElement} */ (event.target).checked) }), say("wbSnap")),
    ),
    h("p", { class: "form-text wb-tight" }, say(area ? "wbDrawHintArea" : "wbDrawHintLine")),
    h("details", { class: "wb-typed", open: ctx.stage.typed.has(uid), toggle: (/** @type {Event} */ event) => ctx.stage.typed[/** @type {HTMLDetailsElement} */ (event.target).open ? "add" : "delete"](uid) }, h("summary", {}, say("wbTypePlaces")), h("label", { class: "form-text", for: `${uid}-places` }, say("wbPlaces")), text, wrong),
    ...sidesFields(ctx, uid, extent, source, find),
  ];
}

/** @param {number} degrees */
function short(degrees) {
  return String(Math.round(degrees * 1e7) / 1e7);
}

/** Longitude and latitude a line; a sentence where that cannot be read. @param {string} text @returns {import("./model.js").Place[] | string} */
export function readPlaces(text) {
  /** @type {import("./model.js").Place[]} */
  const places = [];
  for (const [index, line] of text.split(/[\n;；]/).entries()) {
    if (!line.trim()) continue;
    const [lon, lat, ...rest] = line.trim().split(/[\s,，]+/).map(Number);
    if (rest.length || !(lon >= -180 && lon <= 180) || !(lat >= -90 && lat <= 90)) return say("wbBadPlace", { line: index + 1 });
    places.push([lon, lat]);
  }
  return places;
}

/**
 * @param {Context} ctx @param {string} uid @param {any} extent @param {Key | null} source @param {(act: import("./model.js").Act) => any} find
 * @returns {Node[]}
 */
function sidesFields(ctx, uid, extent, source, find) {
  const answer = ctx.sides.get(uid);
  const act = ctx.draft.act(uid);
  if (!answer || !act) return [];
  if (answer.refused) return [h("p", { class: "wb-refusal" }, icon("warning"), h("span", {}, answer.refused))];
  const area = extent.kind === "area";
  const described = (/** @type {any} */ side) =>
    say("wbSide", { area: km2(side.area_m2), villages: side.whole.length, people: side.people === null ? "—" : count(side.people) });
  const names = area ? [say("wbInside"), say("wbRest")] : directions(answer.sides);
  const choices = /** @type {[string, string][]} */ (answer.sides.map((/** @type {any} */ side, /** @type {number} */ index) => [names[index], say("wbSideOf", { name: area ? names[index] : say(`wb_${names[index]}`), side: described(side) })]));
  /** @type {Node[]} */
  const parts = area
    ? [h("ul", { class: "wb-sides" }, ...choices.map(([, words]) => h("li", {}, words)))]
    : [radios(ctx, `${uid}-side`, say("wbWhichSide"), choices.toSorted(), names[0], (value) => value !== names[0] && ctx.stage.turnSides(uid))];
  const open = [...answer.cut.map((/** @type {any} */ one) => one.unit), ...answer.unknown];
  if (!open.length) return parts;
  const left = unassigned(act).length;
  const shares = new Map(answer.cut.map((/** @type {any} */ one) => [one.unit, one.share]));
  parts.push(
    h(
      "fieldset",
      { class: "wb-cut" },
      h("legend", {}, say(answer.cut.length ? "wbCutTitle" : "wbUnknownTitle", { count: open.length })),
      h("p", { class: "form-text wb-tight" }, say(answer.cut.length ? "wbCutHint" : "wbUnknownHint")),
      ...open.map((key) =>
        h(
          "div",
          { class: "wb-cut-row" },
          h("span", { class: "wb-cut-name" }, zh(nameOf(key, ctx.draft)), shares.has(key) ? h("span", { class: "caption" }, say("wbCutShare", { share: (100 * shares.get(key)).toFixed(1) })) : h("span", { class: "caption" }, say("noExtent"))),
          radios(
            ctx,
            `${uid}-cut-${key}`,
            nameOf(key, ctx.draft),
            [
              ["go", say("wbGoes")],
              ["stay", say("wbStays")],
            ],
            act.ui.assigned?.[key] === undefined ? "" : act.ui.assigned[key] ? "go" : "stay",
            (value) => ctx.edit(uid, (changed) => (changed.ui.assigned = { ...changed.ui.assigned, [key]: value === "go" })),
          ),
        ),
      ),
      answer.cut.length
        ? h(
            "div",
            { class: "wb-inline" },
            h("button", { type: "button", class: "btn btn-plain btn-sm", id: `${uid}-by-share`, disabled: ctx.readonly, click: () => ctx.edit(uid, (changed) => (changed.ui.assigned = { ...changed.ui.assigned, ...Object.fromEntries(answer.cut.map((/** @type {any} */ one) => [one.unit, one.share > 0.5])) })) }, say("wbByShare")),
          )
        : null,
      answer.cut.length
        ? radios(
            ctx,
            `${uid}-follow`,
            say("wbFollowTitle"),
            [
              ["villages", say("wbFollow")],
              ["exact", say("wbExact")],
            ],
            act.ui.exact ? "exact" : "villages",
            (value) => ctx.edit(uid, (changed) => (changed.ui.exact = value === "exact")),
          )
        : null,
      h("p", { class: "wb-sum", role: "status" }, left ? say("wbLeft", { count: left }) : say("wbAllAssigned")),
    ),
  );
  return parts;
}

/** Where two sides lie to each other, so that each keeps its name whichever goes. @param {{point: [number, number]}[]} sides @returns {string[]} */
function directions([one, other]) {
  const north = one.point[1] - other.point[1];
  const east = (one.point[0] - other.point[0]) * Math.cos((one.point[1] * Math.PI) / 180);
  if (Math.abs(north) >= Math.abs(east)) return north > 0 ? ["north", "south"] : ["south", "north"];
  return east > 0 ? ["east", "west"] : ["west", "east"];
}

/** Whether the form of an act shows something drawn. @param {import("./model.js").Act | undefined} act */
export function isDrawn(act) {
  return Boolean(act && drawnKind(act));
}
