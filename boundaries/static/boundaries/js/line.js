// @ts-check
/** The map of one line: itself, its markers, the outlines of both sides. Dash and shape tell what colour alone would not. */

import { ask, config, element, say } from "./config.js";
import { addMarkers, drawLines } from "./lines.js";
import { nameSides } from "./sidenames.js";

const settings = /** @type {any} */ (config);
const map = /** @type {L.Map} */ (/** @type {any} */ (window)[settings.map]);
const notice = element("map-notice", HTMLElement);

element("zoom-in", HTMLButtonElement).addEventListener("click", () => map.zoomIn());
element("zoom-out", HTMLButtonElement).addEventListener("click", () => map.zoomOut());

/** @param {string} words */
function tell(words) {
  notice.textContent = words;
  notice.hidden = !words;
}

async function show() {
  let found;
  try {
    found = await ask(settings.features);
  } catch (error) {
    tell(error instanceof Error && error.message ? error.message : say("failed"));
    return;
  }
  const features = /** @type {any[]} */ (found.features);
  const of = (/** @type {string} */ what) => ({ type: "FeatureCollection", features: features.filter((one) => one.properties.what === what) });
  const sides = L.geoJSON(/** @type {any} */ (of("side")), {
    interactive: false,
    style: { color: "#7d8f8b", weight: 1, fillColor: "#dfe7e2", fillOpacity: 0.6 },
  }).addTo(map);
  const lines = drawLines(of("line"), map);
  const markers = addMarkers(of("marker"), map, settings.marker ?? null);
  const bounds = lines.getBounds().extend(markers.getBounds());
  if (!bounds.isValid()) {
    tell(say("nothing"));
    return;
  }
  const whole = () => map.fitBounds(bounds, { padding: [24, 24], animate: false });
  element("zoom-all", HTMLButtonElement).addEventListener("click", whole);
  const chosen = features.find((one) => one.properties.marker === settings.marker && one.properties.what === "marker");
  if (settings.marker && chosen) map.setView([chosen.geometry.coordinates[1], chosen.geometry.coordinates[0]], 14, { animate: false });
  else whole();
  sides.bringToBack();
  const along = of("line").features.flatMap((one) => one.geometry.coordinates.flat(one.geometry.type === "MultiLineString" ? 1 : 0)).map(([lon, lat]) => L.latLng(lat, lon));
  const stakes = of("marker").features.map((one) => L.latLng(one.geometry.coordinates[1], one.geometry.coordinates[0]));
  nameSides(map, of("side").features, () => [...along, ...stakes]);
}

map.invalidateSize();
void show();
