// @ts-check
/** The page for patrolling signs: puts its parts together. Works from what the device keeps when there is no connection. */
import * as basemap from "../../../gis/field/basemap.js";
import { newest, showPanel, tabs, tell } from "../../../gis/field/frame.js";
import { showLine, showRoom } from "../../../gis/field/panel.js";
import * as position from "../../../gis/field/position.js";
import { config, element, say } from "./config.js";
import * as finding from "./finding.js";
import * as map from "./map.js";
import { outbox } from "./outbox.js";
import * as panels from "./panels.js";
import * as store from "./store.js";

/** @typedef {import("./config.js").About} About */

/** @type {About | null} */
let about = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let painting;
let drawn = "";

/** What the server says now, else what the device kept of the last time. @returns {Promise<About | null>} */
async function load() {
  const kept = /** @type {About | null} */ ((await store.get("beats", config.area)) ?? null);
  const asked = outbox.ask(config.urls.about, {}).then(async (told) => {
    const fresh = { ...told, keptAt: Date.now() };
    await store.put("beats", fresh);
    return /** @type {About} */ (fresh);
  });
  return newest(kept, asked);
}

function paintNow() {
  clearTimeout(painting);
  painting = undefined;
  if (!about) return;
  showLine(outbox);
  if (!element("panel-signs", HTMLElement).hidden) panels.showSigns(about, choose);
  if (!element("panel-new", HTMLElement).hidden) panels.showUnlisted(about);
  if (!element("panel-outbox", HTMLElement).hidden) panels.showOutbox(about);
}

/** Paints at most some times a second, however fast things happen. */
function paint() {
  painting ??= setTimeout(paintNow, 120);
}

/** The map is drawn anew only when what it shows has changed: a finger on it must not lose its place. */
function drawIfChanged() {
  if (!about) return;
  const now = about;
  const seen = JSON.stringify([now.signs.map((one) => [panels.doneOf(one.id), panels.stateOf(one)]), panels.unlisted()]);
  if (seen === drawn) return;
  drawn = seen;
  const signs = new Map(now.signs.map((one) => [one.id, one]));
  map.draw(now, panels.doneOf, (id) => panels.stateOf(/** @type {import("./config.js").Sign} */ (signs.get(id))), panels.unlisted());
}

function changed() {
  drawIfChanged();
  paint();
}

/** @param {number} id */
function choose(id) {
  const sign = about?.signs.find((one) => one.id === id);
  if (sign) void finding.open(sign);
}

/** @param {string} name */
function shown(name) {
  if (name === "outbox") void showRoom();
  paintNow();
}

function wire() {
  element("locate", HTMLButtonElement).addEventListener("click", () => map.follow() || tell(position.trouble || say("positionWanted")));
  element("whole", HTMLButtonElement).addEventListener("click", () => about && map.fit(about));
  element("new-sign", HTMLButtonElement).addEventListener("click", () => void finding.open(null));
  element("outbox-send", HTMLButtonElement).addEventListener("click", () => void outbox.pump());
  element("outbox-clear", HTMLButtonElement).addEventListener("click", () => void outbox.clearArrived());
  element("field-net", HTMLButtonElement).addEventListener("click", () => showPanel("outbox"));
  for (const id of ["order", "which"]) element(id, HTMLSelectElement).addEventListener("change", paintNow);
  element("finding", HTMLDialogElement).addEventListener("finding:saved", (event) => tell(/** @type {CustomEvent<string>} */ (event).detail));
  tabs(shown);
}

async function begin() {
  wire();
  try {
    about = await load();
  } catch {
    tell(say("noStore")); // a private window may have no store at all
  }
  if (!about) {
    element("field-empty", HTMLElement).hidden = false;
    return;
  }
  if (about.user) config.user = about.user;
  element("field-title", HTMLElement).textContent = about.name;
  finding.prepare(about);
  map.prepare(about, choose);
  const names = { cache: `patrol-saved-${config.area}`, noted: `yudi-patrol-basemap-${config.area}` };
  basemap.prepare(names, about.signs.flatMap((one) => (one.place ? [[one.place]] : [])));
  await outbox.prepare(changed, about.standing);
  position.listen(paint);
  void position.watchIfAllowed();
  changed();
  document.documentElement.dataset.fieldReady = "";
  await outbox.pump();
  if (outbox.standing) await store.put("beats", { ...about, standing: outbox.standing });
}

void begin();
