// @ts-check
/** What the page tells the program of the field: addresses, words in the reader's language. */

import { configOf, fill } from "../../../gis/page.js";

export { element } from "../../../gis/page.js";

/**
 * @typedef {{ map: string, inspection: number, user: { id: number, name: string }, urls: Record<string, string>,
 *   words: Record<string, string>, conditions: [string, string][], checks: [string, string][], done: [string, string][],
 *   winds: string[], basemap: boolean }} Config
 * @typedef {[number, number]} Place longitude, latitude
 * @typedef {{ id: number, number: string, kind: string, material: string, situation: string, place: Place | null,
 *   chainage_m: number | null, custodian: string, references: { name: string, azimuth_deg: number, distance_m: number }[] }} Marker
 * @typedef {{ inspection: number, line: string, name: string, year: number, length_m: number | null, whole: [number, number] | null,
 *   tolerance_m: number, parts: [number, number, number][][], sides: { id: number, name: string }[], own_sides: number[],
 *   markers: Marker[], user: { id: number, name: string }, standing: Standing }} About
 * @typedef {{ key: string, small: string, doubts: string[] }} PhotoRow
 * @typedef {{ key: string, id: number, condition: string, condition_words: string, notes: string, by: string, at: string,
 *   chosen: boolean, doubts: string[], photos: PhotoRow[] }} VisitRow
 * @typedef {{ id: number, key: string, file: string, state: string, state_words: string, covered_m: number | null, files: number, shift: string,
 *   set_aside: string, problem: string, by: string, at: string }} TrackRow
 * @typedef {{ track: number, file: string, name: string, place: Place, at: string | null,
 *   offers: { marker: number, number: string, metres: number | null, by_number: boolean }[] }} Waypoint
 * @typedef {{ csrf: string, user: { id: number, name: string }, state: string, state_words: string, open: boolean,
 *   covered: [number, number][], covered_m: number, share: number | null, uncovered: [number, number][],
 *   go_back: { from_m: number, to_m: number, length_m: number, start: Place, end: Place }[],
 *   by_side: { name: string, metres: number, share: number }[], waiting: number,
 *   markers: Record<string, { visited: boolean, differing: boolean, passed: boolean, passed_m: number | null, counts: string | null,
 *     visits: VisitRow[] }>,
 *   waypoints: Waypoint[],
 *   suspicions: { track: number, file: string, code: string, words: string, shift: string }[], tracks: TrackRow[],
 *   keys: { tracks: string[], visits: string[], photos: string[] } }} Standing
 */

/** @type {Config} */
export const config = configOf("field-config");

/**
 * A sentence with its blanks filled in.
 * @param {string} key @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  return fill(config.words, key, values);
}

/**
 * A new element with attributes, and texts or elements inside; what is null is left out.
 * @param {string} name @param {Record<string, string | boolean | EventListener>} [attributes]
 * @param {...(string | Node | null)} inside @returns {HTMLElement}
 */
export function made(name, attributes = {}, ...inside) {
  const one = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") one.addEventListener(key, value);
    else if (typeof value === "boolean") one.toggleAttribute(key, value);
    else one.setAttribute(key, value);
  }
  one.append(...inside.filter((part) => part !== null));
  return one;
}

/** Of the device's own making, the same for ever: by it the server knows what it has. Also where the page came over plain http. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}

/** @param {string | number} moment ISO 8601 or milliseconds */
export const clock = (moment) =>
  new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
