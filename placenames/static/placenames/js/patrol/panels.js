// @ts-check
/** The lists under the map: signs in the order to go, signs on no record, the queue. */
import * as ground from "../../../gis/field/ground.js";
import { bearing, distance, metres, wind } from "../../../gis/field/geo.js";
import { showQueue } from "../../../gis/field/panel.js";
import * as position from "../../../gis/field/position.js";
import { clock, config, dayAndClock, element, made, say } from "./config.js";
import { outbox } from "./outbox.js";

/** @typedef {import("./config.js").About} About */
/** @typedef {import("./config.js").Sign} Sign */
/** @typedef {import("./config.js").Place} Place */
/** @typedef {import("./map.js").Done} Done */

const MARKS = { arrived: "✓", waiting: "…", differing: "!", none: "" };
/** Rows at once: more nobody scrolls through on a telephone, and the nearest come first. */
const MOST_ROWS = 60;
const MOST_GAPS = 12;

/** Findings of this device that wait, newest last. @param {number} sign */
const waitingOf = (sign) => outbox.items.filter((item) => item.kind === "finding" && item.sign === sign && item.state === "waiting");

/** @param {number} sign @returns {Done} */
export function doneOf(sign) {
  if (waitingOf(sign).length) return "waiting";
  const found = outbox.standing?.signs[sign]?.findings ?? [];
  if (found.some((one) => one.differs)) return "differing";
  return found.some((one) => one.outcome === "taken" || one.outcome === "registered") ? "arrived" : "none";
}

/** The state a sign has as far as this device knows: its own finding that waits, what the server said last. @param {Sign} sign */
export function stateOf(sign) {
  const own = waitingOf(sign.id).at(-1)?.body?.state;
  return own ?? outbox.standing?.signs[sign.id]?.state ?? sign.state;
}

/** Signs on no record: those the server has, and those that wait here. @returns {{ name: string, place: Place, by: string, at: string | number, waits: boolean, outcome: string }[]} */
export function unlisted() {
  const there = (outbox.standing?.unlisted ?? []).flatMap((one) =>
    one.place ? [{ name: one.name, place: one.place, by: one.by, at: one.at, waits: false, outcome: one.outcome_words }] : [],
  );
  const here = outbox.items
    .filter((item) => item.kind === "finding" && item.sign === null && item.state === "waiting" && item.body?.position)
    .map((item) => ({ name: item.body?.name ?? "", place: item.body?.position, by: item.user.name, at: item.madeAt, waits: true, outcome: "" }));
  return [...there, ...here];
}

/** Metres from here, null where that is not known. @param {Place | null} place */
const away = (place) => (position.last && place ? metres(position.last.place, place) : null);

/** In the order the person chose, begun at the nearer end of the way. @param {Sign[]} signs */
function inOrder(signs) {
  const far = (/** @type {Sign} */ one) => away(one.place) ?? Infinity;
  if (element("order", HTMLSelectElement).value === "near" && position.last) return signs.sort((a, b) => far(a) - far(b));
  const way = signs.sort((a, b) => (a.order ?? Infinity) - (b.order ?? Infinity));
  const placed = way.filter((one) => one.place);
  const [first, last] = [placed[0], placed.at(-1)];
  return first && last && far(last) < far(first) ? [...placed.reverse(), ...way.filter((one) => !one.place)] : way;
}

/** @param {About} about @param {(sign: number) => void} choose */
export function showSigns(about, choose) {
  const trouble = element("position-words", HTMLElement);
  trouble.textContent = position.trouble;
  trouble.hidden = !position.trouble;
  const looked = about.signs.filter((one) => doneOf(one.id) !== "none").length;
  element("signs-words", HTMLElement).textContent = about.signs.length ? say("looked", { count: looked, all: about.signs.length }) : say("noSigns");
  const which = element("which", HTMLSelectElement).value;
  const shown = about.signs.filter((one) => {
    if (which === "left") return doneOf(one.id) === "none";
    if (which === "work") return one.works.length > 0;
    return which !== "bad" || stateOf(one) !== "standing";
  });
  const sorted = inOrder(shown).slice(0, MOST_ROWS);
  const way = element("order", HTMLSelectElement).value === "way";
  element("sign-list", HTMLElement).replaceChildren(
    ...sorted.map((one, index) => row(one, way && one.place ? say("stop", { number: index + 1 }) : "", choose)),
    ...(about.signs.length && !sorted.length ? [made("li", {}, made("p", {}, say("noneLeft")))] : []),
  );
}

/** @param {Sign} one @param {string} stop @param {(sign: number) => void} choose */
function row(one, stop, choose) {
  const done = doneOf(one.id);
  const off = away(one.place);
  const fix = position.last;
  const where = off !== null && fix && one.place ? `${distance(off)} ${wind(bearing(fix.place, one.place), config.winds)}` : one.place ? "" : say("noPlace");
  const state = config.states[stateOf(one)] ?? one.state_words;
  const looked = done === "none" ? (one.checked ? say("lastLooked", { day: one.checked }) : say("neverLooked")) : say(`sign_${done}`);
  return made(
    "li", {},
    made(
      "button", { type: "button", class: "field-row", "data-sign": String(one.id), click: () => choose(one.id) },
      made("span", { class: `field-sign field-sign-${done}`, "aria-hidden": "true" }, MARKS[done]),
      made("span", { class: "patrol-row-name" }, made("b", { lang: "zh-Hans" }, [one.name || one.code, one.number].filter(Boolean).join(" ")), made("span", {}, [one.type, state].join(" · "))),
      made("span", { class: "patrol-off" }, where),
      made("small", {}, [stop, one.side, looked, one.works.length ? say("hasWork") : "", one.code].filter(Boolean).join(" · ")),
    ),
  );
}

/** @param {About} about */
export function showUnlisted(about) {
  const found = unlisted();
  element("unlisted-title", HTMLElement).hidden = !found.length;
  element("unlisted", HTMLElement).replaceChildren(
    ...found.map((one) =>
      made(
        "li", { class: "field-item" },
        made("div", {}, made("b", { lang: "zh-Hans" }, one.name || say("noName")), made("small", {}, [one.by, dayAndClock(one.at)].join(" · "))),
        made("span", { class: "field-item-state" }, one.waits ? say("item_waiting") : one.outcome),
      ),
    ),
  );
  const near = about.gaps.map((one) => ({ one, off: away(one.place) })).sort((a, b) => (a.off ?? 0) - (b.off ?? 0)).slice(0, MOST_GAPS);
  for (const id of ["gaps-title", "gaps-words"]) element(id, HTMLElement).hidden = !near.length;
  element("gaps", HTMLElement).replaceChildren(
    ...near.map(({ one, off }) =>
      made(
        "li", {},
        made(
          "button", { type: "button", class: "field-row", click: () => ground.show(one.place) },
          made("b", { lang: "zh-Hans" }, one.name), made("span", {}, one.why), made("small", {}, [one.met, off === null ? "" : distance(off)].filter(Boolean).join(" · ")),
        ),
      ),
    ),
  );
}

/** @param {About} about */
export function showOutbox(about) {
  showQueue(outbox, (item) => (item.kind === "finding" ? say("findingOf", { name: item.name, state: config.states[item.body?.state] ?? "" }) : item.name));
  element("fresh", HTMLElement).textContent = about.keptAt ? say("fresh", { at: `${new Date(about.keptAt).toLocaleDateString(document.documentElement.lang)} ${clock(about.keptAt)}` }) : "";
}
