// @ts-check
/** Boundary lines and markers as a layer of the main map: asked for what is in view, markers only from near enough. */

import { ask, config, element, say } from "./config.js";
import { addMarkers, drawLines } from "./lines.js";
import { store } from "./state.js";

const MARKERS_FROM = 10;
const WAIT_MS = 200;

/** @param {L.Map} map @param {(message: string, busy?: boolean) => void} tell */
export function setUpLines(map, tell) {
  const box = element("show-lines", HTMLInputElement);
  const layer = L.layerGroup();
  let timer = 0;
  /** @type {AbortController | null} */
  let asking = null;

  async function renew() {
    asking?.abort();
    if (!box.checked) return;
    asking = new AbortController();
    const view = map.getBounds().pad(0.1);
    const bbox = [Math.max(-180, view.getWest()), Math.max(-90, view.getSouth()), Math.min(180, view.getEast()), Math.min(90, view.getNorth())];
    try {
      const found = await ask(config.urls.lines, { bbox: bbox.map((one) => one.toFixed(5)).join(","), on: store.day }, asking.signal);
      layer.clearLayers();
      const of = (/** @type {string} */ what) => ({ type: "FeatureCollection", features: found.features.filter((/** @type {any} */ one) => one.properties.what === what) });
      drawLines(of("line"), layer);
      if (map.getZoom() >= MARKERS_FROM) addMarkers(of("marker"), map, null, layer);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) tell(error instanceof Error ? error.message : say("failed"));
    }
  }
  const soon = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void renew(), WAIT_MS);
  };
  box.addEventListener("change", () => {
    if (box.checked) layer.addTo(map);
    else layer.clearLayers().remove();
    void renew();
  });
  map.on("moveend", soon);
  store.on(["day"], soon);
}
