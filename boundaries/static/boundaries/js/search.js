// @ts-check
/** Finding by name or code on the map; the list is in the order the server gives. */

import { piece, setUpCombobox } from "../../gis/combobox.js";
import { ask, config, element, say } from "./config.js";
import { store } from "./state.js";

/** @typedef {import("./config.js").Unit} Unit */

/** @param {(unit: Unit) => void} choose */
export function setUpSearch(choose) {
  const input = element("search", HTMLInputElement);
  const parts = { input, list: element("search-list", HTMLUListElement), status: element("search-status", HTMLElement) };
  setUpCombobox(parts, {
    /** @returns {Promise<Unit[]>} */
    find: async (text, signal) => (await ask(config.urls.search, { q: text, on: store.day, limit: 12 }, signal)).units,
    fill: (option, unit) => {
      const facts = [unit.type_name, unit.code, unit.bounds ? "" : say("noExtent")].filter(Boolean).join(" · ");
      option.append(
        piece("span", unit.name, "name", "zh-Hans"),
        piece("span", facts, "facts-line"),
        piece("span", unit.path.map((step) => step.name).join(" › "), "path", "zh-Hans"),
      );
    },
    take: (unit) => {
      input.value = unit.name;
      choose(unit);
    },
    none: (text) => say("noMatch", { day: store.day, text }),
    count: (count) => say("matches", { count }),
    failed: (error) => (error instanceof Error ? error.message : say("failed")),
    onlyOne: true,
  });
}
