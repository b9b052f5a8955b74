// @ts-check
/** What the page tells the program of the patrol: addresses, words in the reader's language; the shapes of what the server says. */
import { config as told } from "../../../gis/field/config.js";

export { clock, dayAndClock, element, made, newKey, say } from "../../../gis/field/config.js";

/**
 * @typedef {import("../../../gis/field/config.js").FieldConfig & { area: string, states: Record<string, string> }} Config
 * @typedef {import("../../../gis/field/config.js").Place} Place
 * @typedef {{ id: number, code: string, name: string, spelling: string, type: string, number: string, texts: string[][], place: Place | null,
 *   side: string, azimuth: number | null, state: string, state_words: string, checked: string | null, changed: string, custodian: string,
 *   works: string[], order: number | null }} Sign
 * @typedef {{ name: string, why: string, type: string, place: Place, met: string }} Gap
 * @typedef {{ key: string, small: string, doubts: string[] }} PhotoRow
 * @typedef {{ key: string, state: string, state_words: string, name: string, note: string, by: string, at: string, outcome: string,
 *   outcome_words: string, differs: boolean, fix: string, distance_m: number | null, place: Place | null, work: string, doubts: string[],
 *   photos: PhotoRow[] }} FindingRow
 * @typedef {{ csrf: string, user: { id: number, name: string }, open: boolean,
 *   signs: Record<string, { state: string, changed: string, findings: FindingRow[] }>, unlisted: FindingRow[], keys: string[] }} Standing
 * @typedef {{ area: string, name: string, signs: Sign[], roads?: { name: string, parts: Place[][] }[], gaps: Gap[], types: [string, string][], user: { id: number, name: string },
 *   standing: Standing, keptAt?: number }} About
 */

/** @type {Config} */
export const config = /** @type {any} */ (told);
