// @ts-check
/** Suggestions while somebody types: a combobox by the pattern of WAI-ARIA. Waits for an input method to finish its characters. */

const WAIT_MS = 180;

/**
 * @template T
 * @param {{ input: HTMLInputElement, list: HTMLUListElement, status: HTMLElement }} parts
 * @param {{
 *   find: (text: string, signal: AbortSignal) => Promise<T[]>,
 *   fill: (option: HTMLLIElement, one: T) => void,
 *   take: (one: T) => void,
 *   none: (text: string) => string,
 *   count: (count: number) => string,
 *   failed: (error: unknown) => string,
 *   onlyOne?: boolean,
 * }} how `onlyOne`: Enter without a choice takes what is found if it is one; else Enter is left to the form
 */
export function setUpCombobox({ input, list, status }, how) {
  /** @type {T[]} */
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

  /** No question on its way may open the list again. */
  function hush() {
    window.clearTimeout(timer);
    asking?.abort();
  }

  /** @param {number} index */
  function take(index) {
    const one = found[index];
    if (one === undefined) return;
    hush();
    close();
    how.take(one);
  }

  /** @param {T} one @param {number} index */
  function row(one, index) {
    const option = document.createElement("li");
    option.id = `${list.id}-option-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    how.fill(option, one);
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => take(index));
    return option;
  }

  /** @param {string} instead what is said where nothing was found */
  function show(instead) {
    list.replaceChildren(...found.map(row));
    if (!found.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = instead;
      list.append(none);
    }
    list.hidden = false;
    active = -1;
    input.setAttribute("aria-expanded", "true");
    status.textContent = found.length ? how.count(found.length) : instead;
  }

  async function find() {
    const text = input.value.trim();
    asking?.abort();
    found = [];
    if (!text) return close();
    asking = new AbortController();
    try {
      found = await how.find(text, asking.signal);
      show(how.none(text));
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) show(how.failed(error));
    }
  }

  function soon() {
    window.clearTimeout(timer);
    timer = window.setTimeout(find, WAIT_MS);
  }

  /** @param {KeyboardEvent} event */
  async function enter(event) {
    if (active >= 0 || how.onlyOne) event.preventDefault();
    if (active >= 0) return take(active);
    if (!how.onlyOne) return hush();
    window.clearTimeout(timer);
    await find();
    if (found.length === 1) take(0);
  }

  input.addEventListener("input", (event) => {
    if (event instanceof InputEvent && event.isComposing) window.clearTimeout(timer);
    else soon();
  });
  input.addEventListener("compositionend", soon);
  input.addEventListener("keydown", async (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) await find();
      if (found.length) point((active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1) + found.length) % found.length);
    } else if (event.key === "Enter") {
      await enter(event);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", () => window.setTimeout(close, 120));
  input.addEventListener("focus", () => {
    if (input.value.trim() && found.length) show("");
  });
}

/**
 * A piece of an option; names are Chinese in either language of the page.
 * @param {string} tag @param {string} text @param {string} [kind] @param {string} [lang]
 */
export function piece(tag, text, kind = "", lang = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  if (lang) made.lang = lang;
  return made;
}
