// @ts-check
/**
 * Two maps of one place that move together: one drawn over the other with a handle to wipe between them (`swipe`), or beside each other
 * (`side`; one above the other where the container is narrow). For any page: it knows nothing of days, tiles or our other modules.
 *
 *     import { twoMaps } from "./twomaps.js";
 *     const pair = twoMaps(document.getElementById("pair"), {
 *       before: (map) => L.geoJSON(former).addTo(map),      // called once with its own L.Map; draw whatever you like
 *       after: (map) => L.geoJSON(planned).addTo(map),
 *       mode: "swipe",                                       // or "side"; "swipe" when left out
 *       bounds: [[south, west], [north, east]],
 *       labels: { before: "现状", after: "拟变更后", handle: "…", swipe: "…", side: "…", modes: "…", zoomIn: "…", zoomOut: "…" },
 *     });
 *     pair.maps                // [before, after], both L.Map: add and remove layers at will
 *     pair.setMode("side");    // and pair.mode says which it is
 *     pair.fit(bounds, 13);    // both, not closer than zoom 13
 *     pair.label("after", "2026年1月1日");
 *     pair.remove();
 *
 * The container needs a height and a position; css/twomaps.css is its style sheet. What stands in the container already stays on top of
 * the maps. Leaflet (`L`) must be loaded as a classic script before. Labels `swipe` and `side` given, a pair of buttons switches modes.
 * The handle is a slider (WAI-ARIA): arrows move it by 2 %, Page Up/Down by 10 %, Home and End to the edges; a finger finds 44 pixels.
 * The container fires "modechange" and "wipe" (events without data) after the reader changed either.
 */

/** @typedef {"swipe" | "side"} Mode */
/** @typedef {(map: L.Map) => unknown} Draw */
/** @typedef {{before: string, after: string, handle: string, swipe?: string, side?: string, modes?: string, zoomIn?: string, zoomOut?: string}} Labels */
/**
 * @typedef {{before: Draw, after: Draw, mode?: Mode, labels: Labels, bounds?: L.LatLngBoundsExpression | null, closest?: number,
 *   minZoom?: number, maxZoom?: number}} Options
 */

/** Henan, when nothing says where to look. @type {L.LatLngBoundsLiteral} */
const ELSEWHERE = [[31.3, 110.3], [36.4, 116.7]];

/** @param {HTMLElement} container @param {Options} options */
export function twoMaps(container, { before, after, mode = "swipe", labels, bounds, closest = 14, minZoom = 3, maxZoom = 18 }) {
  container.classList.add("two-maps");
  const sides = /** @type {const} */ (["before", "after"]);
  const panes = sides.map((side) => part("div", `two-maps-pane two-maps-${side}`));
  const titles = sides.map((side) => part("p", "two-maps-label", labels[side]));
  const handle = part("div", "two-maps-handle");
  handle.append(part("span", "two-maps-grip"));
  panes.forEach((pane, index) => pane.append(part("div", "two-maps-map"), titles[index]));
  container.prepend(...panes, handle);

  const maps = /** @type {[L.Map, L.Map]} */ (
    panes.map((pane, index) => {
      const map = L.map(/** @type {HTMLElement} */ (pane.firstElementChild), {
        zoomControl: false,
        attributionControl: false,
        minZoom,
        maxZoom,
      });
      map.getContainer().setAttribute("role", "application");
      map.getContainer().setAttribute("aria-label", labels[sides[index]]);
      return map;
    })
  );
  L.control.zoom({ position: "bottomright", zoomInTitle: labels.zoomIn, zoomOutTitle: labels.zoomOut }).addTo(maps[1]);
  L.control.scale({ imperial: false, maxWidth: 130, position: "bottomleft" }).addTo(maps[0]);
  const buttons = modeButtons();
  show(mode);
  fit(bounds ?? ELSEWHERE, closest);
  const letGo = moveTogether(maps);
  before(maps[0]);
  after(maps[1]);

  // --- the handle ---
  handle.tabIndex = 0;
  handle.setAttribute("role", "slider");
  handle.setAttribute("aria-orientation", "horizontal");
  handle.setAttribute("aria-valuemin", "0");
  handle.setAttribute("aria-valuemax", "100");
  handle.setAttribute("aria-label", labels.handle);
  let at = 50;
  wipe(50);
  handle.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    handle.setPointerCapture(event.pointerId);
    handle.classList.add("dragged");
    event.preventDefault();
    handle.focus({ preventScroll: true });
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = container.getBoundingClientRect();
    wipe(((event.clientX - box.left) / box.width) * 100);
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    handle.addEventListener(end, () => {
      handle.classList.remove("dragged");
      container.dispatchEvent(new Event("wipe"));
    });
  }
  handle.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 };
    const step = steps[/** @type {keyof steps} */ (event.key)];
    if (!step) return;
    event.preventDefault();
    wipe(at + step);
    container.dispatchEvent(new Event("wipe"));
  });

  /** @param {number} percent of the width that shows the map of before */
  function wipe(percent) {
    at = Math.min(100, Math.max(0, percent));
    container.style.setProperty("--wipe", `${at}%`);
    const shown = Math.round(at);
    handle.setAttribute("aria-valuenow", String(shown));
    handle.setAttribute("aria-valuetext", `${titles[0].textContent} ${shown}%，${titles[1].textContent} ${100 - shown}%`);
  }

  // --- the modes ---
  function modeButtons() {
    if (!labels.swipe || !labels.side) return [];
    const group = part("div", "two-maps-modes");
    group.setAttribute("role", "group");
    if (labels.modes) group.setAttribute("aria-label", labels.modes);
    const made = /** @type {const} */ (["swipe", "side"]).map((name) => {
      const button = /** @type {HTMLButtonElement} */ (part("button", "two-maps-mode", labels[name]));
      button.type = "button";
      button.dataset.mode = name;
      button.addEventListener("click", () => {
        setMode(name);
        container.dispatchEvent(new Event("modechange"));
      });
      return button;
    });
    group.append(...made);
    container.append(group);
    return made;
  }

  /** @param {Mode} next */
  function show(next) {
    mode = next;
    container.dataset.mode = next;
    handle.hidden = next === "side";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.mode === next));
  }

  /** @param {Mode} next */
  function setMode(next) {
    show(next);
    settle();
  }

  /** The panes have another size: the same place stays in the middle. */
  function settle() {
    const centre = maps[0].getCenter();
    const zoom = maps[0].getZoom();
    for (const map of maps) {
      map.invalidateSize({ pan: false, animate: false });
      map.setView(centre, zoom, { animate: false });
    }
  }
  const sizes = new ResizeObserver(settle);
  for (const pane of panes) sizes.observe(pane);

  /** @param {L.LatLngBoundsExpression} where @param {number} [near] */
  function fit(where, near = closest) {
    for (const map of maps) map.fitBounds(where, { maxZoom: near, padding: [24, 24], animate: false });
  }

  return {
    maps,
    get mode() {
      return mode;
    },
    setMode,
    fit,
    /** @param {"before" | "after"} side @param {string} words */
    label(side, words) {
      const index = sides.indexOf(side);
      titles[index].textContent = words;
      maps[index].getContainer().setAttribute("aria-label", words);
      wipe(at);
    },
    remove() {
      sizes.disconnect();
      letGo();
      for (const map of maps) map.remove();
      for (const made of [...panes, handle, ...buttons.map((button) => button.parentElement)]) made?.remove();
      container.classList.remove("two-maps");
    },
  };
}

/** @param {string} tag @param {string} names @param {string} [words] */
function part(tag, names, words = "") {
  const made = document.createElement(tag);
  made.className = names;
  made.textContent = words;
  return made;
}

/**
 * Each map follows the other. Both are of one size, so the same centre is the same picture. Leaflet has no public way to join a zoom that
 * is being animated or pinched; what its own handlers call is called on the other map too.
 * @param {[L.Map, L.Map]} maps @returns {() => void} ends it
 */
function moveTogether(maps) {
  let busy = false;
  const quietly = (/** @type {() => void} */ act) => {
    if (busy) return;
    busy = true;
    try {
      act();
    } finally {
      busy = false;
    }
  };
  const undo = maps.map((leader, index) => {
    /** @type {any} */
    const other = maps[1 - index];
    const onMove = (/** @type {any} */ event) =>
      quietly(() => {
        if (other._animatingZoom) return;
        const [centre, zoom] = [leader.getCenter(), leader.getZoom()];
        if (event.pinch) other._move(centre, zoom, { pinch: true, round: false });
        else if (other.getZoom() !== zoom) other.setView(centre, zoom, { animate: false });
        else {
          // Leaflet's own way to a new centre rounds a half pixel (maps of odd height) and cuts 4.999 to 4: the maps would drift apart.
          const there = other.project(centre, zoom).subtract(other.getPixelOrigin());
          other.panBy(there.subtract(other._getCenterLayerPoint()).round(), { animate: false });
        }
      });
    const onZoom = (/** @type {any} */ event) =>
      quietly(() => {
        if (!other._animatingZoom) other._moveStart(true, false)._animateZoom(event.center, event.zoom, true, event.noUpdate);
      });
    leader.on("move", onMove);
    leader.on("zoomanim", onZoom);
    return () => leader.off("move", onMove).off("zoomanim", onZoom);
  });
  return () => undo.forEach((end) => end());
}
