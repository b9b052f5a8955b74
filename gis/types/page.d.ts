// Globals that the pages' classic scripts bring; for the type check only.

declare const protomapsL: typeof import("protomaps-leaflet");

// The vendored module lies beside ours only where static files are served.
declare module "*/vendor/@noble/hashes/sha2.js" {
  interface Hasher {
    update(bytes: Uint8Array): Hasher;
    digest(): Uint8Array;
  }
  export const sha256: { (bytes: Uint8Array): Uint8Array; create(): Hasher };
}

declare const htmx: {
  ajax(verb: string, path: string, options: { target: Element | string; swap?: string }): Promise<void>;
  process(element: Element): void;
};
