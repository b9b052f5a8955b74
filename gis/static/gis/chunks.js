// @ts-check
/**
 * A file on its way to an upload session, chunk by chunk, over lines that break. What page it comes from is the caller's affair.
 *
 * Digests are made by @noble/hashes and not by crypto.subtle, which browsers keep from pages that came over plain http, as they do on an
 * intranet, and which cannot digest a file piece by piece. A chunk takes some 20 ms, so no worker is needed.
 */
import { sha256 } from "../vendor/@noble/hashes/sha2.js";

/**
 * @typedef {{ id: string, chunk_bytes: number, chunk_count: number, chunks: { index: number, sha256: string }[], file: number | null }} Session
 * @typedef {{
 *   address: string,
 *   purpose: string,
 *   file: Blob,
 *   name: string,
 *   sha256?: string,
 *   headers: () => Record<string, string>,
 *   loggedOut?: string,
 *   waits?: number[],
 *   onProgress?: (sent: number) => void,
 *   onWaiting?: (milliseconds: number) => void,
 * }} Order
 */

const WAITS = [500, 1000, 2000, 4000, 8000, 15000, 30000, 30000];

/** A refusal of the server, in its words; trying again would not help. */
export class Refused extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @param {Uint8Array} bytes */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * Waits, but not after the line is back or the sender has had enough.
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 */
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const go = () => resolve(undefined);
    setTimeout(go, milliseconds);
    window.addEventListener("online", go, { once: true });
    signal.addEventListener("abort", go, { once: true });
  });
}

export class Sender {
  /** @param {Order} order */
  constructor(order) {
    this.order = order;
    this.stop = new AbortController();
    /** @type {Session | null} */
    this.session = null;
  }

  /** @returns {Promise<number>} the kept file */
  async send() {
    this.session = await this.begin(false);
    for (;;) {
      try {
        return await this.sendTo(this.session);
      } catch (error) {
        // The session holds another file of the same name and size, or was given up in another window.
        if (!(error instanceof Refused) || !["chunk_differs", "upload_over"].includes(error.code)) throw error;
        this.session = await this.begin(true);
      }
    }
  }

  /** @param {boolean} fresh */
  async begin(fresh) {
    const data = new FormData();
    data.set("name", this.order.name);
    data.set("size", String(this.order.file.size));
    data.set("purpose", this.order.purpose);
    if (this.order.sha256) data.set("sha256", this.order.sha256);
    if (fresh) data.set("fresh", "1");
    return /** @type {Session} */ (await this.ask(this.order.address, data));
  }

  /** @param {Session} session */
  async sendTo(session) {
    const whole = sha256.create();
    const there = new Map(session.chunks.map((chunk) => [chunk.index, chunk.sha256]));
    for (let index = 0; index < session.chunk_count; index++) {
      const start = index * session.chunk_bytes;
      const bytes = new Uint8Array(await this.order.file.slice(start, start + session.chunk_bytes).arrayBuffer());
      whole.update(bytes);
      const digest = hex(sha256(bytes));
      const held = there.get(index);
      if (held !== undefined && held !== digest) throw new Refused("chunk_differs", "");
      if (held === undefined) await this.ask(`${this.order.address}${session.id}/chunks/${index}/`, bytes, { "X-Chunk-SHA256": digest });
      this.order.onProgress?.(start + bytes.length);
    }
    const data = new FormData();
    data.set("sha256", hex(whole.digest()));
    const ended = /** @type {Session} */ (await this.ask(`${this.order.address}${session.id}/finish/`, data));
    return Number(ended.file);
  }

  async cancel() {
    this.stop.abort();
    if (this.session) await abort(this.order.address, this.session.id, this.order.headers());
  }

  /**
   * Asks again while the line is broken or the server is busy; what the server refuses is thrown.
   * @param {string} address
   * @param {BodyInit} body
   * @param {Record<string, string>} [headers]
   */
  async ask(address, body, headers = {}) {
    const waits = this.order.waits ?? WAITS;
    for (let attempt = 0; ; attempt++) {
      const signal = this.stop.signal;
      let broken;
      try {
        const all = { Accept: "application/json", ...this.order.headers(), ...headers };
        const answer = await fetch(address, { method: "POST", body, headers: all, signal });
        const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
        if (answer.redirected) throw new Refused("logged_out", this.order.loggedOut ?? "");
        if (answer.ok && isJson) return await answer.json();
        if (answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
          const error = isJson ? (await answer.json()).error : { code: `http_${answer.status}`, message: `HTTP ${answer.status}` };
          if (error.code !== "chunk_damaged" && error.code !== "chunk_broken") throw new Refused(error.code, error.message);
        }
        broken = new Error(`HTTP ${answer.status}`);
      } catch (error) {
        if (error instanceof Refused || signal.aborted) throw error;
        broken = error;
      }
      if (attempt >= waits.length) throw broken;
      this.order.onWaiting?.(waits[attempt]);
      await pause(waits[attempt], signal);
      signal.throwIfAborted();
    }
  }
}

/**
 * @param {string} address
 * @param {string} id
 * @param {Record<string, string>} headers
 */
export const abort = (address, id, headers) =>
  fetch(`${address}${id}/abort/`, { method: "POST", headers: { Accept: "application/json", ...headers } });
