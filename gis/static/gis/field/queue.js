// @ts-check
/**
 * The queue of what is to be sent. Each thing has a key made on the device; the server takes a key once, so sending again after a
 * lost answer does no harm. Goes on by itself when the line is back; waits longer after each failure.
 */
import { sha256 } from "../../vendor/@noble/hashes/sha2.js";
import { Refused, Sender, hex } from "../chunks.js";
import { config, newKey, say } from "./config.js";

/**
 * @typedef {{ key: string, user: { id: number, name: string }, kind: string, name: string, blob: Blob | null, size: number,
 *   sha256: string, body: Record<string, any> | null, stored: number | null, state: "waiting" | "arrived" | "refused", error: string,
 *   told: string, madeAt: number }} QueueItem as it lies in the store "outbox"
 * @typedef {{ csrf: string, user: { id: number, name: string }, open: boolean, waiting?: number }} QueueStanding
 *   what the server says: `open`: it takes things now; `waiting`: how many it works on
 */

/**
 * What one page has to say of its queue.
 * @template {QueueItem} I @template {QueueStanding} S
 * @typedef {object} Order
 * @property {import("./store.js").Store} store with a store "outbox" whose keyPath is "key"
 * @property {() => Promise<I[]>} load
 * @property {string} lock of the browser, so that only one page sends at a time
 * @property {(item: I) => boolean} first goes before what is larger and hangs on it
 * @property {(standing: S) => string[]} keys of what the server has
 * @property {string} closed the code of a refusal that is none: the server takes nothing just now
 * @property {(item: I) => Promise<any>} deliver one thing; what the server answers
 */

const WAITS = [2000, 4000, 8000, 15000, 30000, 60000];
/** Larger files go in chunks that need not be sent again. */
const AT_ONCE = 512 * 1024;
/** What `Sender` makes of a page that says the form's token is older than the session; the next look brings another token. */
const EXPIRED = "http_403";
/** The person may not, or may no longer, send here. Nothing is refused for good. */
const FORBIDDEN = "forbidden";
const LOOK_BARRED = 60000;
/** Milliseconds after which a request without an answer is given up and made again. */
const LONGEST = 120000;
const LOOK_WAITING = 2000;
const LOOK_IDLE = 30000;

class LoggedOut extends Error {}

/** @template {QueueItem} I @template {QueueStanding} S */
export class Queue {
  /** @param {Order<I, S>} order */
  constructor(order) {
    this.order = order;
    /**
     * What the line is like: online, offline (no answer), out (the session is over), barred (this person may not send here any more).
     * @type {"unknown" | "online" | "offline" | "out" | "barred"}
     */
    this.line = "unknown";
    /** What is being sent. @type {{ key: string, share: number } | null} */
    this.sending = null;
    /** @type {S | null} */
    this.standing = null;
    /** @type {I[]} */
    this.items = [];
    /** Milliseconds since 1970 when it is tried again, or 0. */
    this.again = 0;
    this.csrf = "";
    this.failures = 0;
    this.wanted = false;
    /** @type {Promise<void> | null} */
    this.running = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** The next try is the timer's. */
    this.ticked = false;
    this.changed = () => {};
  }

  /** @param {() => void} listener @param {S | null} known */
  async prepare(listener, known) {
    this.changed = listener;
    this.standing = known;
    await this.reload();
    window.addEventListener("online", () => void this.pump());
    /** @type {any} */ (navigator).connection?.addEventListener?.("change", () => void this.pump());
    window.addEventListener("offline", () => {
      this.line = "offline";
      this.changed();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.pump();
    });
  }

  async reload() {
    this.items = (await this.order.load()).sort((a, b) => a.madeAt - b.madeAt);
    this.changed();
  }

  /** Things of the person who is logged in that are still to go. */
  waiting = () => this.items.filter((item) => item.state === "waiting" && item.user.id === config.user.id);

  /** What every new thing of the queue says. @param {string} name @param {Record<string, any> | null} [body] */
  words = (name, body = null) => ({
    key: newKey(), user: config.user, name, blob: /** @type {Blob | null} */ (null), size: 0, sha256: "", body, stored: null,
    state: /** @type {const} */ ("waiting"), error: "", told: "", madeAt: Date.now(),
  });

  /** The same for a file. Read at once: telephones take the right to read back later. @param {Blob} file @param {string} name */
  async file(file, name) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return { ...this.words(name), blob: new Blob([bytes], { type: file.type }), size: bytes.length, sha256: hex(sha256(bytes)) };
  }

  /** @param {I[]} added all or none; throws where the device has no room */
  async add(added) {
    await this.order.store.enqueue(added);
    await this.reload();
    void this.pump();
  }

  /** What was refused is tried again. @param {string} key */
  async retry(key) {
    const item = this.items.find((one) => one.key === key);
    if (!item) return;
    await this.put({ ...item, state: "waiting", stored: null, error: "" });
    await this.reload();
    void this.pump();
  }

  /** Given up by the person; the server has nothing of it. @param {string} key */
  async drop(key) {
    await this.order.store.remove("outbox", key);
    await this.reload();
  }

  /** What has arrived leaves the list of the device. */
  async clearArrived() {
    for (const item of this.items.filter((one) => one.state === "arrived")) await this.order.store.remove("outbox", item.key);
    await this.reload();
  }

  /** Things that another account recorded on this telephone are sent by the one that is logged in. */
  async adopt() {
    for (const item of this.items.filter((one) => one.state === "waiting" && one.user.id !== config.user.id))
      await this.put({ ...item, user: config.user, stored: null });
    await this.reload();
    void this.pump();
  }

  /** Asks how things stand and sends what waits. Asked while it is under way, it does so once more. @returns {Promise<void>} */
  pump() {
    this.wanted = true;
    this.running ??= this.turns().finally(() => (this.running = null));
    return this.running;
  }

  async turns() {
    while (this.wanted) {
      this.wanted = false;
      await this.turn();
    }
  }

  /** Only one page of the browser does so at a time. */
  async turn() {
    clearTimeout(this.timer);
    this.again = 0;
    const byItself = this.ticked;
    this.ticked = false;
    try {
      if (navigator.locks) await navigator.locks.request(this.order.lock, () => this.sendAll());
      else await this.sendAll();
      this.failures = 0;
      this.line = "online";
      this.schedule(this.standing?.waiting ? LOOK_WAITING : LOOK_IDLE, false);
    } catch (error) {
      this.line = error instanceof LoggedOut ? "out" : error instanceof Refused && error.code === FORBIDDEN ? "barred" : "offline";
      if (this.line === "barred") this.schedule(LOOK_BARRED, false);
      if (this.line === "offline") {
        // Only tries of its own make it wait longer: nine markers noted without a connection are not nine failures.
        this.schedule(WAITS[Math.min(this.failures, WAITS.length - 1)], true);
        if (byItself) this.failures++;
      }
    } finally {
      this.sending = null;
      this.changed();
    }
  }

  /** @param {number} wait @param {boolean} tell */
  schedule(wait, tell) {
    this.again = tell && this.waiting().length ? Date.now() + wait : 0;
    this.timer = setTimeout(() => {
      this.ticked = true;
      if (document.visibilityState === "visible" || this.waiting().length) void this.pump();
      else this.schedule(wait, tell);
    }, wait);
  }

  async sendAll() {
    await this.look();
    await this.reload();
    if (!this.standing?.open) return; // kept until the office opens the work again
    let sent = 0;
    for (const item of this.inOrder(this.waiting())) {
      if (!(await this.sendOne(item))) break;
      sent += 1;
    }
    if (sent) await this.look();
    await this.reload();
  }

  /** @param {I[]} some */
  inOrder = (some) => [...some.filter((item) => this.order.first(item)), ...some.filter((item) => !this.order.first(item))];

  async look() {
    const told = await this.ask(config.urls.standing, {});
    if (told.user.id !== config.user.id) config.user = told.user; // somebody else has logged in meanwhile
    this.standing = told;
    this.csrf = told.csrf;
    this.line = "online";
    const there = new Set(this.order.keys(told));
    for (const item of this.waiting()) if (there.has(item.key)) await this.arrived(item, ""); // the answer was lost on the way
    this.changed();
  }

  /** False where the server takes nothing just now: what waits goes on waiting. @param {I} item */
  async sendOne(item) {
    this.sending = { key: item.key, share: 0 };
    this.changed();
    try {
      const told = await this.order.deliver(item);
      await this.arrived(item, told.duplicate ? say("duplicate", { file: told.file ?? item.name }) : (told.told ?? ""));
    } catch (error) {
      if (!(error instanceof Refused) || error.code === EXPIRED || error.code === FORBIDDEN) throw error;
      if (error.code === this.order.closed) {
        await this.look();
        return false;
      }
      if (error.code === "logged_out" || error.code === "not_logged_in") throw new LoggedOut();
      await this.put({ ...item, state: "refused", error: error.message });
    }
    await this.reload();
    return true;
  }

  /** @param {I} item @param {string} told */
  async arrived(item, told) {
    // Words stay, so that they can be put right later; files are on the server now.
    await this.put({ ...item, state: "arrived", blob: null, told, error: "" });
  }

  /** @param {I} item */
  put = (item) => this.order.store.put("outbox", item);

  /**
   * A thing without a file: JSON with its key.
   * @param {string} url @param {I} item @returns {Promise<any>}
   */
  sendWords = (url, item) => this.ask(url, { method: "POST", body: JSON.stringify({ ...item.body, key: item.key }) });

  /**
   * A thing with a file: as a form, or where it is large its file before it in chunks.
   * @param {string} url @param {I} item @param {string} purpose of the file @param {Record<string, string | number | null>} fields
   * @returns {Promise<any>}
   */
  async sendFile(url, item, purpose, fields) {
    const blob = /** @type {Blob} */ (item.blob);
    const data = new FormData();
    data.set("key", item.key);
    for (const [name, value] of Object.entries(fields)) if (value) data.set(name, String(value));
    data.set("device", deviceName());
    if (blob.size > AT_ONCE) data.set("stored", String(item.stored ?? (await this.ahead(item, blob, purpose))));
    else data.set("file", blob, item.name);
    return this.ask(url, { method: "POST", body: data });
  }

  /** @param {I} item @param {Blob} blob @param {string} purpose */
  async ahead(item, blob, purpose) {
    const sender = new Sender({
      address: config.urls.uploads, purpose, file: blob, name: item.name, sha256: item.sha256, waits: [500, 1500],
      headers: () => ({ "X-CSRFToken": this.csrf }),
      onProgress: (sent) => {
        this.sending = { key: item.key, share: sent / blob.size };
        this.changed();
      },
    });
    const stored = await sender.send();
    item.stored = stored;
    await this.put(item); // killed from here on, the file itself does not go again
    return stored;
  }

  /**
   * JSON of one of our own addresses. What the server refuses is a `Refused` in its words.
   * @param {string} url @param {RequestInit} options @returns {Promise<any>}
   */
  async ask(url, options) {
    for (let attempt = 0; ; attempt++) {
      const headers = { Accept: "application/json", ...(options.method ? { "X-CSRFToken": this.csrf } : {}) };
      const signal = AbortSignal.timeout?.(LONGEST);
      const answer = await fetch(url, { ...options, headers, signal });
      const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
      if (answer.redirected || answer.status === 401) throw new LoggedOut();
      if (answer.ok && isJson) return answer.json();
      if (answer.status === 403 && !isJson && attempt === 0) {
        this.csrf = (await this.ask(config.urls.standing, {})).csrf; // a page instead of JSON: the token is older than the session
        continue;
      }
      if (answer.status >= 500 || answer.status === 408 || answer.status === 429 || !isJson) throw new Error(`HTTP ${answer.status}`);
      const { code, message, fields } = (await answer.json()).error;
      const more = fields ? Object.values(fields).flat().join(" ") : "";
      throw new Refused(code, [message, more].filter(Boolean).join(" "));
    }
  }
}

export function deviceName() {
  const found = /\(([^)]+)\)/.exec(navigator.userAgent);
  return (found?.[1] ?? navigator.platform ?? "").slice(0, 110);
}
