// @ts-check
/** The layer of vector tiles, exchanged as a whole when the day or the level changes. */

import { config } from "./config.js";
import { store } from "./state.js";
import { labelRules, paintRules } from "./style.js";

/**
 * @param {L.Map} map
 */
export function showDivisions(map) {
  const overBasemap = Object.values(/** @type {any} */ (map)._layers).some((layer) => layer instanceof L.TileLayer);
  /** @type {L.GridLayer | null} */
  let shown = null;

  function renew() {
    const { state, level } = store;
    // Days without a change between them have the same tiles: the first of them stands in the address, so that they are fetched once.
    const day = state.period ?? "1900-01-01";
    const query = new URLSearchParams({ v: state.edition, ...(level ? { level } : {}) });
    const layer = protomapsL.leafletLayer({
      url: `${config.urls.tiles.replace("{day}", day)}?${query}`,
      paintRules: paintRules(store, overBasemap),
      labelRules: labelRules(),
      maxDataZoom: 18,
      minZoom: 3,
      maxZoom: 18,
      attribution: "",
      lang: "zh-Hans",
      // Tiles beside the view are at hand when it moves.
      keepBuffer: 3,
    });
    const former = shown;
    shown = layer;
    layer.addTo(map);
    if (former) {
      const drop = () => map.removeLayer(former);
      layer.once("load", drop);
      setTimeout(drop, 1500);
    }
  }

  renew();
  store.on(["state", "level"], renew);
  store.on(["classes"], () => /** @type {any} */ (shown)?.rerenderTiles());
}
