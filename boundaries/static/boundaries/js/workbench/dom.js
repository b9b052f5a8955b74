// @ts-check
/** Making elements, and numbers as people read them. */

import { config } from "../config.js";

/**
 * An element with attributes, listeners (functions under their event's name) and children; null and false are left out.
 * @param {string} tag @param {Record<string, any>} [attributes] @param {...(Node | string | null | false | undefined)} children
 */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else if (name === "value") /** @type {any} */ (made).value = value;
    else if (name === "checked") /** @type {any} */ (made).checked = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== false && child !== undefined).map((child) => /** @type {Node | string} */ (child)));
  return made;
}

/** An icon like those the page has. @param {string} name */
export function icon(name) {
  const drawn = /** @type {SVGElement} */ (/** @type {Element} */ (document.querySelector("svg.icon")).cloneNode(true));
  drawn.setAttribute("class", "icon");
  const use = /** @type {SVGUseElement} */ (drawn.querySelector("use"));
  use.setAttribute("href", `${use.getAttribute("href")?.split("#")[0]}#${name}`);
  return drawn;
}

/** A name as the register has it. @param {string} name */
export function zh(name) {
  return h("span", { lang: "zh-Hans" }, name);
}

/** A button with an icon. @param {string} name @param {string} words @param {(event: Event) => void} act @param {Record<string, any>} [more] */
export function iconButton(name, words, act, more = {}) {
  return h("button", { type: "button", class: "btn btn-plain btn-sm", title: words, "aria-label": words, click: act, ...more }, icon(name));
}

const numbers = new Intl.NumberFormat(document.documentElement.lang === "en" ? "en-GB" : "zh-Hans");

/** @param {number | null | undefined} value */
export function count(value) {
  return value === null || value === undefined ? "—" : numbers.format(Math.round(value));
}

/** Square kilometres, two places. @param {number | null | undefined} m2 */
export function km2(m2) {
  return m2 === null || m2 === undefined ? "—" : (m2 / 1e6).toLocaleString("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** The page's own part of what the server told. @type {any} */
export const bench = /** @type {any} */ (config).workbench;
