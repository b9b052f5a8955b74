// @ts-check
/** Somebody else saved in between: who changed what, and the choice of what to do. Nothing that was entered is lost. */

import { element, say } from "../config.js";
import { h } from "./dom.js";

/**
 * @param {import("./model.js").Draft} draft
 * @param {{takeTheirs: (current: any, units: any[]) => void, overwrite: (version: number) => void}} choices
 */
export function setUpConflict(draft, { takeTheirs, overwrite }) {
  const dialog = element("wb-conflict", HTMLDialogElement);
  const close = () => dialog.close();
  return {
    /** @param {import("./server.js").Refused} refused */
    show(refused) {
      const { changes, current, units, version } = refused.details;
      const closed = refused.code !== "decision_changed";
      dialog.replaceChildren(
        h("h2", { id: "wb-conflict-title" }, say(closed ? "wbClosedTitle" : "wbConflictTitle")),
        h("p", {}, closed ? refused.message : say("wbConflictIntro")),
        h("ul", { class: "wb-changes" }, ...changes.map((/** @type {any} */ one) => h("li", {}, h("strong", { lang: "zh-Hans" }, one.by), ` · ${new Date(one.at).toLocaleString(document.documentElement.lang === "en" ? "en-GB" : "zh-CN", { dateStyle: "medium", timeStyle: "short" })} · ${one.action}`, one.what.length ? `：${one.what.join("、")}` : ""))),
        h("p", { class: "form-text" }, say("wbConflictHint")),
        h(
          "div",
          { class: "actions" },
          closed
            ? null
            : h(
                "button",
                {
                  type: "button",
                  class: "btn btn-primary",
                  id: "wb-take-theirs",
                  click: () => {
                    close();
                    takeTheirs(current, units);
                  },
                },
                say("wbTakeTheirs"),
              ),
          closed
            ? null
            : h(
                "button",
                {
                  type: "button",
                  class: "btn btn-outline-danger",
                  id: "wb-overwrite",
                  click: () => {
                    close();
                    overwrite(version);
                  },
                },
                say("wbOverwrite"),
              ),
          h("button", { type: "button", class: "btn btn-plain", id: "wb-go-on", click: close }, say("wbGoOn")),
        ),
      );
      dialog.showModal();
    },
  };
}
