// @ts-check
/** Where the telephone is, asked for once and told to whoever wants to know. */
import { say } from "./config.js";

/** @typedef {{ place: import("./config.js").Place, accuracy: number, elevation: number | null, at: number }} Fix */

/** @type {Fix | null} */
export let last = null;
/** Why there is no position, in words; "" while there may be one. */
export let trouble = "";

/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {number | null} */
let watching = null;

/** @param {() => void} listener called at every position and every trouble */
export const listen = (listener) => listeners.add(listener);

const tell = () => listeners.forEach((listener) => listener());

/** Watches at once where the person allowed it before: nobody is asked by a page that only just opened. */
export async function watchIfAllowed() {
  const allowed = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (allowed?.state === "granted") watch();
}

/** Begins to watch; asking again does nothing. The browser asks the person at the first time. */
export function watch() {
  if (watching !== null) return;
  if (!window.isSecureContext) trouble = say("needsHttps");
  else if (!navigator.geolocation) trouble = say("noGeolocation");
  if (trouble) return tell();
  watching = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) => {
      // Some telephones tell the seconds since they were switched on, or a time long gone; the clock of the page is the better one.
      const at = Math.abs(timestamp - Date.now()) < 60_000 ? timestamp : Date.now();
      last = { place: [coords.longitude, coords.latitude], accuracy: coords.accuracy, elevation: coords.altitude, at };
      trouble = "";
      tell();
    },
    (error) => {
      trouble = error.code === error.PERMISSION_DENIED ? say("positionRefused") : say("positionLost");
      if (error.code === error.PERMISSION_DENIED && watching !== null) {
        navigator.geolocation.clearWatch(watching);
        watching = null;
        trouble = say("positionRefused");
      }
      tell();
    },
    { enableHighAccuracy: true, maximumAge: 0, timeout: 60_000 },
  );
}
