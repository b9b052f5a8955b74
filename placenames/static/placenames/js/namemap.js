// @ts-check
/** One name on the map, and those near it; or the names of a collection. What is drawn stands in the page as JSON. */

import { declutter } from "../../gis/labels.js";

/**
 * @typedef {{name: string, words: string, url: string, point: [number, number]}} Other
 * @typedef {{map: string, name: string, geometry: string | null, others: Other[], label: string}} NameMap
 */

const ELSEWHERE = /** @type {L.LatLngBoundsLiteral} */ ([[31.3, 110.3], [36.4, 116.7]]);

/** @type {NameMap} */
const data = JSON.parse(document.getElementById("name-map-data")?.textContent ?? "{}");
const map = /** @type {L.Map} */ (/** @type {any} */ (window)[data.map]);
L.control.zoom({ position: "bottomright" }).addTo(map);
L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
map.getContainer().setAttribute("role", "application");
map.getContainer().setAttribute("aria-label", data.label);

/** @param {string} text */
function words(text) {
  const label = document.createElement("span");
  label.lang = "zh-Hans";
  label.textContent = text;
  return label;
}

/** @param {string} kind @param {string} name @returns {L.DivIcon} */
function pin(kind, name) {
  const face = document.createElement("span");
  face.className = kind;
  const hidden = document.createElement("span");
  hidden.className = "visually-hidden";
  hidden.textContent = name;
  const whole = document.createElement("span");
  whole.append(face, hidden);
  return L.divIcon({ className: "", html: whole, iconSize: [16, 16], iconAnchor: kind === "name-pin" ? [8, 16] : [5, 5] });
}

/** More names than this are told where they are pointed at. */
const MOST = 600;
const crowded = data.others.length > MOST;
const pins = data.others.map((one) =>
  L.marker([one.point[1], one.point[0]], { icon: pin("near-pin", one.name), keyboard: true, alt: one.name })
    .bindTooltip(words(one.name), { permanent: !crowded, direction: "right", className: "name-label", offset: [7, 0] })
    .on("click keypress", (event) => (/** @type {any} */ (event).originalEvent?.key ?? "Enter") === "Enter" && window.location.assign(one.url)),
);
const near = L.featureGroup(pins).addTo(map);
/** @type {import("../../gis/labels.js").Label[]} */
const labels = crowded ? [] : pins.map((layer) => ({ layer, at: layer.getLatLng() }));

if (data.geometry) {
  const own = L.geoJSON(JSON.parse(data.geometry), {
    style: { color: "#a33423", weight: 4 },
    pointToLayer: (_feature, place) => L.marker(place, { icon: pin("name-pin", data.name), alt: data.name, zIndexOffset: 1000, keyboard: false }),
  }).addTo(map);
  own.eachLayer((layer) => {
    layer.bindTooltip(words(data.name), { permanent: true, direction: "top", className: "name-label own", offset: [0, -16] });
    const at = layer instanceof L.Marker ? layer.getLatLng() : /** @type {any} */ (layer).getCenter();
    labels.unshift({ layer, at, own: true, away: layer instanceof L.Marker ? { right: 11, left: 11, top: 18, bottom: 4 } : undefined });
  });
  const bounds = own.getBounds();
  const all = near.getLayers().length ? bounds.extend(near.getBounds()) : bounds;
  map.fitBounds(all, { padding: [28, 28], maxZoom: 14 });
} else {
  map.fitBounds(near.getLayers().length ? near.getBounds() : ELSEWHERE, { padding: [28, 28], maxZoom: 13 });
}
declutter(map, labels);
