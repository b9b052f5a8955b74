// @ts-check
/** The comparison's two maps: each the divisions of its day, changed units marked by kind; rows and maps lead to one another. */

import { ask, config, dayInWords, element, say } from "./config.js";
import { divisionLayer } from "./layer.js";
import { sample } from "./legend.js";
import { CHANGES, drawHatch } from "./style.js";
import { twoMaps } from "./twomaps.js";

/** @typedef {import("./config.js").Bounds} Bounds */
/**
 * @typedef {{level: string, days: {on: string, edition: string, period: string | null, drawn: boolean}[], marks: Record<string, string>[],
 *   bounds: Bounds | null}} Compared
 */

const compared = /** @type {typeof config & Compared} */ (/** @type {unknown} */ (config));
const container = element("compare-map", HTMLElement);
const notice = element("compare-notice", HTMLElement);
let noticeTimer = 0;

/** @param {Bounds} bounds @returns {L.LatLngBoundsLiteral} */
function box([west, south, east, north]) {
  return [[south, west], [north, east]];
}

/** @param {string} message */
function tell(message) {
  window.clearTimeout(noticeTimer);
  notice.hidden = false;
  notice.textContent = message;
  noticeTimer = window.setTimeout(() => (notice.hidden = true), 6000);
}

/** The day, and that an empty map is empty for want of material. @param {0 | 1} which */
function titled(which) {
  const { on, drawn } = compared.days[which];
  return drawn ? dayInWords(on) : `${dayInWords(on)} · ${say("notDrawn")}`;
}

/** @param {0 | 1} which */
function draw(which) {
  const classes = new Map(Object.entries(compared.marks[which]).map(([id, kind]) => [Number(id), kind]));
  return (/** @type {L.Map} */ map) => {
    divisionLayer(compared.days[which], compared.level, { classes, screening: "changes" }, false).addTo(map);
    map.on("click", (event) => void find(event.latlng, which));
  };
}

const pair = twoMaps(container, {
  before: draw(0),
  after: draw(1),
  mode: window.matchMedia("(min-width: 1200px)").matches ? "side" : "swipe",
  bounds: compared.bounds && box(compared.bounds),
  closest: 13,
  labels: {
    before: titled(0),
    after: titled(1),
    handle: say("handle"),
    swipe: say("swipe"),
    side: say("side"),
    modes: say("modes"),
    zoomIn: say("zoomIn"),
    zoomOut: say("zoomOut"),
  },
});

/** The row of what lies here on that day. @param {L.LatLng} place @param {0 | 1} which */
async function find(place, which) {
  const query = { lon: place.lng.toFixed(7), lat: place.lat.toFixed(7), on: compared.days[which].on, zoom: pair.maps[0].getZoom() };
  try {
    const { unit } = await ask(config.urls.at, compared.level ? { ...query, level: compared.level } : query);
    if (!unit) return tell(say("nothingHere"));
    const row = document.querySelector(`tr[data-${which ? "after" : "before"}="${Number(unit.id)}"]`);
    if (!(row instanceof HTMLElement)) return tell(say("unchanged", { name: unit.name }));
    document.querySelector("tr.found")?.classList.remove("found");
    row.classList.add("found");
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
  } catch (error) {
    tell(error instanceof Error ? error.message : say("failed"));
  }
}

for (const button of document.querySelectorAll("[data-bounds]")) {
  if (!(button instanceof HTMLElement)) continue;
  button.addEventListener("click", () => {
    pair.fit(box(/** @type {Bounds} */ ((button.dataset.bounds ?? "").split(",").map(Number))));
    container.scrollIntoView({ block: "nearest" });
    pair.maps[1].getContainer().focus({ preventScroll: true });
  });
}

/** @param {string} kind @param {number} width */
function swatch(kind, width) {
  return sample(width, 16, (ctx) => {
    drawHatch(ctx, /** @type {keyof CHANGES} */ (kind), 32);
    ctx.strokeStyle = "#6d6a62";
    ctx.strokeRect(0.5, 0.5, width - 1, 15);
  });
}

for (const place of document.querySelectorAll(".swatch[data-mark]")) {
  const kind = /** @type {HTMLElement} */ (place).dataset.mark ?? "";
  if (kind in CHANGES) place.append(swatch(kind, 20));
}
const shown = new Set(compared.marks.flatMap((marks) => Object.values(marks)));
element("compare-legend", HTMLElement).append(
  ...Object.keys(CHANGES)
    .filter((kind) => shown.has(kind))
    .map((kind) => {
      const line = document.createElement("li");
      line.append(swatch(kind, 32), document.createTextNode(say(kind)));
      return line;
    }),
);
document.documentElement.dataset.mapReady = "true";
