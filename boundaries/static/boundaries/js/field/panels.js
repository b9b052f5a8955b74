// @ts-check
/** The three panels under the map: the walk, the markers, what was sent and what came of it. */
import { showQueue } from "../../../gis/field/panel.js";
import * as position from "../../../gis/field/position.js";
import { clock, config, element, made, say } from "./config.js";
import { bearing, distance, metres, wind } from "./geo.js";
import * as map from "./map.js";
import { outbox } from "./outbox.js";
import * as recorder from "./recorder.js";

/** @typedef {import("./config.js").About} About */

/** @param {number} marker @returns {"arrived" | "waiting" | "differing" | "none"} */
export function stateOf(marker) {
  if (outbox.items.some((item) => item.kind === "visit" && item.marker === marker && item.state === "waiting")) return "waiting";
  const found = outbox.standing?.markers[marker];
  if (found?.differing) return "differing";
  return found?.visited ? "arrived" : "none";
}

/** @param {About} about */
export function showWalk(about) {
  const { recording, going } = recorder;
  const button = element("record", HTMLButtonElement);
  button.textContent = going ? say("stop") : recording ? say("goOn") : say("start");
  button.classList.toggle("field-recording", going);
  element("record-finish", HTMLElement).hidden = going || !recording;
  const facts = element("record-facts", HTMLElement);
  if (recording) {
    const told = { points: recording.points, distance: distance(recording.metres), since: clock(recording.startedAt), at: clock(recording.lastAt) };
    facts.textContent = going ? say("recording", told) : say("cutOff", told);
  } else facts.textContent = say("notRecording");
  const doubts = [];
  if (position.trouble) doubts.push(position.trouble);
  else if (going && position.last && position.last.accuracy > 30) doubts.push(say("weak", { accuracy: Math.round(position.last.accuracy) }));
  if (recorder.failure) doubts.push(recorder.failure === "full" ? say("full") : say("notKept"));
  if (going && !recorder.awake) doubts.push(say("screenOn"));
  element("record-doubts", HTMLElement).replaceChildren(...doubts.map((words) => made("p", { class: "field-warn" }, words)));
  showStrip(about);
  showGoBack();
}

/** The whole line as one bar: covered solid, missing dashed, markers as ticks. @param {About} about */
function showStrip(about) {
  const standing = outbox.standing;
  const strip = element("strip", HTMLElement);
  const [from, to] = about.whole ?? [0, 0];
  strip.hidden = to <= from;
  if (strip.hidden) {
    element("strip-words", HTMLElement).textContent = say("noLine");
    return;
  }
  const share = (/** @type {number} */ at) => `${(((at - from) / (to - from)) * 100).toFixed(3)}%`;
  const parts = (standing?.covered ?? []).map(([low, high]) => {
    const part = made("span", { class: "strip-covered" });
    part.style.left = share(low);
    part.style.width = `calc(${share(high)} - ${share(low)})`;
    return part;
  });
  const ticks = about.markers.flatMap((marker) => {
    if (marker.chainage_m === null || marker.chainage_m < from || marker.chainage_m > to) return [];
    const tick = made("span", { class: `strip-tick strip-${stateOf(marker.id)}` });
    tick.style.left = share(marker.chainage_m);
    return [tick];
  });
  strip.replaceChildren(...parts, ...ticks);
  const done = standing?.covered_m ?? 0;
  const told = { covered: distance(done), whole: distance(to - from), percent: Math.floor((done / (to - from)) * 1000) / 10 };
  const sides = (standing?.by_side ?? []).filter((one) => one.name).map((one) => say("ofSide", { name: one.name, covered: distance(one.metres) }));
  element("strip-words", HTMLElement).textContent = [say("coveredOf", told), ...sides].join(" · ");
  const waiting = element("strip-waiting", HTMLElement);
  waiting.hidden = !standing?.waiting;
  waiting.textContent = say("matching", { count: standing?.waiting ?? 0 });
}

function showGoBack() {
  const list = element("go-back", HTMLElement);
  const standing = outbox.standing;
  const title = element("go-back-title", HTMLElement);
  const any = Boolean(standing?.tracks.length);
  title.hidden = !any || !standing?.go_back.length;
  const fix = position.last;
  list.replaceChildren(
    ...(any ? (standing?.go_back ?? []) : []).slice(0, 20).map((gap) => {
      const ends = [gap.start, gap.end];
      const nearest = fix ? ends.reduce((a, b) => (metres(fix.place, a) <= metres(fix.place, b) ? a : b)) : gap.start;
      const where = fix ? say("awayFrom", { distance: distance(metres(fix.place, nearest)), wind: wind(bearing(fix.place, nearest), config.winds) }) : "";
      const words = say("gap", { from: (gap.from_m / 1000).toFixed(2), to: (gap.to_m / 1000).toFixed(2), length: distance(gap.length_m) });
      return made("li", {}, made("button", { type: "button", class: "field-row", click: () => map.show(nearest) }, made("b", {}, words), made("span", {}, where)));
    }),
  );
}

/** @param {About} about @param {(marker: number) => void} choose */
export function showMarkers(about, choose) {
  const fix = position.last;
  const away = (/** @type {import("./config.js").Marker} */ one) => (fix && one.place ? metres(fix.place, one.place) : null);
  const sorted = [...about.markers];
  if (fix) sorted.sort((a, b) => (away(a) ?? Infinity) - (away(b) ?? Infinity));
  const visited = about.markers.filter((one) => ["arrived", "differing"].includes(stateOf(one.id))).length;
  element("markers-words", HTMLElement).textContent = about.markers.length ? say("markersVisited", { count: visited, all: about.markers.length }) : say("noMarkers");
  element("marker-list", HTMLElement).replaceChildren(
    ...sorted.map((one) => {
      const state = stateOf(one.id);
      const found = outbox.standing?.markers[one.id];
      const off = away(one);
      const where = off !== null && fix && one.place ? `${distance(off)} ${wind(bearing(fix.place, one.place), config.winds)}` : one.place ? "" : say("noPlace");
      const passed = state === "none" && found?.passed ? say("passed") : "";
      const counts = found?.visits.find((visit) => visit.key === found.counts);
      const told = state === "arrived" && counts ? `${say("marker_arrived")} · ${counts.condition_words}` : say(`marker_${state}`);
      return made(
        "li", {},
        made(
          "button", { type: "button", class: "field-row", click: () => choose(one.id) },
          made("span", { class: `field-sign field-sign-${state}`, "aria-hidden": "true" }, { arrived: "✓", waiting: "…", differing: "!", none: "" }[state]),
          made("b", {}, one.number), made("span", {}, told), made("small", {}, [where, passed].filter(Boolean).join(" · ")),
        ),
      );
    }),
  );
}

/** What was marked with a handheld; a person says whether it is a marker. @param {About} about @param {(marker: number, from: import("./config.js").Waypoint) => void} take */
export function showWaypoints(about, take) {
  const all = outbox.standing?.waypoints ?? [];
  for (const id of ["waypoints-title", "waypoints-words"]) element(id, HTMLElement).hidden = !all.length;
  const open = Boolean(outbox.standing?.open);
  element("waypoints", HTMLElement).replaceChildren(
    ...all.map((one, index) => {
      const offers = one.offers.filter((offer) => about.markers.some((marker) => marker.id === offer.marker));
      const told = offers.map((offer) => {
        const words = offer.by_number ? (offer.metres === null ? "sameNumberNoPlace" : "sameNumber") : "nearestMarker";
        return made("p", { class: offer.metres !== null && offer.metres > 100 ? "field-warn" : "" }, say(words, { number: offer.number, distance: distance(offer.metres ?? 0) }));
      });
      const when = one.at ? new Date(one.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" }) : "";
      return made(
        "li", { class: "field-item", id: `waypoint-${index}`, tabindex: "-1" },
        made("div", {}, made("b", {}, one.name || say("noName")), made("small", {}, [one.file, when].filter(Boolean).join(" · "))),
        made("button", { type: "button", class: "btn btn-plain", click: () => map.show(one.place) }, say("showPlace")),
        ...told,
        open && offers.length
          ? made("div", { class: "actions" }, ...offers.map((offer) => made("button", { type: "button", class: "btn btn-plain", click: () => take(offer.marker, one) }, say("takeAs", { number: offer.number }))))
          : null,
      );
    }),
  );
}

/** @param {(act: () => Promise<any>) => void} attempt */
export function showOutbox(attempt) {
  const closed = () => {
    const count = outbox.waiting().length;
    return say(count ? "notOpenWaiting" : "notOpen", { state: outbox.standing?.state_words ?? "", count });
  };
  showQueue(outbox, (item) => (item.kind === "visit" ? say("visitOf", { number: item.name }) : item.name), closed);
  showFindings(attempt);
}

/** Tracks that have come, and what looks odd about them. @param {(act: () => Promise<any>) => void} attempt */
function showFindings(attempt) {
  const standing = outbox.standing;
  const post = (/** @type {string} */ step, /** @type {number} */ track, /** @type {Record<string, string>} */ fields = {}) =>
    attempt(async () => {
      const data = new FormData();
      for (const [name, value] of Object.entries(fields)) data.set(name, value);
      await outbox.ask(config.urls.step.replace("{id}", String(track)).replace("{step}", step), { method: "POST", body: data });
      await outbox.pump();
    });
  element("tracks", HTMLElement).replaceChildren(
    ...(standing?.tracks ?? []).map((track) => {
      const odd = (standing?.suspicions ?? []).filter((one) => one.track === track.id);
      const covered = track.covered_m === null || track.state !== "matched" ? "" : say("trackCovered", { distance: distance(track.covered_m) });
      const facts = [track.by, clock(track.at), track.files > 1 && say("filesInside", { count: track.files }), covered, track.shift && say("converted", { system: track.shift === "gcj02" ? "GCJ-02" : "BD-09" })];
      const buttons = [];
      if (standing?.open) {
        for (const one of odd.filter((each) => each.shift))
          buttons.push(made("button", { type: "button", class: "btn btn-primary", click: () => post("shift", track.id, { shift: one.shift }) }, say("convert", { system: one.shift === "gcj02" ? "GCJ-02" : "BD-09" })));
        if (track.shift) buttons.push(made("button", { type: "button", class: "btn btn-plain", click: () => post("shift", track.id, { shift: "" }) }, say("asItIs")));
        if (track.set_aside) buttons.push(made("button", { type: "button", class: "btn btn-plain", click: () => post("take-back", track.id) }, say("takeBack")));
        else buttons.push(made("button", { type: "button", class: "btn btn-plain", click: () => { const reason = prompt(say("whyAside")); if (reason) post("set-aside", track.id, { reason }); } }, say("setAside")));
      }
      return made(
        "li", { class: "field-item", "data-state": track.state },
        made("div", {}, made("b", {}, track.file), made("small", {}, facts.filter(Boolean).join(" · "))),
        made("span", { class: "field-item-state" }, track.set_aside ? say("aside", { reason: track.set_aside }) : track.state_words),
        ...odd.map((one) => made("p", { class: "field-warn" }, one.words)),
        buttons.length ? made("div", { class: "actions" }, ...buttons) : null,
      );
    }),
  );
  element("tracks-title", HTMLElement).hidden = !standing?.tracks.length;
}
