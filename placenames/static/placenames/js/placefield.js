// @ts-check
/**
 * The position in a form about a name: a point, a line or an area, clicked on the map or typed as rows of “longitude latitude”.
 * Without this script the rows are typed and the kind of shape is chosen; the server reads the same.
 */

import { element } from "../../gis/page.js";
import { map, showOwn } from "./casemap.js";

const coordinates = element("coordinates", HTMLTextAreaElement);
const name = /** @type {HTMLInputElement | null} */ (document.getElementById("name"));
const radios = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("input[name=shape]")]);

/** @type {L.LatLng[]} */
let corners = [];
/** @type {() => void} */
let tell = () => {};

/** @returns {string} point, line or area */
export function shape() {
  return radios.find((one) => one.checked)?.value ?? "";
}

export function places() {
  return corners;
}

/** The rows for a question about the position: no more than a request line holds. */
export function asked() {
  const rows = coordinates.value.split(/[\n;；]/).filter((row) => row.trim());
  const step = Math.ceil(rows.length / 60);
  return rows.filter((_row, index) => index % step === 0).join("\n");
}

/** @param {() => void} changed */
export function follow(changed) {
  tell = changed;
  corners = typed();
  draw(false);
}

/** @returns {L.LatLng[]} */
function typed() {
  const found = [];
  for (const row of coordinates.value.split(/[\n;；]/)) {
    const [x, y] = row.trim().split(/[\s,，]+/).map(Number);
    if (row.trim() && Number.isFinite(x) && Number.isFinite(y) && Math.abs(y) <= 90) found.push(L.latLng(y, x));
  }
  return found;
}

/** @param {boolean} write into the field */
function draw(write) {
  if (write) coordinates.value = corners.map((one) => `${one.lng.toFixed(6)} ${one.lat.toFixed(6)}`).join("\n");
  showOwn(corners, name?.value ?? "", shape());
}

function changed() {
  draw(true);
  tell();
}

map.on("click", (event) => {
  const place = /** @type {any} */ (event).latlng.wrap();
  if (shape() === "point") corners = [place];
  else corners.push(place);
  changed();
});
element("undo-point", HTMLButtonElement).addEventListener("click", () => {
  corners.pop();
  changed();
});
element("clear-points", HTMLButtonElement).addEventListener("click", () => {
  corners = [];
  changed();
});
coordinates.addEventListener("input", () => {
  corners = typed();
  if (corners.length > 1 && shape() === "point") {
    const line = radios.find((one) => one.value === "line");
    if (line) line.checked = true;
  }
  draw(false);
  tell();
});
for (const radio of radios) {
  radio.addEventListener("change", () => {
    if (shape() === "point") corners = corners.slice(0, 1);
    changed();
  });
}
