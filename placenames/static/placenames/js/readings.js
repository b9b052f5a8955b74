// @ts-check
/**
 * Characters whose reading nothing with a source decides: each is chosen from its readings, and the spelling follows. What was chosen
 * goes along with the form as “字:reading”.
 */

/** @typedef {{char: string, reading: string, alternatives: string[], open: boolean}} Syllable */

const box = document.getElementById("open-readings");
const kept = /** @type {HTMLInputElement | null} */ (document.getElementById("readings"));
/** @type {Map<string, string>} */
const chosen = new Map((kept?.value ?? "").split(",").filter((one) => one.includes(":")).map((one) => /** @type {[string, string]} */ (one.split(":"))));
let shown = "";

/** What was chosen of the characters in `text`, as the server reads it. @param {string} text */
export function readings(text) {
  return [...chosen].filter(([char]) => text.includes(char)).map(([char, reading]) => `${char}:${reading}`).join(",");
}

/**
 * Shows the choices. @param {Syllable[]} syllables @param {string} text @param {Record<string, string>} words @param {() => void} changed
 */
export function showReadings(syllables, text, words, changed) {
  if (!box) return;
  if (kept) kept.value = readings(text);
  const open = syllables.filter((one, index) => (one.open || chosen.has(one.char)) && syllables.findIndex((other) => other.char === one.char) === index);
  const key = open.map((one) => `${one.char}${one.reading}`).join();
  if (key === shown) return;
  shown = key;
  box.hidden = !open.length;
  const head = document.createElement("span");
  head.className = "caption";
  head.textContent = words.readings;
  box.replaceChildren(head, ...open.map((one) => choice(one, words, changed)));
}

/** @param {Syllable} one @param {Record<string, string>} words @param {() => void} changed */
function choice(one, words, changed) {
  const label = document.createElement("label");
  const select = document.createElement("select");
  const char = document.createElement("span");
  char.lang = "zh-Hans";
  char.textContent = one.char;
  select.className = "form-select";
  select.append(new Option(words.choose, "", true, !chosen.has(one.char)));
  for (const reading of [...new Set([one.reading, ...one.alternatives])].sort()) {
    select.append(new Option(reading, reading, false, chosen.get(one.char) === reading));
  }
  select.addEventListener("change", () => {
    if (select.value) chosen.set(one.char, select.value);
    else chosen.delete(one.char);
    shown = "";
    changed();
  });
  label.append(char, " ", select);
  return label;
}
