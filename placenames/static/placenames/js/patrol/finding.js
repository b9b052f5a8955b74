// @ts-check
/** What was found at one sign, or a sign on no record: a form over the whole screen. Every change is kept at once. */
import { bearing, distance, metres, wind } from "../../../gis/field/geo.js";
import * as photos from "../../../gis/field/photos.js";
import * as position from "../../../gis/field/position.js";
import { deviceName } from "../../../gis/field/queue.js";
import { clock, config, dayAndClock, element, made, newKey, say } from "./config.js";
import { outbox } from "./outbox.js";
import { told as toldBy } from "./photos.js";
import * as store from "./store.js";

/** @typedef {import("./config.js").Sign} Sign */
/** @typedef {import("./config.js").About} About */

const dialog = element("finding", HTMLDialogElement);
const form = element("finding-form", HTMLFormElement);
const FRESH = 60_000;
/** As the server has it (rules/signs/patrol.py): whoever looks at a sign stands within sight of it. */
const FAR = 100;
const NEAR_GAP = 150;

/** @type {About | null} */
let about = null;
/** @type {Sign | null} null with the form open: a sign on no record */
let sign = null;
/** @type {import("./store.js").Draft | null} */
let draft = null;
/** @type {string | null} */
let replaces = null;

/** Prepares the form once. @param {About} told */
export function prepare(told) {
  about = told;
  element("finding-type", HTMLSelectElement).append(new Option("—", ""), ...told.types.map(([key, words]) => new Option(words, key)));
  form.addEventListener("input", () => {
    fail("");
    void keep();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });
  for (const id of ["finding-camera", "finding-album"]) {
    const input = element(id, HTMLInputElement);
    input.addEventListener("change", () => void addPhotos(input));
  }
  element("finding-cancel", HTMLButtonElement).addEventListener("click", () => dialog.close());
  position.listen(() => dialog.open && showPlace());
}

/** @param {Sign | null} one */
export async function open(one) {
  sign = one;
  const id = one ? `sign-${one.id}` : `new-${config.area}`;
  // One's own finding that has not been settled otherwise is put right, not contradicted.
  const mine = one ? outbox.items.filter((item) => item.kind === "finding" && item.sign === one.id && item.user.id === config.user.id && item.state !== "refused").at(-1) : undefined;
  replaces = mine && sameDay(mine.madeAt) ? mine.key : null;
  draft = (await store.get("drafts", id)) ?? { id, sign: one?.id ?? null, body: {}, photos: [] };
  position.watch();
  fill();
  dialog.showModal();
  element("finding-body", HTMLElement).scrollTop = 0;
}

/** @param {number} moment */
const sameDay = (moment) => new Date(moment).toDateString() === new Date().toDateString();

function fill() {
  if (!draft) return;
  const body = draft.body;
  fail("");
  element("finding-title", HTMLElement).textContent = sign ? [sign.name || sign.code, sign.number].filter(Boolean).join(" ") : say("newTitle");
  element("finding-facts", HTMLElement).replaceChildren(...(sign ? facts(sign) : []));
  element("finding-new", HTMLElement).hidden = sign !== null;
  element("finding-propose-box", HTMLElement).hidden = sign === null;
  element("finding-name", HTMLInputElement).value = body.name ?? "";
  element("finding-type", HTMLSelectElement).value = body.type ?? "";
  element("finding-note", HTMLTextAreaElement).value = body.note ?? "";
  element("finding-propose", HTMLInputElement).checked = Boolean(body.propose);
  for (const radio of states()) radio.checked = radio.value === body.state;
  showOthers();
  showPhotos();
  showPlace();
}

/** @param {Sign} one */
function facts(one) {
  const known = outbox.standing?.signs[one.id]?.state ?? one.state;
  const told = [one.type, one.code, one.side, one.azimuth === null ? "" : say("facing", { azimuth: one.azimuth.toFixed(0) }), one.custodian && say("custodian", { name: one.custodian })];
  return [
    made("p", { class: "caption", lang: "zh-Hans" }, told.filter(Boolean).join(" · ")),
    ...one.texts.filter((texts) => texts.length).map((texts) => made("div", { class: "patrol-texts", lang: "zh-Hans" }, texts[0], ...texts.slice(1).map((text) => made("small", {}, text)))),
    made("p", {}, [say("signFacts", { state: config.states[known] ?? one.state_words }), one.checked ? say("lastLooked", { day: one.checked }) : say("neverLooked")].join(" · ")),
    ...(one.works.length ? [made("p", { class: "field-warn" }, say("openWorks", { works: one.works.join("、") }))] : []),
  ];
}

const states = () => /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll('input[name="state"]'));

function showOthers() {
  const box = element("finding-others", HTMLElement);
  const local = new Set(outbox.items.map((item) => item.key));
  const all = sign ? (outbox.standing?.signs[sign.id]?.findings ?? []) : [];
  const differs = all.some((one) => one.differs);
  const others = all.filter((one) => differs || !local.has(one.key));
  box.hidden = !others.length;
  box.replaceChildren(
    ...(differs ? [made("p", { class: "field-warn" }, say("differs"))] : []),
    ...others.map((one) =>
      made(
        "div", { class: "field-other" },
        made("p", {}, say("findingBy", { by: one.by, state: one.state_words, at: dayAndClock(one.at) }), made("small", {}, [one.outcome_words, one.work].filter(Boolean).join(" · ")), one.note ? made("small", { lang: "zh-Hans" }, one.note) : null),
        ...one.doubts.map((doubt) => made("p", { class: "field-warn" }, doubt)),
        ...one.photos.map((photo) => made("img", { src: photo.small, alt: say("photo"), loading: "lazy" })),
      ),
    ),
  );
}

/** Where the telephone is, where that is told within a minute. */
function fix() {
  const found = position.last;
  return found && Date.now() - found.at <= FRESH ? found : null;
}

function showPlace() {
  const box = element("finding-place", HTMLElement);
  const here = fix();
  if (!here) {
    box.textContent = sign ? position.trouble || say("positionWanted") : [position.trouble, say("placeWanted")].filter(Boolean).join(" ");
    box.classList.toggle("field-warn", !sign);
    return;
  }
  const accuracy = Math.round(here.accuracy);
  let warn = false;
  if (!sign) {
    box.textContent = say("placeHere", { lat: here.place[1].toFixed(6), lon: here.place[0].toFixed(6), accuracy });
    showGap(here.place);
  } else if (!sign.place) box.textContent = say("placeUnknown", { accuracy });
  else {
    const off = metres(here.place, sign.place);
    warn = off > Math.max(FAR, here.accuracy * 2);
    const words = say("placeFrom", { distance: distance(off), wind: wind(bearing(here.place, sign.place), config.winds), accuracy });
    box.textContent = warn ? `${words} ${say("proposeFar")}` : words;
  }
  box.classList.toggle("field-warn", warn);
}

/** What is wanted nearby offers its name and type. @param {import("./config.js").Place} here */
function showGap(here) {
  const box = element("finding-gap", HTMLElement);
  const near = (about?.gaps ?? []).map((one) => ({ one, off: metres(here, one.place) })).filter(({ off }) => off < NEAR_GAP);
  near.sort((a, b) => a.off - b.off);
  const words = near.slice(0, 3).map(({ one, off }) => say("wantedHere", { name: one.name, why: one.why, distance: distance(off) }));
  if (box.dataset.told === words.join()) return;
  box.dataset.told = words.join();
  box.replaceChildren(
    ...near.slice(0, 3).map(({ one }, index) =>
      made("button", { type: "button", class: "field-big field-second", click: () => {
        element("finding-name", HTMLInputElement).value = one.name;
        element("finding-type", HTMLSelectElement).value = one.type;
        void keep();
      } }, words[index]),
    ),
  );
}

function body() {
  const here = fix();
  return {
    ...(sign
      ? { sign: sign.id, seen: newest(sign), propose: element("finding-propose", HTMLInputElement).checked && here !== null }
      : { sign: null, name: element("finding-name", HTMLInputElement).value.trim(), type: element("finding-type", HTMLSelectElement).value }),
    state: [...states()].find((radio) => radio.checked)?.value ?? "",
    note: element("finding-note", HTMLTextAreaElement).value.trim(),
    position: here?.place ?? null,
    accuracy_m: here?.accuracy ?? null,
    found_at: new Date().toISOString(),
    device: deviceName(),
    replaces,
  };
}

/** Up to when this device knows the sign. @param {Sign} one */
function newest(one) {
  const told = outbox.standing?.signs[one.id]?.changed ?? "";
  return told > one.changed ? told : one.changed;
}

/** Kept as it stands, at every change. */
async function keep() {
  if (!draft) return;
  const { state, note, name, type, propose } = /** @type {any} */ (body());
  draft.body = { state, note, name, type, propose: element("finding-propose", HTMLInputElement).checked || propose };
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
  const reduce = element("finding-smaller", HTMLInputElement).checked;
  held.photos.push(...(await photos.chosen(input, reduce, fail, async (photo) => ({ ...photo, told: await oddities(photo.blob) }))));
  await keep();
  showPhotos();
}

/** Said at once, while the person still stands there. @param {Blob} photo */
async function oddities(photo) {
  const { place, day } = await toldBy(photo);
  const told = [];
  const beside = sign?.place ?? fix()?.place ?? null;
  const off = place && beside ? metres(place, beside) : 0;
  if (off > FAR) told.push(say("photoFar", { distance: distance(off) }));
  const now = new Date();
  const today = `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
  if (day && day !== today) told.push(say("photoOther", { day }));
  return told;
}

function showPhotos() {
  photos.show(element("finding-photos", HTMLElement), draft?.photos ?? [], (index) => void removePhoto(index));
}

/** @param {number} index */
async function removePhoto(index) {
  draft?.photos.splice(index, 1);
  await keep();
  showPhotos();
}

/** @param {string} words */
function fail(words) {
  element("finding-error", HTMLElement).textContent = words;
}

/** What is lacking before it can be saved, "" for nothing. @param {ReturnType<typeof body>} told */
function lacking(told) {
  if (!told.state) return say("stateWanted");
  if (sign) return element("finding-propose", HTMLInputElement).checked && !told.position ? say("proposeNeedsPosition") : "";
  if (!element("finding-type", HTMLSelectElement).value) return say("typeWanted");
  return told.position ? "" : say("positionNeeded");
}

async function save() {
  if (!draft) return;
  const told = body();
  const wrong = lacking(told);
  if (wrong) {
    fail(wrong);
    return;
  }
  const name = sign ? [sign.name || sign.code, sign.number].filter(Boolean).join(" ") : element("finding-name", HTMLInputElement).value.trim() || say("newTitle");
  const of = { sign: sign?.id ?? null };
  /** @type {import("./store.js").Item} */
  const item = { ...outbox.words(name, told), kind: "finding", finding: null, ...of };
  try {
    /** @type {import("./store.js").Item[]} */
    const files = [];
    for (const photo of draft.photos) files.push({ ...(await outbox.file(photo.blob, photo.name)), kind: "photo", finding: item.key, ...of });
    await outbox.add([item, ...files]);
    await store.remove("drafts", draft.id);
  } catch (error) {
    fail(store.isFull(error) ? say("full") : say("notKept"));
    return;
  }
  draft = null;
  void store.persist();
  dialog.close();
  dialog.dispatchEvent(new CustomEvent("finding:saved", { detail: say("saved", { name, at: clock(Date.now()) }) }));
}
