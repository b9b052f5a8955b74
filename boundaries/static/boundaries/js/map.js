// @ts-check
/** The map page put together: folium has made the Leaflet map, this gives it its layers and its manners. */

import { readAddress, writeAddress } from "./address.js";
import { ask, config, element, say } from "./config.js";
import { setUpDay } from "./day.js";
import { showDivisions } from "./layer.js";
import { setUpLegend } from "./legend.js";
import { setUpLines } from "./linelayer.js";
import { setUpMarks } from "./marks.js";
import { setUpPanel } from "./panel.js";
import { setUpScreening } from "./screening.js";
import { setUpSearch } from "./search.js";
import { setUpSlider } from "./slider.js";
import { store } from "./state.js";

/** @typedef {import("./config.js").Unit} Unit */

const map = /** @type {L.Map} */ (/** @type {any} */ (window)[config.map]);
const notice = element("map-notice", HTMLElement);
let noticeTimer = 0;

/** A line on the map that goes by itself, or stays while work goes on. @param {string} message @param {boolean} [busy] */
function tell(message, busy = false) {
  window.clearTimeout(noticeTimer);
  notice.hidden = !message;
  notice.textContent = message;
  notice.classList.toggle("busy", busy);
  if (message && !busy) noticeTimer = window.setTimeout(() => (notice.hidden = true), 6000);
}

/** @param {[number, number, number, number]} bounds @param {number} maxZoom */
function fly(bounds, maxZoom) {
  const [west, south, east, north] = bounds;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  map.fitBounds([[south, west], [north, east]], { maxZoom, padding: [30, 30], animate: !calm });
}

function showAll() {
  if (store.state.bounds) fly(store.state.bounds, 12);
}

/** @param {Unit} unit Shows a unit that was found: flies there where there is a there, opens its panel in any case. */
function reach(unit) {
  panel.choose(unit.id, { focus: true });
  const closest = [0, 7, 9, 11, 13, 15][unit.level];
  if (unit.bounds) fly(unit.bounds, closest);
  else if (unit.seat) map.setView([unit.seat[1], unit.seat[0]], Math.max(closest, map.getZoom()));
  else tell(`${unit.name}：${say("noExtent")}`);
}

/** @type {AbortController | null} */
let identifying = null;

/** What lies here: asked of the server, which knows the exact borders. @param {L.LatLng} place @param {boolean} [focus] */
async function identify(place, focus = false) {
  identifying?.abort();
  identifying = new AbortController();
  const zoom = map.getZoom();
  // Twelve pixels around a seat count as hitting it.
  const reachM = (12 * 40075016.686 * Math.cos((place.lat * Math.PI) / 180)) / (256 * 2 ** zoom);
  const query = { lon: place.lng.toFixed(7), lat: place.lat.toFixed(7), on: store.day, zoom, reach: Math.min(20000, reachM).toFixed(1) };
  try {
    const answer = await ask(config.urls.at, store.level ? { ...query, level: store.level } : query, identifying.signal);
    if (answer.unit) panel.choose(answer.unit.id, { focus });
    else tell(say("nothingHere"));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) tell(error instanceof Error ? error.message : say("failed"));
  }
}

function setUpLevels() {
  const select = element("level", HTMLSelectElement);
  for (const { layer, name } of config.levels) select.add(new Option(name, layer));
  select.addEventListener("change", () => {
    store.set("level", select.value);
    const least = config.levels.find((entry) => entry.layer === select.value)?.chosen ?? 0;
    if (map.getZoom() < least) map.setZoom(least);
  });
  store.on(["level"], () => (select.value = store.level));
}

function setUpZoom() {
  element("zoom-in", HTMLButtonElement).addEventListener("click", () => map.zoomIn());
  element("zoom-out", HTMLButtonElement).addEventListener("click", () => map.zoomOut());
  element("zoom-all", HTMLButtonElement).addEventListener("click", showAll);
}

function setUpKeyboard() {
  const container = map.getContainer();
  container.setAttribute("aria-label", say("mapLabel"));
  container.setAttribute("role", "application");
  container.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== container) return;
    event.preventDefault();
    void identify(map.getCenter(), true);
  });
}

/** Says so where a day has nothing to draw, instead of showing an empty sheet. */
function setUpEmptiness() {
  const noExtent = document.getElementById("map-no-extent");
  const noUnits = document.getElementById("map-no-units");
  if (!noExtent || !noUnits) return;
  const renew = () => {
    const units = store.state.levels.reduce((sum, entry) => sum + entry.units, 0);
    const drawn = store.state.levels.reduce((sum, entry) => sum + entry.areas + entry.seats, 0);
    noUnits.hidden = units > 0;
    noExtent.hidden = units === 0 || drawn > 0;
    element("map-no-extent-count", HTMLElement).textContent = say("unitsInAll", { count: units });
  };
  store.on(["state"], renew);
  renew();
}

function setUpTools() {
  const more = element("map-more", HTMLButtonElement);
  const tools = element("map-tools", HTMLElement);
  more.addEventListener("click", () => {
    const open = tools.classList.toggle("open");
    more.setAttribute("aria-expanded", String(open));
  });
}

map.setMinZoom(3);
map.setMaxZoom(18);
const view = readAddress();
if (view.zoom !== null && view.lat !== null && view.lon !== null) map.setView([view.lat, view.lon], view.zoom, { animate: false });
else if (store.state.bounds) {
  const [west, south, east, north] = store.state.bounds;
  map.fitBounds([[south, west], [north, east]], { maxZoom: 12, padding: [20, 20], animate: false });
}

showDivisions(map);
const panel = setUpPanel(map);
setUpLegend(map);
setUpMarks(map);
setUpSlider();
setUpDay(tell);
setUpScreening(map, tell);
setUpLines(map, tell);
setUpSearch(reach);
setUpLevels();
setUpZoom();
setUpKeyboard();
setUpEmptiness();
setUpTools();

map.on("click", (event) => void identify(event.latlng));
const remember = () => writeAddress(map, store.day, store.selected, store.screening);
map.on("moveend", remember);
store.on(["day", "selected", "screening"], remember);
if (view.day) store.set("day", view.day);
if (view.screening) store.set("screening", view.screening);
if (view.selected) {
  panel.choose(view.selected);
  if (view.zoom === null) void findChosen(view.selected);
}

/** A link that names a unit and no place: the map goes to it. @param {number} id */
async function findChosen(id) {
  const feature = await ask(config.urls.outline.replace("{id}", String(id)), { on: store.day, zoom: 12 }).catch(() => null);
  if (feature?.geometry) map.fitBounds(L.geoJSON(feature).getBounds(), { maxZoom: 13, padding: [30, 30], animate: false });
}

window.addEventListener("hashchange", () => {
  const next = readAddress();
  if (next.zoom !== null && next.lat !== null && next.lon !== null) map.setView([next.lat, next.lon], next.zoom);
  if (next.day) store.set("day", next.day);
  if (next.screening !== store.screening) store.set("screening", next.screening);
  if (next.selected !== store.selected && next.selected) panel.choose(next.selected);
});
document.documentElement.dataset.mapReady = "true";
