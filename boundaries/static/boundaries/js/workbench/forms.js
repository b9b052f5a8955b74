// @ts-check
/** The eleven kinds of acts: what a new one begins as, which unit its ground comes from, and its small form. */

import { say } from "../config.js";
import { extentFields, villagePicker } from "./extent.js";
import { levelsLike, newUnitFields, radios, renamed, row, textField, unitField } from "./fields.js";
import { h, iconButton } from "./dom.js";
import { partShown } from "./model.js";
import { known, levelOf, nameOf, typeOf } from "./units.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./model.js").Act} Act */
/** @typedef {import("./model.js").Key} Key */
/** @typedef {import("./units.js").Unit} Unit */

/** A unit to be made that is like another one. @param {Context} ctx @param {Unit | undefined} unit @param {string} type @param {string} [name] */
function like(ctx, unit, type, name) {
  const proper = unit?.proper || unit?.name || "";
  return { ref: ctx.draft.freeRef(), name: name ?? renamed(proper, "", type), type };
}

/** The usual next type of a unit. @param {Unit | undefined} unit */
function nextType(unit) {
  const next = /** @type {Record<string, string>} */ ({ township: "town", ethnic_township: "town", town: "subdistrict", county: "district", county_city: "district", village_committee: "residents_committee" });
  return next[unit?.type ?? ""] ?? unit?.type ?? "town";
}

/** What an act of a kind begins as, about a unit. @param {Context} ctx @param {string} kind @param {Unit | undefined} unit @returns {any} */
export function begin(ctx, kind, unit) {
  const id = unit?.id ?? null;
  const same = unit?.type ?? "township";
  /** @type {Record<string, () => any>} */
  const beginnings = {
    establish: () => ({ new: { ...like(ctx, unit, same, ""), ...(unit ? {} : {}) }, parts: id ? [{ unit: id, extent: { kind: "villages", villages: [] } }] : [] }),
    abolish: () => ({ unit: id, into: null }),
    rename: () => ({ unit: id, name: unit?.name ?? "" }),
    change_type: () => ({ unit: id, new: like(ctx, unit, nextType(unit)) }),
    transfer_villages: () => ({ from: id, villages: [], to: null }),
    change_boundary: () => ({ from: id, to: null, extent: { kind: "villages", villages: [] } }),
    change_affiliation: () => ({ unit: id, parent: null }),
    move_seat: () => ({ unit: id, seat: null, place: "" }),
    recode: () => ({ unit: id, code: "" }),
    split: () => ({ unit: id, new: like(ctx, unit, same, ""), extent: { kind: "villages", villages: [] } }),
    merge: () => ({ units: id ? [id] : [], new: like(ctx, unit, same) }),
  };
  return beginnings[kind]();
}

/** The unit whose villages are picked or that is cut. @param {Act | undefined} act @returns {Key | null} */
export function sourceOf(act) {
  if (!act) return null;
  if (act.kind === "split") return act.data.unit;
  if (act.kind === "transfer_villages" || act.kind === "change_boundary") return act.data.from;
  if (act.kind === "establish") return act.data.parts[partShown(act)]?.unit ?? null;
  if (act.kind === "merge") return act.data.units[0] ?? null;
  return act.data.unit ?? null;
}

/** Where the map's clicks toggle villages: the keys and how to set them; null where the act picks none. @param {Act | undefined} act */
export function picksOf(act) {
  if (!act) return null;
  if (act.kind === "transfer_villages") return { keys: act.data.villages, set: (/** @type {Act} */ one, /** @type {Key[]} */ keys) => (one.data.villages = keys) };
  if (act.data.extent?.kind === "villages") return { keys: act.data.extent.villages ?? [], set: (/** @type {Act} */ one, /** @type {Key[]} */ keys) => (one.data.extent.villages = keys) };
  const index = act.kind === "establish" ? partShown(act) : -1;
  if (act.data.parts?.[index]?.extent?.kind === "villages") return { keys: act.data.parts[index].extent.villages ?? [], set: (/** @type {Act} */ one, /** @type {Key[]} */ keys) => (one.data.parts[index].extent.villages = keys) };
  return null;
}

/** The form of an act. @param {Context} ctx @param {Act} act @returns {(Node | null)[]} */
export function formOf(ctx, act) {
  const { uid, data } = act;
  const edit = (/** @type {(data: any) => void} */ change) => ctx.edit(uid, (one) => change(one.data));
  const one = (/** @type {string} */ field, /** @type {string} */ label, /** @type {any} */ more = {}) =>
    unitField(ctx, {
      id: `${uid}-${field}`,
      label,
      uid,
      value: data[field],
      levels: levelsLike(ctx, sourceOf(act)),
      pick: (key) => edit((changed) => (changed[field] = key)),
      ...more,
    });
  switch (act.kind) {
    case "change_type":
      return [
        one("unit", say("wbWhich"), {
          pick: (/** @type {Key | null} */ key) =>
            edit((changed) => {
              const unit = known.get(Number(key));
              changed.unit = key;
              if (unit) Object.assign(changed.new, { name: renamed(unit.proper || unit.name, "", nextType(unit)), type: nextType(unit) });
            }),
        }),
        ...newUnitFields(ctx, uid, data, levelsLike(ctx, data.unit)[0]),
        h("p", { class: "form-text wb-tight" }, say("wbSeatKept")),
      ];
    case "rename":
      return [
        one("unit", say("wbWhich")),
        textField(ctx, { id: `${uid}-name`, label: say("wbNewName"), value: data.name, longest: 60, set: (text) => ctx.type(uid, "name", (changed) => (changed.data.name = text)) }),
      ];
    case "abolish":
      return [one("unit", say("wbWhich")), one("into", say("wbInto"), { empty: say("wbIntoElsewhere"), without: [data.unit] })];
    case "transfer_villages":
      return [
        one("from", say("wbFrom"), { pick: (/** @type {Key | null} */ key) => edit((changed) => Object.assign(changed, { from: key, villages: [] })), without: [data.to] }),
        villagePicker(ctx, uid, data.from, data.villages, `${uid}-v`, (changed, keys) => (changed.data.villages = keys)),
        one("to", say("wbTo"), { without: [data.from] }),
      ];
    case "change_boundary":
      return [
        one("from", say("wbFrom"), { without: [data.to] }),
        ...extentFields(ctx, uid, data.extent, data.from, ["villages", "line", "area", "unstated"], (changed) => changed.data.extent, uid),
        one("to", say("wbTo"), { without: [data.from] }),
      ];
    case "change_affiliation": {
      const level = levelsLike(ctx, data.unit)[0];
      return [one("unit", say("wbWhich")), one("parent", say("wbNewParent"), { levels: [level - 1, ...(level === 4 ? [] : level > 2 ? [level - 2] : [])] })];
    }
    case "move_seat":
      return [
        one("unit", say("wbWhich")),
        seatFields(ctx, act),
        textField(ctx, { id: `${uid}-place`, label: say("wbSeatPlace"), value: data.place, longest: 200, set: (text) => ctx.type(uid, "place", (changed) => (changed.data.place = text)) }),
      ];
    case "recode":
      return [
        one("unit", say("wbWhich")),
        textField(ctx, { id: `${uid}-code`, label: say("wbNewCode"), value: data.code, longest: 12, mode: "numeric", hint: say("wbCodeHint"), set: (text) => ctx.type(uid, "code", (changed) => (changed.data.code = text.trim())) }),
      ];
    case "split":
      return [
        one("unit", say("wbSplitWhich")),
        ...newUnitFields(ctx, uid, data, levelsLike(ctx, data.unit)[0]),
        ...extentFields(ctx, uid, data.extent, data.unit, ["villages", "line", "area", "unstated"], (changed) => changed.data.extent, uid),
      ];
    case "merge":
      return [...mergeFields(ctx, act)];
    default:
      return establishFields(ctx, act);
  }
}

/** @param {Context} ctx @param {Act} act */
function seatFields(ctx, act) {
  const { uid, data } = act;
  const value = data.seat ? data.seat.map((/** @type {number} */ one) => Math.round(one * 1e6) / 1e6).join(" ") : "";
  const input = /** @type {HTMLInputElement} */ (h("input", { class: "form-control", id: `${uid}-seat`, type: "text", value, placeholder: "113.123456 33.912345", disabled: ctx.readonly }));
  input.addEventListener("change", () => {
    const [lon, lat, ...rest] = input.value.trim().split(/[\s,，]+/).map(Number);
    const good = input.value.trim() && !rest.length && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
    if (!good && input.value.trim()) return ctx.tell(say("wbBadPlace", { line: 1 }));
    ctx.edit(uid, (changed) => (changed.data.seat = good ? [lon, lat] : null));
  });
  const placing = ctx.stage.placing === uid;
  return row(
    `${uid}-seat`,
    say("wbSeatPoint"),
    h("div", { class: "wb-inline" }, input, iconButton("pin", say("wbSeatOnMap"), () => ctx.stage.place(placing ? null : uid), { id: `${uid}-seat-map`, "aria-pressed": String(placing), disabled: ctx.readonly })),
  );
}

/** @param {Context} ctx @param {Act} act @returns {(Node | null)[]} */
function mergeFields(ctx, act) {
  const { uid, data } = act;
  const levels = levelsLike(ctx, data.units[0]);
  const edit = (/** @type {(data: any) => void} */ change) => ctx.edit(uid, (one) => change(one.data));
  const chips = data.units.map((/** @type {Key} */ key) => chip(ctx, key, () => edit((changed) => (changed.units = changed.units.filter((/** @type {Key} */ one) => one !== key)))));
  return [
    h("div", { class: "wb-field" }, h("span", { class: "wb-label" }, say("wbMergeWhich", { count: data.units.length })), h("ul", { class: "wb-chips" }, ...chips)),
    unitField(ctx, { id: `${uid}-more`, label: say("wbAddUnit"), uid, value: null, levels, without: data.units, pick: (key) => key && edit((changed) => changed.units.push(key)) }),
    radios(
      ctx,
      `${uid}-target`,
      say("wbMergeInto"),
      [
        ["new", say("wbMergeNew")],
        ["into", say("wbMergeOne")],
      ],
      data.new ? "new" : "into",
      (value) =>
        edit((changed) => {
          if (value === "new") {
            delete changed.into;
            changed.new = like(ctx, known.get(changed.units[0]), known.get(changed.units[0])?.type ?? "town");
          } else {
            delete changed.new;
            changed.into = changed.units[0] ?? null;
          }
        }),
    ),
    ...(data.new ? newUnitFields(ctx, uid, data, levels[0]) : [unitField(ctx, { id: `${uid}-into`, label: say("wbInto"), uid, value: data.into, levels, pick: (key) => edit((changed) => (changed.into = key)) })]),
  ];
}

/** @param {Context} ctx @param {Key} key @param {() => void} drop */
function chip(ctx, key, drop) {
  return h("li", { class: "wb-chip" }, h("span", { lang: "zh-Hans" }, nameOf(key, ctx.draft)), iconButton("cross", say("wbTakeOut", { name: nameOf(key, ctx.draft) }), drop, { disabled: ctx.readonly }));
}

/** @param {Context} ctx @param {Act} act @returns {(Node | null)[]} */
function establishFields(ctx, act) {
  const { uid, data } = act;
  const level = typeOf(data.new.type)?.level ?? 4;
  const edit = (/** @type {(data: any) => void} */ change) => ctx.edit(uid, (one) => change(one.data));
  const units = data.parts.map((/** @type {any} */ part) => part.unit);
  const drawn = data.parts.findIndex((/** @type {any} */ part) => ["line", "area"].includes(part.extent?.kind));
  const parts = data.parts.map((/** @type {any} */ part, /** @type {number} */ index) => {
    const kinds = ["whole", "villages", ...(drawn < 0 || drawn === index ? ["line", "area"] : []), "unstated"];
    part.extent ??= { kind: "whole" };
    return h(
      "div",
      { class: "wb-part" },
      h("div", { class: "wb-part-head" }, h("strong", { lang: "zh-Hans" }, nameOf(part.unit, ctx.draft)), h("div", { class: "wb-inline" },
        iconButton("map", say("wbShowPart"), () =>
          ctx.draft.amend((state) => {
            const shown = state.acts.find((other) => other.uid === uid);
            if (shown) shown.ui.part = index;
          }, true), { id: `${uid}-p${index}-show`, "aria-pressed": String(partShown(act) === index), disabled: drawn >= 0 }),
        iconButton("cross", say("wbTakeOut", { name: nameOf(part.unit, ctx.draft) }), () => edit((changed) => changed.parts.splice(index, 1)), { disabled: ctx.readonly, id: `${uid}-p${index}-drop` }))),
      ...extentFields(ctx, uid, part.extent, part.unit, kinds, (changed) => changed.data.parts[index].extent, `${uid}-p${index}`),
    );
  });
  const parents = [level - 1, ...(level > 2 ? [level - 2] : [])];
  return [
    ...newUnitFields(ctx, uid, data, level),
    h("div", { class: "wb-field" }, h("span", { class: "wb-label" }, say("wbParts")), ...parts),
    unitField(ctx, {
      id: `${uid}-more`,
      label: say("wbAddPart"),
      uid,
      value: null,
      levels: [level],
      without: units,
      pick: (key) => key && edit((changed) => changed.parts.push({ unit: key, extent: { kind: "whole" } })),
    }),
    unitField(ctx, {
      id: `${uid}-parent`,
      label: say("wbParent"),
      uid,
      value: data.new.parent,
      levels: parents,
      empty: data.parts.length ? say("wbParentOfPart") : undefined,
      pick: (key) => edit((changed) => (key ? (changed.new.parent = key) : delete changed.new.parent)),
    }),
  ];
}

/** One line on what an act says, before the server has put it into words. @param {Context} ctx @param {Act} act */
export function titleOf(ctx, act) {
  const unit = nameOf(sourceOf(act), ctx.draft);
  const made = act.data.new?.name;
  return [unit, made].filter(Boolean).join(" → ");
}

/** Whether a level is the lowest, whose units have nothing below them. @param {Context} ctx @param {Key | null} key */
export function isLowest(ctx, key) {
  return levelOf(key, ctx.draft) === 5;
}
