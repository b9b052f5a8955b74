// @ts-check
/** Unsaved work: kept in the browser while one works, offered again when one comes back, asked for when one leaves. */

const AGE_DAYS = 30;

/**
 * @param {() => string} place names the draft; a new one gets another name when it is saved
 * @param {import("./model.js").Draft} draft
 * @returns {{keep: () => void, forget: () => void, hold: boolean, found: () => {at: string, state: any, version: number} | null}}
 */
export function keeper(place, draft) {
  const name = () => `yudi-workbench-${place()}`;
  let timer = 0;
  const write = () => {
    if (kept.hold) return;
    try {
      if (draft.dirty) window.localStorage.setItem(name(), JSON.stringify({ at: new Date().toISOString(), version: draft.version, state: draft.state }));
      else window.localStorage.removeItem(name());
    } catch {
      // Without room in the browser the page works all the same.
    }
  };
  window.addEventListener("beforeunload", (event) => {
    window.clearTimeout(timer);
    write();
    if (draft.dirty) event.preventDefault();
  });
  const kept = {
    /** While nobody has said what becomes of the work found, it is not written over. */
    hold: false,
    keep() {
      window.clearTimeout(timer);
      timer = window.setTimeout(write, 600);
    },
    forget() {
      window.clearTimeout(timer);
      try {
        window.localStorage.removeItem(name());
      } catch {
        // as above
      }
    },
    found() {
      try {
        const there = JSON.parse(window.localStorage.getItem(name()) ?? "null");
        const fresh = there && Date.now() - Date.parse(there.at) < AGE_DAYS * 86_400_000;
        return fresh && Array.isArray(there.state?.acts) ? there : null;
      } catch {
        return null;
      }
    },
  };
  return kept;
}
