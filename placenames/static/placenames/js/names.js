// @ts-check
/** The search of place names: suggestions while somebody types, and where they are. Without it the form works as a form. */

import { piece, setUpCombobox } from "../../gis/combobox.js";
import { element } from "../../gis/page.js";

/** @typedef {{name: string, area: string, why: string}} Suggestion */

const box = /** @type {HTMLElement} */ (document.querySelector("[data-suggest]"));
const form = element("name-search", HTMLFormElement);
const input = element("q", HTMLInputElement);
const list = element("name-list", HTMLUListElement);
const status = element("name-status", HTMLElement);
const words = /** @param {string} key */ (key) => box.dataset[key] ?? "";

/** The filters of the form with the text somebody types. @param {string} text @param {AbortSignal} signal @returns {Promise<Suggestion[]>} */
async function find(text, signal) {
  const asked = new URLSearchParams({ limit: "8" });
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && value) asked.set(name, value);
  asked.set("q", text);
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
    form.requestSubmit();
  },
  none: () => words("none"),
  count: (count) => words("count").replace("{count}", String(count)),
  failed: (error) => (error instanceof Said ? error.message : words("failed")),
});

// An address without what was not asked can be passed on.
form.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});

/** Asks the person's leave, then where they are. About 100 m is enough, and no more is kept in the address. */
function setUpNear() {
  const line = element("name-near", HTMLElement);
  const field = element("near", HTMLInputElement);
  const said = element("near-status", HTMLElement);
  if (!navigator.geolocation && field.disabled) return;
  line.hidden = false;
  document.getElementById("near-off")?.addEventListener("click", () => {
    field.disabled = true;
    document.getElementById("order")?.removeAttribute("name");
    form.requestSubmit();
  });
  document.getElementById("order")?.addEventListener("change", () => form.requestSubmit());
  document.getElementById("near-on")?.addEventListener("click", () => {
    said.textContent = line.dataset.asking ?? "";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.longitude.toFixed(3)},${coords.latitude.toFixed(3)}`;
        field.disabled = false;
        said.textContent = "";
        form.requestSubmit();
      },
      (error) => (said.textContent = (error.code === error.PERMISSION_DENIED ? line.dataset.refused : line.dataset.failed) ?? ""),
      { timeout: 10_000, maximumAge: 60_000 },
    );
  });
}
setUpNear();
