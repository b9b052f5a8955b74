// @ts-check
/** Pieces of the line, on the device. For showing only: what counts is worked out by the server. */

export { bearing, distance, metres, wind } from "../../../gis/field/geo.js";

/** @typedef {import("./config.js").Place} Place */

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
