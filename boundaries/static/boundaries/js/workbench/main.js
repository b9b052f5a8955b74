// @ts-check
/** The workbench put together: the draft, its panel, the map, the preview, saving. */

import { ask, config, element, say } from "../config.js";
import { showDivisions } from "../layer.js";
import { setUpMarks } from "../marks.js";
import { setUpTabs } from "../panel.js";
import { store } from "../state.js";
import { renewHeads, showActs, useTemplate } from "./acts.js";
import { Compare } from "./compare.js";
import { setUpConflict } from "./conflict.js";
import { bench, h } from "./dom.js";
import { keeper } from "./keep.js";
import { Draft, divisionsIn, sent } from "./model.js";
import { Previewer } from "./preview.js";
import { showDossier, showFindings, showResults } from "./results.js";
import { Refused, post, told } from "./server.js";
import { Stage } from "./stage.js";
import { around, learn, learnAround, learnBeside, nameOf } from "./units.js";
import { sourceOf } from "./forms.js";

const map = /** @type {L.Map} */ (/** @type {any} */ (window)[config.map]);
const draft = new Draft(bench.draft);
const notice = element("map-notice", HTMLElement);
let noticeTimer = 0;

/** @param {string} message */
function tell(message) {
  window.clearTimeout(noticeTimer);
  notice.hidden = !message;
  notice.textContent = message;
  if (message) noticeTimer = window.setTimeout(() => (notice.hidden = true), 7000);
}

learn(bench.units);
if (bench.start) learnAround(bench.start, draft.state.day);

/** Typing in one field is one step for undo. */
let typed = "";

/** @type {import("./context.js").Context} */
const ctx = {
  draft,
  readonly: Boolean(bench.readonly),
  start: bench.start,
  active: null,
  stage: new Stage(map, element("wb-hint", HTMLElement)),
  sides: new Map(),
  refusal: null,
  preview: null,
  edit(uid, change, options) {
    typed = "";
    draft.change((state) => {
      const act = state.acts.find((one) => one.uid === uid);
      if (act) change(act);
    }, options);
  },
  type(uid, field, change) {
    const again = typed === `${uid}/${field}`;
    typed = `${uid}/${field}`;
    const alter = (/** @type {import("./model.js").State} */ state) => {
      const act = state.acts.find((one) => one.uid === uid);
      if (act) change(act);
    };
    if (again) draft.amend(alter);
    else draft.change(alter, { shape: false });
  },
  open(uid) {
    ctx.active = uid;
    ctx.redraw();
  },
  tell,
  redraw,
  sentBefore: (index) => draft.state.acts.slice(0, index).map(sent),
};
ctx.stage.attach(ctx);

const panel = element("wb-panel", HTMLElement);
const actsPlace = element("wb-acts", HTMLElement);
const status = element("wb-status", HTMLElement);
const titleInput = element("wb-title", HTMLInputElement);
const dayInput = element("wb-day", HTMLInputElement);
const areaSelect = element("wb-area", HTMLSelectElement);
const saveButton = document.getElementById("wb-save");
const savedWords = element("wb-saved", HTMLElement);
const undo = element("wb-undo", HTMLButtonElement);
const redo = element("wb-redo", HTMLButtonElement);
const compareButton = element("wb-compare-toggle", HTMLButtonElement);
const compare = new Compare(element("wb-compare", HTMLElement));
const kept = keeper(() => `${bench.person}-${draft.id ?? `new-${bench.start?.unit.id ?? ""}`}`, draft);
/** Areas the draft may be filed under: from the page, later from the preview. @type {{id: number, name: string, may: boolean}[]} */
let areas = bench.areas;
let saving = false;

// --- showing ---

/** Where the open act stands: another state of the draft has other acts, and the one in its place is opened. */
let place = 0;

/** While an input method chooses characters, or a button is held down, forms must stay: what was put off is done afterwards. */
let held = false;
let putOff = false;
const hold = () => (held = true);
const letGo = () => {
  held = false;
  // After the click that follows.
  window.setTimeout(() => putOff && redraw(), 0);
};
document.addEventListener("compositionstart", hold);
document.addEventListener("compositionend", letGo);
actsPlace.addEventListener("pointerdown", hold);
document.addEventListener("pointerup", letGo, true);
document.addEventListener("pointercancel", letGo, true);

function redraw() {
  putOff = held;
  if (held) return;
  const { acts } = draft.state;
  if (ctx.active && !draft.act(ctx.active)) ctx.active = acts[Math.min(place, acts.length - 1)]?.uid ?? null;
  place = Math.max(0, acts.findIndex((act) => act.uid === ctx.active));
  showActs(ctx, actsPlace);
  ctx.stage.show();
}

function showHead() {
  const { title, day } = draft.state;
  if (document.activeElement !== titleInput) titleInput.value = title;
  if (document.activeElement !== dayInput) dayInput.value = day;
  undo.disabled = ctx.readonly || !draft.past.length;
  redo.disabled = ctx.readonly || !draft.future.length;
  savedWords.textContent = draft.dirty ? say("wbUnsaved") : draft.id ? say("wbAllSaved", { version: draft.version }) : "";
  showAreas();
}

function showAreas() {
  const wanted = draft.state.area ?? areas.find((one) => one.may)?.id ?? areas[0]?.id ?? null;
  const options = areas.map((one) => h("option", { value: String(one.id), lang: "zh-Hans", disabled: !one.may && one.id !== wanted }, one.may ? one.name : say("wbAreaNotYours", { name: one.name })));
  if (wanted !== null && areas.every((one) => one.id !== wanted)) options.push(h("option", { value: String(wanted), lang: "zh-Hans" }, nameOf(wanted, draft)));
  areaSelect.replaceChildren(...options);
  areaSelect.value = wanted === null ? "" : String(wanted);
  const lowest = areas[0];
  const note = element("wb-area-note", HTMLElement);
  note.hidden = !lowest || lowest.may || ctx.readonly;
  note.textContent = lowest && !lowest.may ? say("wbAreaAbove", { name: lowest.name }) : "";
}

/** The lowest division that holds everything and that is the reader's to draft for. */
function areaNow() {
  return Number(areaSelect.value) || null;
}

const previewer = new Previewer(ctx, (state, message) => {
  status.className = `wb-status ${state}`;
  const words = { none: "wbStatusNone", lacking: "", asking: "wbAsking", refused: "wbStatusRefused", failed: "", done: "" }[state];
  status.replaceChildren(message && state !== "refused" ? message : words ? say(words) : "");
  if (state === "failed") status.append(" ", h("button", { type: "button", class: "btn btn-plain btn-sm", click: () => previewer.again() }, say("wbAgain")));
  if (state === "asking") return;
  if (state === "done") {
    const { rows, obstacles } = ctx.preview;
    status.replaceChildren(obstacles.length ? say("wbStatusObstacle") : say("wbStatusDone", { units: counted(rows) }));
    if (obstacles.length) status.classList.add("obstacle");
    areas = ctx.preview.areas.length ? ctx.preview.areas : areas;
    if (!draft.state.ownArea && !draft.id && areas.length) {
      const area = (areas.find((one) => one.may) ?? areas[0]).id;
      draft.amend((now) => (now.area = area));
    }
    proposeTitle();
  }
  renewHeads(ctx, actsPlace);
  // What an act takes from a unit that the draft itself makes is known from the preview only.
  if (ctx.active && typeof sourceOf(draft.act(ctx.active)) === "string") redraw();
  ctx.stage.show();
  showHead();
  renewResults();
});

/** How many units change, level by level. @param {any[]} rows */
function counted(rows) {
  const levels = rows.map((row) => (row.after ?? row.before).level);
  return config.levels
    .map(({ level, name }) => [name, levels.filter((one) => one === level).length])
    .filter(([, number]) => number)
    .map(([name, number]) => say("wbLevelCount", { level: name, count: number }))
    .join(say("wbComma"));
}

function renewResults() {
  showResults(ctx, element("wb-results", HTMLElement));
  const open = showFindings(ctx, element("wb-findings", HTMLElement));
  showDossier(ctx, element("wb-dossier", HTMLElement));
  badge("wb-tab-findings", open);
  badge("wb-tab-results", ctx.preview?.obstacles.length ?? 0);
  compareButton.disabled = !ctx.preview;
  compare.show(ctx);
}

/** @param {string} id @param {number} number */
function badge(id, number) {
  const tab = element(id, HTMLElement);
  tab.querySelector(".wb-badge")?.remove();
  if (number) tab.append(h("span", { class: "wb-badge" }, String(number), h("span", { class: "visually-hidden" }, say("wbToSee"))));
}

/** A title out of the first act, as long as nobody has written one. */
function proposeTitle() {
  if (draft.state.ownTitle || ctx.readonly) return;
  const sentence = ctx.preview?.titles?.[0];
  if (sentence) draft.amend((state) => (state.title = sentence.slice(0, 300)));
}

// --- changing ---

draft.addEventListener("shape", () => {
  typed = "";
  redraw();
});
draft.addEventListener("change", () => {
  showHead();
  ctx.stage.show();
  previewer.renew();
  kept.keep();
});

titleInput.addEventListener("input", () => {
  const again = typed === "title";
  typed = "title";
  const change = (/** @type {import("./model.js").State} */ state) => Object.assign(state, { title: titleInput.value, ownTitle: Boolean(titleInput.value.trim()) });
  if (again) draft.amend(change);
  else draft.change(change, { shape: false });
});
dayInput.addEventListener("change", () => {
  if (!dayInput.value || !dayInput.checkValidity()) {
    dayInput.value = draft.state.day;
    return;
  }
  draft.change((state) => (state.day = dayInput.value));
  void renewDay();
});
areaSelect.addEventListener("change", () => draft.change((state) => Object.assign(state, { area: areaNow(), ownArea: true }), { shape: false }));
undo.addEventListener("click", () => draft.undo());
redo.addEventListener("click", () => draft.redo());
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || ctx.readonly) return;
  const key = event.key.toLowerCase();
  if (key === "s") {
    event.preventDefault();
    void save();
    return;
  }
  // Text that is being typed has the browser's own undo.
  if (event.target instanceof HTMLElement && event.target.matches("input[type=text], input[type=search], textarea")) return;
  const back = key === "z" && !event.shiftKey;
  if (!back && !(key === "y" || (key === "z" && event.shiftKey))) return;
  event.preventDefault();
  if (back) draft.undo();
  else draft.redo();
});

/** Another day has other units and another map. */
async function renewDay() {
  const day = draft.state.day;
  const unit = ctx.start?.unit.id;
  try {
    const [state, start] = await Promise.all([ask(config.urls.state, { on: day }), unit ? around(unit, day).catch(() => null) : null]);
    store.set("day", day);
    store.set("state", state);
    if (start) ctx.start = start;
    else if (unit) tell(say("wbNotOnDay", { name: nameOf(unit, draft), day }));
  } catch (error) {
    tell(told(error));
  }
  redraw();
}

// --- saving ---

const conflict = setUpConflict(draft, {
  takeTheirs: (current, units) => {
    learn(units);
    draft.takeOver(current);
    redraw();
    previewer.again();
  },
  overwrite: (version) => {
    draft.version = version;
    void save();
  },
});

async function save() {
  if (saving || ctx.readonly) return;
  const { title, day, acts } = draft.state;
  if (!title.trim()) {
    titleInput.focus();
    tell(say("wbLackTitle"));
    return;
  }
  const area = areaNow();
  if (!draft.id && !area) return tell(say("wbLackArea2"));
  saving = true;
  saveButton?.setAttribute("aria-busy", "true");
  const written = draft.written();
  const body = { title, effective_on: day, area, version: draft.version, acts: acts.map(sent) };
  try {
    const answer = await post(draft.id ? config.urls.save.replace("{id}", String(draft.id)) : config.urls.create, body);
    kept.forget();
    const first = !draft.id;
    draft.id = answer.id;
    draft.version = answer.version;
    draft.kept = written;
    areaSelect.disabled = true; // a draft stays with its area
    if (first) window.history.replaceState(null, "", answer.workbench);
    showPage(answer.page);
    tell(say("wbSaved"));
    previewer.again();
  } catch (error) {
    if (error instanceof Refused && error.status === 409 && error.details.current) conflict.show(error);
    else {
      tell(told(error));
      if (error instanceof Refused && typeof error.details.act === "number") {
        ctx.refusal = { act: error.details.act, message: error.message, code: error.code, details: error.details };
        redraw();
      }
    }
  } finally {
    saving = false;
    saveButton?.removeAttribute("aria-busy");
    showHead();
  }
}

/** @param {string} page */
function showPage(page) {
  const link = element("wb-page", HTMLAnchorElement);
  link.href = page;
  link.hidden = false;
}

saveButton?.addEventListener("click", () => void save());

// --- unsaved work of an earlier visit ---

function offerKept() {
  const found = kept.found();
  if (!found || ctx.readonly) return;
  const bar = element("wb-recover", HTMLElement);
  kept.hold = true;
  const done = () => {
    bar.hidden = true;
    kept.hold = false;
    kept.keep();
  };
  const at = new Date(found.at).toLocaleString(document.documentElement.lang === "en" ? "en-GB" : "zh-CN", { dateStyle: "medium", timeStyle: "short" });
  bar.hidden = false;
  bar.replaceChildren(
    h("span", {}, say(found.version !== draft.version && draft.id ? "wbKeptOther" : "wbKept", { at })),
    h("button", { type: "button", class: "btn btn-primary btn-sm", id: "wb-restore", click: () => void restore(found).then(done) }, say("wbRestore")),
    h(
      "button",
      {
        type: "button",
        class: "btn btn-plain btn-sm",
        click: () => {
          kept.forget();
          done();
        },
      },
      say("wbDiscard"),
    ),
  );
}

/** @param {{state: any}} found */
async function restore(found) {
  await Promise.all([...divisionsIn(found.state.acts)].map((key) => around(key, found.state.day).catch(() => null)));
  draft.change((state) => Object.assign(state, found.state));
  ctx.open(draft.state.acts.at(-1)?.uid ?? null);
}

// --- the frame ---

function setUpCompare() {
  compareButton.addEventListener("click", () => {
    const open = !compare.open;
    compare.toggle(ctx, open);
    compareButton.setAttribute("aria-pressed", String(open));
    element("map-stage", HTMLElement).classList.toggle("comparing", open);
    if (!open) map.invalidateSize();
  });
}

function setUpZoom() {
  element("zoom-in", HTMLButtonElement).addEventListener("click", () => map.zoomIn());
  element("zoom-out", HTMLButtonElement).addEventListener("click", () => map.zoomOut());
}

map.setMinZoom(3);
map.setMaxZoom(18);
const container = map.getContainer();
container.setAttribute("role", "application");
container.setAttribute("aria-label", say("wbMapLabel"));
if (store.state.bounds) {
  const [west, south, east, north] = store.state.bounds;
  map.fitBounds([[south, west], [north, east]], { maxZoom: 12, padding: [20, 20], animate: false });
}
store.set("day", draft.state.day);
showDivisions(map);
setUpMarks(map);
setUpTabs(panel);
setUpZoom();
setUpCompare();
if (config.urls.decision) showPage(config.urls.decision);
if (draft.state.acts.length) ctx.active = draft.state.acts[0].uid;
// The first form needs what lies around its unit.
const sources = [...new Set(draft.state.acts.map(sourceOf).filter((key) => typeof key === "number"))];
await Promise.all(sources.map((key) => around(Number(key), draft.state.day).catch(() => null)));
redraw();
showHead();
renewResults();
previewer.renew(true);
const above = ctx.start?.path.at(-1)?.id;
if (above) void learnBeside(above, draft.state.day).then(redraw, () => {});
if (bench.template && !draft.state.acts.length) useTemplate(ctx, bench.template);
offerKept();
document.documentElement.dataset.mapReady = "true";
