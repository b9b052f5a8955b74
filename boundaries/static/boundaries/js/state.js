// @ts-check
/** The one state of the page: day, level, chosen unit, screening, known days of change. Parts listen for what they show. */

import { config } from "./config.js";

/** @typedef {"day" | "state" | "level" | "selected" | "screening" | "classes" | "changes"} Key */

class Store extends EventTarget {
  /** The chosen day, ISO. */
  day = config.state.on;
  /** What the server says of that day. */
  state = config.state;
  /** Layer name of the level asked for; empty: it follows the zoom. */
  level = "";
  /** @type {number | null} */
  selected = null;
  /** "", "town" or "subdistrict". */
  screening = "";
  /** The days on which something changed, ascending. @type {import("./timescale.js").DayOfChange[]} */
  changes = [];
  /** Class of each screened division. @type {Map<number, string>} */
  classes = new Map();

  /**
   * @template {Key} K @param {K} key @param {this[K]} value
   */
  set(key, value) {
    if (this[key] === value) return;
    this[key] = value;
    this.dispatchEvent(new Event(key));
  }

  /** @param {Key[]} keys @param {() => void} listener */
  on(keys, listener) {
    for (const key of keys) this.addEventListener(key, listener);
  }
}

export const store = new Store();
