// @ts-check
/** What every page of the field has from the office: who works with it, addresses, words in the reader's language. */
import { configOf, fill } from "../page.js";

export { element } from "../page.js";

/**
 * @typedef {[number, number]} Place longitude, latitude
 * @typedef {{ map: string, user: { id: number, name: string }, urls: Record<string, string>, words: Record<string, string>,
 *   winds: string[] }} FieldConfig `urls` has at least standing, uploads and login
 */

/** @type {FieldConfig} */
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

/** @param {string | number} moment ISO 8601 or milliseconds */
export const dayAndClock = (moment) =>
  new Date(moment).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
