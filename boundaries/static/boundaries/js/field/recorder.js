// @ts-check
/**
 * A walk is recorded: every position goes to the device's store within a few seconds, so that a crash costs seconds. A recording
 * that was cut off (browser closed, battery empty) is found again and goes on, or is finished.
 */
import * as position from "../../../gis/field/position.js";
import { config, newKey } from "./config.js";
import { metres } from "./geo.js";
import { gpx } from "./gpx.js";
import * as store from "./store.js";

/** @typedef {import("./store.js").Recording} Recording */

const WRITE_EVERY = 3000;
/** A position worse than this (m) says nothing of where on the line somebody is. */
const WORST_ACCURACY = 200;

/** @type {Recording | null} the recording of this page, going on or cut off earlier */
export let recording = null;
export let going = false;
/** Why points could not be written: "" or "full" or "failed". */
export let failure = "";
/** Whether the screen is kept awake. */
export let awake = false;

/** @type {import("./store.js").Point[]} */
let unwritten = [];
/** @type {import("./config.js").Place | null} */
let before = null;
let fresh = true;
/** @type {WakeLockSentinel | null} */
let lock = null;
/** @type {ReturnType<typeof setInterval> | null} */
let timer = null;
let changed = () => {};

/** @param {() => void} listener */
export async function prepare(listener) {
  changed = listener;
  position.listen(take);
  const left = /** @type {Recording[]} */ (await store.where("recordings", "inspection", config.inspection));
  recording = left.find((one) => one.open) ?? null;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") void write();
    else if (going) void keepAwake();
  });
  window.addEventListener("pagehide", () => void write());
  changed();
}

/** Begins, or goes on with what was cut off. */
export async function start() {
  const now = Date.now();
  recording ??= { id: newKey(), inspection: config.inspection, startedAt: now, lastAt: now, points: 0, metres: 0, open: true };
  await store.addPoints(recording, []);
  going = fresh = true;
  before = null;
  position.watch();
  timer ??= setInterval(() => void write(), WRITE_EVERY);
  await keepAwake();
  take();
  changed();
}

/** Finishes: a file in the queue. Gives its item, or null where nothing was recorded. @param {number | null} side whom it was walked for */
export async function finish(side) {
  going = false;
  if (timer !== null) clearInterval(timer);
  timer = null;
  await write();
  await lock?.release().catch(() => {});
  lock = null;
  awake = false;
  const ended = recording;
  if (!ended) return null;
  const points = /** @type {import("./store.js").Point[]} */ (await store.where("points", "recording", ended.id));
  const item = points.length > 1 ? itemOf(ended, points, side) : null;
  await store.closeRecording(ended, item);
  recording = null;
  changed();
  return item;
}

/** @param {Recording} ended @param {import("./store.js").Point[]} points @param {number | null} side @returns {import("./store.js").Item} */
function itemOf(ended, points, side) {
  const day = new Date(points[0].at);
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const stamp = `${day.getFullYear()}${two(day.getMonth() + 1)}${two(day.getDate())}-${two(day.getHours())}${two(day.getMinutes())}`;
  const name = `track-${stamp}-${ended.id.slice(0, 4)}.gpx`;
  const blob = gpx(points, name);
  return {
    key: ended.id, inspection: ended.inspection, user: config.user, kind: "track", name, blob, size: blob.size, sha256: "", marker: null,
    visit: null, body: null, side, stored: null, state: "waiting", error: "", told: "", madeAt: Date.now(),
  };
}

function take() {
  const fix = position.last;
  if (!going || !recording || !fix || fix.accuracy > WORST_ACCURACY || (fix.at === recording.lastAt && !fresh)) return;
  const { place, accuracy, elevation, at } = fix;
  unwritten.push({ recording: recording.id, lon: place[0], lat: place[1], at, accuracy, elevation, fresh });
  if (before) recording.metres += metres(before, place);
  before = place;
  fresh = false;
  recording.points += 1;
  recording.lastAt = at;
  changed();
}

async function write() {
  if (!recording || !unwritten.length) return;
  const points = unwritten;
  unwritten = [];
  try {
    await store.addPoints(recording, points);
    failure = "";
  } catch (error) {
    unwritten = [...points, ...unwritten]; // tried again with the next
    failure = store.isFull(error) ? "full" : "failed";
    changed();
  }
}

async function keepAwake() {
  if (!("wakeLock" in navigator) || (lock && !lock.released)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    awake = true;
    lock.addEventListener("release", () => {
      awake = false;
      changed();
    });
  } catch {
    awake = false; // low battery, or not allowed: said on the page
  }
  changed();
}
