// @ts-check
/** What a page of the field keeps on the device (IndexedDB). Everything survives the browser being closed. */

/**
 * A database of the device. Its name and version are a contract with the telephones that have it: what an earlier version of the
 * page queued must be found by the next.
 */
export class Store {
  /** @param {string} name @param {number} version @param {(base: IDBDatabase, before: number) => void} upgrade */
  constructor(name, version, upgrade) {
    this.name = name;
    this.version = version;
    this.upgrade = upgrade;
    /** @type {Promise<IDBDatabase> | null} */
    this.opened = null;
  }

  /** @returns {Promise<IDBDatabase>} */
  database() {
    this.opened ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open(this.name, this.version);
      asked.onupgradeneeded = (event) => this.upgrade(asked.result, event.oldVersion);
      asked.onsuccess = () => {
        asked.result.onversionchange = () => asked.result.close();
        resolve(asked.result);
      };
      asked.onerror = () => reject(asked.error);
    });
    return this.opened;
  }

  /**
   * One transaction. It is over when what it wrote is on the disk, as far as the browser can say.
   * @template T @param {string[]} stores @param {IDBTransactionMode} mode @param {(take: (name: string) => IDBObjectStore) => IDBRequest<T> | void} act
   * @returns {Promise<T>}
   */
  within = async (stores, mode, act) => {
    const base = await this.database();
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(stores, mode, { durability: "strict" });
      const asked = act((name) => transaction.objectStore(name));
      transaction.oncomplete = () => resolve(/** @type {T} */ (asked ? asked.result : undefined));
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("IndexedDB"));
    });
  };

  /** @param {string} store @param {any} value @returns {Promise<any>} */
  put = (store, value) => this.within([store], "readwrite", (take) => take(store).put(value));
  /** @param {string} store @param {IDBValidKey} key @returns {Promise<any>} */
  get = (store, key) => this.within([store], "readonly", (take) => take(store).get(key));
  /** @param {string} store @param {IDBValidKey} key @returns {Promise<any>} */
  remove = (store, key) => this.within([store], "readwrite", (take) => take(store).delete(key));
  /** @param {string} store @returns {Promise<any[]>} */
  all = (store) => this.within([store], "readonly", (take) => take(store).getAll());
  /** @param {string} store @param {string} index @param {IDBValidKey} value @returns {Promise<any[]>} */
  where = (store, index, value) => this.within([store], "readonly", (take) => take(store).index(index).getAll(value));

  /** @param {any[]} items into the queue, all of them or none */
  enqueue = (items) =>
    this.within(["outbox"], "readwrite", (take) => {
      for (const item of items) take("outbox").put(item);
    });
}

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
