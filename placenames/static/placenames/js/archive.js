// @ts-check
/** Copying and printing on the page of a name; without scripts the text stands there to be marked. */

const status = document.getElementById("copy-status");

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-copy]"))) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy ?? "");
    if (!text) return;
    await copy(text);
    if (status) status.textContent = button.dataset.done ?? "";
    button.classList.add("chip-done");
    button.firstChild && (button.firstChild.textContent = button.dataset.done ?? "");
  });
}

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-print]"))) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// What is folded up on the screen is told on paper.
window.addEventListener("beforeprint", () => document.querySelectorAll("main details").forEach((one) => one.setAttribute("open", "")));

/** Through the clipboard where the page may; on an intranet without HTTPS by marking and copying. @param {HTMLElement} element */
async function copy(element) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(element.textContent ?? "");
    return;
  }
  const range = document.createRange();
  range.selectNodeContents(element);
  const marked = window.getSelection();
  marked?.removeAllRanges();
  marked?.addRange(range);
  document.execCommand("copy");
}
