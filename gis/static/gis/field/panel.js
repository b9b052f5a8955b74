// @ts-check
/** What every page of the field shows of its queue: the chip of the connection, what waits and what has arrived, room on the device. */
import { clock, config, element, made, say } from "./config.js";
import { room } from "./store.js";

/** @typedef {import("./queue.js").QueueItem} QueueItem */
/**
 * @template {QueueItem} I
 * @typedef {import("./queue.js").Queue<I, any>} Queue
 */

/** The bar under the title: the line of connection and the queue in one word each. @template {QueueItem} I @param {Queue<I>} queue */
export function showLine(queue) {
  const chip = element("field-net", HTMLElement);
  const open = queue.waiting().length;
  const words = queue.line === "out" ? say("loggedOutShort") : queue.line === "barred" ? say("barredShort") : queue.line === "offline" ? say("offline") : say("online");
  chip.dataset.line = queue.line;
  chip.textContent = open ? `${words} · ${say("toSend", { count: open })}` : words;
  const count = element("outbox-count", HTMLElement);
  count.textContent = String(open);
  count.hidden = !open;
}

/**
 * @template {QueueItem} I
 * @param {Queue<I>} queue @param {(item: I) => string} nameOf @param {() => string} [closed] why the server takes nothing just now
 */
export function showQueue(queue, nameOf, closed = () => "") {
  const told = [];
  if (queue.line === "out")
    told.push(made("p", { class: "field-warn" }, `${say("loggedOut")} `, made("a", { class: "btn btn-primary", href: config.urls.login }, say("logIn"))));
  if (queue.line === "offline") told.push(made("p", { class: "field-warn" }, say("offlineLong"), queue.again ? ` ${say("againAt", { at: new Date(queue.again).toLocaleTimeString(document.documentElement.lang) })}` : ""));
  if (queue.line === "barred") told.push(made("p", { class: "field-warn" }, say("barred")));
  else if (queue.standing && !queue.standing.open) told.push(made("p", { class: "field-warn" }, closed()));
  const foreign = queue.items.filter((item) => item.state === "waiting" && item.user.id !== config.user.id);
  if (foreign.length)
    told.push(made("p", { class: "field-warn" }, `${say("ofOther", { count: foreign.length, name: foreign[0].user.name })} `, made("button", { type: "button", class: "btn btn-plain", click: () => void queue.adopt() }, say("adopt"))));
  element("outbox-notice", HTMLElement).replaceChildren(...told);
  const open = queue.waiting().length;
  const there = queue.items.filter((item) => item.state === "arrived").length;
  element("outbox-words", HTMLElement).textContent = queue.items.length ? say("queue", { open, there }) : say("queueEmpty");
  element("outbox-send", HTMLButtonElement).disabled = !open;
  element("outbox-clear", HTMLElement).hidden = !there;
  element("outbox-list", HTMLElement).replaceChildren(...[...queue.items].reverse().map((item) => itemRow(queue, item, nameOf(item))));
}

/** @template {QueueItem} I @param {Queue<I>} queue @param {I} item @param {string} name */
function itemRow(queue, item, name) {
  const sending = queue.sending?.key === item.key;
  const state = sending ? say("sending", { percent: Math.round((queue.sending?.share ?? 0) * 100) }) : say(`item_${item.state}`);
  const size = item.size ? `${(item.size / 1024 / 1024).toFixed(item.size < 1e5 ? 2 : 1)} MB` : "";
  return made(
    "li", { class: `field-item field-item-${sending ? "sending" : item.state}`, "data-key": item.key },
    made("div", {}, made("b", {}, name), made("small", {}, [size, clock(item.madeAt)].filter(Boolean).join(" · "))),
    made("span", { class: "field-item-state" }, state),
    item.error ? made("p", { class: "field-warn" }, item.error) : null,
    item.told ? made("p", {}, item.told) : null,
    item.state === "refused" || (item.state === "waiting" && item.blob && (queue.line === "barred" || (queue.standing && !queue.standing.open)))
      ? made(
          "div", { class: "actions" },
          item.state === "refused" ? made("button", { type: "button", class: "btn btn-plain", click: () => void queue.retry(item.key) }, say("tryAgain")) : null,
          item.blob ? made("button", { type: "button", class: "btn btn-plain", click: () => saveAs(item) }, say("saveAs")) : null,
          item.state === "refused" ? made("button", { type: "button", class: "btn btn-outline-danger", click: () => confirm(say("reallyDrop", { name })) && void queue.drop(item.key) }, say("drop")) : null,
        )
      : null,
  );
}

/** @param {QueueItem} item */
function saveAs(item) {
  const address = URL.createObjectURL(/** @type {Blob} */ (item.blob));
  made("a", { href: address, download: item.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export async function showRoom() {
  const found = await room();
  const kept = navigator.storage?.persisted ? await navigator.storage.persisted() : false;
  const words = found ? say("room", { used: (found.used / 1048576).toFixed(1), free: ((found.quota - found.used) / 1048576).toFixed(0) }) : "";
  element("room", HTMLElement).textContent = [words, kept ? say("persisted") : say("notPersisted")].filter(Boolean).join(" ");
}
