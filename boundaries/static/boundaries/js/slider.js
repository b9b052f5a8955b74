// @ts-check
/** The time slider under the map: any day by hand, days of change by key. It tells the store only when it rests. */

import { config, dayInWords, element, say } from "./config.js";
import { store } from "./state.js";
import { dayNumber, isoDay, reach, ticks, years } from "./timescale.js";

/** @typedef {import("./timescale.js").DayOfChange} DayOfChange */

// Ticks nearer than this become one; so far a pointer catches one.
const APART_PX = 7;
const CATCH_PX = 6;
const REST_MS = 350;

/** Number and title, once where they are the same. @param {import("./timescale.js").Paper} paper */
function named({ number, title }) {
  return [...new Set([number, title])].filter(Boolean).join(" ");
}

export function setUpSlider() {
  const slider = element("time-slider", HTMLElement);
  const track = element("time-track", HTMLElement);
  const thumb = element("time-thumb", HTMLElement);
  const tip = element("time-tip", HTMLElement);
  const dayLine = element("time-day", HTMLElement);
  const factsLine = element("time-facts", HTMLElement);
  const compare = element("time-compare", HTMLAnchorElement);
  /** The day the thumb stands on; the map follows when it rests. */
  let shown = store.day;
  let resting = 0;
  let ends = reach(store.changes, config.today);
  /** @type {import("./timescale.js").Tick[]} */
  let marks = [];

  // --- what is drawn ---
  function drawTrack() {
    const width = track.clientWidth;
    ends = reach(store.changes, config.today);
    marks = ticks(store.changes, ends, width, APART_PX);
    const made = marks.map((mark) => {
      const tick = document.createElement("span");
      tick.className = `time-tick ${mark.decided ? "decided" : "listed"}${mark.days.length > 1 ? " several" : ""}`;
      tick.style.left = `${mark.x}px`;
      return tick;
    });
    const written = years(ends, width, 48).map(({ year, at }) => {
      const label = document.createElement("span");
      label.className = "time-year";
      label.style.left = `${at * 100}%`;
      label.textContent = String(year);
      return label;
    });
    const now = document.createElement("span");
    now.className = "time-today";
    now.style.left = `${position(config.today) * 100}%`;
    track.replaceChildren(...written, ...made, now);
    slider.setAttribute("aria-valuemin", String(ends[0]));
    slider.setAttribute("aria-valuemax", String(ends[1]));
    show();
  }

  /** 0 to 1 along the line. @param {string} day */
  function position(day) {
    return Math.min(1, Math.max(0, (dayNumber(day) - ends[0]) / (ends[1] - ends[0])));
  }

  function show() {
    const known = store.changes.find((change) => change.on === shown);
    thumb.style.left = `${position(shown) * 100}%`;
    dayLine.textContent = dayInWords(shown);
    const facts = known ? told([known]) : since();
    factsLine.textContent = facts;
    factsLine.title = facts;
    slider.setAttribute("aria-valuenow", String(Math.min(ends[1], Math.max(ends[0], dayNumber(shown)))));
    slider.setAttribute("aria-valuetext", `${dayInWords(shown)}${known ? `，${facts}` : ""}`);
    compare.href = comparison();
  }

  function since() {
    const former = store.changes.findLast((change) => change.on < shown);
    return former ? say("lastChange", { day: dayInWords(former.on) }) : "";
  }

  /** @param {DayOfChange[]} days */
  function told(days) {
    const papers = days.flatMap((day) => day.decisions);
    const changes = days.reduce((sum, day) => sum + day.changes, 0);
    if (!papers.length) return say("listed", { count: changes });
    const [first] = papers;
    const words = named(first);
    const more = papers.length > 1 ? say("morePapers", { count: papers.length }) : "";
    return `${words}${more} · ${say("unitsChanged", { count: changes })}`;
  }

  /** The chosen day against today; today against the day before the last change. */
  function comparison() {
    const last = store.changes.findLast((change) => change.on <= config.today)?.on;
    const other = shown !== config.today ? config.today : last ? isoDay(dayNumber(last) - 1) : "";
    const query = new URLSearchParams({ ...(other ? { from: other < shown ? other : shown } : {}), to: other > shown ? other : shown });
    if (store.selected) query.set("division", String(store.selected));
    return `${config.urls.compare}?${query}`;
  }

  // --- moving it ---
  /** @param {string} day @param {boolean} [now] without waiting for it to rest */
  function go(day, now = false) {
    shown = day;
    show();
    window.clearTimeout(resting);
    const settle = () => store.set("day", shown);
    if (now) settle();
    else resting = window.setTimeout(settle, REST_MS);
  }

  /** @param {number} clientX @returns {{day: string, mark: import("./timescale.js").Tick | undefined}} */
  function under(clientX) {
    const box = track.getBoundingClientRect();
    const x = Math.min(box.width, Math.max(0, clientX - box.left));
    const number = Math.round(ends[0] + (x / box.width) * (ends[1] - ends[0]));
    const distance = (/** @type {DayOfChange} */ change) => Math.abs(dayNumber(change.on) - number);
    const mark = marks.find((one) => one.days.some((change) => Math.abs(position(change.on) * box.width - x) <= CATCH_PX));
    const caught = mark?.days.toSorted((one, other) => distance(one) - distance(other))[0];
    return { day: caught?.on ?? isoDay(number), mark };
  }

  slider.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    slider.focus({ preventScroll: true });
    slider.setPointerCapture(event.pointerId);
    slider.classList.add("dragged");
    hideTip();
    go(under(event.clientX).day);
  });
  slider.addEventListener("pointermove", (event) => {
    if (slider.hasPointerCapture(event.pointerId)) go(under(event.clientX).day);
    else if (event.pointerType === "mouse") showTip(under(event.clientX).mark);
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    slider.addEventListener(end, () => {
      if (!slider.classList.contains("dragged")) return;
      slider.classList.remove("dragged");
      go(shown, true);
    });
  }
  slider.addEventListener("pointerleave", hideTip);
  slider.addEventListener("keydown", (event) => {
    const day = step(event.key);
    if (day === null || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    go(day);
  });

  /** @param {string} key @returns {string | null} */
  function step(key) {
    const stops = [...new Set([...store.changes.map((change) => change.on), config.today])].sort();
    const year = (/** @type {number} */ by) => {
      const moved = isoDay(Math.round(dayNumber(shown) + by * 365.25));
      return isoDay(Math.min(ends[1], Math.max(ends[0], dayNumber(moved))));
    };
    if (key === "ArrowRight" || key === "ArrowUp") return stops.find((day) => day > shown) ?? shown;
    if (key === "ArrowLeft" || key === "ArrowDown") return stops.findLast((day) => day < shown) ?? shown;
    if (key === "PageUp") return year(1);
    if (key === "PageDown") return year(-1);
    if (key === "Home") return isoDay(ends[0]);
    if (key === "End") return isoDay(ends[1]);
    return null;
  }

  // --- what a tick stands for ---
  /** @param {import("./timescale.js").Tick | undefined} mark */
  function showTip(mark) {
    if (!mark) return hideTip();
    const lines = mark.days.flatMap(({ on, decisions, changes }) =>
      decisions.length
        ? decisions.map((paper) => ({ on, text: named(paper) }))
        : [{ on, text: say("listed", { count: changes }) }],
    );
    const most = 6;
    const parts = lines.slice(0, most).map(({ on, text }) => {
      const line = document.createElement("p");
      const day = document.createElement("time");
      day.dateTime = day.textContent = on;
      line.append(day, ` ${text}`);
      return line;
    });
    const sum = document.createElement("p");
    sum.className = "sum";
    const rest = lines.length > most ? `${say("andMore", { count: lines.length - most })} · ` : "";
    sum.textContent = `${rest}${say("unitsChanged", { count: mark.changes })}`;
    tip.replaceChildren(...parts, sum);
    tip.hidden = false;
    const room = slider.clientWidth;
    const half = tip.offsetWidth / 2;
    const x = track.offsetLeft + mark.x;
    tip.style.left = `${Math.min(Math.max(x, half), Math.max(half, room - half))}px`;
  }

  function hideTip() {
    tip.hidden = true;
  }

  store.on(["day"], () => {
    window.clearTimeout(resting);
    shown = store.day;
    show();
  });
  store.on(["changes"], drawTrack);
  store.on(["selected"], show);
  new ResizeObserver(drawTrack).observe(track);
}
