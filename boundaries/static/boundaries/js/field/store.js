// @ts-check
/**
 * What is kept on the device (IndexedDB): inspections as last seen, the queue of what is to be sent, points of a recording, visits
 * that are being written. Everything survives the browser being closed.
 */
import { Store } from "../../../gis/field/store.js";

export { isFull, persist, room } from "../../../gis/field/store.js";

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

// Telephones have this name and version since the first of these pages; what they queued is found by it.
export const kept = new Store("yudi-field", 1, (base) => {
  base.createObjectStore("inspections", { keyPath: "inspection" });
  base.createObjectStore("outbox", { keyPath: "key" }).createIndex("inspection", "inspection");
  base.createObjectStore("recordings", { keyPath: "id" }).createIndex("inspection", "inspection");
  base.createObjectStore("points", { autoIncrement: true }).createIndex("recording", "recording");
  base.createObjectStore("drafts", { keyPath: "id" });
});
export const { all, enqueue, get, put, remove, where } = kept;

/**
 * Points and how the recording stands, together.
 * @param {Recording} recording @param {Point[]} points
 */
export const addPoints = (recording, points) =>
  kept.within(["points", "recordings"], "readwrite", (take) => {
    for (const point of points) take("points").add(point);
    take("recordings").put(recording);
  });

/**
 * A recording becomes a file in the queue, and its points go: one transaction, so that it is never both or neither.
 * @param {Recording} recording @param {Item | null} item
 */
export const closeRecording = (recording, item) =>
  kept.within(["points", "recordings", "outbox"], "readwrite", (take) => {
    if (item) take("outbox").put(item);
    take("recordings").delete(recording.id);
    const cursor = take("points").index("recording").openKeyCursor(IDBKeyRange.only(recording.id));
    cursor.onsuccess = () => {
      if (!cursor.result) return;
      take("points").delete(cursor.result.primaryKey);
      cursor.result.continue();
    };
  });
