// @ts-check
/** The layer of vector tiles, exchanged as a whole when the day or the level changes. */

import { config } from "./config.js";
import { store } from "./state.js";
import { labelRules, paintRules } from "./style.js";

/**
 * The divisions of a day as a layer of Leaflet's. Days without a change between them have the same tiles: the first of them (`period`)
 * stands in the address, so that they are fetched once.
 * @param {{period: string | null, edition: string}} day @param {string} level a layer's name; empty: it follows the zoom
 * @param {{classes: Map<number, string>, screening: string}} painted @param {boolean} overBasemap
 * @returns {any} the library's types do not say that it is one of Leaflet's layers
 */
export function divisionLayer({ period, edition }, level, painted, overBasemap) {
  const query = new URLSearchParams({ v: edition, ...(level ? { level } : {}) });
  const url = `${config.urls.tiles.replace("{day}", period ?? "1900-01-01")}?${query}`;
  const layer = protomapsL.leafletLayer({
    // A tile for each square of the map, so that the table of levels means the zoom people see.
    sources: { "": { url, maxDataZoom: 18, levelDiff: 0 } },
    paintRules: paintRules(painted, overBasemap),
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
  return layer;
}

/** @param {L.Map} map */
export function showDivisions(map) {
  const overBasemap = Object.values(/** @type {any} */ (map)._layers).some((layer) => layer instanceof L.TileLayer);
  /** The library's types do not say that it is one of Leaflet's layers. @type {any} */
  let shown = null;

  function renew() {
    const layer = divisionLayer(store.state, store.level, store, overBasemap);
    const former = shown;
    shown = layer;
    layer.addTo(map);
    if (former) {
      const drop = () => map.removeLayer(former);
      layer.once("load", drop);
      setTimeout(drop, 1500);
    }
  }

  /**
   * Paints the squares of the present zoom anew. The library's own rerenderTiles would ask for those that a zoom is leaving too,
   * and by that give up the fetching of those it goes to: they would stay empty.
   */
  function repaint() {
    for (const tile of Object.values(shown?._tiles ?? {})) {
      if (tile.coords.z !== shown._tileZoom) continue;
      const coords = shown._wrapCoords(tile.coords);
      void shown.renderTile(coords, tile.el, shown._tileCoordsToKey(coords));
    }
  }

  renew();
  store.on(["state", "level"], renew);
  store.on(["classes"], repaint);
}
