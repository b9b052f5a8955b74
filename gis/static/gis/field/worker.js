// @ts-check
/**
 * The service worker of a page of the field. The server puts one line before this: SHELL = { name, pages, version, files, tiles, own }.
 *
 * Files of the program are kept as one set under its version and served from there; a new version replaces the whole set, so that no
 * page runs on a mixture. Pages come from the server while it answers quickly, else as they were last seen. Data and everything that
 * is sent is the page's own affair (IndexedDB) and never kept here.
 *
 * Squares of the base map: those that were seen are kept, the last 800; those that somebody saved are kept apart until they are
 * deleted. What is older than 30 days is shown and asked for anew.
 */

/** `name` begins the names of the caches, `pages` is the expression of the paths of the pages that are kept, `tiles` are other hosts that squares may come from, `own` the beginning of their path where this server has them, else "".
 * @type {{ name: string, pages: string, version: string, files: string[], tiles: string[], own: string }} */
const shell = /** @type {any} */ (self).SHELL;
const worker = /** @type {any} */ (self);
const FILES = `${shell.name}-files-${shell.version}`;
const PAGES = `${shell.name}-pages`;
const TILES = `${shell.name}-tiles`;
const SAVED = `${shell.name}-saved-`;
const MOST_TILES = 800;
const TRIM_EVERY = 50;
const STALE = 30 * 24 * 3600 * 1000;
const AT_ONCE = 6;
const PATIENCE = 4000;
const LONGEST_ANEW = 20_000;
const PAGE = new RegExp(shell.pages);

worker.addEventListener("install", (/** @type {any} */ event) => {
  const keep = async () => {
    const cache = await caches.open(FILES);
    await cache.addAll(shell.files.map((file) => new Request(file, { cache: "reload" })));
    // A kept page names files of the set it came with: those of this set go with it.
    const pages = await caches.open(PAGES);
    const anew = (await pages.keys()).map((kept) => fetchPage(new Request(new URL(kept.url).pathname)).catch(() => {}));
    await Promise.race([Promise.all(anew), new Promise((resolve) => setTimeout(resolve, LONGEST_ANEW))]);
    await worker.skipWaiting();
  };
  event.waitUntil(keep());
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  const clear = async () => {
    for (const name of await caches.keys()) if (name.startsWith(`${shell.name}-files-`) && name !== FILES) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(clear());
});

worker.addEventListener("message", (/** @type {any} */ event) => {
  const { keep, save, cache, forget } = event.data ?? {};
  const [port] = event.ports;
  if (typeof keep === "string" && PAGE.test(keep)) event.waitUntil(keepPage(keep, port));
  else if (Array.isArray(save) && isSaved(cache)) event.waitUntil(saveTiles(cache, save, port));
  else if (isSaved(forget)) event.waitUntil(caches.delete(forget).then(() => port?.postMessage({ done: true })));
});

/** @param {string} path @param {MessagePort} [port] */
async function keepPage(path, port) {
  await fetchPage(new Request(path)).catch(() => {});
  if (await (await caches.open(PAGES)).match(path, { ignoreVary: true })) port?.postMessage("kept");
}

/** @param {unknown} name */
const isSaved = (name) => typeof name === "string" && name.startsWith(SAVED);

/** @param {URL} address */
const isTile = (address) =>
  address.origin === worker.location.origin ? Boolean(shell.own) && address.pathname.startsWith(shell.own) : shell.tiles.some((host) => matches(address, host));

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const request = /** @type {Request} */ (event.request);
  if (request.method !== "GET") return;
  const address = new URL(request.url);
  if (request.destination === "image" && isTile(address)) return event.respondWith(tile(request, event));
  if (address.origin !== worker.location.origin) return;
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
 * A square that was saved or seen, else from its server. Only where that lets it be read: what cannot be read would be counted against
 * the device's room by the megabyte.
 * @param {Request} request @param {any} event
 */
async function tile(request, event) {
  const kept = await caches.match(request.url, { ignoreVary: true });
  if (kept) {
    if (Date.now() - Number(kept.headers.get("X-Kept")) > STALE) event.waitUntil(fetchTile(request.url, TILES).catch(() => {}));
    return kept;
  }
  try {
    return (await fetchTile(request.url, TILES)) ?? fetch(request);
  } catch {
    return fetch(request);
  }
}

let sinceTrimmed = TRIM_EVERY;

/** Keeps what a server gives, with when it was. Null where it gave none. @param {string} url @param {string} name @returns {Promise<Response | null>} */
async function fetchTile(url, name) {
  const answer = await fetch(url, { mode: "cors", credentials: new URL(url).origin === worker.location.origin ? "same-origin" : "omit" });
  if (!answer.ok || answer.redirected) return null;
  const body = await answer.blob();
  const made = () => new Response(body, { headers: { "Content-Type": body.type, "Content-Length": String(body.size), "X-Kept": String(Date.now()) } });
  const cache = await caches.open(name);
  await cache.put(url, made());
  if (name === TILES && ++sinceTrimmed > TRIM_EVERY) {
    sinceTrimmed = 0;
    const keys = await cache.keys();
    if (keys.length > MOST_TILES) await Promise.all(keys.slice(0, keys.length - MOST_TILES).map((one) => cache.delete(one)));
  }
  return made();
}

/**
 * Some squares into a cache of their own, six at once. Tells {bytes, there, failed, full}.
 * @param {string} name @param {string[]} urls @param {MessagePort} [port]
 */
async function saveTiles(name, urls, port) {
  const told = { bytes: 0, there: 0, failed: 0, full: false };
  const left = urls.filter((url) => isTile(new URL(url, worker.location.href)));
  const one = async () => {
    for (let url = left.pop(); url && !told.full; url = left.pop()) {
      try {
        const cache = await caches.open(name);
        const found = (await cache.match(url, { ignoreVary: true })) ?? (await fetchTile(url, name));
        if (found) {
          told.there += 1;
          told.bytes += Number(found.headers.get("Content-Length"));
        } else told.failed += 1;
      } catch (error) {
        told.failed += 1;
        if (error instanceof DOMException && error.name === "QuotaExceededError") told.full = true;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  port?.postMessage(told);
}

/** @param {URL} address @param {string} source a host as in Content-Security-Policy, perhaps with a star */
function matches(address, source) {
  const [scheme, host] = source.split("://");
  if (address.protocol !== `${scheme}:`) return false;
  return host.startsWith("*.") ? address.host.endsWith(host.slice(1)) : host.startsWith("*") ? address.host.endsWith(host.slice(1)) : address.host === host;
}
