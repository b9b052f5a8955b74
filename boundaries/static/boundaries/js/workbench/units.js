// @ts-check
/** What is known of units on the draft's day, fetched once each. */

import { ask, config } from "../config.js";
import { bench } from "./dom.js";

/**
 * @typedef {{id: number, name: string, proper: string, generic: string, level: number, level_name: string, type: string, type_name: string,
 *   parent: number | null, code: string, area_m2: number | null, has_extent: boolean, people: number | null, seat: [number, number] | null}} Unit
 * @typedef {{unit: Unit, path: {id: number, name: string, level: number}[], siblings: Unit[], below: Unit[], shapes: any, exact: boolean}} Around
 */

/** @type {Map<number, Unit>} */
export const known = new Map();
/** @type {Map<string, Promise<Around>>} */
const fetched = new Map();
/** @type {Map<string, Around>} */
const arrived = new Map();

/** @param {Iterable<Unit>} units */
export function learn(units) {
  for (const unit of units) known.set(unit.id, unit);
}

/** @param {Around} around @param {string} day */
export function learnAround(around, day) {
  learn([around.unit, ...around.siblings, ...around.below]);
  arrived.set(`${around.unit.id}/${day}`, around);
  fetched.set(`${around.unit.id}/${day}`, Promise.resolve(around));
}

/** @param {number} id @param {string} day @returns {Promise<Around>} */
export function around(id, day) {
  const key = `${id}/${day}`;
  let found = fetched.get(key);
  if (!found) {
    found = ask(config.urls.units, { unit: id, on: day }).then((answer) => {
      learnAround(answer, day);
      return answer;
    });
    fetched.set(key, found);
    found.catch(() => fetched.delete(key));
  }
  return found;
}

/** The units beside a unit, known for lists to choose from; no shapes. @param {number} id @param {string} day */
export async function learnBeside(id, day) {
  const answer = await ask(config.urls.units, { unit: id, on: day, shapes: 0 });
  learn([answer.unit, ...answer.siblings]);
}

/** What is there already. @param {number} id @param {string} day */
export function aroundNow(id, day) {
  return arrived.get(`${id}/${day}`);
}

/** @param {any} id @param {import("./model.js").Draft} draft */
export function nameOf(id, draft) {
  if (typeof id === "string") return draft.made().find((one) => one.ref === id)?.name ?? id;
  return known.get(id)?.name ?? (id ? `#${id}` : "");
}

/** The level of a unit, also of one that the draft makes. @param {any} id @param {import("./model.js").Draft} draft @returns {number | undefined} */
export function levelOf(id, draft) {
  if (typeof id !== "string") return known.get(id)?.level;
  const made = draft.made().find((one) => one.ref === id);
  return made && typeOf(made.type)?.level;
}

/** @param {string} type @returns {{type: string, name: string, level: number, generic: string} | undefined} */
export function typeOf(type) {
  return bench.types.find((/** @type {any} */ one) => one.type === type);
}
