// @ts-check
/** Asks the server what the draft would do, once nothing has changed for a moment; an answer that is overtaken is thrown away. */

import { config, say } from "../config.js";
import { bench } from "./dom.js";
import { drawnKind, sent, shapeOf, unassigned } from "./model.js";
import { Refused, aborted, post, told } from "./server.js";

/** @typedef {import("./context.js").Context} Context */

const WAIT_MS = 450;

export class Previewer {
  /** @param {Context} ctx @param {(state: "none" | "lacking" | "asking" | "refused" | "failed" | "done", message: string) => void} show */
  constructor(ctx, show) {
    this.ctx = ctx;
    this.show = show;
    this.asked = "";
    this.timer = 0;
    /** @type {AbortController | null} */
    this.asking = null;
  }

  /** Called at every change. @param {boolean} [at_once] */
  renew(at_once = false) {
    const { draft } = this.ctx;
    const acts = draft.state.acts.map(sent);
    const body = { day: draft.state.day, acts, decision: draft.id };
    const asked = JSON.stringify(body);
    if (asked === this.asked) return;
    this.asked = asked;
    window.clearTimeout(this.timer);
    this.asking?.abort();
    const lacking = draft.state.acts.findIndex((act) => lacks(act));
    if (!acts.length) {
      this.ctx.refusal = null;
      this.ctx.preview = null;
      this.show("none", "");
    } else if (lacking >= 0) {
      this.ctx.refusal = { act: lacking, message: lacks(draft.state.acts[lacking]), code: "lacking", details: {} };
      this.show("lacking", say("wbLacking", { number: lacking + 1 }));
    } else {
      this.show("asking", say("wbAsking"));
      this.timer = window.setTimeout(() => void this.ask(body), at_once ? 0 : WAIT_MS);
    }
  }

  /** Asks again although nothing has changed, after a failure. */
  again() {
    this.asked = "";
    this.renew(true);
  }

  /** @param {unknown} body */
  async ask(body) {
    const asking = new AbortController();
    this.asking = asking;
    try {
      const answer = await post(config.urls.preview, body, asking.signal);
      if (asking.signal.aborted) return;
      this.ctx.preview = answer;
      this.ctx.refusal = null;
      this.show("done", "");
    } catch (error) {
      if (aborted(error) || asking.signal.aborted) return;
      if (error instanceof Refused && error.status < 500) {
        const act = typeof error.details.act === "number" ? error.details.act : null;
        this.ctx.refusal = { act, message: error.message, code: error.code, details: error.details };
        this.show("refused", error.message);
      } else this.show("failed", told(error));
    }
  }
}

/** What a form still lacks before the server can be asked, in a sentence; empty when nothing. @param {import("./model.js").Act} act */
export function lacks(act) {
  const { data } = act;
  if (data.new && !data.new.name.trim()) return say("wbLackName");
  if (data.new && generic(data.new) === data.new.name.trim()) return say("wbLackName");
  const extents = data.extent ? [data.extent] : (data.parts ?? []).map((/** @type {any} */ part) => part.extent);
  switch (act.kind) {
    case "transfer_villages":
      if (!data.from || !data.to) return say("wbLackUnits");
      if (!data.villages.length) return say("wbLackVillages");
      break;
    case "change_boundary":
      if (!data.from || !data.to) return say("wbLackUnits");
      break;
    case "change_affiliation":
      if (!data.unit || !data.parent) return say("wbLackUnits");
      break;
    case "recode":
      if (!data.unit) return say("wbLackUnits");
      if (!data.code) return say("wbLackCode");
      break;
    case "rename":
      if (!data.unit) return say("wbLackUnits");
      if (!data.name.trim()) return say("wbLackName");
      break;
    case "merge":
      if (data.units.length < (data.new ? 2 : 1) || (!data.new && !data.into)) return say("wbLackMerge");
      break;
    case "establish":
      if (!data.parts.length && !data.new.parent) return say("wbLackParts");
      break;
    default:
      if (!data.unit) return say("wbLackUnits");
  }
  for (const extent of extents) {
    if (extent?.kind === "villages" && !extent.villages?.length) return say("wbLackVillages");
  }
  const kind = drawnKind(act);
  if (kind && !shapeOf(kind, act.ui.points ?? [])) return say(kind === "line" ? "wbLackLine" : "wbLackArea");
  if (kind === "line" && !extents.find((/** @type {any} */ one) => one?.kind === "line")?.point) return say("wbLackSide");
  if (kind && unassigned(act).length) return say("wbLackAssigned", { count: unassigned(act).length });
  return "";
}

/** @param {{type: string}} unit */
function generic(unit) {
  return bench.types.find((/** @type {any} */ one) => one.type === unit.type)?.generic ?? "";
}
