// @ts-check
/** The frame of a page of the field: tabs, a short notice over the map, what the server says or else what the device kept. */
import { element, say } from "./config.js";

/** Milliseconds that the server is waited for where the device has what it said the last time: one bar of signal is worse than none. */
const PATIENCE = 3000;

/** @param {string} words */
export function tell(words) {
  const box = element("field-notice", HTMLElement);
  box.textContent = words;
  box.hidden = !words;
  if (words) setTimeout(() => box.textContent === words && (box.hidden = true), 6000);
}

/** @param {() => Promise<any>} act */
export function attempt(act) {
  act().catch((error) => tell(error.message || say("noConnection")));
}

/**
 * What the server says now, else what the device kept of the last time. Null where neither has anything.
 * @template T @param {T | null} kept @param {Promise<T>} asked @returns {Promise<T | null>}
 */
export function newest(kept, asked) {
  if (!kept) return asked.catch(() => null);
  return Promise.race([asked.catch(() => kept), new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE))]);
}

/** @type {(name: string) => void} */
let shown = () => {};

/** @param {string} name */
export function showPanel(name) {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const wanted = tab.getAttribute("aria-controls") === `panel-${name}`;
    tab.setAttribute("aria-selected", String(wanted));
    /** @type {HTMLElement} */ (tab).tabIndex = wanted ? 0 : -1;
    element(tab.getAttribute("aria-controls") ?? "", HTMLElement).hidden = !wanted;
  }
  shown(name);
}

/** @param {(name: string) => void} onShow called after a panel was opened */
export function tabs(onShow) {
  shown = onShow;
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[role=tab]")]);
  all.forEach((tab, index) => {
    tab.addEventListener("click", () => showPanel((tab.getAttribute("aria-controls") ?? "").replace("panel-", "")));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = all[(index + step + all.length) % all.length];
      next.focus();
      next.click();
    });
  });
}
