// @ts-check
/** The map beside the names that were found: numbered as in the list. What the map shows can be made the window of the search. */

import { configOf, element } from "../../gis/page.js";

/** @typedef {{at: [number, number], name: string, number: number}} Point */

/** Henan, when nothing says where to look. @type {L.LatLngBoundsLiteral} */
const ELSEWHERE = [[31.3, 110.3], [36.4, 116.7]];

/** @type {{map: string, label: string, points: Point[], window: [number, number, number, number] | null}} */
const data = configOf("names-map");
const map = /** @type {L.Map} */ (/** @type {any} */ (window)[data.map]);
const form = element("name-search", HTMLFormElement);
L.control.zoom({ position: "bottomright" }).addTo(map);
L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
map.getContainer().setAttribute("role", "application");
map.getContainer().setAttribute("aria-label", data.label);

/** The divisions are the office's; visitors have the base map alone. */
async function showGround() {
  if (!configOf("map-config").map) return;
  const [{ config }, { divisionLayer }] = await Promise.all([
    import("../../boundaries/js/config.js"), import("../../boundaries/js/layer.js"),
  ]);
  const overBasemap = Object.values(/** @type {any} */ (map)._layers).some((layer) => layer instanceof L.TileLayer);
  divisionLayer(config.state, "", { classes: new Map(), screening: "" }, overBasemap).addTo(map);
}

/** @param {Point} one */
function pin(one) {
  const face = document.createElement("span");
  face.textContent = String(one.number);
  const icon = L.divIcon({ className: "name-pin", html: face, iconSize: [24, 24] });
  const marker = L.marker([one.at[1], one.at[0]], { icon, alt: `${one.number} ${one.name}`, keyboard: true, zIndexOffset: -one.number });
  const label = document.createElement("span");
  label.textContent = one.name;
  label.lang = "zh-Hans";
  marker.bindTooltip(label);
  marker.on("click keypress", (event) => {
    if ((/** @type {any} */ (event).originalEvent?.key ?? "Enter") !== "Enter") return;
    const row = document.getElementById(`name-${one.number}`);
    document.querySelector(".names > .pointed")?.classList.remove("pointed");
    row?.classList.add("pointed");
    row?.scrollIntoView({ block: "nearest" });
  });
  return marker;
}

const pins = L.featureGroup(data.points.map(pin)).addTo(map);
if (data.window) {
  const [west, south, east, north] = data.window;
  map.fitBounds([[south, west], [north, east]], { animate: false });
} else {
  const bounds = pins.getBounds();
  map.fitBounds(bounds.isValid() ? bounds : ELSEWHERE, { padding: [28, 28], maxZoom: 12, animate: false });
}
showGround();

element("window-on", HTMLButtonElement).addEventListener("click", () => {
  const seen = map.getBounds();
  form.querySelectorAll("[name=window]").forEach((field) => field.remove());
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "window";
  const corners = [Math.max(-180, seen.getWest()), Math.max(-90, seen.getSouth()), Math.min(180, seen.getEast()), Math.min(90, seen.getNorth())];
  field.value = corners.map((one) => one.toFixed(4)).join(",");
  form.append(field);
  form.requestSubmit();
});
