// @ts-check
/**
 * The map of a naming case: where the name would lie, and the names that are the same or sound the same, each joined to it by a line
 * that carries the distance. Weights differ by shape and mark as well as by colour.
 */

import { config } from "../../boundaries/js/config.js";
import { divisionLayer } from "../../boundaries/js/layer.js";
import { configOf } from "../../gis/page.js";

/**
 * @typedef {{name: string, area: string, distance: string, severity: string, lon: number, lat: number}} Collision
 * @typedef {{map: string, label: string, location: any, name: string, bounds: [number, number, number, number] | null, live: boolean, collisions: Collision[]}} CaseMap
 */

/** Henan, when nothing says where to look. @type {L.LatLngBoundsLiteral} */
const ELSEWHERE = [[31.3, 110.3], [36.4, 116.7]];
const MARKS = /** @type {Record<string, string>} */ ({ block: "!", warn: "?", info: "i" });

/** @type {CaseMap} */
export const told = configOf("case-map-data");
export const map = /** @type {L.Map} */ (/** @type {any} */ (window)[told.map]);

L.control.zoom({ position: "topright" }).addTo(map);
L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
map.getContainer().setAttribute("role", "application");
map.getContainer().setAttribute("aria-label", told.label);
divisionLayer(config.state, "", { classes: new Map(), screening: "" }, Object.keys(/** @type {any} */ (map)._layers).length > 0).addTo(map);

const own = L.layerGroup().addTo(map);
const others = L.layerGroup().addTo(map);

/** @param {string} kind @param {string} mark @param {string} words */
function pin(kind, mark, words) {
  const face = document.createElement("span");
  const name = document.createElement("span");
  name.className = "visually-hidden";
  name.textContent = words;
  face.append(mark, name);
  return L.divIcon({ className: `name-pin ${kind}`, html: face, iconSize: [22, 22] });
}

/** @param {string} words */
function label(words) {
  const box = document.createElement("span");
  box.lang = "zh-Hans";
  box.textContent = words;
  return box;
}

/**
 * Draws the place itself. @param {L.LatLng[]} places one is a point, more are a line or an area @param {string} name
 * @param {string} [shape] area for an area
 */
export function showOwn(places, name, shape = "") {
  own.clearLayers();
  if (shape === "area" && places.length > 2) {
    L.polygon(places, { color: "#0b3f6b", weight: 4, fillOpacity: 0.15, interactive: false }).addTo(own);
  } else if (places.length > 1) {
    L.polyline(places, { color: "#0b3f6b", weight: 5, interactive: false }).addTo(own);
  }
  for (const [index, place] of places.entries()) {
    const ends = index === 0 || index === places.length - 1 || shape === "area";
    if (ends) L.marker(place, { icon: pin("own", "", name), alt: name, keyboard: false, zIndexOffset: 500 }).addTo(own);
  }
}

/**
 * Draws the names it collides with. @param {Collision[]} collisions @param {L.LatLng | null} from
 */
export function showOthers(collisions, from) {
  others.clearLayers();
  for (const one of collisions) {
    const place = L.latLng(one.lat, one.lon);
    const words = [one.area + one.name, one.distance].filter(Boolean).join(" ");
    if (from) L.polyline([from, place], { color: "#5c4a00", weight: 1.5, dashArray: "5 5", interactive: false }).addTo(others);
    L.marker(place, { icon: pin(one.severity, MARKS[one.severity] ?? "", words), alt: words, keyboard: true }).bindTooltip(label(words), { permanent: collisions.length <= 6, direction: "auto", offset: [10, 0], className: "name-label" }).addTo(others);
  }
}

/** Brings what is drawn into view, else the area. @param {boolean} [withOthers] */
export function look(withOthers = true) {
  const bounds = L.latLngBounds([]);
  for (const group of withOthers ? [own, others] : [own]) {
    group.eachLayer((layer) => {
      if (layer instanceof L.Marker) bounds.extend(layer.getLatLng());
      else if (layer instanceof L.Polyline) bounds.extend(layer.getBounds());
    });
  }
  if (bounds.isValid()) return void map.fitBounds(bounds, { padding: [36, 36], maxZoom: 15 });
  const area = told.bounds;
  map.fitBounds(area ? [[area[1], area[0]], [area[3], area[2]]] : ELSEWHERE, { padding: [8, 8] });
}

/** Corners of a GeoJSON point, line or area; of several parts the first one's outline. @param {any} geometry @returns {L.LatLng[]} */
export function corners(geometry) {
  if (!geometry) return [];
  const flat = { Point: (/** @type {any} */ c) => [c], LineString: (/** @type {any} */ c) => c, MultiLineString: (/** @type {any} */ c) => c.flat(), Polygon: (/** @type {any} */ c) => c[0].slice(0, -1), MultiPolygon: (/** @type {any} */ c) => c[0][0].slice(0, -1) };
  const of = /** @type {Record<string, (c: any) => number[][]>} */ (flat)[geometry.type];
  return of ? of(geometry.coordinates).map(([lon, lat]) => L.latLng(lat, lon)) : [];
}

/** The middle corner, from which distances are drawn. @param {L.LatLng[]} places @returns {L.LatLng | null} */
export function middle(places) {
  return places.length ? places[Math.floor(places.length / 2)] : null;
}
