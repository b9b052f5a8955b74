// @ts-check
/** Boundary lines and markers on a Leaflet map, wherever they are shown. */

const INK = "#8c1d40";

/**
 * Agreed lines in dash and dot, disputed ones dotted and broad, each over a light edge so that it stands out from any ground.
 * @param {any} collection GeoJSON @param {L.Map | L.LayerGroup} target @returns {L.FeatureGroup}
 */
export function drawLines(collection, target) {
  const group = L.featureGroup().addTo(target);
  L.geoJSON(collection, { interactive: false, style: { color: "#fff", weight: 7, opacity: 0.8 } }).addTo(group);
  L.geoJSON(collection, {
    style: (feature) => (feature?.properties.disputed ? { color: INK, weight: 5, dashArray: "2 8", lineCap: "butt" } : { color: INK, weight: 3, dashArray: "14 4 3 4", lineCap: "butt" }),
    onEachFeature: (feature, layer) => {
      const told = feature.properties;
      layer.bindTooltip(`${told.name}${told.length_m ? ` ${(told.length_m / 1000).toFixed(2)} km` : ""}`, { sticky: true });
      if (told.url) layer.on("click", () => window.location.assign(told.url));
    },
  }).addTo(group);
  return group;
}

/**
 * Markers as squares, doubles with a double edge, tri-points as triangles; names where there is room.
 * @param {any} collection GeoJSON @param {L.Map} map @param {number | null} chosen id of the marker the page is about
 * @param {L.LayerGroup | null} [target] @returns {L.FeatureGroup}
 */
export function addMarkers(collection, map, chosen, target = null) {
  const group = L.featureGroup().addTo(target ?? map);
  for (const feature of collection.features) {
    const [lon, lat] = feature.geometry.coordinates;
    const told = feature.properties;
    const kind = told.tri_point ? "line-marker-triple" : told.kind === "double" ? "line-marker-double" : "";
    const size = told.tri_point ? [20, 18] : [14, 14];
    const icon = L.divIcon({ className: `line-marker ${kind}${told.marker === chosen ? " chosen" : ""}`, iconSize: /** @type {[number, number]} */ (size) });
    const marker = L.marker([lat, lon], { icon, title: told.number, alt: told.number, keyboard: Boolean(told.url) || chosen === null });
    marker.bindTooltip(told.number, { permanent: collection.features.length <= 40, direction: "right", offset: [8, 0], className: "line-marker-name" });
    marker.on("click", () => window.location.assign(told.url ?? `/boundary-markers/${told.marker}/`));
    marker.addTo(group);
  }
  return group;
}
