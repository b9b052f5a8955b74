// @ts-check
/**
 * Fields that take the code of a division (data-divisions): typing a name or the beginning of a code suggests units of today's
 * register, by the browser's own list, which keyboard and telephone know. What is chosen stands in words below the field.
 */

const WAIT_MS = 200;

/** @typedef {{code: string | null, name: string, path?: {name: string}[]}} Unit */

/** @param {HTMLInputElement} input */
export function attach(input) {
  const list = document.createElement("datalist");
  list.id = `${input.id}-divisions`;
  const told = document.createElement("div");
  told.className = "form-text";
  told.lang = "zh-Hans";
  told.setAttribute("role", "status");
  input.setAttribute("list", list.id);
  input.autocomplete = "off";
  input.after(list, told);
  let timer = 0;
  let asked = 0;
  const find = async () => {
    const wanted = input.value.trim();
    const mine = ++asked;
    if (!wanted) {
      list.replaceChildren();
      told.textContent = "";
      return;
    }
    const units = await suggestions(input.dataset.divisions ?? "", wanted);
    if (mine !== asked) return;
    list.replaceChildren(...units.map((one) => new Option(inWords(one), String(one.code))));
    const chosen = units.find((one) => one.code === wanted);
    told.textContent = chosen ? inWords(chosen) : "";
  };
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void find(), WAIT_MS);
  });
  if (input.value) void find();
}

/** @param {Unit} unit */
function inWords(unit) {
  const names = (unit.path ?? []).map((one) => one.name);
  return (names.at(-1) === unit.name ? names : [...names, unit.name]).join(" ");
}

/** @param {string} address @param {string} wanted @returns {Promise<Unit[]>} without a connection nothing is suggested: the code can be typed all the same */
async function suggestions(address, wanted) {
  try {
    const answer = await fetch(`${address}?${new URLSearchParams({ q: wanted, limit: "12" })}`, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).units.filter((/** @type {Unit} */ one) => one.code) : [];
  } catch {
    return [];
  }
}

for (const input of document.querySelectorAll("input[data-divisions]")) attach(/** @type {HTMLInputElement} */ (input));
