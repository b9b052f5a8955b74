// @ts-check
/** Metres and directions, on the device. For showing only: what counts is worked out by the server. */

/** @typedef {import("./config.js").Place} Place */

const RADIUS = 6371008.8;
const RADIANS = Math.PI / 180;

/**
 * Metres between two places, good to half a per cent.
 * @param {Place} from @param {Place} to
 */
export function metres(from, to) {
  const [x, y] = plane(from, to);
  return Math.hypot(x, y);
}

/**
 * Degrees clockwise from north.
 * @param {Place} from @param {Place} to
 */
export function bearing(from, to) {
  const [x, y] = plane(from, to);
  return (Math.atan2(x, y) / RADIANS + 360) % 360;
}

/** @param {Place} from @param {Place} to @returns {[number, number]} */
function plane(from, to) {
  const scale = Math.cos(((from[1] + to[1]) / 2) * RADIANS);
  return [(to[0] - from[0]) * RADIANS * RADIUS * scale, (to[1] - from[1]) * RADIANS * RADIUS];
}

/**
 * One of the eight winds, from north clockwise.
 * @param {number} degrees @param {string[]} words
 */
export const wind = (degrees, words) => words[Math.round(degrees / 45) % 8];

/** @param {number} value */
export function distance(value) {
  if (value < 1000) return `${Math.round(value)} m`;
  return `${(value / 1000).toFixed(value < 10000 ? 2 : 1)} km`;
}
