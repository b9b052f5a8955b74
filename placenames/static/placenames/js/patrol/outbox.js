// @ts-check
/** The queue of findings and their photos; one for all beats, so that what was found in one goes from the page of another. */
import { Queue } from "../../../gis/field/queue.js";
import { config } from "./config.js";
import * as store from "./store.js";

/** @typedef {import("./store.js").Item} Item */
/** @typedef {import("./config.js").Standing} Standing */

/** @type {Queue<Item, Standing>} */
export const outbox = new Queue({
  store: store.kept,
  load: () => store.all("outbox"),
  lock: "yudi-patrol",
  first: (item) => item.kind === "finding", // before its photos
  keys: ({ keys }) => keys,
  closed: "",
  deliver: (item) =>
    item.kind === "finding" ? outbox.sendWords(config.urls.findings, item) : outbox.sendFile(config.urls.photos, item, "sign-photo", { finding: item.finding }),
});
