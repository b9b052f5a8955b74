// @ts-check
/**
 * The base map of a line or of some places on the telephone: how many squares that are and about how large is said first, then they are
 * fetched by the service worker, some at a time, so that it can be stopped and gone on with.
 */
import { config, element, say } from "./config.js";
import { metres } from "./geo.js";

/** @typedef {import("./config.js").Place} Place */

const map = /** @type {import("leaflet").Map} */ (/** @type {any} */ (window)[config.map]);
/** Metres of ground on either side, and how many squares at most: about 25 MB. */
const BESIDE = 400;
const MOST = 1500;
const NEAREST_ZOOM = 16;
const AT_A_TIME = 24;
const SAMPLE = 6;

/** @type {any} the layer of the base map, where the office has one */
let layer = null;
/** Lines, or places alone. @type {Place[][]} */
let parts = [];
/** The worker's cache of these squares, and where the page writes down what is in it. */
let cache = "";
let noted = "";
/** @type {string[]} */
let wanted = [];
let going = false;
let asked = false;
/** As the office's layer has it. @type {number | undefined} */
let native;
let nearest = 0;

/** @param {{ cache: string, noted: string }} names @param {Place[][]} told lines, or places alone */
export function prepare(names, told) {
  [cache, noted, parts] = [names.cache, names.noted, told];
  map.eachLayer((one) => {
    if (one instanceof L.TileLayer) layer = one;
  });
  native = layer?.options.maxNativeZoom;
  const box = element("basemap", HTMLElement);
  if (!layer || !parts.length || !navigator.serviceWorker) return;
  box.hidden = false;
  element("basemap-save", HTMLButtonElement).addEventListener("click", () => void press());
  element("basemap-forget", HTMLButtonElement).addEventListener("click", () => void forget());
  // Nearer than what was saved, the saved squares are drawn larger while no others can be had.
  layer.on("tileerror", () => {
    const zoom = kept()?.zoom;
    if (zoom && map.getZoom() > zoom && layer.options.maxNativeZoom !== zoom) stretch(zoom);
  });
  window.addEventListener("online", () => layer.options.maxNativeZoom !== native && stretch(native));
  show();
}

/** The nearest zoom that squares are asked for; beyond it they are drawn larger. @param {number | undefined} zoom */
function stretch(zoom) {
  layer.options.maxNativeZoom = zoom;
  layer.redraw();
}

/** What was saved, as this page wrote it down. @returns {{ at: number, count: number, bytes: number, zoom: number } | null} */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(noted) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} [words] */
function show(words = "") {
  const found = kept();
  const size = (/** @type {number} */ bytes) => (bytes / 1048576).toFixed(1);
  const told = found
    ? say("basemapKept", { count: found.count, size: size(found.bytes), at: new Date(found.at).toLocaleDateString(document.documentElement.lang) })
    : say("basemapNone");
  element("basemap-words", HTMLElement).textContent = words || told;
  const button = element("basemap-save", HTMLButtonElement);
  button.textContent = going ? say("basemapStop") : asked ? say("basemapYes") : found ? say("basemapAgain") : say("basemapSave");
  element("basemap-forget", HTMLElement).hidden = going || !found;
}

async function press() {
  if (going) {
    going = false;
    return;
  }
  if (!asked) await measure();
  else await save();
}

/** Fetches some squares and says from them how large all are. */
async function measure() {
  wanted = squares();
  show(say("basemapMeasuring"));
  const sample = wanted.filter((_url, number) => number % Math.max(1, Math.floor(wanted.length / SAMPLE)) === 0).slice(0, SAMPLE);
  const told = await send(sample);
  if (!told || !told.there) {
    show(say(navigator.onLine && told ? "basemapRefused" : "noConnection"));
    return;
  }
  asked = true;
  show(say("basemapAsk", { count: wanted.length, size: ((told.bytes / told.there) * wanted.length / 1048576).toFixed(1) }));
}

async function save() {
  asked = false;
  going = true;
  let [there, bytes, failed, full] = [0, 0, 0, false];
  for (let from = 0; from < wanted.length && going && !full; from += AT_A_TIME) {
    show(say("basemapGoing", { percent: Math.floor((from / wanted.length) * 100) }));
    const told = await send(wanted.slice(from, from + AT_A_TIME));
    if (!told) break;
    there += told.there;
    bytes += told.bytes;
    failed += told.failed;
    full = told.full;
    if (!told.there && told.failed) break; // the connection is gone
  }
  going = false;
  if (there) localStorage.setItem(noted, JSON.stringify({ at: Date.now(), count: there, bytes, zoom: nearest }));
  const missing = wanted.length - there;
  show(full ? say("full") : missing ? say("basemapPart", { count: there, all: wanted.length }) : "");
}

async function forget() {
  await post({ forget: cache });
  localStorage.removeItem(noted);
  asked = false;
  show();
}

/** @param {string[]} save @returns {Promise<{ bytes: number, there: number, failed: number, full: boolean } | null>} */
const send = (save) => post({ save, cache });

/** @param {Record<string, any>} message @returns {Promise<any>} null where no worker answers within a minute */
async function post(message) {
  const worker = (await navigator.serviceWorker.ready).active;
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = (event) => resolve(event.data);
    setTimeout(() => resolve(null), 60_000);
    worker?.postMessage(message, [port2]);
  });
}

/** Addresses of all squares about the line or the places, from the view of the whole to the nearest zoom that is not too much. */
function squares() {
  const places = sampled();
  const first = Math.max(0, map.getBoundsZoom(L.latLngBounds(places.map(([lon, lat]) => [lat, lon]))) - 1);
  const last = Math.min(NEAREST_ZOOM, native ?? layer.options.maxZoom ?? NEAREST_ZOOM);
  /** @type {string[]} */
  const found = [];
  for (let zoom = Math.min(first, last); zoom <= last; zoom++) {
    const here = atZoom(places, zoom);
    if (found.length && found.length + here.length > MOST) break;
    found.push(...here);
    nearest = zoom;
  }
  return found;
}

/** Places along the lines, not farther apart than half the strip is wide. @returns {Place[]} */
function sampled() {
  /** @type {Place[]} */
  const found = [];
  for (const part of parts)
    part.forEach(([lon, lat], at) => {
      const before = part[at - 1];
      const steps = before ? Math.ceil(metres([before[0], before[1]], [lon, lat]) / BESIDE) : 1;
      for (let step = 1; step <= steps; step++)
        found.push(before ? [before[0] + ((lon - before[0]) * step) / steps, before[1] + ((lat - before[1]) * step) / steps] : [lon, lat]);
    });
  return found;
}

/** @param {Place[]} places @param {number} zoom @returns {string[]} */
function atZoom(places, zoom) {
  const size = layer.getTileSize().x;
  const there = new Set();
  for (const [lon, lat] of places) {
    const east = BESIDE / (111_320 * Math.cos((lat * Math.PI) / 180));
    const north = BESIDE / 110_900;
    const low = map.project([lat + north, lon - east], zoom).divideBy(size).floor();
    const high = map.project([lat - north, lon + east], zoom).divideBy(size).floor();
    for (let x = low.x; x <= high.x; x++) for (let y = low.y; y <= high.y; y++) there.add(`${x} ${y}`);
  }
  return [...there].map((words) => {
    const [x, y] = words.split(" ").map(Number);
    // As Leaflet makes them, which only does so for the zoom it shows.
    const address = L.Util.template(layer._url, { ...layer.options, r: L.Browser.retina ? "@2x" : "", s: layer._getSubdomain({ x, y }), x, y, z: zoom });
    return new URL(address, window.location.href).href;
  });
}
