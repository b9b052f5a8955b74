// @ts-check
/** Behaviour every office page shares. Words come from the page (data attributes), so that they are translated there. */

/** @param {string} text */
function toast(text) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const box = document.createElement("div");
  box.className = "notice notice-error";
  box.textContent = text;
  place.replaceChildren(box);
  setTimeout(() => box.remove(), 8000);
}

document.addEventListener("htmx:sendError", () => toast(document.body.dataset.noConnection ?? ""));

// A form marked data-autosubmit sends itself when a choice in it changes; its button stays for the keyboard and for no script.
document.addEventListener("change", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const form = target.closest("form");
  if (form?.matches("[data-autosubmit]") && target.matches("select, input[type=date], input[type=checkbox], input[type=radio]")) {
    form.requestSubmit();
  }
});

// What cannot be undone says first what it will do.
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const submitter = /** @type {HTMLElement | null} */ (/** @type {SubmitEvent} */ (event).submitter);
  const question = submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.closest("[data-print]")) window.print();
});
