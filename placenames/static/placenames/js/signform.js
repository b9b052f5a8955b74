// @ts-check
/** Choosing the name a sign shows. Without it the form works as a form: the server looks the name up and says where several are called so. */

import { piece, setUpCombobox } from "../../gis/combobox.js";

/** @typedef {{key: string, name: string, kind: string, area: string, look: number[] | null}} Choice */

const box = /** @type {HTMLElement} */ (document.querySelector("[data-names]"));
const input = /** @type {HTMLInputElement} */ (document.getElementById("id_name"));
const named = /** @type {HTMLInputElement} */ (document.getElementById("id_named"));
const list = /** @type {HTMLUListElement} */ (document.getElementById("sign-name-list"));
const status = /** @type {HTMLElement} */ (document.getElementById("sign-name-status"));
const words = /** @param {string} key */ (key) => box.dataset[key] ?? "";

for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"], ["autocomplete", "off"]])
  input.setAttribute(name, value);

/** @param {string} text @param {AbortSignal} signal @returns {Promise<Choice[]>} */
async function find(text, signal) {
  const answer = await fetch(`${box.dataset.names}?${new URLSearchParams({ q: text })}`, { signal, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(words("failed"));
  return (await answer.json()).names;
}

setUpCombobox({ input, list, status }, {
  find,
  fill: (option, one) => option.append(piece("strong", one.name, "", "zh-Hans"), piece("span", one.kind, "why", "zh-Hans"), piece("span", one.area, "path", "zh-Hans")),
  take: (one) => {
    input.value = one.name;
    named.value = one.key;
    if (one.look) document.dispatchEvent(new CustomEvent("map-look", { detail: one.look }));
  },
  none: () => words("none"),
  count: (count) => words("count").replace("{count}", String(count)),
  failed: () => words("failed"),
});
