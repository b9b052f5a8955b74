// @ts-check
/** The view in the address: #zoom/latitude/longitude/day/unit, so that it can be sent to a colleague. */

/** @typedef {{zoom: number | null, lat: number | null, lon: number | null, day: string, selected: number | null}} View */

/** @returns {View} */
export function readAddress() {
  const [zoom, lat, lon, day, selected] = window.location.hash.slice(1).split("/");
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
  };
}

/** @param {L.Map} map @param {string} day @param {number | null} selected */
export function writeAddress(map, day, selected) {
  const { lat, lng } = map.getCenter();
  const digits = Math.max(2, Math.ceil(map.getZoom() / 3));
  const parts = [map.getZoom(), lat.toFixed(digits), lng.toFixed(digits), day, ...(selected ? [selected] : [])];
  window.history.replaceState(null, "", `#${parts.join("/")}`);
}
