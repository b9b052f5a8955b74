// @ts-check
/**
 * Large files in chunks, over lines that break. A form marked data-upload sends its file before itself: the chunks go to the upload
 * session (data-upload is its address), and the form goes with the number of the kept file in place of the file.
 */
import { abort, Refused, Sender } from "./chunks.js";

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0);

const token = () => /** @type {Record<string, string>} */ (JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"));

/** @param {HTMLFormElement} form */
function prepare(form) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
  const stored = /** @type {HTMLInputElement} */ (form.querySelector("input[name=stored]"));
  const panel = /** @type {HTMLElement} */ (form.querySelector("[data-upload-panel]"));
  const bar = /** @type {HTMLProgressElement} */ (panel.querySelector("progress"));
  const words = /** @type {HTMLElement} */ (panel.querySelector("[data-upload-words]"));
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("button[type=submit]"));
  /** @type {Sender | null} */
  let sender = null;

  /** @param {boolean} busy */
  const show = (busy) => {
    panel.hidden = false;
    panel.classList.toggle("busy", busy);
    input.disabled = busy;
    for (const button of buttons) button.disabled = busy;
  };

  form.addEventListener("submit", async (event) => {
    const file = input.files?.[0];
    if (!file || stored.value || !file.size) return;
    event.preventDefault();
    sender = new Sender({
      address: form.dataset.upload ?? "",
      purpose: form.dataset.purpose ?? "",
      file,
      name: file.name,
      headers: token,
      loggedOut: form.dataset.uploadLoggedOut,
      onProgress: (sent) => {
        panel.classList.remove("upload-failed");
        bar.value = sent;
        words.textContent = `${megabytes(sent)} / ${megabytes(bar.max)} MB · ${Math.floor((sent / bar.max) * 100)}%`;
      },
      onWaiting: () => (words.textContent = form.dataset.uploadWaiting ?? ""),
    });
    bar.max = file.size;
    bar.value = 0;
    words.textContent = form.dataset.uploadBegin ?? "";
    show(true);
    try {
      stored.value = String(await sender.send());
      words.textContent = form.dataset.uploadDone ?? "";
      form.submit(); // the input is still disabled: the file itself does not go again
    } catch (error) {
      show(false);
      const cancelled = sender.stop.signal.aborted;
      const refused = error instanceof Refused ? error.message : "";
      words.textContent = cancelled ? (form.dataset.uploadCancelled ?? "") : refused || (form.dataset.uploadBroken ?? "");
      panel.classList.toggle("upload-failed", !cancelled);
    }
  });

  panel.querySelector("[data-upload-cancel]")?.addEventListener("click", () => void sender?.cancel());
  window.addEventListener("pageshow", () => {
    if (!sender) return;
    stored.value = ""; // back in history: the next file is another one
    show(false);
    panel.hidden = true;
  });
}

for (const form of document.querySelectorAll("form[data-upload]")) prepare(/** @type {HTMLFormElement} */ (form));

for (const button of document.querySelectorAll("button[data-upload-abort]")) {
  button.addEventListener("click", async () => {
    const { uploadAbort = "", uploadAddress = "" } = /** @type {HTMLElement} */ (button).dataset;
    if ((await abort(uploadAddress, uploadAbort, token())).ok) button.closest("li")?.remove();
  });
}
