// @ts-check
/** What this inspection's queue holds and where it goes; the sending itself is `gis/field/queue.js`. */
import { Queue } from "../../../gis/field/queue.js";
import { config } from "./config.js";
import * as store from "./store.js";

/** @typedef {import("./store.js").Item} Item */
/** @typedef {import("./config.js").Standing} Standing */

/** @type {Queue<Item, Standing>} */
export const outbox = new Queue({
  store: store.kept,
  load: () => store.where("outbox", "inspection", config.inspection),
  lock: `yudi-field-${config.inspection}`,
  first: (item) => item.kind === "visit", // before its photos, and before what is larger
  keys: ({ keys }) => [...keys.tracks, ...keys.visits, ...keys.photos],
  closed: "inspection_not_in_field",
  deliver: (item) => {
    if (item.kind === "visit") return outbox.sendWords(config.urls.visits, item);
    if (item.kind === "track") return outbox.sendFile(config.urls.tracks, item, "field_track", { side: item.side });
    return outbox.sendFile(config.urls.photos, item, "field_photo", { visit: item.visit, side: item.side });
  },
});

/**
 * A file of a track or a photo as an item of the queue.
 * @param {"track" | "photo"} kind @param {Blob} file @param {string} name
 * @param {{ visit?: string, marker?: number, side?: number | null }} [of] @returns {Promise<Item>}
 */
export async function fileItem(kind, file, name, of = {}) {
  const told = await outbox.file(file, name);
  return { ...told, kind, inspection: config.inspection, marker: of.marker ?? null, visit: of.visit ?? null, side: of.side ?? null };
}
