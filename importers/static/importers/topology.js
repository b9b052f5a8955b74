// @ts-check
/** The map of a topology check: places by kind (a sign in a ring, not a colour alone), tied to the table; before and after of a repair. */

/** @type {Record<string, L.PathOptions>} */
const GROUND = {
  gap: { color: "#991a1f", weight: 2, fillOpacity: 0.35 },
  overlap: { color: "#6b2985", weight: 2, dashArray: "6 3", fillOpacity: 0.35 },
  sliver: { color: "#9a5700", weight: 3, fillOpacity: 0.5 },
  duplicate: { color: "#1a1a1a", weight: 3, dashArray: "1 4", fillOpacity: 0.15 },
  hole: { color: "#176180", weight: 2, dashArray: "8 3 2 3", fillOpacity: 0.3 },
  outside: { color: "#0d6b3d", weight: 2, dashArray: "2 3", fillOpacity: 0.35 },
};
const UNITS = { color: "#7a8587", weight: 1, fillColor: "#176b6b", fillOpacity: 0.06, interactive: false };
const BEFORE = { color: "#5c6668", weight: 2, dashArray: "5 4", fill: false, interactive: false };
const AFTER = { color: "#0b5394", weight: 2, fill: false, interactive: false };
const MOVED = { stroke: false, fillColor: "#0b5394", fillOpacity: 0.25, interactive: false };

/** @param {HTMLElement} element */
function draw(element) {
  const words = document.getElementById("topology-words");
  const map = L.map(element, { attributionControl: false, zoomSnap: 0.25, maxZoom: 22 });
  map.setView([33.9, 113.5], 6);
  L.control.scale({ imperial: false }).addTo(map);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  /** @type {HTMLElement | null} */
  let chosen = null;

  /** @param {number} number @param {string} label */
  function select(number, label) {
    chosen?.removeAttribute("aria-current");
    chosen = document.getElementById(`place-${number}`);
    chosen?.setAttribute("aria-current", "true");
    if (chosen) chosen.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
    else if (words) words.textContent = (words.dataset.offPage ?? "").replace("{label}", label);
  }

  /** @param {DOMStringMap} at */
  function show(at) {
    const lat = Number(at.lat);
    const lon = Number(at.lon);
    // A long strip is shown where it is widest, near enough to see how wide it is.
    const half = Math.min(Math.max(Number(at.width) * 6, 25), 20000) / 111195;
    const across = half / Math.cos((lat * Math.PI) / 180);
    map.fitBounds(
      [
        [lat - half, lon - across],
        [lat + half, lon + across],
      ],
      { animate: false },
    );
  }

  /** The units as a faint ground, thinned for an overview: so near that single metres show it would mislead. */
  async function surroundings() {
    const answer = await fetch(element.dataset.shapes ?? "", { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { features } = await answer.json();
    const layer = L.geoJSON(features, { style: () => UNITS });
    const fit = () => (map.getZoom() < 14 ? layer.addTo(map).bringToBack() : layer.remove());
    map.on("zoomend", fit);
    fit();
  }

  async function fill() {
    const answer = await fetch(element.dataset.places ?? "", { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { features, more, repair } = await answer.json();
    const grounds = L.geoJSON(features, { style: (feature) => GROUND[feature?.properties.kind] });
    if (repair.moved) L.geoJSON(repair.moved, { style: () => MOVED }).addTo(map);
    grounds.addTo(map);
    if (repair.before) L.geoJSON(repair.before, { style: () => BEFORE }).addTo(map);
    if (repair.after) L.geoJSON(repair.after, { style: () => AFTER }).addTo(map);
    for (const { properties } of features) {
      const sign = document.createElement("span");
      sign.className = `sign sign-${properties.kind}`;
      sign.textContent = properties.sign;
      const label = `${properties.number} ${properties.words} ${properties.label}`;
      const marker = L.marker([properties.place[1], properties.place[0]], {
        icon: L.divIcon({ html: sign, className: "place-mark", iconSize: [22, 22] }),
        title: label,
        alt: label,
        keyboard: features.length <= 50, // more would be a maze of tab stops; the table reaches every place
      });
      marker.on("click", () => select(properties.number, label)).addTo(map);
    }
    if (features.length) map.fitBounds(grounds.getBounds(), { padding: [24, 24], maxZoom: 17, animate: false });
    if (words && more) {
      const told = words.dataset.more ?? "";
      words.textContent = told.replace("{shown}", String(features.length)).replace("{more}", String(more));
    }
    element.dataset.drawn = String(features.length);
    element.dataset.moved = String(repair.moved?.length ?? 0);
  }

  for (const button of document.querySelectorAll("[data-locate]")) {
    button.addEventListener("click", () => {
      const at = /** @type {HTMLElement} */ (button).dataset;
      show(at);
      select(Number(at.locate), "");
      element.dataset.shown = at.locate;
    });
  }
  void fill().then(surroundings);
}

const holder = document.getElementById("topology-map");
if (holder) draw(holder);

export {}; // a module of its own
