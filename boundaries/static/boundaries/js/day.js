// @ts-check
/** Choosing a day, with quick steps to those on which something changed. */

import { ask, config, element, say } from "./config.js";
import { store } from "./state.js";

/** @param {(message: string) => void} tell */
export function setUpDay(tell) {
  const input = element("day", HTMLInputElement);
  const earlier = element("day-earlier", HTMLButtonElement);
  const later = element("day-later", HTMLButtonElement);
  const today = element("day-today", HTMLButtonElement);
  /** @type {AbortController | null} */
  let asking = null;

  const before = () => store.changes.findLast((change) => change.on < store.day);
  const after = () => store.changes.find((change) => change.on > store.day);

  function show() {
    input.value = store.day;
    for (const [button, change, none] of /** @type {const} */ ([
      [earlier, before(), "noEarlier"],
      [later, after(), "noLater"],
    ])) {
      button.disabled = !change;
      button.title = change ? `${change.on} · ${say("changes", { count: change.changes })}` : say(none);
    }
    today.disabled = store.day === config.today;
  }

  async function fetchState() {
    asking?.abort();
    asking = new AbortController();
    try {
      store.set("state", await ask(config.urls.state, { on: store.day }, asking.signal));
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) tell(error instanceof Error ? error.message : say("failed"));
    }
  }

  input.addEventListener("change", () => {
    if (input.value && input.checkValidity()) store.set("day", input.value);
    else show();
  });
  earlier.addEventListener("click", () => store.set("day", before()?.on ?? store.day));
  later.addEventListener("click", () => store.set("day", after()?.on ?? store.day));
  today.addEventListener("click", () => store.set("day", config.today));
  store.on(["day"], () => {
    show();
    void fetchState();
  });
  show();
  ask(config.urls.days)
    .then((answer) => {
      store.set("changes", answer.days);
      show();
    })
    .catch((error) => tell(error.message));
}
