// @ts-check
/** Suggestions in the search of place names. Without them the form works as a form. */

import { piece, setUpCombobox } from "../../gis/combobox.js";

/** @typedef {{name: string, area: string, why: string}} Suggestion */

const box = /** @type {HTMLElement} */ (document.querySelector("[data-suggest]"));
const input = /** @type {HTMLInputElement} */ (document.getElementById("q"));
const list = /** @type {HTMLUListElement} */ (document.getElementById("name-list"));
const status = /** @type {HTMLElement} */ (document.getElementById("name-status"));
const words = /** @param {string} key */ (key) => box.dataset[key] ?? "";

/** @param {string} text @param {AbortSignal} signal @returns {Promise<Suggestion[]>} */
async function find(text, signal) {
  const asked = new URLSearchParams({ q: text, limit: "8" });
  for (const name of ["group", "within", "year"]) {
    const field = /** @type {HTMLInputElement | HTMLSelectElement | null} */ (document.getElementById(name));
    if (field?.value) asked.set(name, field.value);
  }
  const answer = await fetch(`${box.dataset.suggest}?${asked}`, { signal, headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (!answer.ok) throw new Said(told.error?.message ?? words("failed"));
  return told.results;
}

/** What the server said to the person. */
class Said extends Error {}

setUpCombobox({ input, list, status }, {
  find,
  fill: (option, one) =>
    option.append(piece("strong", one.name, "", "zh-Hans"), piece("span", one.why, "why"), piece("span", one.area, "path", "zh-Hans")),
  take: (one) => {
    input.value = one.name;
    input.form?.requestSubmit();
  },
  none: () => words("none"),
  count: (count) => words("count").replace("{count}", String(count)),
  failed: (error) => (error instanceof Said ? error.message : words("failed")),
});
