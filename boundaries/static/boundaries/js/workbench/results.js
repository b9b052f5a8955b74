// @ts-check
/** What the draft would do, in words and figures: units before and after, codes, findings by step, the dossier, what else is touched. */

import { say } from "../config.js";
import { bench, count, h, icon, km2, zh } from "./dom.js";

/** @typedef {import("./context.js").Context} Context */

/** @param {Context} ctx @param {HTMLElement} place */
export function showResults(ctx, place) {
  const made = ctx.preview;
  if (!made) {
    place.replaceChildren(h("p", { class: "wb-empty" }, say(ctx.draft.state.acts.length ? "wbNoPreview" : "wbNoActs")));
    return;
  }
  const high = made.rows.filter((/** @type {any} */ row) => !isVillage(row));
  const low = made.rows.filter(isVillage);
  const told = low.filter((/** @type {any} */ row) => row.fate !== "changes" || row.changed.some((/** @type {string} */ one) => one !== "parent"));
  const moved = low.filter((/** @type {any} */ row) => !told.includes(row));
  place.replaceChildren(
    ctx.refusal ? h("p", { class: "wb-refusal" }, icon("warning"), h("span", {}, say("wbStale"))) : "",
    ...made.obstacles.map((/** @type {any} */ one) => notice("wb-obstacle", "cross", say("wbObstacle"), one.message)),
    ...topology(made.topology),
    h("div", { class: "wb-rows" }, ...[...high, ...told].map(rowCard)),
    moved.length ? villagesMoved(moved) : "",
    section(say("wbLineage"), made.lineage.length ? h("ul", {}, ...made.lineage.map((/** @type {string} */ one) => h("li", { lang: "zh-Hans" }, one))) : null),
    section(say("wbCodes"), codes(made)),
    section(say("wbNotices"), made.notices.length ? h("ul", {}, ...made.notices.map((/** @type {any} */ one) => h("li", {}, one.message))) : null),
    made.corners.length ? h("p", { class: "form-text" }, say("wbCorners", { names: made.corners.join("、") })) : "",
  );
}

/** @param {any} row */
function isVillage(row) {
  return (row.before ?? row.after).level === 5;
}

/** @param {string} title @param {Node | null} content */
function section(title, content) {
  return content ? h("section", { class: "wb-section" }, h("h3", {}, title), content) : "";
}

/** @param {string} names @param {string} drawn @param {string} title @param {string} words */
function notice(names, drawn, title, words) {
  return h("p", { class: `wb-notice ${names}` }, icon(drawn), h("span", {}, h("strong", {}, title), " ", words));
}

/** @param {any[]} found */
function topology(found) {
  return found.map((one) => {
    const after = one.after ?? {};
    const parts = ["gaps", "overlaps", "outside_parent"]
      .map((kind) => [kind, (after[kind]?.findings ?? after[kind] ?? []).length])
      .filter(([, number]) => Number(number) > 0)
      .map(([kind, number]) => say(`wbTopology_${kind}`, { count: Number(number) }));
    return parts.length ? h("p", { class: "form-text" }, parts.join("；")) : "";
  });
}

const FATES = /** @type {Record<string, string>} */ ({ ends: "wbEnds", made: "wbMade", becomes: "wbBecomes", changes: "wbChanges" });

/** One unit as a small table: what it was, what it becomes; what differs has a mark. @param {any} row */
function rowCard(row) {
  const { before, after } = row;
  const name = before && after && before.name !== after.name ? `${before.name} → ${after.name}` : (after ?? before).name;
  const lines = /** @type {[string, (side: any) => Node | string][]} */ ([
    [say("wbName"), (side) => zh(side.name)],
    [say("wbType"), (side) => side.type_name],
    [say("wbParent"), (side) => zh(side.parent_name || "—")],
    [say("wbCode"), (side) => code(side)],
    [say("wbArea"), (side) => km2(side.area_m2)],
    [say("wbPeople"), (side) => count(side.people)],
    [say("wbBelow"), (side) => (side.level < 5 ? count(side.below) : "—")],
  ]);
  const text = (/** @type {Node | string} */ one) => (typeof one === "string" ? one : (one.textContent ?? ""));
  const body = lines.map(([title, of]) => {
    const [old, present] = [before ? of(before) : "—", after ? of(after) : "—"];
    const differs = before && after && text(old) !== text(present);
    return h("tr", { class: differs ? "differs" : null }, h("th", { scope: "row" }, title), h("td", {}, old), h("td", {}, differs ? h("span", { class: "wb-mark", "aria-label": say("wbDiffers") }, "● ") : null, present));
  });
  const gain = before && after && before.area_m2 !== null && after.area_m2 !== null ? after.area_m2 - before.area_m2 : 0;
  return h(
    "article",
    { class: `wb-row ${row.fate}` },
    h("h3", {}, zh(name), " ", h("span", { class: `wb-fate ${row.fate}` }, say(FATES[row.fate])), Math.abs(gain) >= 100 ? h("span", { class: "wb-gain num" }, say("wbGain", { area: `${gain > 0 ? "+" : "−"}${km2(Math.abs(gain))}` })) : null),
    h("table", { class: "wb-table" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, say("wbItem"))), h("th", { scope: "col" }, say("wbBefore")), h("th", { scope: "col" }, say("wbAfter")))), h("tbody", {}, ...body)),
  );
}

/** A code with how sure it is. @param {any} side */
function code(side) {
  if (side.code_state === "needed") return side.code ? h("span", {}, h("span", { class: "code" }, side.code), " ", h("span", { class: "wb-suggested" }, say("wbSuggested"))) : h("span", { class: "wb-suggested" }, say("wbCodeNeeded"));
  if (!side.code) return "—";
  const made = h("span", {}, h("span", { class: "code" }, side.code));
  if (side.code_state === "proposed") made.append(" ", h("span", { class: "wb-suggested" }, say("wbInSequence")));
  return made;
}

/** @param {any[]} rows */
function villagesMoved(rows) {
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const row of rows) {
    const way = `${row.before.parent_name} → ${row.after.parent_name}`;
    groups.set(way, [...(groups.get(way) ?? []), row.after.name]);
  }
  return h(
    "section",
    { class: "wb-section" },
    h("h3", {}, say("wbVillagesMoved", { count: rows.length })),
    ...[...groups].map(([way, names]) => h("details", { open: names.length <= 12 }, h("summary", { lang: "zh-Hans" }, `${way}（${names.length}）`), h("p", { lang: "zh-Hans" }, names.join("、")))),
  );
}

/** @param {any} made */
function codes(made) {
  const { retired, assigned, needed } = made.codes;
  const legal = retired.filter((/** @type {any} */ one) => one.authority === "mca");
  const item = (/** @type {string} */ title, /** @type {any[]} */ list, /** @type {(one: any) => Node | string} */ more) =>
    list.length ? h("li", {}, h("strong", {}, title), " ", ...list.flatMap((one, index) => [index ? "；" : "", h("span", { lang: "zh-Hans" }, one.unit_name), " ", more(one)])) : null;
  const parts = [
    item(say("wbRetired"), legal, (one) => h("span", { class: "code" }, one.code)),
    item(say("wbAssigned"), assigned, (one) => h("span", {}, h("span", { class: "code" }, one.code), one.proposed ? ` ${say("wbInSequence")}` : "")),
    item(say("wbNeeded"), needed, (one) => (one.proposed ? h("span", {}, h("span", { class: "code" }, one.proposed), " ", h("span", { class: "wb-suggested" }, say("wbSuggested"))) : say("wbCodeNeeded"))),
  ].filter((part) => part !== null);
  return parts.length ? h("ul", {}, ...parts) : null;
}

// --- the rules ---------------------------------------------------------------------------------------------------------------

const SEVERITY = /** @type {Record<string, {chip: string, drawn: string, words: string}>} */ ({
  block: { chip: "chip-not-met", drawn: "cross", words: "wbBlock" },
  warn: { chip: "chip-warning", drawn: "warning", words: "wbWarn" },
  info: { chip: "chip-info", drawn: "info", words: "wbInfo" },
});

/** @param {Context} ctx @param {HTMLElement} place @returns {number} blocks and warnings that nothing settles */
export function showFindings(ctx, place) {
  const made = ctx.preview;
  if (!made) {
    place.replaceChildren(h("p", { class: "wb-empty" }, say("wbNoPreview")));
    return 0;
  }
  const order = ["block", "warn", "info"];
  const groups = [...bench.stages.map((/** @type {any} */ one) => [one.name, made.findings.filter((/** @type {any} */ finding) => finding.stages.includes(one.stage))]), [say("wbNoStage"), made.findings.filter((/** @type {any} */ finding) => !finding.stages.length)]];
  place.replaceChildren(
    h("p", { class: "form-text" }, say("wbFindingsHint")),
    ...groups
      .filter(([, findings]) => findings.length)
      .map(([name, findings]) =>
        h(
          "section",
          { class: "wb-section" },
          h("h3", {}, say("wbAtStep", { step: name }), " ", h("span", { class: "caption" }, summary(findings))),
          h("ul", { class: "wb-findings" }, ...[...findings].sort((one, other) => Number(one.settled) - Number(other.settled) || order.indexOf(one.severity) - order.indexOf(other.severity)).map(finding)),
        ),
      ),
    made.findings.length ? "" : h("p", { class: "wb-empty" }, say("wbNoFindings")),
  );
  return made.findings.filter((/** @type {any} */ one) => one.severity !== "info" && !one.settled).length;
}

/** @param {any[]} findings */
function summary(findings) {
  return ["block", "warn", "info"]
    .map((severity) => [severity, findings.filter((one) => one.severity === severity).length])
    .filter(([, number]) => number)
    .map(([severity, number]) => `${say(SEVERITY[String(severity)].words)} ${number}`)
    .join(" · ");
}

/** @param {any} one */
function finding(one) {
  const { chip, drawn, words } = SEVERITY[one.severity];
  return h(
    "li",
    { class: one.settled && one.severity !== "info" ? "settled" : null },
    h("span", { class: `chip ${chip}` }, icon(drawn), say(words)),
    h("div", {}, h("p", {}, one.message), h("p", { class: "caption" }, h("span", { class: "code" }, one.rule), " ", zh(one.basis)), one.answer ? h("p", { class: "caption" }, say("wbAnswered", { by: one.answer.by, reason: one.answer.reason })) : one.waivable ? h("p", { class: "caption" }, one.waiver) : null),
  );
}

// --- documents and what else is touched ----------------------------------------------------------------------------------------

/** @param {Context} ctx @param {HTMLElement} place */
export function showDossier(ctx, place) {
  const list = ctx.preview?.checklist ?? bench.checklist;
  const missing = list.filter((/** @type {any} */ one) => one.required && !one.files.length).length;
  const impacts = ctx.preview?.impacts ?? [];
  place.replaceChildren(
    h(
      "section",
      { class: "wb-section" },
      h("h3", {}, say("wbChecklist"), " ", h("span", { class: "caption" }, missing ? say("wbDocumentsMissing", { count: missing }) : say("wbDocumentsThere"))),
      h(
        "ol",
        { class: "wb-documents" },
        ...list.map((/** @type {any} */ one) =>
          h(
            "li",
            {},
            h("span", { class: `chip ${one.files.length ? "chip-met" : one.required ? "chip-missing" : ""}` }, icon(one.files.length ? "check" : "dash"), one.files.length ? say("wbFiled") : one.required ? say("wbNotFiled") : say("wbWhereAsked")),
            h("div", {}, h("p", {}, one.title), one.files.length ? h("p", { class: "caption", lang: "zh-Hans" }, one.files.join("、")) : null),
          ),
        ),
      ),
      h("p", { class: "form-text" }, ctx.draft.id ? say("wbFileThere") : say("wbSaveFirst")),
    ),
    h(
      "section",
      { class: "wb-section" },
      h("h3", {}, say("wbImpacts")),
      impacts.length
        ? h("ul", { class: "wb-impacts" }, ...impacts.map(impact))
        : h("p", { class: "muted" }, say(ctx.preview ? "wbNoImpacts" : "wbNoPreview")),
      ctx.preview?.cost ? h("p", {}, h("strong", {}, ctx.preview.cost)) : null,
    ),
  );
}

/** @param {any} one */
function impact(one) {
  return h(
    "li",
    {},
    h("p", {}, h("strong", {}, one.title), " ", h("span", { class: "num" }, count(one.count))),
    one.needs ? h("p", { class: "caption" }, one.needs) : null,
    one.items.length ? h("ul", {}, ...one.items.map((/** @type {any} */ item) => h("li", { lang: "zh-Hans" }, item.url ? h("a", { href: item.url }, item.label) : item.label))) : null,
  );
}
