// @ts-check
/**
 * Names beside the marks of a map without one lying on another: each on the first side of its mark where there is room, else not
 * shown until its mark is pointed at or focused. Placed anew when the map comes to rest, so nearer in more of them stand there.
 */

/** Room kept around a mark, and between two names, in pixels. */
const MARK = 7;
const GAP = 2;

/** Where a name may stand, best first: the side, and how far its box lies from the mark, in its own widths and heights. */
const SIDES = /** @type {const} */ ([["right", 0, -0.5], ["left", -1, -0.5], ["top", -0.5, -1], ["bottom", -0.5, 0]]);
/** Of the name the map is about. */
const OWN = /** @type {typeof SIDES[number][]} */ ([SIDES[2], SIDES[0], SIDES[1], SIDES[3]]);

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */
/**
 * @typedef {{layer: any, at: L.LatLng, own?: boolean, away?: {right: number, left: number, top: number, bottom: number}}} Label
 *   `own`: what the map is about, always named; `away`: pixels from the mark on each side
 */

/**
 * @param {L.Map} map
 * @param {Label[]} labels layers with a permanent tooltip, those that matter most first
 */
export function declutter(map, labels) {
  const place = () => {
    const size = map.getSize();
    const marks = labels.map((one) => around(map.latLngToContainerPoint(one.at)));
    /** @type {Box[]} */
    const taken = [];
    for (const [index, one] of labels.entries()) {
      const tooltip = /** @type {any} */ (one.layer.getTooltip());
      const face = /** @type {HTMLElement | undefined} */ (tooltip?.getElement());
      if (!face) continue;
      const at = map.latLngToContainerPoint(one.at);
      const found = free(at, face, one, size, [...taken, ...marks.filter((_box, other) => other !== index && !same(marks[other], marks[index]))]);
      face.classList.toggle("label-hidden", !found);
      if (!found) continue;
      taken.push(found.box);
      tooltip.options.direction = found.side;
      tooltip.options.offset = L.point(found.offset);
      tooltip.update();
    }
  };
  for (const one of labels) {
    one.layer.on("mouseover focus", () => one.layer.getTooltip()?.getElement()?.classList.add("label-shown"));
    one.layer.on("mouseout blur", () => one.layer.getTooltip()?.getElement()?.classList.remove("label-shown"));
    const mark = one.layer.getElement?.();
    mark?.addEventListener("focus", () => one.layer.fire("focus"));
    mark?.addEventListener("blur", () => one.layer.fire("blur"));
  }
  map.on("zoomend moveend resize", place);
  place();
  // Widths are those of the font that is there by then.
  document.fonts?.ready.then(place);
}

/** @param {L.Point} at @param {HTMLElement} face @param {Label} label @param {L.Point} size @param {Box[]} taken */
function free(at, face, label, size, taken) {
  const [wide, high] = [face.offsetWidth, face.offsetHeight];
  let first = null;
  for (const [side, across, down] of label.own ? OWN : SIDES) {
    const far = label.away?.[side] ?? MARK;
    const offset = /** @type {[number, number]} */ (side === "right" ? [far, 0] : side === "left" ? [-far, 0] : side === "top" ? [0, -far] : [0, far]);
    const left = at.x + offset[0] + across * wide;
    const top = at.y + offset[1] + down * high;
    const box = { left, top, right: left + wide, bottom: top + high };
    first ??= { side, box, offset };
    const inside = box.left >= 0 && box.top >= 0 && box.right <= size.x && box.bottom <= size.y;
    if (inside && !taken.some((other) => meet(box, other))) return { side, box, offset };
  }
  return label.own ? first : null;
}

/** @param {L.Point} at @returns {Box} */
function around(at) {
  return { left: at.x - MARK, top: at.y - MARK, right: at.x + MARK, bottom: at.y + MARK };
}

/** @param {Box} one @param {Box} other */
function meet(one, other) {
  return one.left < other.right + GAP && other.left < one.right + GAP && one.top < other.bottom + GAP && other.top < one.bottom + GAP;
}

/** Marks of one place are one mark. @param {Box} one @param {Box} other */
function same(one, other) {
  return Math.abs(one.left - other.left) < 1 && Math.abs(one.top - other.top) < 1;
}
