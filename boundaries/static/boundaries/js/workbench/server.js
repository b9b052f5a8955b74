// @ts-check
/** Questions to the server that carry a body. Refusals become `Refused`, which keeps what the server said. */

import { LoggedOut, say } from "../config.js";

export class Refused extends Error {
  /** @param {number} status @param {any} error */
  constructor(status, error) {
    super(error?.message ?? say("failed"));
    this.status = status;
    this.code = error?.code ?? "";
    /** @type {any} */
    this.details = error ?? {};
  }
}

/** The token every form of the page carries. */
function token() {
  return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

/** @param {string} url @param {unknown} body @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function post(url, body, signal) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token() };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal });
  if (answer.status === 401 || answer.redirected) throw new LoggedOut(say("loggedOut"));
  const read = await answer.json().catch(() => null);
  if (answer.ok && read !== null) return read;
  if (answer.status === 403 && !read) throw new Refused(403, { message: say("formExpired") });
  throw new Refused(answer.status, read?.error);
}

/** @param {unknown} error */
export function aborted(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

/** Words for whatever went wrong. @param {unknown} error */
export function told(error) {
  return error instanceof Refused || error instanceof LoggedOut ? error.message : say("failed");
}
