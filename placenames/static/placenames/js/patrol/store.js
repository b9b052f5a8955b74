// @ts-check
/** What is kept on the device (IndexedDB): the signs of a beat as last seen, the queue, findings that are being written. */
import { Store } from "../../../gis/field/store.js";

export { isFull, persist } from "../../../gis/field/store.js";

/**
 * @typedef {import("../../../gis/field/queue.js").QueueItem & { kind: "finding" | "photo", sign: number | null, finding: string | null }} Item
 * @typedef {{ id: string, sign: number | null, body: Record<string, any>, photos: { key: string, name: string, blob: Blob, told: string[] }[] }} Draft
 */

// Name and version are a contract with telephones that hold a queue.
export const kept = new Store("yudi-patrol", 1, (base) => {
  base.createObjectStore("beats", { keyPath: "area" });
  base.createObjectStore("outbox", { keyPath: "key" });
  base.createObjectStore("drafts", { keyPath: "id" });
});
export const { all, get, put, remove } = kept;
