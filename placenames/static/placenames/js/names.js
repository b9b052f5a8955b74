// @ts-check
/** Suggestions while somebody types a name: a combobox by the pattern of WAI-ARIA. Without it the form works as a form. */

/** @typedef {{name: string, area: string, why: string}} Suggestion */

const box = /** @type {HTMLElement} */ (document.querySelector("[data-suggest]"));
const input = /** @type {HTMLInputElement} */ (document.getElementById("q"));
const list = /** @type {HTMLUListElement} */ (document.getElementById("name-list"));
const status = /** @type {HTMLElement} */ (document.getElementById("name-status"));
/** @type {Suggestion[]} */
let found = [];
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
  window.clearTimeout(timer);
  asking?.abort();
  input.value = found[index].name;
  close();
  input.form?.requestSubmit();
}

/** @param {string} tag @param {string} text @param {string} [kind] */
function piece(tag, text, kind = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

/** @param {Suggestion} one @param {number} index */
function row(one, index) {
  const option = document.createElement("li");
  option.id = `name-option-${index}`;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  const name = piece("strong", one.name);
  name.lang = "zh-Hans";
  const path = piece("span", one.area, "path");
  path.lang = "zh-Hans";
  option.append(name, piece("span", one.why, "why"), path);
  option.addEventListener("mousedown", (event) => event.preventDefault());
  option.addEventListener("click", () => take(index));
  return option;
}

/** @param {string} [problem] */
function show(problem) {
  list.replaceChildren(...(found.length ? found.map(row) : [piece("li", problem ?? box.dataset.none ?? "", "none")]));
  list.hidden = false;
  active = -1;
  input.setAttribute("aria-expanded", "true");
  status.textContent = found.length ? (box.dataset.count ?? "").replace("{count}", String(found.length)) : list.textContent;
}

async function suggest() {
  const text = input.value.trim();
  asking?.abort();
  found = [];
  if (!text) return close();
  asking = new AbortController();
  const asked = new URLSearchParams({ q: text, limit: "8" });
  for (const name of ["group", "within", "year"]) {
    const field = /** @type {HTMLInputElement | HTMLSelectElement | null} */ (document.getElementById(name));
    if (field?.value) asked.set(name, field.value);
  }
  try {
    const answer = await fetch(`${box.dataset.suggest}?${asked}`, { signal: asking.signal, headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!answer.ok) return show(told.error?.message ?? box.dataset.failed);
    found = told.results;
    show();
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) show(box.dataset.failed);
  }
}

input.addEventListener("input", (event) => {
  window.clearTimeout(timer);
  if (event instanceof InputEvent && event.isComposing) return; // an input method is still choosing characters
  timer = window.setTimeout(suggest, 180);
});
input.addEventListener("compositionend", () => {
  window.clearTimeout(timer);
  timer = window.setTimeout(suggest, 180);
});
input.addEventListener("keydown", async (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) await suggest();
    if (found.length) point((active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1) + found.length) % found.length);
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    take(active);
  } else if (event.key === "Enter") {
    window.clearTimeout(timer);
    asking?.abort();
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    close();
  }
});
input.addEventListener("blur", () => window.setTimeout(close, 120));

export {};
