// @ts-check
/**
 * The service worker of /field/. The server puts one line before this: SHELL = { version, files, tiles }.
 *
 * Files of the program are kept as one set under its version and served from there; a new version replaces the whole set, so that no
 * page runs on a mixture. Pages come from the server while it answers quickly, else as they were last seen. Data and everything that
 * is sent is the page's own affair (IndexedDB) and never kept here.
 */

/** @type {{ version: string, files: string[], tiles: string[] }} */
const shell = /** @type {any} */ (self).SHELL;
const worker = /** @type {any} */ (self);
const FILES = `field-files-${shell.version}`;
const PAGES = "field-pages";
const TILES = "field-tiles";
const MOST_TILES = 800;
const PATIENCE = 4000;
const PAGE = /^\/field\/(\d+\/)?$/;

worker.addEventListener("install", (/** @type {any} */ event) => {
  const keep = async () => {
    const cache = await caches.open(FILES);
    await cache.addAll(shell.files.map((file) => new Request(file, { cache: "reload" })));
    await worker.skipWaiting();
  };
  event.waitUntil(keep());
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  const clear = async () => {
    for (const name of await caches.keys()) if (name.startsWith("field-files-") && name !== FILES) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(clear());
});

worker.addEventListener("message", (/** @type {any} */ event) => {
  const path = event.data?.keep;
  const keep = async () => {
    await fetchPage(new Request(path)).catch(() => {});
    if (await (await caches.open(PAGES)).match(path, { ignoreVary: true })) event.ports[0]?.postMessage("kept");
  };
  if (typeof path === "string" && PAGE.test(path)) event.waitUntil(keep());
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const request = /** @type {Request} */ (event.request);
  if (request.method !== "GET") return;
  const address = new URL(request.url);
  if (address.origin !== worker.location.origin) {
    if (request.destination === "image" && shell.tiles.some((host) => matches(address, host))) event.respondWith(tile(request));
    return;
  }
  if (request.mode === "navigate" && PAGE.test(address.pathname)) event.respondWith(page(request));
  else if (shell.files.includes(address.pathname)) event.respondWith(file(request));
});

/** @param {Request} request */
async function file(request) {
  const kept = await (await caches.open(FILES)).match(new URL(request.url).pathname, { ignoreVary: true });
  return kept ?? fetch(request);
}

/** @param {Request} request */
async function fetchPage(request) {
  const answer = await fetch(request);
  // Not the page to log in on, and no error.
  if (answer.ok && !answer.redirected && answer.type === "basic") await (await caches.open(PAGES)).put(new URL(request.url).pathname, answer.clone());
  return answer;
}

/** @param {Request} request */
async function page(request) {
  const kept = await (await caches.open(PAGES)).match(new URL(request.url).pathname, { ignoreVary: true });
  const asked = fetchPage(request);
  if (!kept) return asked;
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE));
  return Promise.race([asked.then((answer) => (answer.status >= 500 ? kept : answer)), late]).catch(() => kept);
}

/**
 * Squares of the base map that were seen once. Only where their server lets them be read: what cannot be read would be counted
 * against the device's room by the megabyte.
 * @param {Request} request
 */
async function tile(request) {
  const cache = await caches.open(TILES);
  const kept = await cache.match(request.url);
  if (kept) return kept;
  try {
    const answer = await fetch(request.url, { mode: "cors", credentials: "omit" });
    if (answer.ok) {
      await cache.put(request.url, answer.clone());
      const keys = await cache.keys();
      if (keys.length > MOST_TILES) await Promise.all(keys.slice(0, keys.length - MOST_TILES).map((one) => cache.delete(one)));
    }
    return answer;
  } catch {
    return fetch(request);
  }
}

/** @param {URL} address @param {string} source a host as in Content-Security-Policy, perhaps with a star */
function matches(address, source) {
  const [scheme, host] = source.split("://");
  if (address.protocol !== `${scheme}:`) return false;
  return host.startsWith("*.") ? address.host.endsWith(host.slice(1)) : host.startsWith("*") ? address.host.endsWith(host.slice(1)) : address.host === host;
}
