// @ts-check
/** The page for telephones in the field: puts its parts together. Works from what the device keeps when there is no connection. */
import * as basemap from "../../../gis/field/basemap.js";
import { attempt, newest, showPanel, tabs, tell } from "../../../gis/field/frame.js";
import { showLine, showRoom } from "../../../gis/field/panel.js";
import * as position from "../../../gis/field/position.js";
import { config, element, say } from "./config.js";
import * as map from "./map.js";
import { fileItem, outbox } from "./outbox.js";
import * as panels from "./panels.js";
import * as recorder from "./recorder.js";
import * as store from "./store.js";
import * as visit from "./visit.js";

/** @typedef {import("./config.js").About} About */

/** @type {About | null} */
let about = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let painting;

/** What the server says now, else what the device kept of the last time. @returns {Promise<About | null>} */
async function load() {
  const kept = /** @type {About | null} */ ((await store.get("inspections", config.inspection)) ?? null);
  const asked = outbox.ask(config.urls.about, {}).then(async (told) => {
    await store.put("inspections", told);
    return /** @type {About} */ (told);
  });
  return newest(kept, asked);
}

function paintNow() {
  clearTimeout(painting);
  painting = undefined;
  if (!about) return;
  showLine(outbox);
  panels.showWalk(about);
  if (!element("panel-markers", HTMLElement).hidden) {
    panels.showMarkers(about, choose);
    panels.showWaypoints(about, choose);
  }
  if (!element("panel-outbox", HTMLElement).hidden) panels.showOutbox(attempt);
}

/** Paints at most some times a second, however fast things happen. */
function paint() {
  painting ??= setTimeout(paintNow, 120);
}

let drawn = "";

/** The map is drawn anew only when what it shows has changed: a finger on it must not lose its place. */
function drawIfChanged() {
  if (!about) return;
  const now = about;
  const standing = outbox.standing;
  const seen = JSON.stringify([standing?.covered, standing?.uncovered, standing?.waypoints, now.markers.map((one) => panels.stateOf(one.id))]);
  if (seen === drawn) return;
  drawn = seen;
  map.draw(now, standing, panels.stateOf);
}

function changed() {
  drawIfChanged();
  paint();
}

/** @param {number} id @param {import("./config.js").Waypoint} [from] */
function choose(id, from) {
  const marker = about?.markers.find((one) => one.id === id);
  if (marker) void visit.open(marker, ownSide(), from);
}

/** Where it was marked on the map, to its row in the list. @param {number} index */
function chooseWaypoint(index) {
  showPanel("markers");
  const row = document.getElementById(`waypoint-${index}`);
  row?.scrollIntoView({ block: "center" });
  row?.focus();
}

function ownSide() {
  const select = /** @type {HTMLSelectElement | null} */ (document.getElementById("own-side"));
  return select?.value ? Number(select.value) : null;
}

function chooseSide() {
  if (!about) return;
  const select = element("own-side", HTMLSelectElement);
  const box = element("own-side-box", HTMLElement);
  for (const side of about.sides) select.append(new Option(side.name, String(side.id)));
  const kept = localStorage.getItem(`yudi-side-${config.inspection}`);
  select.value = about.own_sides.length === 1 ? String(about.own_sides[0]) : (kept ?? "");
  box.hidden = about.own_sides.length === 1;
  select.addEventListener("change", () => localStorage.setItem(`yudi-side-${config.inspection}`, select.value));
}

/** @param {string} name */
function shown(name) {
  if (name === "outbox") void showRoom();
  paintNow();
}

async function record() {
  if (!recorder.going) {
    void store.persist();
    await recorder.start();
    return;
  }
  await finish();
}

async function finish() {
  const item = await recorder.finish(ownSide());
  map.drawWalk([]);
  await outbox.reload();
  tell(item ? say("walkSaved", { name: item.name }) : say("nothingRecorded"));
  void outbox.pump();
}

async function files() {
  const input = element("files", HTMLInputElement);
  const chosen = [...(input.files ?? [])];
  input.value = "";
  const items = [];
  for (const file of chosen) {
    if (!file.size) tell(say("emptyFile", { name: file.name }));
    else items.push(await fileItem("track", file, file.name, { side: ownSide() }));
  }
  if (!items.length) return;
  await outbox.add(items);
  void store.persist();
  showPanel("outbox");
}

function wire() {
  element("record", HTMLButtonElement).addEventListener("click", () => attempt(record));
  element("record-finish", HTMLButtonElement).addEventListener("click", () => attempt(finish));
  element("files", HTMLInputElement).addEventListener("change", () => void files().catch((error) => tell(store.isFull(error) ? say("full") : say("notKept"))));
  element("locate", HTMLButtonElement).addEventListener("click", () => map.follow() || tell(position.trouble || say("positionWanted")));
  element("whole", HTMLButtonElement).addEventListener("click", () => about && map.fit(about));
  element("outbox-send", HTMLButtonElement).addEventListener("click", () => void outbox.pump());
  element("outbox-clear", HTMLButtonElement).addEventListener("click", () => void outbox.clearArrived());
  element("field-net", HTMLButtonElement).addEventListener("click", () => showPanel("outbox"));
  element("visit", HTMLDialogElement).addEventListener("visit:saved", (event) => tell(/** @type {CustomEvent<string>} */ (event).detail));
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
  visit.prepare();
  map.prepare(about, choose, chooseWaypoint);
  const names = { cache: `field-saved-${config.inspection}`, noted: `yudi-basemap-${config.inspection}` };
  basemap.prepare(names, about.parts.map((part) => part.map(([lon, lat]) => /** @type {import("./config.js").Place} */ ([lon, lat]))));
  chooseSide();
  await outbox.prepare(changed, about.standing);
  await recorder.prepare(() => {
    if (recorder.going && position.last) map.addToWalk(position.last.place);
    paint();
  });
  if (recorder.recording) {
    const points = /** @type {import("./store.js").Point[]} */ (await store.where("points", "recording", recorder.recording.id));
    map.drawWalk(points.map((point) => [point.lon, point.lat]));
    position.watch();
  }
  position.listen(paint);
  void position.watchIfAllowed();
  changed();
  document.documentElement.dataset.fieldReady = "";
  await outbox.pump();
  if (outbox.standing) await store.put("inspections", { ...about, standing: outbox.standing });
}

void begin();
