// @ts-check
/** The controls that forms of acts are made of. Each has an id of its own, so that focus comes back when a form is drawn anew. */

import { ask, config, say } from "../config.js";
import { aborted, told } from "./server.js";
import { bench, h, iconButton } from "./dom.js";
import { around, known, levelOf, nameOf, typeOf } from "./units.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./model.js").Key} Key */

/** A labelled row. @param {string} id @param {string} label @param {Node} control @param {...(Node | null)} more */
export function row(id, label, control, ...more) {
  return h("div", { class: "wb-field" }, h("label", { for: id }, label), control, ...more);
}

/**
 * A unit of the register, or one that an earlier act makes.
 * @param {Context} ctx
 * @param {{id: string, label: string, uid: string, value: Key | null | undefined, levels: number[], empty?: string, without?: (Key | null | undefined)[],
 *   pick: (key: Key | null) => void}} options `empty`: words of the choice of none
 */
export function unitField(ctx, { id, label, uid, value, levels, empty, without = [], pick }) {
  const select = h("select", { class: "form-select", id, disabled: ctx.readonly });
  const left = (/** @type {Key} */ key) => key !== value && without.includes(key);
  select.append(h("option", { value: "" }, empty ?? say("wbChoose")));
  const made = ctx.draft.made(uid).filter((one) => levels.includes(typeOf(one.type)?.level ?? 0) && !left(one.ref));
  if (made.length) {
    select.append(h("optgroup", { label: say("wbMadeHere") }, ...made.map((one) => h("option", { value: `ref:${one.ref}`, lang: "zh-Hans" }, one.name))));
  }
  // Of villages, which are many, only those around.
  const near = new Set([...(ctx.start?.below ?? []), ...(ctx.start?.siblings ?? [])].map((unit) => unit.id));
  /** @type {Map<number | null, import("./units.js").Unit[]>} */
  const groups = new Map();
  for (const unit of known.values()) {
    if (!levels.includes(unit.level) || left(unit.id)) continue;
    if (unit.level === 5 && unit.id !== value && !near.has(unit.id) && unit.parent !== known.get(Number(value))?.parent) continue;
    groups.set(unit.parent, [...(groups.get(unit.parent) ?? []), unit]);
  }
  for (const [parent, units] of groups) {
    const name = (parent && (known.get(parent)?.name ?? ctx.start?.path.find((step) => step.id === parent)?.name)) || say("wbOthers");
    select.append(h("optgroup", { label: name, lang: "zh-Hans" }, ...units.map((unit) => h("option", { value: String(unit.id) }, unit.name))));
  }
  if (typeof value === "number" && !known.has(value)) select.append(h("option", { value: String(value) }, nameOf(value, ctx.draft)));
  select.append(h("option", { value: "search" }, say("wbSearchUnit")));
  /** @type {any} */ (select).value = value === null || value === undefined ? "" : typeof value === "string" ? `ref:${value}` : String(value);
  const below = h("div", { class: "wb-search" });
  const choose = async (/** @type {number} */ key) => {
    try {
      await around(key, ctx.draft.state.day);
      pick(key);
    } catch (error) {
      ctx.tell(told(error));
    }
  };
  select.addEventListener("change", () => {
    const chosen = /** @type {any} */ (select).value;
    if (chosen === "search") {
      below.replaceChildren(searchBox(ctx, id, levels, choose));
      /** @type {HTMLElement} */ (below.querySelector("input")).focus();
      return;
    }
    if (!chosen) pick(null);
    else if (chosen.startsWith("ref:")) pick(chosen.slice(4));
    else void choose(Number(chosen));
  });
  const onMap = ctx.readonly
    ? null
    : iconButton("pin", say("wbPickOnMap"), () => ctx.stage.askForUnit(levels, (key) => void choose(key)), { id: `${id}-map` });
  return row(id, label, h("div", { class: "wb-inline" }, select, onMap), below);
}

/** @param {Context} ctx @param {string} id @param {number[]} levels @param {(key: number) => void} choose */
function searchBox(ctx, id, levels, choose) {
  const list = h("ul", { class: "wb-found", "aria-label": say("wbFound") });
  const input = /** @type {HTMLInputElement} */ (
    h("input", { class: "form-control", id: `${id}-search`, type: "search", maxlength: 60, "aria-label": say("wbSearchUnit"), placeholder: say("wbSearchHint") })
  );
  /** @type {AbortController | null} */
  let asking = null;
  let timer = 0;
  const find = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await ask(config.urls.search, { q: input.value, on: ctx.draft.state.day, limit: 30 }, asking.signal);
      const fitting = answer.units.filter((/** @type {any} */ unit) => levels.includes(unit.level));
      list.replaceChildren(
        ...fitting.map((/** @type {any} */ unit) =>
          h(
            "li",
            {},
            h(
              "button",
              { type: "button", class: "btn btn-plain btn-sm", lang: "zh-Hans", click: () => choose(unit.id) },
              [...unit.path.map((/** @type {any} */ step) => step.name), unit.name].join(" › "),
            ),
          ),
        ),
      );
      if (!fitting.length) list.replaceChildren(h("li", { class: "muted" }, say("wbNothingFound")));
    } catch (error) {
      if (!aborted(error)) list.replaceChildren(h("li", { class: "muted" }, told(error)));
    }
  };
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void find(), 200);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  return h("div", {}, input, list);
}

/**
 * Text; what is typed counts at once, and is one step for undo when the field is left.
 * @param {Context} ctx
 * @param {{id: string, label: string, value: string, longest: number, hint?: string, mode?: string, set: (text: string) => void}} options
 */
export function textField(ctx, { id, label, value, longest, hint, mode, set }) {
  const input = h("input", {
    class: "form-control",
    id,
    type: "text",
    value,
    maxlength: longest,
    autocomplete: "off",
    inputmode: mode ?? null,
    lang: mode ? null : "zh-Hans",
    disabled: ctx.readonly,
    "aria-describedby": hint ? `${id}-hint` : null,
    input: () => set(/** @type {HTMLInputElement} */ (input).value),
  });
  return row(id, label, input, hint ? h("span", { class: "form-text", id: `${id}-hint` }, hint) : null);
}

/**
 * A unit to be made: its type and its name, 专名 and 通名.
 * @param {Context} ctx @param {string} uid @param {any} data of the act @param {number} level
 */
export function newUnitFields(ctx, uid, data, level) {
  const types = bench.types.filter((/** @type {any} */ one) => one.level === level);
  const now = typeOf(data.new.type);
  const select = h("select", { class: "form-select", id: `${uid}-type`, disabled: ctx.readonly });
  select.append(...types.map((/** @type {any} */ one) => h("option", { value: one.type }, one.name)));
  /** @type {any} */ (select).value = data.new.type;
  select.addEventListener("change", () => {
    const next = /** @type {any} */ (select).value;
    ctx.edit(uid, (act) => {
      act.data.new.name = renamed(act.data.new.name, act.data.new.type, next);
      act.data.new.type = next;
    });
  });
  const inParts = (/** @type {string} */ name) => (now?.generic && name.endsWith(now.generic) && name !== now.generic ? say("wbNameParts", { proper: name.slice(0, -now.generic.length), generic: now.generic }) : "");
  const parts = h("p", { class: "form-text wb-tight", lang: "zh-Hans" }, inParts(data.new.name));
  return [
    h(
      "div",
      { class: "wb-pair" },
      textField(ctx, {
        id: `${uid}-name`,
        label: say("wbNewName"),
        value: data.new.name,
        longest: 60,
        set: (text) => {
          parts.textContent = inParts(text.trim());
          ctx.type(uid, "name", (act) => (act.data.new.name = text));
        },
      }),
      row(`${uid}-type`, say("wbType"), select),
    ),
    parts,
  ];
}

/** The name with the generic term of another type. @param {string} name @param {string} former @param {string} next */
export function renamed(name, former, next) {
  const [old, present] = [typeOf(former)?.generic ?? "", typeOf(next)?.generic ?? ""];
  const proper = old && name.endsWith(old) ? name.slice(0, -old.length) : name;
  return proper.endsWith(present) && present ? proper : proper + present;
}

/** Radios. @param {Context} ctx @param {string} id @param {string} legend @param {[string, string][]} choices @param {string} value @param {(value: string) => void} pick */
export function radios(ctx, id, legend, choices, value, pick) {
  return h(
    "fieldset",
    { class: "wb-radios" },
    h("legend", {}, legend),
    ...choices.map(([choice, words]) =>
      h(
        "label",
        { class: "wb-choice" },
        h("input", { type: "radio", class: "form-check-input", name: id, id: `${id}-${choice}`, checked: choice === value, disabled: ctx.readonly, change: () => pick(choice) }),
        words,
      ),
    ),
  );
}

/** The levels of units an act like this may be about, by the unit it starts from. @param {Context} ctx @param {Key | null | undefined} key */
export function levelsLike(ctx, key) {
  const level = (key && levelOf(key, ctx.draft)) || ctx.start?.unit.level || 4;
  return [level];
}
