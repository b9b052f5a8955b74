// @ts-check
/** What the page tells the program: addresses, words in the reader's language, the table of levels, the state of the chosen day. */

import { configOf, fill } from "../../gis/page.js";

export { element } from "../../gis/page.js";

/**
 * @typedef {{level: number, layer: string, name: string, areas: [number, number], names: [number, number], chosen: number}} LevelOnMap
 * @typedef {[number, number, number, number]} Bounds west, south, east, north
 * @typedef {{on: string, edition: string, period: string | null, bounds: Bounds | null, demo: Bounds | null, demo_units: boolean,
 *   priority: number[], levels: {level: number, units: number, areas: number, seats: number}[]}} DayState
 * @typedef {{id: number, name: string, level: number, level_name: string, type: string, type_name: string, code: string,
 *   authority: string, grade: string, bounds: Bounds | null, seat: [number, number] | null, demo: boolean,
 *   path: {id: number, name: string, level: number}[]}} Unit
 * @typedef {{map: string, today: string, state: DayState, levels: LevelOnMap[], urls: Record<string, string>, words: Record<string, string>}} Config
 */

/** @type {Config} */
export const config = configOf("map-config");

/**
 * A sentence with its blanks filled in.
 * @param {string} key @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  return fill(config.words, key, values);
}

/** Asked for in vain because the session is over. */
export class LoggedOut extends Error {}

/**
 * JSON from one of our own addresses. Refusals become errors with the server's own sentence.
 * @param {string} url @param {Record<string, string | number>} [query] @param {AbortSignal} [signal] @returns {Promise<any>}
 */
export async function ask(url, query = {}, signal) {
  const address = new URL(url, window.location.origin);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, String(value));
  const answer = await fetch(address, { headers: { Accept: "application/json" }, signal });
  if (answer.status === 401 || answer.redirected) throw new LoggedOut(say("loggedOut"));
  if (!answer.ok) {
    const body = await answer.json().catch(() => null);
    throw new Error(body?.error?.message ?? say("failed"));
  }
  return answer.json();
}

/** @param {string} iso */
export function dayInWords(iso) {
  const [year, month, day] = iso.split("-").map(Number);
  const format = new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : "zh-Hans", { dateStyle: "long", timeZone: "UTC" });
  return format.format(new Date(Date.UTC(year, month - 1, day)));
}
