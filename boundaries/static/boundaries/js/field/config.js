// @ts-check
/** What the page tells the program of the field: addresses, words in the reader's language. */

import { config as told } from "../../../gis/field/config.js";

export { clock, element, made, newKey, say } from "../../../gis/field/config.js";

/**
 * @typedef {{ map: string, inspection: number, user: { id: number, name: string }, urls: Record<string, string>,
 *   words: Record<string, string>, conditions: [string, string][], checks: [string, string][], done: [string, string][],
 *   winds: string[], basemap: boolean }} Config
 * @typedef {import("../../../gis/field/config.js").Place} Place
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
export const config = /** @type {any} */ (told);
