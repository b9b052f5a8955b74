// @ts-check
/**
 * The form of a naming case: the name is checked as it is typed (what is found is told in a live region and drawn on the map), the
 * position is clicked or typed. Without this script the form works as a form; the case's page shows the same findings.
 */

import { configOf, fill } from "../../gis/page.js";
import { look, middle, showOthers } from "./casemap.js";
import { asked as askedAt, follow, places, shape } from "./placefield.js";
import { readings, showReadings } from "./readings.js";

const WAIT_MS = 350;
const SHOWN = 8;

/**
 * @typedef {{name: string, area: string, distance: string, lon: number | null, lat: number | null}} Other
 * @typedef {{rule: string, severity: string, weight: string, message: string, basis: string, with: Other[]}} Told
 * @typedef {{findings: Told[], spelling: string, needs_person: boolean, syllables: import("./readings.js").Syllable[], proper: string, generic: string}} Answer
 */

/** @type {{url: string, area: string, place: string | number, kind: string, words: Record<string, string>}} */
const check = configOf("case-check-data");
const name = /** @type {HTMLInputElement | null} */ (document.getElementById("name"));
const kind = /** @type {HTMLSelectElement | null} */ (document.getElementById("kind"));
const area = /** @type {HTMLInputElement | null} */ (document.getElementById("area"));
const summary = document.getElementById("check-summary");
const list = document.getElementById("live-findings");
const proposed = document.getElementById("spelling-proposed");
const parts = document.getElementById("name-parts");
const placeClass = /** @type {HTMLSelectElement | null} */ (document.getElementById("place_class"));

// --- what belongs to the chosen kind -----------------------------------------------------------------------------------

function followKind() {
  const chosen = kind?.value ?? check.kind;
  for (const select of document.querySelectorAll("select[data-of-kind]")) {
    const field = /** @type {HTMLSelectElement} */ (select);
    let first = "";
    for (const option of field.options) {
      const fits = option.dataset.kind === chosen;
      option.hidden = option.disabled = !fits;
      if (fits && !first) first = option.value;
    }
    if (field.selectedOptions[0]?.disabled ?? true) {
      const fitting = [...field.options].find((one) => !one.disabled);
      if (fitting) fitting.selected = true;
    }
  }
}
kind?.addEventListener("change", () => {
  followKind();
  soon();
});
area?.addEventListener("change", soon);
if (!kind) placeClass?.addEventListener("change", soon);
if (kind) followKind();

// --- checking -----------------------------------------------------------------------------------------------------------

let timer = 0;
/** @type {AbortController | null} */
let asking = null;

function soon() {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void ask(), WAIT_MS);
}

async function ask() {
  asking?.abort();
  const text = name?.value.trim() ?? "";
  const within = (area?.value ?? check.area).trim();
  if (!name || !text || !within) {
    say(check.words.waiting);
    list?.replaceChildren();
    showOthers([], null);
    return;
  }
  asking = new AbortController();
  const asked = new URLSearchParams({ name: text, kind: kind?.value ?? check.kind, area: within, place: String(check.place), at: askedAt(), shape: shape(), readings: readings(text) });
  if (!kind && !check.kind && placeClass) asked.set("place_class", placeClass.value);
  say(check.words.checking);
  try {
    const answer = await fetch(`${check.url}?${asked}`, { headers: { Accept: "application/json" }, signal: asking.signal });
    const body = await answer.json();
    if (!answer.ok) return refused(body?.error?.message ?? check.words.failed);
    show(body);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) refused(check.words.failed);
  }
}

/** @param {string} words */
function say(words) {
  if (summary) summary.textContent = words;
}

/** @param {string} words */
function refused(words) {
  say(words);
  list?.replaceChildren();
  showOthers([], null);
}

/** @param {Answer} answer */
function show({ findings, spelling, needs_person, syllables, proper, generic }) {
  const counts = { block: 0, warn: 0, info: 0 };
  for (const one of findings) counts[/** @type {"block" | "warn" | "info"} */ (one.severity)] += 1;
  say(counts.block + counts.warn ? fill(check.words, "counts", counts) : check.words.none);
  const weighty = findings.filter((one) => one.severity !== "info");
  list?.replaceChildren(...weighty.slice(0, SHOWN).map(row));
  if (counts.info && list) list.append(further(counts.info, findings.filter((one) => one.severity === "info")));
  if (proposed) proposed.textContent = spelling ? fill(check.words, "spelling", { spelling }) + (needs_person ? check.words.person : "") : "";
  if (parts) parts.textContent = proper ? fill(check.words, "parts", { proper, generic: generic || check.words.no_generic }) : "";
  showReadings(syllables, name?.value ?? "", check.words, soon);
  const seen = new Map();
  for (const one of findings) {
    for (const other of one.with) {
      const key = `${other.name} ${other.lon} ${other.lat}`;
      if (other.lon !== null && other.lat !== null && !seen.has(key)) seen.set(key, { ...other, severity: one.severity });
    }
  }
  showOthers([...seen.values()], middle(places()));
  if (seen.size) look();
}

/** @param {Told} one */
function row(one) {
  const item = document.createElement("li");
  item.className = `live-${one.severity}`;
  const weight = document.createElement("b");
  weight.textContent = one.weight;
  const rule = document.createElement("span");
  rule.className = "caption";
  rule.textContent = one.rule;
  item.append(weight, ` ${one.message} `, rule);
  const near = one.with.filter((other) => other.distance).slice(0, 3);
  if (near.length) {
    const told = document.createElement("span");
    told.className = "caption";
    told.lang = "zh-Hans";
    told.textContent = ` · ${near.map((other) => `${other.name} ${other.distance}`).join("，")}`;
    item.append(told);
  }
  return item;
}

/** @param {number} count @param {Told[]} findings */
function further(count, findings) {
  const item = document.createElement("li");
  item.className = "live-more";
  const more = document.createElement("details");
  const head = document.createElement("summary");
  head.textContent = fill(check.words, "more", { count });
  const inside = document.createElement("ul");
  inside.append(...findings.map(row));
  more.append(head, inside);
  item.append(more);
  return item;
}

name?.addEventListener("input", (event) => {
  if (event instanceof InputEvent && event.isComposing) window.clearTimeout(timer);
  else soon();
});
name?.addEventListener("compositionend", soon);

follow(soon);
look();
if (name?.value) soon();
