// @ts-check
/**
 * A boundary line drawn on the map of its form, with the workbench's pen. What is drawn stands in the form's field for the geometry,
 * one "longitude latitude" a line, so that typing and drawing say the same, and what is sent is what is seen.
 */

import { ask, config, element } from "./config.js";
import { divisionLayer } from "./layer.js";
import { drawLines } from "./lines.js";
import { Drawing } from "./workbench/drawing.js";

/** More corners than this are not moved one by one. */
const MOST = 400;
const settings = /** @type {any} */ (config);
const section = element("draw", HTMLElement);
section.hidden = false;
const map = /** @type {L.Map} */ (/** @type {any} */ (window)[settings.map]);
const field = element("id_geometry", HTMLTextAreaElement);
const grade = element("id_grade", HTMLSelectElement);
const drawn = element("drawn", HTMLInputElement);
const told = element("draw-told", HTMLElement);
const toggle = element("draw-toggle", HTMLButtonElement);
const back = element("draw-back", HTMLButtonElement);
const clear = element("draw-clear", HTMLButtonElement);
const held = /** @type {HTMLButtonElement | null} */ (document.getElementById("draw-held"));

/** @typedef {import("./workbench/model.js").Place} Place */
/** @type {Place[]} */
let points = [];
/** @type {Place[]} what was there before this drawing began */
let before = [];
let active = false;
/** @type {L.LatLng[][]} */
let rings = [];
/** @type {Place[][]} the parts of the line as it is registered */
let registered = [];

map.createPane("wb-drawn").style.zIndex = "460";
L.control.zoom({ position: "bottomright" }).addTo(map);
L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
divisionLayer(settings.state, "", { classes: new Map(), screening: "" }, Object.keys(/** @type {any} */ (map)._layers).length > 0).addTo(map);
map.fitBounds([[31.3, 110.3], [36.4, 116.7]], { animate: false });

const pen = new Drawing(map, {
  change: (next) => put(next, true),
  finish: () => draw(false),
  cancel: () => {
    put(before, true);
    draw(false);
  },
  snapTo: () => rings,
});

/** @param {Place[]} next @param {boolean} write also into the field */
function put(next, write) {
  points = next;
  if (write) {
    field.value = points.map(([lon, lat]) => `${lon} ${lat}`).join("\n");
    drawn.value = points.length ? "1" : "";
    if (points.length && grade.value !== "indicative" && !hasNumber()) grade.value = "indicative";
  }
  let metres = 0;
  for (let at = 1; at < points.length; at++) metres += map.distance([points[at - 1][1], points[at - 1][0]], [points[at][1], points[at][0]]);
  told.textContent = points.length ? (told.dataset.words ?? "").replace("{count}", String(points.length)).replace("{km}", (metres / 1000).toFixed(2)) : "";
  back.disabled = clear.disabled = points.length === 0;
  show();
}

function hasNumber() {
  return Boolean(/** @type {HTMLInputElement | null} */ (document.getElementById("id_document_number"))?.value.trim());
}

/** @param {boolean} on */
function draw(on) {
  active = on;
  if (on) before = points;
  toggle.setAttribute("aria-pressed", String(on));
  toggle.textContent = (on ? toggle.dataset.on : toggle.dataset.off) ?? "";
  map.getContainer().classList.toggle("wb-cross", on);
  show();
}

function show() {
  pen.show("line", points, active, points.length <= MOST);
}

/** What stands in the field, if it is one line of pairs. @returns {Place[] | null} */
function typed() {
  const rows = field.value.split("\n").map((row) => row.trim()).filter(Boolean);
  const found = rows.map((row) => row.split(/[\s,，]+/).map(Number));
  return found.every((pair) => pair.length === 2 && pair.every(Number.isFinite)) ? /** @type {Place[]} */ (found) : null;
}

toggle.addEventListener("click", () => draw(!active));
back.addEventListener("click", () => put(points.slice(0, -1), true));
clear.addEventListener("click", () => put([], true));
field.addEventListener("change", () => {
  const places = typed();
  put(places ?? [], false);
  drawn.value = "";
  if (!places) told.textContent = told.dataset.bad ?? "";
  else if (places.length) map.fitBounds(L.latLngBounds(places.map(([lon, lat]) => L.latLng(lat, lon))), { padding: [24, 24] });
});
held?.addEventListener("click", () => {
  if (registered.length !== 1 || registered[0].length > MOST) told.textContent = held.dataset.many ?? "";
  else put(registered[0], true);
});

async function ground() {
  if (!settings.features) return;
  const { features } = await ask(settings.features);
  const lines = features.filter((/** @type {any} */ one) => one.properties.what === "line");
  const group = drawLines({ type: "FeatureCollection", features: lines }, map);
  const sides = L.geoJSON(features.filter((/** @type {any} */ one) => one.properties.what === "side"), { interactive: false, style: { color: "#7d8f8b", weight: 1, fill: false } }).addTo(map);
  const geometry = lines[0]?.geometry;
  registered = geometry ? (geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates) : [];
  sides.eachLayer((/** @type {any} */ one) => (rings = rings.concat(one.getLatLngs().flat(one.feature.geometry.type === "MultiPolygon" ? 1 : 0))));
  rings = rings.concat(registered.map((part) => part.map(([lon, lat]) => L.latLng(lat, lon))));
  const bounds = group.getBounds().isValid() ? group.getBounds() : sides.getBounds();
  if (bounds.isValid() && !points.length) map.fitBounds(bounds, { padding: [24, 24], animate: false });
}

/** The outlines of the sides whose codes are typed, for a line that is not registered yet. */
async function outlines() {
  const codes = ["id_side_a", "id_side_b"].map((id) => /** @type {HTMLInputElement | null} */ (document.getElementById(id))?.value.trim() ?? "");
  rings = [];
  for (const code of codes.filter((one) => /^\d{6,12}$/.test(one))) {
    const { units } = await ask(settings.urls.search, { q: code, limit: 3 });
    const unit = units.find((/** @type {any} */ one) => one.code === code);
    if (!unit) continue;
    const outline = await ask(settings.urls.outline.replace("{id}", String(unit.id)), { zoom: 12 }).catch(() => null);
    const geometry = outline?.geometry ?? outline;
    if (!geometry?.coordinates) continue;
    const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    for (const ring of parts.flat()) rings.push(ring.map((/** @type {Place} */ [lon, lat]) => L.latLng(lat, lon)));
  }
  const all = rings.flat();
  if (all.length && !points.length) map.fitBounds(L.latLngBounds(all), { padding: [24, 24], animate: false });
}

map.invalidateSize();
put(typed() ?? [], false);
void ground().catch(() => {});
for (const id of ["id_side_a", "id_side_b"]) document.getElementById(id)?.addEventListener("change", () => void outlines().catch(() => {}));
if (!settings.features) void outlines().catch(() => {});
