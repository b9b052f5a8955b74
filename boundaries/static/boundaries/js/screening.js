// @ts-check
/** The screening layer: the class of every township by a standard, priority counties outlined. */

import { ask, config, element, say } from "./config.js";
import { store } from "./state.js";

/** @typedef {{title?: string, status?: string, status_words?: string}} RuleSetWords */

/** @type {{rules: RuleSetWords | null, advisory: boolean, counts: Record<string, number>}} What the legend tells of it. */
export const screened = { rules: null, advisory: false, counts: {} };

/** @param {L.Map} map @param {(message: string, busy?: boolean) => void} tell */
export function setUpScreening(map, tell) {
  const select = element("screening", HTMLSelectElement);
  const outlines = L.layerGroup().addTo(map);
  /** @type {AbortController | null} */
  let asking = null;

  async function renew() {
    asking?.abort();
    outlines.clearLayers();
    if (!store.screening) {
      screened.rules = null;
      store.set("classes", new Map());
      tell("");
      return;
    }
    asking = new AbortController();
    const { signal } = asking;
    tell(say("loading"), true);
    try {
      const answer = await ask(config.urls.screening, { target: store.screening, on: store.day }, signal);
      screened.rules = answer.rule_set;
      screened.advisory = answer.advisory;
      screened.counts = {};
      const classes = new Map();
      for (const unit of answer.units) {
        classes.set(unit.division, unit.class);
        screened.counts[unit.class] = (screened.counts[unit.class] ?? 0) + 1;
      }
      store.set("classes", classes);
      tell("");
      await Promise.all(store.state.priority.map((county) => outline(county, signal)));
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      screened.rules = null;
      store.set("classes", new Map());
      tell(`${say("screeningFailed")} ${error instanceof Error ? error.message : ""}`);
    }
  }

  /** @param {number} county @param {AbortSignal} signal */
  async function outline(county, signal) {
    const feature = await ask(config.urls.outline.replace("{id}", String(county)), { on: store.day, zoom: 11 }, signal).catch(() => null);
    if (!feature?.geometry || signal.aborted || feature.geometry.type === "Point") return;
    L.geoJSON(feature, { style: { color: "#67459b", weight: 5, opacity: 0.85, fill: false }, interactive: false }).addTo(outlines);
  }

  select.addEventListener("change", () => store.set("screening", select.value));
  store.on(["screening"], () => {
    select.value = store.screening;
    // Townships are what is judged: they are shown at every zoom while the layer is on.
    store.set("level", store.screening ? "township" : "");
    void renew();
  });
  store.on(["state"], () => void renew());
}
