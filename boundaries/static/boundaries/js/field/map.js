// @ts-check
/**
 * The line, its markers and oneself on the map: covered is solid and green, missing dashed and red, so that nobody needs the colours.
 * Where there is no base map the line stands alone, with a scale and north up.
 */
import * as ground from "../../../gis/field/ground.js";
import { say } from "./config.js";
import { piece } from "./geo.js";

export { follow, show } from "../../../gis/field/ground.js";

/** @typedef {import("./config.js").About} About */
/** @typedef {import("./config.js").Standing} Standing */
/** @typedef {import("./config.js").Place} Place */

const { map, turned } = ground;
const GREEN = "#0a6b2d";
const RED = "#c4161c";

map.createPane("line").style.zIndex = "420";

const pieces = L.layerGroup().addTo(map);
const stakes = L.layerGroup().addTo(map);
const marked = L.layerGroup().addTo(map);
const walked = L.polyline([], { color: "#0b57d0", weight: 4, opacity: 0.9, dashArray: "1 8", pane: "line", interactive: false }).addTo(map);

/** @type {(marker: number) => void} */
let chosen = () => {};
/** @type {(waypoint: number) => void} */
let chosenWaypoint = () => {};
/** Where the markers drawn stand. @type {Place[]} */
let stood = [];

/** @param {About} about @param {(marker: number) => void} choose @param {(waypoint: number) => void} chooseWaypoint */
export function prepare(about, choose, chooseWaypoint) {
  chosen = choose;
  chosenWaypoint = chooseWaypoint;
  fit(about);
  ground.prepare();
  map.on("zoomend", () => ground.crowd(stood));
}

/** @param {About} about */
export function fit(about) {
  const line = about.parts.flat().map(([lon, lat]) => /** @type {Place} */ ([lon, lat]));
  ground.fit([...line, ...about.markers.flatMap((one) => (one.place ? [one.place] : []))]);
}

/**
 * @param {About} about @param {Standing | null} standing
 * @param {(marker: number) => "arrived" | "waiting" | "differing" | "none"} stateOf
 */
export function draw(about, standing, stateOf) {
  pieces.clearLayers();
  const whole = about.whole ?? [0, about.length_m ?? 0];
  for (const places of piece(about.parts, 0, about.length_m ?? 0)) line(places, "#fff", 10, "", 0.9);
  if (standing && standing.share !== null) {
    for (const span of standing.uncovered) for (const places of piece(about.parts, ...span)) line(places, RED, 6, "12 9");
    for (const span of standing.covered) for (const places of piece(about.parts, ...span)) line(places, GREEN, 7, "");
  } else for (const places of piece(about.parts, ...whole)) line(places, RED, 6, "12 9");
  if (whole[0] > 0) for (const places of piece(about.parts, 0, whole[0])) line(places, "#5a6466", 4, "");
  if (about.length_m && whole[1] < about.length_m) for (const places of piece(about.parts, whole[1], about.length_m)) line(places, "#5a6466", 4, "");
  stakes.clearLayers();
  for (const marker of about.markers) if (marker.place) stake(marker, stateOf(marker.id));
  stood = about.markers.flatMap((one) => (one.place ? [one.place] : []));
  ground.crowd(stood);
  marked.clearLayers();
  (standing?.waypoints ?? []).forEach((one, index) => {
    const title = say("waypointTitle", { name: one.name || say("noName") });
    const icon = L.divIcon({ className: "field-stake-box", html: '<span class="field-mark"></span>', iconSize: [32, 32] });
    L.marker(turned(one.place), { icon, title, alt: title, keyboard: true, zIndexOffset: -100 }).on("click keypress", () => chosenWaypoint(index)).addTo(marked);
  });
}

/** @param {Place[]} places @param {string} color @param {number} weight @param {string} dashArray @param {number} [opacity] */
function line(places, color, weight, dashArray, opacity = 1) {
  L.polyline(places.map(turned), { color, weight, dashArray, opacity, lineCap: "butt", pane: "line", interactive: false }).addTo(pieces);
}

const SIGNS = { arrived: "✓", waiting: "…", differing: "!", none: "" };

/** @param {import("./config.js").Marker} marker @param {"arrived" | "waiting" | "differing" | "none"} state */
function stake(marker, state) {
  const sign = document.createElement("span");
  sign.className = `field-stake field-stake-${state}`;
  sign.innerHTML = `<b>${SIGNS[state]}</b>`;
  const label = document.createElement("i");
  label.textContent = marker.number;
  sign.append(label);
  const icon = L.divIcon({ className: "field-stake-box", html: sign, iconSize: [48, 48] });
  const title = say("markerTitle", { number: marker.number, state: say(`marker_${state}`) });
  const place = /** @type {Place} */ (marker.place);
  L.marker(turned(place), { icon, title, alt: title, keyboard: true }).on("click keypress", () => chosen(marker.id)).addTo(stakes);
}

/** The way recorded on this device so far. @param {Place[]} places */
export function drawWalk(places) {
  walked.setLatLngs(places.map(turned));
}

/** @param {Place} place */
export const addToWalk = (place) => walked.addLatLng(turned(place));
