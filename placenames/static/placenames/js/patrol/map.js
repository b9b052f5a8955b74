// @ts-check
/** The signs of the beat on the map: each by a mark and a colour for what is done, so that nobody needs the colours. */
import * as ground from "../../../gis/field/ground.js";
import { say } from "./config.js";

export { follow, show } from "../../../gis/field/ground.js";

/** @typedef {import("./config.js").About} About */
/** @typedef {import("./config.js").Place} Place */
/** @typedef {"arrived" | "waiting" | "differing" | "none"} Done */

const { map, turned } = ground;
map.createPane("roads").style.zIndex = "410";
const roads = L.layerGroup().addTo(map);
const gaps = L.layerGroup().addTo(map);
const stakes = L.layerGroup().addTo(map);
const NAMED_FROM = 14;
const MARKS = { arrived: "✓", waiting: "…", differing: "!", none: "" };

/** @type {(sign: number) => void} */
let chosen = () => {};
/** Where signs stand. @type {Place[]} */
let stood = [];

/** @param {About} about @param {(sign: number) => void} choose */
export function prepare(about, choose) {
  chosen = choose;
  ground.prepare();
  map.on("zoomend", far);
  fit(about);
  for (const road of about.roads ?? []) drawRoad(road);
}

function far() {
  ground.crowd(stood);
  // Names of streets side by side would lie on one another.
  map.getContainer().classList.toggle("patrol-far", map.getZoom() < NAMED_FROM);
}

/** To find one's way by where there is no base map. @param {{ name: string, parts: Place[][] }} road */
function drawRoad({ name, parts }) {
  for (const part of parts) L.polyline(part.map(turned), { color: "#8a9396", weight: 5, opacity: 0.8, pane: "roads", interactive: false }).addTo(roads);
  const longest = [...parts].sort((a, b) => b.length - a.length)[0];
  const middle = longest?.[Math.floor((longest.length - 1) / 2)];
  if (!middle) return;
  const next = longest[Math.floor((longest.length - 1) / 2) + 1] ?? middle;
  const label = document.createElement("span");
  label.textContent = name;
  const icon = L.divIcon({ className: "patrol-road", html: label, iconSize: [0, 0] });
  L.marker(turned([(middle[0] + next[0]) / 2, (middle[1] + next[1]) / 2]), { icon, interactive: false, keyboard: false, zIndexOffset: -500 }).addTo(roads);
}

/** @param {About} about */
export const fit = (about) => ground.fit(about.signs.flatMap((one) => (one.place ? [one.place] : [])));

/**
 * @param {About} about @param {(sign: number) => Done} doneOf @param {(sign: number) => string} stateOf
 * @param {{ name: string, place: Place }[]} unlisted
 */
export function draw(about, doneOf, stateOf, unlisted) {
  gaps.clearLayers();
  for (const one of about.gaps) mark(one.place, "patrol-gap", "", say("gapTitle", { name: one.name, why: one.why })).addTo(gaps);
  stakes.clearLayers();
  for (const one of unlisted) mark(one.place, "patrol-unlisted", "?", say("unlistedTitle", { name: one.name || say("noName") })).addTo(stakes);
  // Signs side by side along a street: whether they touch is told by those nearest in the way through all.
  const placed = about.signs.filter((one) => one.place).sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  stood = placed.map((one) => /** @type {Place} */ (one.place));
  for (const one of placed) {
    const done = doneOf(one.id);
    const sign = document.createElement("span");
    sign.className = `field-stake field-stake-${done} patrol-${stateOf(one.id)}`;
    sign.innerHTML = `<b>${MARKS[done]}</b>`;
    const label = document.createElement("i");
    label.textContent = [one.name || one.code, one.number].filter(Boolean).join(" ");
    sign.append(label);
    const icon = L.divIcon({ className: "field-stake-box", html: sign, iconSize: [48, 48] });
    const title = say("signTitle", { name: one.name, code: one.code, state: say(`sign_${done}`) });
    L.marker(turned(/** @type {Place} */ (one.place)), { icon, title, alt: title, keyboard: true }).on("click keypress", () => chosen(one.id)).addTo(stakes);
  }
  far();
}

/** @param {Place} place @param {string} style @param {string} letter @param {string} title */
function mark(place, style, letter, title) {
  const icon = L.divIcon({ className: "field-stake-box", html: `<span class="${style}">${letter}</span>`, iconSize: [24, 24] });
  return L.marker(turned(place), { icon, title, alt: title, interactive: false, keyboard: false });
}
