// @ts-check
/**
 * Lines and points on a small map: the plan's lines by how they stand, hazards by their level, and picking a place on a line.
 * What is drawn stands in the page as JSON (#line-map-data); kinds differ by dash and shape as well as by colour.
 */

/**
 * @typedef {{type: "Feature", geometry: any, properties: {style: string, words: string, url?: string, mark?: string}}} Drawn
 * @typedef {{map: string, features: {features: Drawn[]}, label: string, look?: [number, number, number, number], pick?: {lon: string, lat: string, chainage?: string, words: string}}} LineMap
 */

import { config } from "./config.js";
import { divisionLayer } from "./layer.js";

/** The same dashes as the legend's, see css/inspection.css. @type {Record<string, {color: string, dashArray?: string, weight: number}>} */
const STYLES = {
  overdue: { color: "#96361b", weight: 5 },
  due: { color: "#7a5300", dashArray: "12 6", weight: 4 },
  soon: { color: "#1d5c69", dashArray: "12 5 2 5", weight: 4 },
  later: { color: "#175f86", dashArray: "6 6", weight: 3 },
  unknown: { color: "#67459b", dashArray: "2 6", weight: 4 },
  plain: { color: "#1d2729", weight: 3 },
};
/** Henan, when nothing says where to look. @type {L.LatLngBoundsLiteral} */
const ELSEWHERE = [[31.3, 110.3], [36.4, 116.7]];

const told = document.getElementById("line-map-data");
/** @type {LineMap} */
const data = JSON.parse(told?.textContent ?? "{}");
const map = /** @type {L.Map} */ (/** @type {any} */ (window)[data.map]);
L.control.zoom({ position: "bottomright" }).addTo(map);
L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
map.getContainer().setAttribute("role", "application");
map.getContainer().setAttribute("aria-label", data.label);

divisionLayer(config.state, "", { classes: new Map(), screening: "" }, Object.keys(/** @type {any} */ (map)._layers).length > 0).addTo(map);

/** @param {any} feature */
function pin(feature) {
  const { style, mark = "", words } = feature.properties;
  const face = document.createElement("span");
  const name = document.createElement("span");
  name.className = "visually-hidden";
  name.textContent = words;
  face.append(mark, name);
  return L.divIcon({ className: `map-pin ${style}`, html: face, iconSize: style.startsWith("stake") ? [13, 13] : [22, 22] });
}

const layer = L.geoJSON(/** @type {any} */ (data.features), {
  style: (feature) => STYLES[feature?.properties.style] ?? STYLES.plain,
  pointToLayer: (feature, place) => L.marker(place, { icon: pin(feature), alt: feature.properties.words, keyboard: true }),
  onEachFeature: (feature, drawn) => {
    const { words, url } = feature.properties;
    const label = document.createElement("span");
    label.textContent = words;
    drawn.bindTooltip(label, { sticky: true });
    if (url) drawn.on("click keypress", (event) => (/** @type {any} */ (event).originalEvent?.key ?? "Enter") === "Enter" && window.location.assign(url));
  },
}).addTo(map);

const bounds = layer.getBounds();
/** @type {L.LatLngBoundsExpression} */
const begin = data.look ? [[data.look[1], data.look[0]], [data.look[3], data.look[2]]] : ELSEWHERE;
map.fitBounds(bounds.isValid() ? bounds : begin, { padding: [24, 24], maxZoom: 15 });

if (data.pick) {
  const { lon, lat, chainage, words } = data.pick;
  const fields = [lon, lat, chainage ?? ""].map((id) => /** @type {HTMLInputElement} */ (document.getElementById(id)));
  /** @type {L.Marker | null} */
  let chosen = null;
  /** @param {L.LatLng} place */
  const show = (place) => {
    chosen ??= L.marker(place, { icon: L.divIcon({ className: "map-pin chosen", html: "+", iconSize: [22, 22] }), draggable: true, alt: words, zIndexOffset: 1000 }).addTo(map);
    chosen.setLatLng(place);
    chosen.off("dragend").on("dragend", () => chosen && choose(chosen.getLatLng()));
  };
  /** @param {L.LatLng} place */
  const choose = (place) => {
    show(place);
    fields[0].value = place.lng.toFixed(6);
    fields[1].value = place.lat.toFixed(6);
    if (fields[2]) fields[2].value = "";
  };
  map.on("click", (event) => choose(event.latlng));
  // A click on a boundary marker means the marker's place; it does not reach the map.
  layer.eachLayer((one) => one instanceof L.Marker && one.on("click", () => choose(one.getLatLng())));
  const typed = () => {
    const [x, y] = [Number(fields[0].value), Number(fields[1].value)];
    if (!fields[0].value || !fields[1].value || !Number.isFinite(x) || !Number.isFinite(y)) return;
    show(L.latLng(y, x));
    if (!map.getBounds().contains([y, x])) map.panTo([y, x]);
  };
  // Another program of the page knows where to look, as when a name is chosen; a place that is chosen already stays in view.
  document.addEventListener("map-look", (event) => {
    const [west, south, east, north] = /** @type {CustomEvent<number[]>} */ (event).detail;
    if (!chosen) map.fitBounds([[south, west], [north, east]], { padding: [24, 24], maxZoom: 16 });
  });
  fields.slice(0, 2).forEach((field) => field.addEventListener("change", typed));
  typed();
}
