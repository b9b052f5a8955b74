// @ts-check
/** Days along a line: what the time slider needs to know of them, without a page. */

/** @typedef {{id: number | null, number: string, title: string}} Paper */
/** @typedef {{on: string, changes: number, decisions: Paper[]}} DayOfChange */
/** @typedef {{x: number, days: DayOfChange[], decided: boolean, changes: number}} Tick */

const DAY_MS = 86_400_000;

/** Days since 1970. @param {string} iso */
export function dayNumber(iso) {
  return Math.round(Date.parse(`${iso}T00:00:00Z`) / DAY_MS);
}

/** @param {number} number */
export function isoDay(number) {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

/**
 * Where the line begins and ends: from the first day known to today, or to the last that something is known to change.
 * @param {DayOfChange[]} changes ascending @param {string} today @returns {[number, number]}
 */
export function reach(changes, today) {
  const first = Math.min(dayNumber(changes[0]?.on ?? today), dayNumber(today));
  const last = Math.max(dayNumber(changes.at(-1)?.on ?? today), dayNumber(today));
  return first < last ? [first, last] : [first - 365, last];
}

/**
 * Days of change as ticks; those that would fall within `apart` pixels of the first of a tick share it.
 * @param {DayOfChange[]} changes ascending @param {[number, number]} ends @param {number} width pixels @param {number} apart
 * @returns {Tick[]}
 */
export function ticks(changes, [first, last], width, apart) {
  /** @type {Tick[]} */
  const found = [];
  for (const change of changes) {
    const x = ((dayNumber(change.on) - first) / (last - first)) * width;
    const former = found.at(-1);
    if (former && x - former.x < apart) {
      former.days.push(change);
      former.decided ||= change.decisions.length > 0;
      former.changes += change.changes;
    } else found.push({ x, days: [change], decided: change.decisions.length > 0, changes: change.changes });
  }
  return found;
}

/** Years to write under the line, at least `apart` pixels from one another. @param {[number, number]} ends @param {number} width @param {number} apart */
export function years([first, last], width, apart) {
  const from = Number(isoDay(first).slice(0, 4));
  const to = Number(isoDay(last).slice(0, 4));
  const step = [1, 2, 5, 10, 20, 50, 100].find((each) => (width * each * 365.25) / (last - first) >= apart) ?? 100;
  const found = [];
  for (let year = Math.ceil(from / step) * step; year <= to; year += step) {
    const at = (dayNumber(`${year}-01-01`) - first) / (last - first);
    if (at >= 0 && at <= 1) found.push({ year, at });
  }
  return found;
}
