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

/** @param {HTMLElement} element */
function draw(element) {
  const words = document.getElementById("import-map-words");
  const choice = /** @type {HTMLSelectElement | null} */ (document.getElementById(element.dataset.crsFrom ?? ""));
  const map = L.map(element, { attributionControl: false, zoomControl: true, zoomSnap: 0.25 });
  map.setView([33.9, 113.5], 6);
  const layers = L.layerGroup().addTo(map);
  let asked = 0;

  async function fill() {
    const mine = ++asked;
    const query = new URLSearchParams();
    if (choice?.value) query.set("crs", choice.value);
    if (element.dataset.problems) query.set("problems", "1");
    const answer = await fetch(`${element.dataset.shapes}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || mine !== asked) return;
    const { features, around, more } = await answer.json();
    layers.clearLayers();
    L.geoJSON(around, { style: () => AROUND }).addTo(layers);
    const shapes = L.geoJSON(features, {
      style: (feature) => STYLES[feature?.properties.weight ?? 0],
      pointToLayer: (feature, at) => L.circleMarker(at, { ...STYLES[feature.properties.weight ?? 0], radius: 5 }),
      onEachFeature: (feature, layer) => {
        const name = document.createElement("span");
        name.textContent = `${feature.properties.number} ${feature.properties.label}`;
        layer.bindTooltip(name);
        layer.on("click", () => document.getElementById(`row-${feature.properties.number}`)?.scrollIntoView({ block: "center" }));
      },
    }).addTo(layers);
    if (features.length) map.fitBounds(shapes.getBounds(), { padding: [12, 12], animate: false });
    if (words) {
      const told = (words.dataset.more ?? "").replace("{shown}", String(features.length)).replace("{more}", String(more));
      words.textContent = features.length ? (more ? told : "") : (words.dataset.none ?? "");
    }
    element.dataset.drawn = String(features.length);
  }

  choice?.addEventListener("change", fill);
  void fill();
}

if (place) draw(place);

for (const box of document.querySelectorAll("[data-filter]")) {
  box.addEventListener("change", () => /** @type {HTMLInputElement} */ (box).form?.requestSubmit());
}
