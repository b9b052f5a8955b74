// @ts-check
/** What was found at one marker: a form over the whole screen. Every change is kept at once, so that nothing is lost by a crash. */
import * as photos from "../../../gis/field/photos.js";
import * as position from "../../../gis/field/position.js";
import { clock, config, element, made, newKey, say } from "./config.js";
import { bearing, distance, metres, wind } from "./geo.js";
import { fileItem, outbox } from "./outbox.js";
import * as store from "./store.js";

/** @typedef {import("./config.js").Marker} Marker */

const dialog = element("visit", HTMLDialogElement);
const form = element("visit-form", HTMLFormElement);
const FRESH = 60_000;

/** @type {Marker | null} */
let marker = null;
/** @type {import("./store.js").Draft | null} */
let draft = null;
/** @type {string | null} */
let replaces = null;
/** @type {number | null} */
let side = null;
/** The place marked with a handheld that this visit is made from. @type {import("./config.js").Waypoint | null} */
let taken = null;

/** Prepares the form once. */
export function prepare() {
  form.addEventListener("input", () => {
    element("visit-error", HTMLElement).textContent = "";
    void keep();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });
  for (const id of ["visit-camera", "visit-album"]) {
    const input = element(id, HTMLInputElement);
    input.addEventListener("change", () => void addPhotos(input));
  }
  element("visit-cancel", HTMLButtonElement).addEventListener("click", () => dialog.close());
  position.listen(showPlace);
}

/**
 * @param {Marker} one @param {number | null} ownSide @param {import("./config.js").Waypoint | null} [from]
 */
export async function open(one, ownSide, from = null) {
  marker = one;
  side = ownSide;
  const mine = outbox.items.filter((item) => item.kind === "visit" && item.marker === one.id && item.state !== "refused").at(-1);
  replaces = mine?.key ?? null;
  /** @type {import("./store.js").Draft} */
  const kept = (await store.get("drafts", draftId(one.id))) ?? {
    id: draftId(one.id), inspection: config.inspection, marker: one.id, body: mine?.body ? { ...mine.body } : {}, photos: [],
  };
  draft = kept;
  if (from) kept.taken = from;
  taken = kept.taken ?? null;
  if (from) {
    const words = say("takenFrom", { name: from.name || say("noName"), file: from.file });
    if (!kept.body.notes?.includes(words)) kept.body.notes = [kept.body.notes, words].filter(Boolean).join("\n");
  } else position.watch();
  fill();
  dialog.showModal();
  element("visit-body", HTMLElement).scrollTop = 0;
}

/** @param {number} id */
const draftId = (id) => `${config.inspection}-${id}`;

function fill() {
  if (!marker || !draft) return;
  const body = draft.body;
  element("visit-title", HTMLElement).textContent = say("visitTitle", { number: marker.number });
  const facts = [marker.kind, marker.material, marker.custodian && say("custodian", { name: marker.custodian }), marker.situation];
  element("visit-facts", HTMLElement).textContent = facts.filter(Boolean).join(" · ");
  element("visit-error", HTMLElement).textContent = "";
  showOthers();
  for (const radio of inputs("condition")) radio.checked = radio.value === body.condition;
  for (const [name] of config.checks) answer(`check-${name}`, body.checks?.[name]);
  for (const box of inputs("done")) box.checked = Boolean(body.done?.includes(box.value));
  element("visit-notes", HTMLTextAreaElement).value = body.notes ?? "";
  const references = element("visit-references", HTMLElement);
  references.replaceChildren(...marker.references.map((reference, index) => referenceRow(reference, index, body.references?.[index]?.ok)));
  element("visit-references-box", HTMLElement).hidden = !marker.references.length;
  showPhotos();
  showPlace();
}

/** @param {{ name: string, azimuth_deg: number, distance_m: number }} reference @param {number} index @param {boolean | null | undefined} ok */
function referenceRow(reference, index, ok) {
  const where = say("referenceAt", { azimuth: reference.azimuth_deg.toFixed(0), distance: reference.distance_m.toFixed(1) });
  const name = `reference-${index}`;
  const choices = [["yes", say("found")], ["no", say("notFound")], ["", say("notLooked")]];
  const row = made(
    "fieldset", { class: "field-ask" }, made("legend", {}, `${reference.name} `, made("small", {}, where)),
    made("div", { class: "field-three" }, ...choices.map(([value, words]) => made("label", {}, made("input", { type: "radio", name, value }), made("span", {}, words)))),
  );
  const wanted = ok === true ? "yes" : ok === false ? "no" : "";
  for (const input of row.querySelectorAll("input")) input.checked = input.value === wanted;
  return row;
}

/** @param {string} name */
const inputs = (name) => /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll(`input[name="${name}"]`));

/** @param {string} name @param {boolean | null | undefined} value */
function answer(name, value) {
  const wanted = value === true ? "yes" : value === false ? "no" : "";
  for (const radio of inputs(name)) radio.checked = radio.value === wanted;
}

/** @param {string} name @returns {boolean | null} */
function answered(name) {
  const value = [...inputs(name)].find((radio) => radio.checked)?.value ?? "";
  return value === "yes" ? true : value === "no" ? false : null;
}

function showOthers() {
  const box = element("visit-others", HTMLElement);
  const found = marker ? outbox.standing?.markers[marker.id] : undefined;
  const local = new Set(outbox.items.map((item) => item.key));
  const others = (found?.visits ?? []).filter((visit) => found?.differing || !local.has(visit.key));
  box.hidden = !others.length;
  box.replaceChildren(
    ...(found?.differing ? [made("p", { class: "field-warn" }, say("visitsDiffer"))] : []),
    ...others.map((visit) => {
      const pictures = visit.photos.flatMap((photo) => [made("img", { src: photo.small, alt: say("photo"), loading: "lazy" }), ...photo.doubts.map((doubt) => made("p", { class: "field-warn" }, doubt))]);
      const choose = found?.differing
        ? made("button", { type: "button", class: "btn btn-plain", click: () => void chooseVisit(visit.id) }, say("choose"))
        : null;
      const words = say("visitBy", { by: visit.by, condition: visit.condition_words, at: new Date(visit.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" }) });
      return made("div", { class: "field-other" }, made("p", {}, words, visit.notes ? made("small", {}, visit.notes) : null), ...visit.doubts.map((doubt) => made("p", { class: "field-warn" }, doubt)), ...pictures, choose);
    }),
  );
}

/** @param {number} id */
async function chooseVisit(id) {
  try {
    await outbox.ask(config.urls.choose.replace("{id}", String(id)), { method: "POST" });
    await outbox.pump();
    showOthers();
  } catch (error) {
    fail(error instanceof Error && error.message ? error.message : say("noConnection"));
  }
}

function showPlace() {
  if (!dialog.open && !marker) return;
  const box = element("visit-place", HTMLElement);
  const fix = position.last;
  if (taken && marker) {
    const name = taken.name || say("noName");
    const off = marker.place ? metres(taken.place, marker.place) : null;
    box.textContent = off === null ? say("takenPlaceOnly", { name }) : say("takenPlace", { name, distance: distance(off) });
    box.classList.toggle("field-warn", off !== null && off > 100);
    return;
  }
  if (!fix || Date.now() - fix.at > FRESH) box.textContent = position.trouble || say("positionWanted");
  else if (!marker?.place) box.textContent = say("placeUnknown", { accuracy: Math.round(fix.accuracy) });
  else {
    const off = metres(fix.place, marker.place);
    box.textContent = say("placeFrom", { distance: distance(off), wind: wind(bearing(fix.place, marker.place), config.winds), accuracy: Math.round(fix.accuracy) });
    box.classList.toggle("field-warn", off > Math.max(100, fix.accuracy * 2));
  }
}

function body() {
  const fix = taken ? null : position.last;
  const near = fix && Date.now() - fix.at <= FRESH ? fix : null;
  return {
    marker: marker?.id,
    condition: [...inputs("condition")].find((radio) => radio.checked)?.value ?? "",
    checks: Object.fromEntries(config.checks.map(([name]) => [name, answered(`check-${name}`)])),
    references: (marker?.references ?? []).map((reference, index) => ({ name: reference.name, ok: answered(`reference-${index}`) })),
    done: [...inputs("done")].filter((box) => box.checked).map((box) => box.value),
    notes: element("visit-notes", HTMLTextAreaElement).value,
    position: taken ? taken.place : near ? near.place.map((value) => Number(value.toFixed(7))) : null,
    accuracy_m: near ? Math.round(near.accuracy * 10) / 10 : null,
    device: navigator.userAgent.slice(0, 110),
    visited_at: taken ? taken.at : new Date().toISOString(),
    side,
    replaces,
  };
}

async function keep() {
  if (!draft) return;
  draft.body = body();
  try {
    await store.put("drafts", draft);
  } catch (error) {
    fail(store.isFull(error) ? say("full") : say("notKept"));
  }
}

/** @param {HTMLInputElement} input */
async function addPhotos(input) {
  const held = draft;
  if (!held) return;
  held.photos.push(...(await photos.chosen(input, element("visit-smaller", HTMLInputElement).checked, fail, (photo) => photo)));
  await keep();
  showPhotos();
}

function showPhotos() {
  photos.show(element("visit-photos", HTMLElement), draft?.photos ?? [], (index) => void removePhoto(index));
}

/** @param {number} index */
async function removePhoto(index) {
  draft?.photos.splice(index, 1);
  await keep();
  showPhotos();
}

/** @param {string} words */
function fail(words) {
  element("visit-error", HTMLElement).textContent = words;
}

async function save() {
  if (!draft || !marker) return;
  const told = body();
  if (!told.condition) {
    fail(say("conditionWanted"));
    inputs("condition")[0]?.focus();
    return;
  }
  const key = newKey();
  const visit = {
    key, inspection: config.inspection, user: config.user, kind: /** @type {const} */ ("visit"), name: marker.number, blob: null, size: 0,
    sha256: "", marker: marker.id, visit: null, body: told, side, stored: null, state: /** @type {const} */ ("waiting"), error: "", told: "",
    madeAt: Date.now(),
  };
  try {
    const files = [];
    for (const photo of draft.photos) files.push(await fileItem("photo", photo.blob, photo.name, { visit: key, marker: marker.id }));
    await outbox.add([visit, ...files]);
    await store.remove("drafts", draft.id);
  } catch (error) {
    fail(store.isFull(error) ? say("full") : say("notKept"));
    return;
  }
  draft = null;
  void store.persist();
  dialog.close();
  dialog.dispatchEvent(new CustomEvent("visit:saved", { detail: say("visitSaved", { number: marker.number, at: clock(Date.now()) }) }));
}
