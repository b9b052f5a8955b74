// @ts-check
/** Finding by name or code: a combobox by the pattern of WAI-ARIA, its list in the order the server gives. */

import { ask, config, element, say } from "./config.js";
import { store } from "./state.js";

/** @param {(unit: import("./config.js").Unit) => void} choose */
export function setUpSearch(choose) {
  const input = element("search", HTMLInputElement);
  const list = element("search-list", HTMLUListElement);
  const status = element("search-status", HTMLElement);
  /** @type {import("./config.js").Unit[]} */
  let units = [];
  let active = -1;
  let timer = 0;
  /** @type {AbortController | null} */
  let asking = null;

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  /** @param {number} index */
  function point(index) {
    active = index;
    list.querySelectorAll("[role=option]").forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === index));
      if (at === index) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
  }

  /** @param {number} index */
  function take(index) {
    const unit = units[index];
    if (!unit) return;
    window.clearTimeout(timer); // a question still on its way would open the list again
    asking?.abort();
    input.value = unit.name;
    close();
    choose(unit);
  }

  /** @param {string} text */
  function show(text) {
    list.replaceChildren(...units.map(row));
    if (!units.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = say("noMatch", { day: store.day, text });
      list.append(none);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    status.textContent = units.length ? say("matches", { count: units.length }) : (list.textContent ?? "");
    active = -1;
  }

  /** @param {import("./config.js").Unit} unit @param {number} index */
  function row(unit, index) {
    const option = document.createElement("li");
    option.id = `search-option-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const name = document.createElement("span");
    name.className = "name";
    name.lang = "zh-Hans";
    name.textContent = unit.name;
    const path = document.createElement("span");
    path.className = "path";
    path.lang = "zh-Hans";
    path.textContent = unit.path.map((step) => step.name).join(" › ");
    const facts = document.createElement("span");
    facts.className = "facts-line";
    facts.textContent = [unit.type_name, unit.code, unit.bounds ? "" : say("noExtent")].filter(Boolean).join(" · ");
    option.append(name, facts, path);
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => take(index));
    return option;
  }

  async function find() {
    const text = input.value.trim();
    asking?.abort();
    if (!text) {
      units = [];
      close();
      return;
    }
    asking = new AbortController();
    try {
      const answer = await ask(config.urls.search, { q: text, on: store.day, limit: 12 }, asking.signal);
      units = answer.units;
      show(text);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      units = [];
      show(text);
      list.replaceChildren();
      const failed = document.createElement("li");
      failed.className = "none";
      failed.textContent = error instanceof Error ? error.message : say("failed");
      list.append(failed);
    }
  }

  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(find, 180);
  });
  input.addEventListener("keydown", async (event) => {
    if (event.isComposing) return; // an input method is still choosing characters
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) await find();
      if (units.length) point((active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1) + units.length) % units.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (active >= 0) return take(active);
      window.clearTimeout(timer);
      await find();
      if (units.length === 1) take(0);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", () => window.setTimeout(close, 120));
  input.addEventListener("focus", () => {
    if (input.value.trim() && units.length) show(input.value.trim());
  });
}
