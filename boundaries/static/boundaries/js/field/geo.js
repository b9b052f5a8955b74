// @ts-check
/** Metres, directions and pieces of the line, on the device. For showing only: what counts is worked out by the server. */

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

/**
 * The piece of the line between two chainages. Parts are lists of [longitude, latitude, metres from the beginning].
 * @param {[number, number, number][][]} parts @param {number} from @param {number} to @returns {Place[][]}
 */
export function piece(parts, from, to) {
  const found = [];
  for (const part of parts) {
    /** @type {Place[]} */
    const places = [];
    for (let index = Math.max(1, firstBeyond(part, from)); index < part.length; index++) {
      const [start, end] = [part[index - 1], part[index]];
      if (start[2] >= to) break;
      if (end[2] <= from) continue;
      if (!places.length) places.push(between(start, end, from));
      places.push(between(start, end, to));
    }
    if (places.length > 1) found.push(places);
  }
  return found;
}

/** Of a part the first place beyond that chainage: dozens of pieces are cut out of thousands of places. @param {[number, number, number][]} part @param {number} at */
function firstBeyond(part, at) {
  let [low, high] = [0, part.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (part[middle][2] > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** @param {[number, number, number]} start @param {[number, number, number]} end @param {number} at @returns {Place} */
function between(start, end, at) {
  const length = end[2] - start[2];
  const share = length > 0 ? Math.min(Math.max((at - start[2]) / length, 0), 1) : 0;
  return [start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share];
}
