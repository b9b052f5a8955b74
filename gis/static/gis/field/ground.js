// @ts-check
/** The map of a page of the field: where the telephone is, staying with it, a scale. What stands on it is each page's affair. */
import { config } from "./config.js";
import * as position from "./position.js";

/** @typedef {import("./config.js").Place} Place */

export const map = /** @type {import("leaflet").Map} */ (/** @type {any} */ (window)[config.map]);

map.attributionControl?.setPrefix(false);
L.control.scale({ imperial: false, maxWidth: 130, position: "bottomleft" }).addTo(map);
map.createPane("own").style.zIndex = "650";

const halo = L.circle([0, 0], { radius: 1, color: "#0b57d0", weight: 1, fillOpacity: 0.12, interactive: false });
const own = L.circleMarker([0, 0], { radius: 9, color: "#fff", weight: 3, fillColor: "#0b57d0", fillOpacity: 1, pane: "own", interactive: false });
let following = false;
/** Markers closer than this on the screen (px) touch. */
const TOUCHING = 48;

/** Leaflet wants the latitude first. @param {Place} place @returns {[number, number]} */
export const turned = ([lon, lat]) => [lat, lon];

/** Begins to show where the telephone is. */
export function prepare() {
  position.listen(showOwn);
  map.on("dragstart", () => (following = false));
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
}

/** @param {Place[]} places */
export function fit(places) {
  following = false;
  if (places.length) map.fitBounds(L.latLngBounds(places.map(turned)), { paddingTopLeft: [48, 24], paddingBottomRight: [84, 32], maxZoom: 16 });
}

/** Goes to where the telephone is and stays with it. False where nobody knows. */
export function follow() {
  position.watch();
  if (!position.last) return false;
  following = true;
  map.setView(turned(position.last.place), Math.max(map.getZoom(), 15));
  return true;
}

/** @param {Place} place */
export function show(place) {
  following = false;
  map.setView(turned(place), Math.max(map.getZoom(), 15));
}

/** Seen from afar markers would hide what lies between them: where they touch they are dots. @param {Place[]} places in order */
export function crowd(places) {
  const points = places.map((place) => map.latLngToLayerPoint(turned(place)));
  const touching = points.filter((point, index) => index > 0 && point.distanceTo(points[index - 1]) < TOUCHING);
  map.getContainer().classList.toggle("field-crowded", touching.length * 2 > points.length);
}

function showOwn() {
  const fix = position.last;
  if (!fix) return;
  const at = turned(fix.place);
  own.setLatLng(at).addTo(map);
  halo.setLatLng(at).setRadius(fix.accuracy).addTo(map);
  if (following) map.panTo(at, { animate: false });
}
