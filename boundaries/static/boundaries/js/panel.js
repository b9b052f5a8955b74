// @ts-check
/** The panel of the chosen unit: fetched by HTMX, closed with Esc, the unit marked on the map. */

import { ask, config, element } from "./config.js";
import { store } from "./state.js";

/** @param {L.Map} map */
export function setUpPanel(map) {
  const panel = element("panel", HTMLElement);
  const body = element("panel-body", HTMLElement);
  const pane = map.createPane("chosen");
  pane.style.zIndex = "450";
  pane.style.pointerEvents = "none";
  /** @type {L.LayerGroup} */
  const marked = L.layerGroup().addTo(map);
  /** @type {AbortController | null} */
  let asking = null;
  let wantsFocus = false;

  async function mark(newly = false) {
    asking?.abort();
    asking = new AbortController();
    const id = store.selected;
    if (!id) {
      marked.clearLayers();
      return;
    }
    try {
      const zoom = Math.min(18, map.getZoom() + 1);
      const feature = await ask(config.urls.outline.replace("{id}", String(id)), { on: store.day, zoom }, asking.signal);
      marked.clearLayers();
      if (!feature.geometry) return;
      const point = (/** @type {any} */ _feature, /** @type {L.LatLng} */ place) =>
        L.circleMarker(place, { pane: "chosen", radius: 11, color: "#a33423", weight: 3, fill: false, interactive: false });
      const casing = { pane: "chosen", color: "#fff", weight: 7, opacity: 0.85, fill: false, interactive: false };
      const line = { pane: "chosen", color: "#a33423", weight: 3, fill: false, interactive: false };
      if (feature.geometry.type !== "Point") L.geoJSON(feature, { style: casing, interactive: false }).addTo(marked);
      const shape = L.geoJSON(feature, { style: line, pointToLayer: point, interactive: false }).addTo(marked);
      // The panel has taken a part of the map: what was chosen must not lie outside the rest.
      if (newly) map.panInside(shape.getBounds().getCenter(), { padding: [60, 60] });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) marked.clearLayers();
    }
  }

  function show() {
    const open = store.selected !== null;
    const changed = panel.hidden === open;
    panel.hidden = !open;
    document.getElementById("map-page")?.classList.toggle("with-panel", open);
    if (changed) map.invalidateSize();
    if (!open) {
      body.replaceChildren();
      return;
    }
    const url = `${config.urls.panel.replace("{id}", String(store.selected))}?on=${store.day}`;
    void htmx.ajax("GET", url, { target: body, swap: "innerHTML" });
  }

  function close() {
    store.set("selected", null);
    map.getContainer().focus({ preventScroll: true });
  }

  element("panel-close", HTMLButtonElement).addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden && !event.defaultPrevented) close();
  });
  body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== body) return;
    body.scrollTop = 0;
    setUpTabs(body);
    if (wantsFocus) document.getElementById("division-name")?.focus({ preventScroll: true });
    wantsFocus = false;
  });
  // Links to other divisions stay beside the map.
  body.addEventListener("click", (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest("[data-division]");
    if (!(link instanceof HTMLElement) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(Number(link.dataset.division), { focus: true });
  });
  map.on("zoomend", () => void mark());
  store.on(["selected", "day"], () => {
    show();
    void mark(true);
  });

  /** @param {number} id @param {{focus?: boolean}} [options] */
  function choose(id, { focus = false } = {}) {
    wantsFocus = focus;
    store.set("selected", id);
  }
  return { choose };
}

/** Tabs by the pattern of WAI-ARIA: arrow keys move, the chosen one is in the order of Tab. @param {HTMLElement} root */
export function setUpTabs(root) {
  const tabs = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[role=tab]")]);
  const choose = (/** @type {HTMLElement} */ chosen) => {
    for (const tab of tabs) {
      const now = tab === chosen;
      tab.setAttribute("aria-selected", String(now));
      tab.tabIndex = now ? 0 : -1;
      const section = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (section) section.hidden = !now;
    }
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : step ? (index + step + tabs.length) % tabs.length : null;
      if (next === null) return;
      event.preventDefault();
      choose(tabs[next]);
      tabs[next].focus();
    });
  });
}
