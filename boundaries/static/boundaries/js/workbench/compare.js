// @ts-check
/** Before and after as two maps, side by side or as a swipe; what changes is named, outlined and hatched. */

import { say } from "../config.js";
import { twoMaps } from "../twomaps.js";
import { h, km2 } from "./dom.js";
import { label } from "./stage.js";

/** @typedef {import("./context.js").Context} Context */

/** @type {Record<string, L.PathOptions>} */
const MARKS = {
  ends: { color: "#96361b", weight: 3, dashArray: "8 5", fillColor: "url(#wb-hatch-ends)", fillOpacity: 1 },
  made: { color: "#175f86", weight: 3.5, fillColor: "url(#wb-hatch-made)", fillOpacity: 1 },
  changes: { color: "#67459b", weight: 3, fillColor: "url(#wb-hatch-changes)", fillOpacity: 1 },
  moves: { color: "#67459b", weight: 1.2, dashArray: "2 4", fill: false },
};

export class Compare {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    /** @type {ReturnType<typeof twoMaps> | null} */
    this.pair = null;
    /** @type {L.LayerGroup[]} */
    this.layers = [];
    this.shown = "";
  }

  get open() {
    return !this.place.hidden;
  }

  /** @param {Context} ctx @param {boolean} open */
  toggle(ctx, open) {
    this.place.hidden = !open;
    if (open) this.show(ctx);
  }

  /** @param {Context} ctx */
  show(ctx) {
    if (!this.open) return;
    const made = ctx.preview;
    const pictures = made?.pictures;
    const none = this.place.querySelector(".wb-compare-none");
    if (none) none.remove();
    if (!pictures?.bounds) {
      this.place.append(h("p", { class: "wb-compare-none" }, say(made ? "wbNoPictures" : "wbNoPreview")));
      if (!pictures) return;
    }
    if (made.fingerprint === this.shown) return;
    this.shown = made.fingerprint;
    const bounds = pictures.bounds ? /** @type {L.LatLngBoundsLiteral} */ ([[pictures.bounds[1], pictures.bounds[0]], [pictures.bounds[3], pictures.bounds[2]]]) : null;
    if (!this.pair) {
      this.layers = [L.layerGroup(), L.layerGroup()];
      this.pair = twoMaps(this.place, {
        before: (map) => this.layers[0].addTo(map),
        after: (map) => this.layers[1].addTo(map),
        mode: window.matchMedia("(min-width: 768px)").matches ? "side" : "swipe",
        bounds,
        labels: {
          before: say("wbBefore"),
          after: say("wbAfter"),
          handle: say("wbHandle"),
          swipe: say("wbSwipe"),
          side: say("wbSideBySide"),
          modes: say("wbModes"),
          zoomIn: say("wbZoomIn"),
          zoomOut: say("wbZoomOut"),
        },
      });
    } else if (bounds) this.pair.fit(bounds);
    const rows = new Map(made.rows.flatMap((/** @type {any} */ row) => [[row.was, row], [row.unit, row]]));
    draw(this.layers[0], pictures.before.features, rows, false);
    draw(this.layers[1], pictures.after.features, rows, true);
  }
}

/** @param {L.LayerGroup} layer @param {any[]} features @param {Map<any, any>} rows @param {boolean} after */
function draw(layer, features, rows, after) {
  layer.clearLayers();
  const ordered = [...features].sort((one, other) => Number(Boolean(one.properties.mark)) - Number(Boolean(other.properties.mark)));
  L.geoJSON(/** @type {any} */ ({ type: "FeatureCollection", features: ordered }), {
    interactive: false,
    style: (feature) => {
      const { mark, level } = /** @type {any} */ (feature).properties;
      if (mark) return MARKS[mark];
      return { color: "#5d4f66", weight: level === 5 ? 0.7 : level === 4 ? 1.3 : 2.2, dashArray: level === 5 ? "2 3" : level === 4 ? "6 4" : "10 4 2 4", fill: level === 4, fillColor: "#fbf8f0", fillOpacity: 0.6 };
    },
  }).addTo(layer);
  for (const feature of features) {
    const { mark, name, was, level, unit } = feature.properties;
    if (!mark && (level === 5 || level < 4)) continue;
    if (mark === "moves" && level === 5) continue;
    const middle = L.geoJSON(feature).getBounds().getCenter();
    L.marker(middle, { interactive: false, keyboard: false, icon: label(words(rows.get(unit), mark, name, was, after), `wb-sign${mark ? ` ${mark}` : " plain"}`) }).addTo(layer);
  }
}

/** @param {any} row @param {string} mark @param {string} name @param {string} was @param {boolean} after */
function words(row, mark, name, was, after) {
  if (!mark || !row) return name;
  if (!after) return mark === "ends" ? say("wbSignEnds", { name }) : name;
  if (mark === "made") return say("wbSignMade", { name, area: km2(row.after.area_m2) });
  const gain = row.before && row.after.area_m2 !== null && row.before.area_m2 !== null ? row.after.area_m2 - row.before.area_m2 : 0;
  const change = Math.abs(gain) >= 100 ? ` ${gain > 0 ? "+" : "−"}${km2(Math.abs(gain))}` : "";
  return `${was ? `${was} → ` : ""}${name}${change}`;
}
