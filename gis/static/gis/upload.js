// @ts-check
/**
 * Large files in chunks, over lines that break. A form marked data-upload sends its file before itself: the chunks go to the upload
 * session (data-upload is its address), and the form goes with the number of the kept file in place of the file.
 *
 * Digests are made by @noble/hashes and not by crypto.subtle, which browsers keep from pages that came over plain http, as they do on an
 * intranet, and which cannot digest a file piece by piece. A chunk takes some 20 ms, so no worker is needed.
 */
import { sha256 } from "../vendor/@noble/hashes/sha2.js";

/**
 * @typedef {{ id: string, chunk_bytes: number, chunk_count: number, chunks: { index: number, sha256: string }[], file: number | null }} Session
 */

const WAITS = [500, 1000, 2000, 4000, 8000, 15000, 30000, 30000];

/** A refusal of the server, in its words; trying again would not help. */
class Refused extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0);

const token = () => /** @type {Record<string, string>} */ (JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"));

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

class Sender {
  /**
   * @param {HTMLFormElement} form
   * @param {File} file
   */
  constructor(form, file) {
    this.form = form;
    this.file = file;
    this.address = form.dataset.upload ?? "";
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
    data.set("name", this.file.name);
    data.set("size", String(this.file.size));
    data.set("purpose", this.form.dataset.purpose ?? "");
    if (fresh) data.set("fresh", "1");
    return /** @type {Session} */ (await this.ask(this.address, data));
  }

  /** @param {Session} session */
  async sendTo(session) {
    const whole = sha256.create();
    const there = new Map(session.chunks.map((chunk) => [chunk.index, chunk.sha256]));
    for (let index = 0; index < session.chunk_count; index++) {
      const start = index * session.chunk_bytes;
      const bytes = new Uint8Array(await this.file.slice(start, start + session.chunk_bytes).arrayBuffer());
      whole.update(bytes);
      const digest = hex(sha256(bytes));
      const held = there.get(index);
      if (held !== undefined && held !== digest) throw new Refused("chunk_differs", "");
      if (held === undefined) await this.ask(`${this.address}${session.id}/chunks/${index}/`, bytes, { "X-Chunk-SHA256": digest });
      this.form.dispatchEvent(new CustomEvent("upload:progress", { detail: start + bytes.length }));
    }
    const data = new FormData();
    data.set("sha256", hex(whole.digest()));
    const ended = /** @type {Session} */ (await this.ask(`${this.address}${session.id}/finish/`, data));
    return Number(ended.file);
  }

  async cancel() {
    this.stop.abort();
    if (this.session) await abort(this.address, this.session.id);
  }

  /**
   * Asks again while the line is broken or the server is busy; what the server refuses is thrown.
   * @param {string} address
   * @param {BodyInit} body
   * @param {Record<string, string>} [headers]
   */
  async ask(address, body, headers = {}) {
    for (let attempt = 0; ; attempt++) {
      const signal = this.stop.signal;
      let broken;
      try {
        const all = { Accept: "application/json", ...token(), ...headers };
        const answer = await fetch(address, { method: "POST", body, headers: all, signal });
        const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
        if (answer.redirected) throw new Refused("logged_out", this.form.dataset.uploadLoggedOut ?? "");
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
      if (attempt >= WAITS.length) throw broken;
      this.form.dispatchEvent(new CustomEvent("upload:waiting", { detail: WAITS[attempt] }));
      await pause(WAITS[attempt], signal);
      signal.throwIfAborted();
    }
  }
}

/**
 * @param {string} address
 * @param {string} id
 */
const abort = (address, id) =>
  fetch(`${address}${id}/abort/`, { method: "POST", headers: { Accept: "application/json", ...token() } });

/** @param {HTMLFormElement} form */
function prepare(form) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
  const stored = /** @type {HTMLInputElement} */ (form.querySelector("input[name=stored]"));
  const panel = /** @type {HTMLElement} */ (form.querySelector("[data-upload-panel]"));
  const bar = /** @type {HTMLProgressElement} */ (panel.querySelector("progress"));
  const words = /** @type {HTMLElement} */ (panel.querySelector("[data-upload-words]"));
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("button[type=submit]"));
  /** @type {Sender | null} */
  let sender = null;

  /** @param {boolean} busy */
  const show = (busy) => {
    panel.hidden = false;
    panel.classList.toggle("busy", busy);
    input.disabled = busy;
    for (const button of buttons) button.disabled = busy;
  };

  form.addEventListener("submit", async (event) => {
    const file = input.files?.[0];
    if (!file || stored.value || !file.size) return;
    event.preventDefault();
    sender = new Sender(form, file);
    bar.max = file.size;
    bar.value = 0;
    words.textContent = form.dataset.uploadBegin ?? "";
    show(true);
    try {
      stored.value = String(await sender.send());
      words.textContent = form.dataset.uploadDone ?? "";
      form.submit(); // the input is still disabled: the file itself does not go again
    } catch (error) {
      show(false);
      const cancelled = sender.stop.signal.aborted;
      const refused = error instanceof Refused ? error.message : "";
      words.textContent = cancelled ? (form.dataset.uploadCancelled ?? "") : refused || (form.dataset.uploadBroken ?? "");
      panel.classList.toggle("upload-failed", !cancelled);
    }
  });

  form.addEventListener("upload:progress", (event) => {
    const sent = /** @type {CustomEvent<number>} */ (event).detail;
    panel.classList.remove("upload-failed");
    bar.value = sent;
    words.textContent = `${megabytes(sent)} / ${megabytes(bar.max)} MB · ${Math.floor((sent / bar.max) * 100)}%`;
  });
  form.addEventListener("upload:waiting", () => (words.textContent = form.dataset.uploadWaiting ?? ""));
  panel.querySelector("[data-upload-cancel]")?.addEventListener("click", () => void sender?.cancel());
  window.addEventListener("pageshow", () => {
    if (!sender) return;
    stored.value = ""; // back in history: the next file is another one
    show(false);
    panel.hidden = true;
  });
}

for (const form of document.querySelectorAll("form[data-upload]")) prepare(/** @type {HTMLFormElement} */ (form));

for (const button of document.querySelectorAll("button[data-upload-abort]")) {
  button.addEventListener("click", async () => {
    const { uploadAbort = "", uploadAddress = "" } = /** @type {HTMLElement} */ (button).dataset;
    if ((await abort(uploadAddress, uploadAbort)).ok) button.closest("li")?.remove();
  });
}
