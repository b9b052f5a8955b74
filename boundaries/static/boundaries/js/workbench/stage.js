// @ts-check
/** The map of the workbench: what the open act is about lies above the tiles; villages are toggled, lines drawn, places pointed at. */

import { ask, config, say } from "../config.js";
import { Drawing } from "./drawing.js";
import { drawnKind, followed, shapeOf } from "./model.js";
import { picksOf, sourceOf } from "./forms.js";
import { aborted, post, told } from "./server.js";
import { around, aroundNow, known, nameOf } from "./units.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./model.js").Key} Key */

const LINE = "#a33423";
const WAIT_MS = 250;

/** One act's ground on the map. */
export class Stage {
  /** @param {L.Map} map @param {HTMLElement} hint */
  constructor(map, hint) {
    this.map = map;
    this.hint = hint;
    /** @type {Context | null} */
    this.ctx = null;
    this.snap = true;
    /** What is typed into the filters of lists, by their id. @type {Map<string, string>} */
    this.filters = new Map();
    /** Acts whose list of coordinates is open. @type {Set<string>} */
    this.typed = new Set();
    /** uid of the act that is being drawn. @type {string | null} */
    this.drawing = null;
    /** What was drawn before this drawing began. @type {import("./model.js").Place[]} */
    this.before = [];
    /** uid of the act whose seat is being pointed at. @type {string | null} */
    this.placing = null;
    /** @type {{levels: number[], take: (key: number) => void} | null} */
    this.wanted = null;
    this.pane("wb-ground", 410);
    this.pane("wb-sides", 420);
    this.pane("wb-names", 455);
    this.pane("wb-drawn", 460);
    this.ground = L.layerGroup().addTo(map);
    this.sidesLayer = L.layerGroup().addTo(map);
    this.seat = L.layerGroup().addTo(map);
    this.pen = new Drawing(map, {
      change: (points) => this.drawn(points),
      finish: () => this.draw(null),
      cancel: () => this.cancelDrawing(),
      snapTo: () => (this.snap ? this.snapRings : []),
    });
    /** @type {L.LatLng[][]} */
    this.snapRings = [];
    this.shown = "";
    this.asked = "";
    this.timer = 0;
    /** @type {AbortController | null} */
    this.asking = null;
    /** @type {{marker: L.Marker, bounds: L.LatLngBounds, width: number}[]} */
    this.names = [];
    map.on("zoomend", () => this.thin());
    map.on("click", (event) => void this.click(event.latlng));
    map.on("keydown", (event) => {
      const key = /** @type {any} */ (event).originalEvent;
      if (key?.key === "Enter" && key.target === map.getContainer() && !this.drawing) void this.click(map.getCenter());
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && (this.placing || this.wanted)) {
        this.wanted = null;
        this.place(null);
      }
    });
  }

  /** @param {string} name @param {number} height */
  pane(name, height) {
    this.map.createPane(name).style.zIndex = String(height);
  }

  /** @param {Context} ctx */
  attach(ctx) {
    this.ctx = ctx;
  }

  // --- what is shown ---

  /** Brings the map up to the draft: the ground of the open act, what is picked, drawn and pointed at. */
  show() {
    const ctx = this.ctx;
    if (!ctx) return;
    const act = ctx.active ? ctx.draft.act(ctx.active) : undefined;
    const source = act ? sourceOf(act) : (ctx.start?.unit.id ?? null);
    const drawn = act ? drawnKind(act) : "";
    void this.showGround(source, act);
    if (this.drawing && (this.drawing !== act?.uid || !drawn)) this.drawing = null;
    if (this.placing && this.placing !== act?.uid) this.placing = null;
    this.pen.show(drawn || (act?.ui.points?.length ? "line" : ""), act?.ui.points ?? [], Boolean(this.drawing), !ctx.readonly && Boolean(drawn));
    this.showSides(act);
    this.showSeat(act);
    if (act && drawn) this.askSides(act.uid);
    this.showHint(act, drawn);
  }

  /** @param {import("./model.js").Act | undefined} act @param {string} drawn */
  showHint(act, drawn) {
    let words = "";
    if (this.wanted) words = say("wbHintUnit");
    else if (this.placing) words = say("wbHintSeat");
    else if (this.drawing) words = say(drawn === "area" ? "wbHintArea" : "wbHintLine");
    else if (picksOf(act) && !this.ctx?.readonly) words = say("wbHintPick");
    this.hint.textContent = words;
    this.hint.hidden = !words;
    this.map.getContainer().classList.toggle("wb-cross", Boolean(this.wanted || this.placing || this.drawing));
  }

  /** @param {Key | null} source @param {import("./model.js").Act | undefined} act */
  async showGround(source, act) {
    const ctx = /** @type {Context} */ (this.ctx);
    const day = ctx.draft.state.day;
    if (typeof source === "number" && !aroundNow(source, day)) {
      try {
        await around(source, day);
      } catch (error) {
        ctx.tell(told(error));
        return;
      }
      ctx.redraw();
      return;
    }
    const picks = picksOf(act);
    const picked = new Set(picks?.keys ?? (act && followed(act)) ?? []);
    const key = JSON.stringify([source, day, act?.uid, [...picked], typeof source === "string" && ctx.preview?.fingerprint]);
    if (key === this.shown) return;
    const other = JSON.parse(this.shown || "[]")[0] !== source;
    this.shown = key;
    this.ground.clearLayers();
    this.snapRings = [];
    this.names = [];
    const features = this.features(source, day);
    if (!features.length) return;
    const layer = L.geoJSON(/** @type {any} */ ({ type: "FeatureCollection", features }), {
      pane: "wb-ground",
      interactive: false,
      style: (feature) => this.style(/** @type {any} */ (feature), picked, Boolean(picks)),
    }).addTo(this.ground);
    for (const feature of features) {
      if (feature.properties.itself) continue;
      const bounds = L.geoJSON(feature).getBounds();
      const marked = picked.has(feature.properties.unit);
      const name = `${marked ? "✓ " : ""}${nameOf(feature.properties.unit, ctx.draft)}`;
      const marker = L.marker(bounds.getCenter(), { interactive: false, keyboard: false, pane: "wb-names", icon: label(name, marked ? "wb-name picked" : "wb-name") });
      this.names.push({ marker, bounds, width: marked ? 0 : name.length * 12 });
    }
    this.thin();
    const exact = typeof source === "number" && aroundNow(source, day)?.exact;
    if (exact) this.snapRings = rings(features);
    if (other && layer.getBounds().isValid()) this.map.fitBounds(layer.getBounds(), { padding: [30, 30], maxZoom: 14, animate: false });
  }

  /** Only names that have room are shown, and those that are picked. */
  thin() {
    const zoom = this.map.getZoom();
    for (const { marker, bounds, width } of this.names) {
      const [low, high] = [this.map.project(bounds.getSouthWest(), zoom), this.map.project(bounds.getNorthEast(), zoom)];
      if (high.x - low.x >= width * 0.75 && low.y - high.y >= Math.min(width, 16)) marker.addTo(this.ground);
      else marker.remove();
    }
  }

  /** @param {Key | null} source @param {string} day @returns {any[]} */
  features(source, day) {
    if (typeof source === "number") return aroundNow(source, day)?.shapes.features ?? [];
    if (!source) return [];
    const below = new Set(this.ctx?.preview?.below?.[source] ?? []);
    return (this.ctx?.preview?.pictures.after.features ?? [])
      .filter((/** @type {any} */ one) => one.properties.unit === source || below.has(one.properties.unit))
      .map((/** @type {any} */ one) => ({ ...one, properties: { ...one.properties, itself: one.properties.unit === source } }));
  }

  /** @param {any} feature @param {Set<Key>} picked @param {boolean} picking @returns {L.PathOptions} */
  style(feature, picked, picking) {
    if (feature.properties.itself) return { color: LINE, weight: 3, fill: false };
    if (picked.has(feature.properties.unit)) return { color: "#15454f", weight: 2.5, fillColor: "url(#wb-hatch-picked)", fillOpacity: 1 };
    return { color: "#5d4f66", weight: 1.2, dashArray: "4 3", fill: picking, fillColor: "#fff", fillOpacity: 0.25 };
  }

  // --- clicks ---

  /** @param {L.LatLng} place */
  async click(place) {
    const ctx = this.ctx;
    if (!ctx || ctx.readonly || this.drawing) return;
    if (this.wanted) return this.unitAt(place);
    if (this.placing) {
      const uid = this.placing;
      this.placing = null;
      ctx.edit(uid, (act) => (act.data.seat = [round(place.lng), round(place.lat)]));
      return;
    }
    const act = ctx.active ? ctx.draft.act(ctx.active) : undefined;
    const picks = picksOf(act);
    const source = sourceOf(act);
    if (!act || !picks || !source) return;
    const hit = this.features(source, ctx.draft.state.day).find((feature) => !feature.properties.itself && covers(feature.geometry, place));
    if (!hit) return;
    const key = hit.properties.unit;
    const keys = picks.keys.includes(key) ? picks.keys.filter((/** @type {Key} */ one) => one !== key) : [...picks.keys, key];
    ctx.edit(act.uid, (changed) => picks.set(changed, keys));
  }

  /** @param {L.LatLng} place */
  async unitAt(place) {
    const wanted = this.wanted;
    if (!wanted || !this.ctx) return;
    try {
      const answer = await ask(config.urls.at, { lon: place.lng.toFixed(7), lat: place.lat.toFixed(7), on: this.ctx.draft.state.day, level: Math.max(...wanted.levels) });
      if (!answer.unit) return this.ctx.tell(say("nothingHere"));
      this.wanted = null;
      wanted.take(answer.unit.id);
    } catch (error) {
      this.ctx.tell(told(error));
    }
    this.show();
  }

  /** @param {number[]} levels @param {(key: number) => void} take */
  askForUnit(levels, take) {
    this.wanted = { levels, take };
    this.draw(null);
    this.show();
    this.map.getContainer().focus({ preventScroll: true });
  }

  /** @param {string | null} uid */
  place(uid) {
    this.placing = uid;
    this.ctx?.redraw();
  }

  /** @param {import("./model.js").Act | undefined} act */
  showSeat(act) {
    this.seat.clearLayers();
    const ctx = this.ctx;
    if (!act || act.kind !== "move_seat" || !ctx) return;
    const former = known.get(Number(act.data.unit))?.seat;
    if (former) L.marker([former[1], former[0]], { interactive: false, keyboard: false, icon: label(`○ ${say("wbSeatOld")}`, "wb-seat old") }).addTo(this.seat);
    if (act.data.seat) L.marker([act.data.seat[1], act.data.seat[0]], { interactive: false, keyboard: false, icon: label(`★ ${say("wbSeatNew")}`, "wb-seat") }).addTo(this.seat);
  }

  // --- drawing ---

  /** @param {string | null} uid */
  draw(uid) {
    this.drawing = uid;
    this.before = uid ? [...(this.ctx?.draft.act(uid)?.ui.points ?? [])] : [];
    this.ctx?.redraw();
    if (uid) this.map.getContainer().focus({ preventScroll: true });
  }

  cancelDrawing() {
    const uid = this.drawing;
    const before = this.before;
    this.drawing = null;
    if (uid) this.ctx?.edit(uid, (act) => (act.ui.points = before));
    this.ctx?.redraw();
  }

  /** @param {import("./model.js").Place[]} points */
  drawn(points) {
    const uid = this.drawing ?? this.ctx?.active;
    if (uid) this.ctx?.edit(uid, (act) => (act.ui.points = points));
  }

  /** What is asked about the line of an act. @param {string} uid */
  questionOf(uid) {
    const ctx = /** @type {Context} */ (this.ctx);
    const act = ctx.draft.act(uid);
    if (!act) return null;
    const index = ctx.draft.state.acts.findIndex((one) => one.uid === uid);
    const body = {
      day: ctx.draft.state.day,
      unit: sourceOf(act),
      geometry: shapeOf(drawnKind(act), act.ui.points ?? []),
      point: drawnExtent(act)?.point ?? null,
      acts: index > 0 ? ctx.sentBefore(index) : [],
    };
    return { act, body, key: JSON.stringify([uid, body]) };
  }

  /** Asks the server for both sides, once nothing has moved for a moment. @param {string} uid */
  askSides(uid) {
    const question = this.questionOf(uid);
    if (!question || question.key === this.asked) return;
    this.asked = question.key;
    window.clearTimeout(this.timer);
    this.asking?.abort();
    if (!question.body.geometry || !question.body.unit) {
      this.ctx?.sides.delete(uid);
      this.showSides(question.act);
      return;
    }
    this.timer = window.setTimeout(() => void this.fetchSides(uid, question.body), WAIT_MS);
  }

  /** @param {string} uid @param {any} body */
  async fetchSides(uid, body) {
    const ctx = /** @type {Context} */ (this.ctx);
    this.asking = new AbortController();
    try {
      const answer = await post(config.urls.sides, body, this.asking.signal);
      // Nobody has chosen yet: the smaller piece goes, the unit keeps the larger one.
      const chosen = !answer.kept && answer.cutBy === "line" && answer.sides[0].area_m2 > answer.sides[1].area_m2 ? 1 : 0;
      this.keepSides(uid, chosen ? turned(answer) : answer);
      this.asked = this.questionOf(uid)?.key ?? "";
    } catch (error) {
      if (aborted(error)) return;
      ctx.sides.set(uid, { refused: told(error) });
      ctx.draft.amend((state) => {
        const act = state.acts.find((one) => one.uid === uid);
        if (act) Object.assign(act.ui, { cut: [], unknown: [], whole: [] });
      });
    }
    ctx.redraw();
  }

  /** The other side goes. @param {string} uid */
  turnSides(uid) {
    const ctx = /** @type {Context} */ (this.ctx);
    const answer = ctx.sides.get(uid);
    if (!answer?.sides) return;
    const other = turned(answer);
    ctx.sides.set(uid, other);
    ctx.draft.change((state) => putSides(state, uid, other));
    this.asked = this.questionOf(uid)?.key ?? "";
    ctx.redraw();
  }

  /** @param {string} uid @param {any} answer */
  keepSides(uid, answer) {
    const ctx = /** @type {Context} */ (this.ctx);
    ctx.sides.set(uid, answer);
    ctx.draft.amend((state) => putSides(state, uid, answer));
  }

  /** @param {import("./model.js").Act | undefined} act */
  showSides(act) {
    this.sidesLayer.clearLayers();
    const answer = act && drawnKind(act) ? this.ctx?.sides.get(act.uid) : null;
    if (!act || !answer?.sides) return;
    const byVillages = followed(act) !== null;
    answer.sides.forEach((/** @type {any} */ side, /** @type {number} */ index) => {
      const options = { pane: "wb-sides", interactive: !this.drawing && index === 1 && !this.ctx?.readonly, color: index ? "#5d4f66" : "#15454f", weight: index ? 1 : 2.5, fillColor: index || byVillages ? "#fff" : "url(#wb-hatch-picked)", fillOpacity: index || byVillages ? 0.05 : 1, opacity: byVillages ? 0 : 1 };
      L.geoJSON(side.shape, options)
        .on("click", (event) => {
          L.DomEvent.stop(event);
          if (drawnKind(act) === "line") this.turnSides(act.uid);
        })
        .addTo(this.sidesLayer);
      const words = index ? say("wbStays") : say("wbGoes");
      L.marker([side.point[1], side.point[0]], { interactive: false, keyboard: false, icon: label(words, index ? "wb-sign" : "wb-sign goes") }).addTo(this.sidesLayer);
    });
  }
}

/** The extent of an act that is drawn. @param {import("./model.js").Act} act */
function drawnExtent(act) {
  return act.data.extent ?? act.data.parts?.find((/** @type {any} */ part) => ["line", "area"].includes(part.extent?.kind))?.extent;
}

/** What the server said, seen from the other side. @param {any} answer */
function turned(answer) {
  const cut = answer.cut.map((/** @type {any} */ one) => ({ unit: one.unit, share: 1 - one.share }));
  return { ...answer, sides: [answer.sides[1], answer.sides[0]], cut, kept: false };
}

/** Keeps with the act what the first side means for it. @param {import("./model.js").State} state @param {string} uid @param {any} answer */
function putSides(state, uid, answer) {
  const act = state.acts.find((one) => one.uid === uid);
  if (!act) return;
  const extent = drawnExtent(act);
  if (extent?.kind === "line" && !answer.kept) extent.point = answer.sides[0].point;
  act.ui.cut = answer.cut.map((/** @type {any} */ one) => one.unit);
  act.ui.unknown = answer.unknown;
  const { listed } = act.ui;
  if (listed) {
    // A saved draft names those that go along; whoever is open and not named stays.
    act.ui.assigned = Object.fromEntries([...(act.ui.cut ?? []), ...answer.unknown].map((key) => [key, listed.includes(key)]));
    delete act.ui.listed;
  }
  act.ui.whole = answer.sides[0].whole;
}

/** @param {string} words @param {string} names */
export function label(words, names) {
  const made = document.createElement("span");
  made.textContent = words;
  return L.divIcon({ className: names, html: made, iconSize: [0, 0] });
}

/** @param {any[]} features @returns {L.LatLng[][]} */
function rings(features) {
  const found = [];
  for (const { geometry } of features) {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    for (const polygon of polygons) for (const ring of polygon) found.push(ring.map((/** @type {number[]} */ one) => L.latLng(one[1], one[0])));
  }
  return found;
}

/** Whether a polygon covers a place: crossings to the east are odd. @param {any} geometry @param {L.LatLng} place */
function covers(geometry, place) {
  let inside = false;
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  for (const polygon of polygons) {
    for (const ring of polygon) {
      for (let at = 1; at < ring.length; at++) {
        const [[x1, y1], [x2, y2]] = [ring[at - 1], ring[at]];
        if (y1 > place.lat !== y2 > place.lat && place.lng < ((x2 - x1) * (place.lat - y1)) / (y2 - y1) + x1) inside = !inside;
      }
    }
  }
  return inside;
}

/** @param {number} degrees */
export function round(degrees) {
  return Math.round(degrees * 1e7) / 1e7;
}

