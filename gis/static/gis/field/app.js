// @ts-check
/** What makes the page an app: it opens without a connection, and can be put on the telephone's first screen. */

/** @type {(Event & { prompt: () => void }) | null} */
let offered = null;

/** The path the app has to itself, as the page says it. */
const scope = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=field-scope]"))?.content ?? "";
const install = document.getElementById("install");

window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered = /** @type {Event & { prompt: () => void }} */ (event);
  if (install) install.hidden = false;
});
install?.addEventListener("click", () => {
  offered?.prompt();
  install.hidden = true;
});

if ("serviceWorker" in navigator) {
  navigator.serviceWorker
    .register(`${scope}worker.js`, { scope })
    .then(() => navigator.serviceWorker.ready)
    .then((ready) => {
      // The page itself came before there was anybody to keep it. The answer is that it opens without a connection from now on.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        document.documentElement.dataset.fieldOffline = "";
        document.getElementById("offline-ready")?.removeAttribute("hidden");
      };
      ready.active?.postMessage({ keep: window.location.pathname }, [port2]);
    })
    .catch(() => document.getElementById("no-offline")?.removeAttribute("hidden"));
} else document.getElementById("no-offline")?.removeAttribute("hidden");
