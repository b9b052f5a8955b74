// @ts-check
/** What a module of a page needs of it: its configuration, sentences with blanks, and elements that must be there. */

/**
 * The JSON the page carries in the script element `id`.
 * @param {string} id
 */
export function configOf(id) {
  return JSON.parse(/** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "{}");
}

/**
 * A sentence of `words` with its blanks filled in.
 * @param {Record<string, string>} words @param {string} key @param {Record<string, string | number>} values
 */
export function fill(words, key, values) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * An element of the page that must be there.
 * @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T}
 */
export function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`#${id} is missing`);
  return found;
}
