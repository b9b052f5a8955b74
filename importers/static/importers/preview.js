// @ts-check
/** The map of an import: the file's shapes over the register's boundaries, in the reference system that is chosen. */

const place = document.getElementById("import-map");

/** @type {Record<number, L.PathOptions>} */
const STYLES = {
  0: { color: "#176b6b", weight: 1.5, fillOpacity: 0.15 },
  1: { color: "#9a5b00", weight: 2, dashArray: "6 4", fillOpacity: 0.12 },
  2: { color: "#a3262a", weight: 3, fillOpacity: 0.2 },
};
const AROUND = { color: "#7a8587", weight: 1, fill: false, interactive: false };
const AROUND_CLOSE = { color: "#4b5658", weight: 2.5, fill: false, interactive: false };
// What the rows are held against.
const LINE = { color: "#5b2a86", weight: 4, opacity: 0.75, fill: false };
// Closer than this many steps of zoom the outlines are asked for in more detail.
const CLOSE = 2;
const SPOT_ZOOM = 13.5;
// Half a screen more on each side, so that where outlines are cut is never seen.
const BEYOND = 0.5;

/** @param {HTMLElement} element */
function draw(element) {
  const words = document.getElementById("import-map-words");
  const choice = /** @type {HTMLSelectElement | null} */ (document.getElementById(element.dataset.crsFrom ?? ""));
  const map = L.map(element, { attributionControl: false, zoomControl: true, zoomSnap: 0.25 });
  map.setView([33.9, 113.5], 6);
  L.control.scale({ imperial: false }).addTo(map);
  const layers = L.layerGroup().addTo(map);
  let asked = 0;
  let wholeZoom = 0;
  /** @type {L.LatLngBounds | null} */
  let whole = null;

  const close = () => whole !== null && map.getZoom() > wholeZoom + CLOSE;

  /** @param {Record<string, string>} more */
  async function ask(more) {
    const mine = ++asked;
    const query = new URLSearchParams(more);
    if (choice?.value) query.set("crs", choice.value);
    if (element.dataset.problems) query.set("problems", "1");
    const answer = await fetch(`${element.dataset.shapes}?${query}`, { headers: { Accept: "application/json" } });
    return answer.ok && mine === asked ? answer.json() : null;
  }

  /** @param {GeoJSON.Feature[]} features @param {GeoJSON.Feature[]} around */
  function show(features, around) {
    layers.clearLayers();
    L.geoJSON(around, { style: (feature) => (feature?.properties.line ? LINE : close() ? AROUND_CLOSE : AROUND) }).addTo(layers);
    element.dataset.drawn = String(features.length);
    element.dataset.around = String(around.length);
    return L.geoJSON(features, {
      style: (feature) => STYLES[feature?.properties.weight ?? 0],
      pointToLayer: (feature, at) => L.circleMarker(at, { ...STYLES[feature.properties.weight ?? 0], radius: 5 }),
      onEachFeature: (feature, layer) => {
        const name = document.createElement("span");
        name.textContent = `${feature.properties.number} ${feature.properties.label}`;
        layer.bindTooltip(name);
        layer.on("click", () => document.getElementById(`row-${feature.properties.number}`)?.scrollIntoView({ block: "center" }));
      },
    }).addTo(layers);
  }

  /** Everything; the view stays where one is comparing, as long as there is something to see. @param {boolean} fit */
  async function fill(fit) {
    const found = await ask(choice ? { spots: "1" } : {});
    if (!found) return;
    const { features, around, more, spots } = found;
    const bounds = show(features, around).getBounds();
    whole = features.length ? bounds : null;
    if (whole) {
      const stay = !fit && close() && bounds.intersects(map.getBounds());
      wholeZoom = map.getBoundsZoom(bounds, false, L.point(24, 24));
      if (stay) await detail();
      else map.fitBounds(bounds, { padding: [12, 12], animate: false });
    }
    offer(spots ?? []);
    if (words) {
      const told = (words.dataset.more ?? "").replace("{shown}", String(features.length)).replace("{more}", String(more));
      words.textContent = features.length ? (more ? told : "") : (words.dataset.none ?? "");
    }
  }

  async function detail() {
    const view = map.getBounds().pad(BEYOND);
    const within = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].map((one) => one.toFixed(6)).join(",");
    const found = await ask({ within });
    if (found) show(found.features, found.around);
  }

  /** Buttons to places where the file's outlines run along registered ones. @param {[number, number][]} spots */
  function offer(spots) {
    const bar = document.getElementById("import-map-spots");
    const pattern = bar?.querySelector("template")?.content.querySelector("button");
    if (!bar || !pattern) return;
    bar.hidden = spots.length === 0;
    for (const old of bar.querySelectorAll("[data-spot]:not([data-spot=all])")) old.remove();
    spots.forEach(([lon, lat], at) => {
      const button = /** @type {HTMLButtonElement} */ (pattern.cloneNode(true));
      button.dataset.spot = String(at + 1);
      button.textContent = (button.dataset.words ?? "").replace("{n}", String(at + 1));
      button.addEventListener("click", () => map.setView([lat, lon], SPOT_ZOOM, { animate: false }));
      bar.append(button);
    });
  }

  let wait = 0;
  let wasClose = false;
  map.on("moveend", () => {
    window.clearTimeout(wait);
    wait = window.setTimeout(() => {
      if (close()) void detail();
      else if (wasClose) void fill(false);
      wasClose = close();
    }, 250);
  });
  document.querySelector("[data-spot=all]")?.addEventListener("click", () => {
    if (whole) map.fitBounds(whole, { padding: [12, 12], animate: false });
  });
  choice?.addEventListener("change", () => void fill(false));
  void fill(true);
}

if (place) draw(place);

for (const box of document.querySelectorAll("[data-filter]")) {
  box.addEventListener("change", () => /** @type {HTMLInputElement} */ (box).form?.requestSubmit());
}
