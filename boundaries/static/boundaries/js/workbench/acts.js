// @ts-check
/** The acts in their order, as cards: one is open at a time, the map shows what it is about. */

import { say } from "../config.js";
import { bench, h, icon, iconButton } from "./dom.js";
import { begin, formOf, titleOf } from "./forms.js";
import { renamed } from "./fields.js";
import { known } from "./units.js";

/** @typedef {import("./context.js").Context} Context */

/** @param {Context} ctx @param {HTMLElement} place */
export function showActs(ctx, place) {
  const former = /** @type {HTMLInputElement | null} */ (place.contains(document.activeElement) ? document.activeElement : null);
  const focused = former?.id ?? "";
  const caret = former?.matches("input[type=text], input[type=search], textarea") ? /** @type {const} */ ([former.selectionStart, former.selectionEnd]) : null;
  const scrolled = [...place.querySelectorAll(".wb-village-list")].map((list) => list.scrollTop);
  const cards = ctx.draft.state.acts.map((act, index) => card(ctx, act, index));
  place.replaceChildren(
    cards.length ? h("ol", { class: "wb-acts" }, ...cards) : h("p", { class: "wb-empty" }, say("wbNoActs")),
    ...(ctx.readonly ? [] : [beginning(ctx)]),
  );
  place.querySelectorAll(".wb-village-list").forEach((list, index) => (list.scrollTop = scrolled[index] ?? 0));
  const again = focused ? /** @type {HTMLInputElement | null} */ (place.querySelector(`#${CSS.escape(focused)}`)) : null;
  again?.focus({ preventScroll: true });
  if (again && caret) again.setSelectionRange(caret[0], caret[1]);
}

/** What the server said of the acts, put at their heads; forms, in which somebody may be typing, stay untouched. @param {Context} ctx @param {HTMLElement} place */
export function renewHeads(ctx, place) {
  ctx.draft.state.acts.forEach((act, index) => {
    const shown = place.querySelector(`[data-uid="${act.uid}"]`);
    if (!shown) return;
    const refused = refusalOf(ctx, index);
    shown.classList.toggle("refused", Boolean(refused));
    shown.querySelector(":scope > .wb-refusal")?.remove();
    if (refused) shown.querySelector(".wb-act-head")?.after(refused);
    const title = shown.querySelector(".wb-act-title");
    if (title) title.textContent = headline(ctx, act, index);
  });
}

/** @param {Context} ctx @param {number} index */
function refusalOf(ctx, index) {
  if (ctx.refusal?.act !== index) return null;
  return h("p", { class: "wb-refusal", role: "alert" }, icon("warning"), h("span", {}, ctx.refusal.message));
}

/** @param {Context} ctx @param {import("./model.js").Act} act @param {number} index */
function headline(ctx, act, index) {
  return (!ctx.refusal && ctx.preview?.sentences?.[index]) || titleOf(ctx, act);
}

/** @param {Context} ctx @param {import("./model.js").Act} act @param {number} index */
function card(ctx, act, index) {
  const open = ctx.active === act.uid;
  const refused = refusalOf(ctx, index);
  const kind = bench.kinds.find((/** @type {any} */ one) => one.kind === act.kind)?.name ?? act.kind;
  const move = (/** @type {number} */ by) =>
    ctx.draft.change((state) => {
      const [taken] = state.acts.splice(index, 1);
      state.acts.splice(index + by, 0, taken);
    });
  const remove = () => {
    ctx.draft.change((state) => state.acts.splice(index, 1));
    document.getElementById("wb-add")?.focus();
  };
  return h(
    "li",
    { class: `wb-act${open ? " open" : ""}${refused ? " refused" : ""}`, "data-uid": act.uid },
    h(
      "div",
      { class: "wb-act-head" },
      h(
        "button",
        { type: "button", class: "wb-act-open", id: `${act.uid}-open`, "aria-expanded": String(open), click: () => ctx.open(open ? null : act.uid) },
        h("span", { class: "wb-act-number" }, String(index + 1)),
        h("span", { class: "wb-act-words" }, h("strong", {}, kind), h("span", { class: "wb-act-title", lang: "zh-Hans" }, headline(ctx, act, index))),
        icon("chevron"),
      ),
      ctx.readonly
        ? null
        : h(
            "div",
            { class: "wb-act-tools" },
            iconButton("back", say("wbUp"), () => move(-1), { id: `${act.uid}-up`, class: "btn btn-plain btn-sm wb-up", disabled: index === 0 }),
            iconButton("back", say("wbDown"), () => move(1), { id: `${act.uid}-down`, class: "btn btn-plain btn-sm wb-down", disabled: index === ctx.draft.state.acts.length - 1 }),
            iconButton("trash", say("wbRemove"), remove, { id: `${act.uid}-remove` }),
          ),
    ),
    refused,
    open ? h("div", { class: "wb-form" }, ...formOf(ctx, act).filter((part) => part !== null)) : null,
  );
}

/** What can be begun: the usual things in one click, and every kind of act. @param {Context} ctx */
function beginning(ctx) {
  const unit = ctx.start ? ctx.start.unit : undefined;
  const select = h("select", { class: "form-select", id: "wb-add", "aria-label": say("wbAdd") });
  select.append(h("option", { value: "" }, say("wbAdd")), ...bench.kinds.map((/** @type {any} */ one) => h("option", { value: one.kind }, one.name)));
  select.addEventListener("change", () => {
    const kind = /** @type {any} */ (select).value;
    if (kind) addAct(ctx, kind);
  });
  const usual = unit && !ctx.draft.state.acts.length ? templatesFor(ctx, unit) : [];
  return h(
    "div",
    { class: "wb-begin" },
    usual.length ? h("p", { class: "wb-label" }, say("wbUsual", { name: unit?.name ?? "" })) : null,
    usual.length ? h("div", { class: "wb-usual" }, ...usual) : null,
    h("div", { class: "wb-inline" }, icon("plus"), select),
  );
}

/** @param {Context} ctx @param {import("./units.js").Unit} unit */
function templatesFor(ctx, unit) {
  const words = /** @type {Record<string, string>} */ ({
    "township/town": say("wbToTown"),
    "township/subdistrict": say("wbTownshipToSubdistrict"),
    "ethnic_township/town": say("wbToTown"),
    "ethnic_township/subdistrict": say("wbTownshipToSubdistrict"),
    "town/subdistrict": say("wbToSubdistrict"),
    "county/county_city": say("wbCountyToCity"),
    "county/district": say("wbCountyToDistrict"),
    "county_city/district": say("wbCityToDistrict"),
    "village_committee/residents_committee": say("wbVillageToResidents"),
  });
  const button = (/** @type {string} */ name, /** @type {() => void} */ act, /** @type {string} */ id) => h("button", { type: "button", class: "btn btn-plain btn-sm", id, click: act }, name);
  const types = Object.entries(bench.templates)
    .filter(([, from]) => /** @type {string[]} */ (from).includes(unit.type))
    .map(([type]) => button(words[`${unit.type}/${type}`], () => useTemplate(ctx, type), `wb-template-${type}`));
  const more = ["transfer_villages", "split", "merge", "change_boundary", "rename", "move_seat"].map((kind) =>
    button(bench.kinds.find((/** @type {any} */ one) => one.kind === kind)?.name ?? kind, () => addAct(ctx, kind), `wb-usual-${kind}`),
  );
  return [...types, ...more];
}

/** @param {Context} ctx @param {string} kind */
export function addAct(ctx, kind) {
  const unit = ctx.start ? (known.get(ctx.start.unit.id) ?? ctx.start.unit) : undefined;
  const last = ctx.draft.state.acts.at(-1);
  // What the first act abolished cannot be the subject of the next; it begins with the unit that took its place.
  const gone = last && ["change_type", "abolish", "merge"].includes(last.kind);
  const data = begin(ctx, kind, unit);
  if (gone && last.data.new?.ref) {
    for (const field of ["unit", "from"]) if (data[field] === unit?.id) data[field] = last.data.new.ref;
  }
  ctx.open(ctx.draft.add(kind, data));
}

/** 撤乡设镇 and its like: one act that is complete. @param {Context} ctx @param {string} type */
export function useTemplate(ctx, type) {
  const unit = ctx.start?.unit;
  if (!unit) return;
  const data = { unit: unit.id, new: { ref: ctx.draft.freeRef(), name: renamed(unit.proper || unit.name, "", type), type } };
  ctx.open(ctx.draft.add("change_type", data));
}
