// @ts-check
/**
 * What is kept on the device (IndexedDB): inspections as last seen, the queue of what is to be sent, points of a recording, visits
 * that are being written. Everything survives the browser being closed.
 */

/**
 * @typedef {"waiting" | "arrived" | "refused"} ItemState
 * @typedef {{ key: string, inspection: number, user: { id: number, name: string }, kind: "track" | "visit" | "photo", name: string,
 *   blob: Blob | null, size: number, sha256: string, marker: number | null, visit: string | null, body: Record<string, any> | null,
 *   side: number | null, stored: number | null, state: ItemState, error: string, told: string, madeAt: number }} Item
 * @typedef {{ id: string, inspection: number, startedAt: number, lastAt: number, points: number, metres: number, open: boolean }} Recording
 * @typedef {{ recording: string, lon: number, lat: number, at: number, accuracy: number, elevation: number | null, fresh: boolean }} Point
 * @typedef {{ id: string, inspection: number, marker: number, body: Record<string, any>,
 *   taken?: import("./config.js").Waypoint, photos: { key: string, name: string, blob: Blob }[] }} Draft
 */

const NAME = "yudi-field";

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @returns {Promise<IDBDatabase>} */
function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("inspections", { keyPath: "inspection" });
      asked.result.createObjectStore("outbox", { keyPath: "key" }).createIndex("inspection", "inspection");
      asked.result.createObjectStore("recordings", { keyPath: "id" }).createIndex("inspection", "inspection");
      asked.result.createObjectStore("points", { autoIncrement: true }).createIndex("recording", "recording");
      asked.result.createObjectStore("drafts", { keyPath: "id" });
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

/**
 * One transaction. It is over when what it wrote is on the disk, as far as the browser can say.
 * @template T @param {string[]} stores @param {IDBTransactionMode} mode @param {(take: (name: string) => IDBObjectStore) => IDBRequest<T> | void} act
 * @returns {Promise<T>}
 */
async function within(stores, mode, act) {
  const base = await database();
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(stores, mode, { durability: "strict" });
    const asked = act((name) => transaction.objectStore(name));
    transaction.oncomplete = () => resolve(/** @type {T} */ (asked ? asked.result : undefined));
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("IndexedDB"));
  });
}

/** @param {string} store @param {any} value @returns {Promise<any>} */
export const put = (store, value) => within([store], "readwrite", (take) => take(store).put(value));
/** @param {string} store @param {IDBValidKey} key @returns {Promise<any>} */
export const get = (store, key) => within([store], "readonly", (take) => take(store).get(key));
/** @param {string} store @param {IDBValidKey} key @returns {Promise<any>} */
export const remove = (store, key) => within([store], "readwrite", (take) => take(store).delete(key));
/** @param {string} store @returns {Promise<any[]>} */
export const all = (store) => within([store], "readonly", (take) => take(store).getAll());
/** @param {string} store @param {string} index @param {IDBValidKey} value @returns {Promise<any[]>} */
export const where = (store, index, value) => within([store], "readonly", (take) => take(store).index(index).getAll(value));

/** @param {Item[]} items all of them or none */
export const enqueue = (items) =>
  within(["outbox"], "readwrite", (take) => {
    for (const item of items) take("outbox").put(item);
  });

/**
 * Points and how the recording stands, together.
 * @param {Recording} recording @param {Point[]} points
 */
export const addPoints = (recording, points) =>
  within(["points", "recordings"], "readwrite", (take) => {
    for (const point of points) take("points").add(point);
    take("recordings").put(recording);
  });

/**
 * A recording becomes a file in the queue, and its points go: one transaction, so that it is never both or neither.
 * @param {Recording} recording @param {Item | null} item
 */
export const closeRecording = (recording, item) =>
  within(["points", "recordings", "outbox"], "readwrite", (take) => {
    if (item) take("outbox").put(item);
    take("recordings").delete(recording.id);
    const cursor = take("points").index("recording").openKeyCursor(IDBKeyRange.only(recording.id));
    cursor.onsuccess = () => {
      if (!cursor.result) return;
      take("points").delete(cursor.result.primaryKey);
      cursor.result.continue();
    };
  });

/** Whether the browser promises not to clear what is kept. Asked for when something is first kept. @returns {Promise<boolean>} */
export async function persist() {
  if (!navigator.storage?.persist) return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}

/** @returns {Promise<{ used: number, quota: number } | null>} bytes */
export async function room() {
  if (!navigator.storage?.estimate) return null;
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  return { used: usage, quota };
}

/** @param {unknown} error */
export const isFull = (error) => error instanceof DOMException && error.name === "QuotaExceededError";
