// @ts-check
/** Where and when a photo says it was taken, read on the device, so that a photo of another sign is noticed while one stands there. */
import { exifOf } from "../../../gis/field/photos.js";

/** @typedef {import("./config.js").Place} Place */

const GPS = 0x8825;
const DETAILS = 0x8769;
const TAKEN = 0x9003;

/** @param {Blob} photo @returns {Promise<{ place: Place | null, day: string }>} day as 2026-05-06 or "" */
export async function told(photo) {
  try {
    const segment = exifOf(new Uint8Array(await photo.slice(0, 256 * 1024).arrayBuffer()));
    return segment ? read(segment) : { place: null, day: "" };
  } catch {
    return { place: null, day: "" }; // what EXIF cannot be read costs the place and not the photo
  }
}

/** @param {Uint8Array<ArrayBuffer>} segment APP1 with its marker @returns {{ place: Place | null, day: string }} */
function read(segment) {
  const view = new DataView(segment.buffer, segment.byteOffset + 10, segment.byteLength - 10);
  const little = view.getUint16(0) === 0x4949;
  const short = (/** @type {number} */ at) => view.getUint16(at, little);
  const long = (/** @type {number} */ at) => view.getUint32(at, little);

  /** Where the entries of a directory have their values. @param {number} at */
  const entries = (at) => {
    const found = new Map();
    for (let index = 0, count = short(at); index < count; index++) found.set(short(at + 2 + index * 12), at + 2 + index * 12 + 8);
    return found;
  };
  const first = entries(long(4));
  const ratio = (/** @type {number} */ at) => long(at) / long(at + 4);
  const text = (/** @type {number} */ at, /** @type {number} */ count) =>
    Array.from({ length: count }, (_unused, index) => String.fromCharCode(view.getUint8(at + index))).join("");

  let day = "";
  if (first.has(DETAILS)) {
    const details = entries(long(first.get(DETAILS)));
    if (details.has(TAKEN)) day = text(long(details.get(TAKEN)), 10).replaceAll(":", "-");
  }
  if (!first.has(GPS)) return { place: null, day };
  const gps = entries(long(first.get(GPS)));
  const degrees = (/** @type {number} */ tag) => {
    const at = long(gps.get(tag));
    return ratio(at) + ratio(at + 8) / 60 + ratio(at + 16) / 3600;
  };
  if (![1, 2, 3, 4].every((tag) => gps.has(tag))) return { place: null, day };
  const lat = degrees(2) * (text(gps.get(1), 1) === "S" ? -1 : 1);
  const lon = degrees(4) * (text(gps.get(3), 1) === "W" ? -1 : 1);
  const place = Number.isFinite(lat) && Number.isFinite(lon) && (lat || lon) ? /** @type {Place} */ ([lon, lat]) : null;
  return { place, day };
}
