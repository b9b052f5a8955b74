// Globals that the pages' classic scripts bring; for the type check only.

declare const protomapsL: typeof import("protomaps-leaflet");

declare const htmx: {
  ajax(verb: string, path: string, options: { target: Element | string; swap?: string }): Promise<void>;
  process(element: Element): void;
};
