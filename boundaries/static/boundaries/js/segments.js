// @ts-check
/**
 * The rows of a line's segments in its form: split one, merge it into its neighbour, add one at the end. A row begins where the one
 * before ends; without this script the rows are the same, only split and merged by hand.
 */

import { attach } from "./divisionfield.js";

const section = /** @type {HTMLElement | null} */ (document.getElementById("segments"));
if (section) work(section);

/** @param {HTMLElement} section */
function work(section) {
  const holder = /** @type {HTMLElement} */ (section.querySelector(".segment-rows"));
  const told = /** @type {HTMLElement} */ (section.querySelector('[data-segment="told"]'));
  const model = /** @type {HTMLTemplateElement} */ (document.getElementById("segment-row"));
  const length = Number(section.dataset.length);
  let made = 0;

  const rows = () => /** @type {HTMLElement[]} */ ([...holder.querySelectorAll(".segment-row")]);
  /** @param {HTMLElement} row @param {string} name */
  const field = (row, name) => /** @type {HTMLInputElement} */ (row.querySelector(`[name="segment_${name}"]`));
  /** @param {HTMLElement} row */
  const end = (row) => (field(row, "to").value.trim() ? Number(field(row, "to").value) : length);

  const counted = () => {
    let at = 0;
    for (const row of rows()) {
      /** @type {HTMLOutputElement} */ (row.querySelector("output")).value = Number.isFinite(at) ? String(Math.round(at * 100) / 100) : "—";
      at = end(row);
    }
  };

  const fresh = () => {
    const row = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (model.content.cloneNode(true)).firstElementChild);
    made += 1;
    for (const input of row.querySelectorAll("input")) {
      const label = /** @type {HTMLLabelElement} */ (row.querySelector(`label[for="${input.id}"]`));
      input.id = label.htmlFor = `${input.id}-${made}`;
      if (input.dataset.divisions !== undefined) attach(input);
    }
    return row;
  };

  /** @param {HTMLElement} row the new one comes before it: it ends in the middle, and the pair is the same until it is changed */
  const split = (row) => {
    const all = rows();
    const before = all[all.indexOf(row) - 1];
    const from = before ? end(before) : 0;
    const added = fresh();
    for (const name of ["a", "b"]) {
      field(added, name).value = field(row, name).value;
      field(added, name).dispatchEvent(new Event("input"));
    }
    field(added, "to").value = String(Math.round((from + end(row)) / 2));
    row.before(added);
    told.textContent = told.dataset.split ?? "";
    field(added, "to").select();
  };

  /** @param {HTMLElement} row */
  const merge = (row) => {
    const all = rows();
    const at = all.indexOf(row);
    if (at === all.length - 1 && at > 0) field(all[at - 1], "to").value = "";
    row.remove();
    told.textContent = told.dataset.merged ?? "";
    (rows()[Math.min(at, all.length - 2)]?.querySelector("input") ?? /** @type {HTMLElement} */ (section.querySelector('[data-segment="add"]'))).focus();
  };

  section.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button[data-segment]");
    if (!(button instanceof HTMLElement)) return;
    const row = /** @type {HTMLElement} */ (button.closest(".segment-row"));
    if (button.dataset.segment === "split") split(row);
    if (button.dataset.segment === "merge") merge(row);
    if (button.dataset.segment === "add") {
      const last = rows().at(-1);
      const added = fresh();
      if (last && !field(last, "to").value.trim()) {
        const from = rows().length > 1 ? end(rows()[rows().length - 2]) : 0;
        field(last, "to").value = String(Math.round((from + length) / 2));
      }
      holder.append(added);
      field(last ?? added, "to").focus();
    }
    counted();
  });
  section.addEventListener("input", counted);
  for (const hidden of section.querySelectorAll(".needs-script")) hidden.classList.remove("needs-script");
  for (const hidden of model.content.querySelectorAll(".needs-script")) hidden.classList.remove("needs-script");
  counted();
}
