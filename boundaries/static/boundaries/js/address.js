// @ts-check
/** The view in the address: #zoom/latitude/longitude/day/unit/screening=town, so that it can be sent to a colleague. */

/** @typedef {{zoom: number | null, lat: number | null, lon: number | null, day: string, selected: number | null, screening: string}} View */

/** @returns {View} */
export function readAddress() {
  const parts = window.location.hash.slice(1).split("/");
  const [zoom, lat, lon, day, selected] = parts;
  const screening = parts.find((part) => part.startsWith("screening="))?.slice("screening=".length) ?? "";
  const number = (/** @type {string | undefined} */ text, /** @type {number} */ low, /** @type {number} */ high) => {
    const value = text ? Number(text) : NaN;
    return value >= low && value <= high ? value : null;
  };
  return {
    zoom: number(zoom, 0, 18),
    lat: number(lat, -85, 85),
    lon: number(lon, -180, 180),
    day: /^\d{4}-\d{2}-\d{2}$/.test(day ?? "") ? day : "",
    selected: number(selected, 1, Number.MAX_SAFE_INTEGER),
    screening: ["town", "subdistrict"].includes(screening) ? screening : "",
  };
}

/** @param {L.Map} map @param {string} day @param {number | null} selected @param {string} screening */
export function writeAddress(map, day, selected, screening) {
  const { lat, lng } = map.getCenter();
  const digits = Math.max(2, Math.ceil(map.getZoom() / 3));
  const parts = [map.getZoom(), lat.toFixed(digits), lng.toFixed(digits), day, ...(selected ? [selected] : []), ...(screening ? [`screening=${screening}`] : [])];
  window.history.replaceState(null, "", `#${parts.join("/")}`);
}
