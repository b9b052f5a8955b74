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
  /** The library's types do not say that it is one of Leaflet's layers. @type {any} */
  let shown = null;

  function renew() {
    const { state, level } = store;
    // Days without a change between them have the same tiles: the first of them stands in the address, so that they are fetched once.
    const day = state.period ?? "1900-01-01";
    const query = new URLSearchParams({ v: state.edition, ...(level ? { level } : {}) });
    const url = `${config.urls.tiles.replace("{day}", day)}?${query}`;
    const layer = protomapsL.leafletLayer({
      // A tile for each square of the map, so that the table of levels means the zoom people see.
      sources: { "": { url, maxDataZoom: 18, levelDiff: 0 } },
      paintRules: paintRules(store, overBasemap),
      labelRules: labelRules(),
      minZoom: 3,
      maxZoom: 18,
      attribution: "",
      lang: "zh-Hans",
      // Tiles beside the view are at hand when it moves.
      keepBuffer: 3,
    });
    // It forgets the names of all but 16 tiles; a wide screen shows more at once.
    layer.labelers.maxLabeledTiles = 400;
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
  store.on(["classes"], () => shown?.rerenderTiles());
}
