// @ts-check
/**
 * The queue of what is to be sent. Each thing has a key made on the device; the server takes a key once, so sending again after a
 * lost answer does no harm. Goes on by itself when the line is back; waits longer after each failure.
 */
import { Refused, Sender, hex } from "../../../gis/chunks.js";
import { sha256 } from "../../../vendor/@noble/hashes/sha2.js";
import { config, newKey, say } from "./config.js";
import * as store from "./store.js";

/** @typedef {import("./store.js").Item} Item */
/** @typedef {import("./config.js").Standing} Standing */

const WAITS = [2000, 4000, 8000, 15000, 30000, 60000];
/** Larger files go in chunks that need not be sent again. */
const AT_ONCE = 512 * 1024;
const PURPOSES = { track: "field_track", photo: "field_photo", visit: "" };
/** What `Sender` makes of a page that says the form's token is older than the session; the next look brings another token. */
const EXPIRED = "http_403";
/** The person is not, or no longer, of those who work on the line; the inspection has left the field. Nothing is refused for good. */
const FORBIDDEN = "forbidden";
const NOT_IN_FIELD = "inspection_not_in_field";
const LOOK_BARRED = 60000;
/** Milliseconds after which a request without an answer is given up and made again. */
const LONGEST = 120000;
const LOOK_WAITING = 2000;
const LOOK_IDLE = 30000;

/**
 * What the line is like: online, offline (no answer), out (the session is over), barred (this person may not send here any more).
 * @type {"unknown" | "online" | "offline" | "out" | "barred"}
 */
export let line = "unknown";
/** What is being sent. @type {{ key: string, share: number } | null} */
export let sending = null;
/** @type {Standing | null} */
export let standing = null;
/** @type {Item[]} */
export let items = [];
/** Milliseconds since 1970 when it is tried again, or 0. */
export let again = 0;

let csrf = "";
let failures = 0;
let wanted = false;
/** @type {Promise<void> | null} */
let running = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** The next try is the timer's. */
let ticked = false;
let changed = () => {};

/** @param {() => void} listener @param {Standing | null} known */
export async function prepare(listener, known) {
  changed = listener;
  standing = known;
  await reload();
  window.addEventListener("online", () => void pump());
  /** @type {any} */ (navigator).connection?.addEventListener?.("change", () => void pump());
  window.addEventListener("offline", () => {
    line = "offline";
    changed();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void pump();
  });
}

export async function reload() {
  items = (await store.where("outbox", "inspection", config.inspection)).sort((a, b) => a.madeAt - b.madeAt);
  changed();
}

/** Things of the person who is logged in that are still to go. */
export const waiting = () => items.filter((item) => item.state === "waiting" && item.user.id === config.user.id);

/**
 * A file of a track or a photo as an item of the queue. Read at once: telephones take the right to read back later.
 * @param {"track" | "photo"} kind @param {Blob} file @param {string} name
 * @param {{ visit?: string, marker?: number, side?: number | null }} [of] @returns {Promise<Item>}
 */
export async function fileItem(kind, file, name, of = {}) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return {
    key: newKey(), inspection: config.inspection, user: config.user, kind, name, blob: new Blob([bytes], { type: file.type }),
    size: bytes.length, sha256: hex(sha256(bytes)), marker: of.marker ?? null, visit: of.visit ?? null, body: null,
    side: of.side ?? null, stored: null, state: "waiting", error: "", told: "", madeAt: Date.now(),
  };
}

/** @param {Item[]} added all or none; throws where the device has no room */
export async function add(added) {
  await store.enqueue(added);
  await reload();
  void pump();
}

/** What was refused is tried again. @param {string} key */
export async function retry(key) {
  const item = items.find((one) => one.key === key);
  if (!item) return;
  await store.put("outbox", { ...item, state: "waiting", stored: null, error: "" });
  await reload();
  void pump();
}

/** Given up by the person; the server has nothing of it. @param {string} key */
export async function drop(key) {
  await store.remove("outbox", key);
  await reload();
}

/** What has arrived leaves the list of the device. */
export async function clearArrived() {
  for (const item of items.filter((one) => one.state === "arrived")) await store.remove("outbox", item.key);
  await reload();
}

/** Things that another account recorded on this telephone are sent by the one that is logged in. */
export async function adopt() {
  for (const item of items.filter((one) => one.state === "waiting" && one.user.id !== config.user.id))
    await store.put("outbox", { ...item, user: config.user, stored: null });
  await reload();
  void pump();
}

/** Asks how things stand and sends what waits. Asked while it is under way, it does so once more. @returns {Promise<void>} */
export function pump() {
  wanted = true;
  running ??= turns().finally(() => (running = null));
  return running;
}

async function turns() {
  while (wanted) {
    wanted = false;
    await turn();
  }
}

/** Only one page of the browser does so at a time. */
async function turn() {
  clearTimeout(timer);
  again = 0;
  const byItself = ticked;
  ticked = false;
  try {
    if (navigator.locks) await navigator.locks.request(`yudi-field-${config.inspection}`, sendAll);
    else await sendAll();
    failures = 0;
    line = "online";
    schedule(standing?.waiting ? LOOK_WAITING : LOOK_IDLE, false);
  } catch (error) {
    line = error instanceof LoggedOut ? "out" : error instanceof Refused && error.code === FORBIDDEN ? "barred" : "offline";
    if (line === "barred") schedule(LOOK_BARRED, false);
    if (line === "offline") {
      // Only tries of its own make it wait longer: nine markers noted without a connection are not nine failures.
      schedule(WAITS[Math.min(failures, WAITS.length - 1)], true);
      if (byItself) failures++;
    }
  } finally {
    sending = null;
    changed();
  }
}

/** @param {number} wait @param {boolean} tell */
function schedule(wait, tell) {
  again = tell && waiting().length ? Date.now() + wait : 0;
  timer = setTimeout(() => {
    ticked = true;
    if (document.visibilityState === "visible" || waiting().length) void pump();
    else schedule(wait, tell);
  }, wait);
}

class LoggedOut extends Error {}

async function sendAll() {
  await look();
  await reload();
  if (!standing?.open) return; // kept until the office opens the field work again
  let sent = 0;
  for (const item of inOrder(waiting())) {
    if (!(await sendOne(item))) break;
    sent += 1;
  }
  if (sent) await look();
  await reload();
}

/** Visits go before their photos, and before what is larger. @param {Item[]} some */
const inOrder = (some) => [...some.filter((item) => item.kind === "visit"), ...some.filter((item) => item.kind !== "visit")];

async function look() {
  const told = await ask(config.urls.standing, {});
  if (told.user.id !== config.user.id) config.user = told.user; // somebody else has logged in meanwhile
  standing = told;
  csrf = told.csrf;
  line = "online";
  const there = new Set([...told.keys.tracks, ...told.keys.visits, ...told.keys.photos]);
  for (const item of waiting()) if (there.has(item.key)) await arrived(item, ""); // the answer was lost on the way
  changed();
}

/** False where the inspection left the field meanwhile: what waits goes on waiting. @param {Item} item */
async function sendOne(item) {
  sending = { key: item.key, share: 0 };
  changed();
  try {
    const told = await deliver(item);
    await arrived(item, told.duplicate ? say("duplicate", { file: told.file ?? item.name }) : "");
  } catch (error) {
    if (!(error instanceof Refused) || error.code === EXPIRED || error.code === FORBIDDEN) throw error;
    if (error.code === NOT_IN_FIELD) {
      await look();
      return false;
    }
    if (error.code === "logged_out" || error.code === "not_logged_in") throw new LoggedOut();
    await store.put("outbox", { ...item, state: "refused", error: error.message });
  }
  await reload();
  return true;
}

/** @param {Item} item @param {string} told */
async function arrived(item, told) {
  // A visit's words stay, so that it can be put right later; files are on the server now.
  await store.put("outbox", { ...item, state: "arrived", blob: null, told, error: "" });
}

/** @param {Item} item @returns {Promise<any>} */
async function deliver(item) {
  if (item.kind === "visit") return ask(config.urls.visits, { method: "POST", body: JSON.stringify({ ...item.body, key: item.key }) });
  const blob = /** @type {Blob} */ (item.blob);
  const data = new FormData();
  data.set("key", item.key);
  if (item.visit) data.set("visit", item.visit);
  if (item.side) data.set("side", String(item.side));
  data.set("device", deviceName());
  if (blob.size > AT_ONCE) data.set("stored", String(item.stored ?? (await ahead(item, blob))));
  else data.set("file", blob, item.name);
  return ask(item.kind === "track" ? config.urls.tracks : config.urls.photos, { method: "POST", body: data });
}

/** @param {Item} item @param {Blob} blob */
async function ahead(item, blob) {
  const sender = new Sender({
    address: config.urls.uploads, purpose: PURPOSES[item.kind], file: blob, name: item.name, sha256: item.sha256, waits: [500, 1500],
    headers: () => ({ "X-CSRFToken": csrf }),
    onProgress: (sent) => {
      sending = { key: item.key, share: sent / blob.size };
      changed();
    },
  });
  const stored = await sender.send();
  item.stored = stored;
  await store.put("outbox", item); // killed from here on, the file itself does not go again
  return stored;
}

/**
 * JSON of one of our own addresses. What the server refuses is a `Refused` in its words.
 * @param {string} url @param {RequestInit} options @returns {Promise<any>}
 */
export async function ask(url, options) {
  for (let attempt = 0; ; attempt++) {
    const headers = { Accept: "application/json", ...(options.method ? { "X-CSRFToken": csrf } : {}) };
    const signal = AbortSignal.timeout?.(LONGEST);
    const answer = await fetch(url, { ...options, headers, signal });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (answer.redirected || answer.status === 401) throw new LoggedOut();
    if (answer.ok && isJson) return answer.json();
    if (answer.status === 403 && !isJson && attempt === 0) {
      csrf = (await ask(config.urls.standing, {})).csrf; // a page instead of JSON: the token is older than the session
      continue;
    }
    if (answer.status >= 500 || answer.status === 408 || answer.status === 429 || !isJson) throw new Error(`HTTP ${answer.status}`);
    const { code, message, fields } = (await answer.json()).error;
    const more = fields ? Object.values(fields).flat().join(" ") : "";
    throw new Refused(code, [message, more].filter(Boolean).join(" "));
  }
}

function deviceName() {
  const found = /\(([^)]+)\)/.exec(navigator.userAgent);
  return (found?.[1] ?? navigator.platform ?? "").slice(0, 110);
}
