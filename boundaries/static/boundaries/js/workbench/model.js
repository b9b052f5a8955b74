// @ts-check
/**
 * The draft in hand: its acts as the server knows them, and beside each what only the page needs (`ui`). One list of states for undo
 * and redo; whoever shows something listens for "change" (anything), "shape" (acts came, went or took another form).
 */

/** @typedef {number | string} Key a division's number, or the ref of a unit an act makes */
/** @typedef {[number, number]} Place longitude, latitude */
/**
 * @typedef {object} Ui
 * @property {Place[]} [points] what is drawn: of an area without the closing point
 * @property {Record<string, boolean>} [assigned] units that the line cuts, or that have no extent: true, they go along
 * @property {number} [part] of an establishment: the part whose ground is on the map
 * @property {boolean} [exact] the drawn line holds, not the villages' borders
 * @property {Key[]} [listed] the units that go along as a saved draft names them, until the server has said which are cut
 * @property {Key[]} [cut] @property {Key[]} [unknown] @property {Key[]} [whole] what the server said of the line, for the side that goes
 */
/** @typedef {{uid: string, kind: string, data: any, geometry: any, ui: Ui}} Act */
/** @typedef {{title: string, ownTitle: boolean, day: string, area: number | null, ownArea: boolean, acts: Act[]}} State */

// Not counted: acts that come back from the browser's store keep theirs.
const newUid = () => `act${Math.random().toString(36).slice(2, 10)}`;

export class Draft extends EventTarget {
  /** @param {{id: number | null, version: number, title: string, effective_on: string, area?: number, acts: any[], case: any}} saved */
  constructor(saved) {
    super();
    /** @type {number | null} */
    this.id = saved.id;
    this.version = saved.version;
    this.case = saved.case;
    /** @type {string[]} */
    this.past = [];
    /** @type {string[]} */
    this.future = [];
    /** @type {State} */
    this.state = stateOf(saved);
    this.kept = this.written();
  }

  /** What is sent and compared, as text. */
  written() {
    const { title, day, area, acts } = this.state;
    return JSON.stringify({ title, day, area, acts: acts.map(sent) });
  }

  get dirty() {
    return this.written() !== this.kept;
  }

  /**
   * Changes the state as one step that can be undone. @param {(state: State) => void} change
   * @param {{shape?: boolean}} [options] `shape`: forms have to be drawn anew
   */
  change(change, { shape = true } = {}) {
    const before = JSON.stringify(this.state);
    change(this.state);
    if (JSON.stringify(this.state) === before) return;
    this.past.push(before);
    if (this.past.length > 200) this.past.shift();
    this.future = [];
    this.tell(shape);
  }

  /** Changes what follows from an answer of the server; no step of its own. @param {(state: State) => void} change @param {boolean} [shape] */
  amend(change, shape = false) {
    const before = JSON.stringify(this.state);
    change(this.state);
    if (JSON.stringify(this.state) !== before) this.tell(shape);
  }

  undo() {
    this.step(this.past, this.future);
  }

  redo() {
    this.step(this.future, this.past);
  }

  /** @param {string[]} from @param {string[]} to */
  step(from, to) {
    const text = from.pop();
    if (text === undefined) return;
    to.push(JSON.stringify(this.state));
    this.state = JSON.parse(text);
    this.tell(true);
  }

  /** @param {boolean} shape */
  tell(shape) {
    if (shape) this.dispatchEvent(new Event("shape"));
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} uid */
  act(uid) {
    return this.state.acts.find((act) => act.uid === uid);
  }

  /** @param {string} kind @param {any} data @param {Ui} [ui] */
  add(kind, data, ui = {}) {
    const uid = newUid();
    this.change((state) => state.acts.push({ uid, kind, data, geometry: null, ui }));
    return uid;
  }

  /** The units made by acts before this one (by all acts without it), in their order. @param {string} [uid] */
  made(uid) {
    const upTo = uid ? this.state.acts.findIndex((act) => act.uid === uid) : this.state.acts.length;
    return this.state.acts
      .slice(0, upTo)
      .map((act) => act.data.new)
      .filter((one) => one?.ref);
  }

  /** A ref no act uses. */
  freeRef() {
    const used = new Set(this.made().map((one) => one.ref));
    let number = 1;
    while (used.has(`new${number}`)) number += 1;
    return `new${number}`;
  }

  /** Takes over what the server has, as one step that can be undone. @param {any} saved */
  takeOver(saved) {
    this.change((state) => Object.assign(state, stateOf(saved)));
    this.version = saved.version;
    this.case = saved.case;
    this.kept = this.written();
    this.tell(false);
  }
}

/** @param {any} saved @returns {State} */
function stateOf(saved) {
  return {
    title: saved.title,
    ownTitle: Boolean(saved.title),
    day: saved.effective_on,
    area: saved.area ?? null,
    ownArea: Boolean(saved.area),
    acts: saved.acts.map((/** @type {any} */ act) => ({ uid: newUid(), ...act, ui: uiOf(act) })),
  };
}

/** @param {any} act @returns {Ui} */
function uiOf(act) {
  const points = pointsOf(act.geometry);
  const listed = extentsOf(act).find((extent) => extent.kind === "line" || extent.kind === "area")?.villages;
  return listed ? { points, listed, exact: true } : { points };
}

/** @param {any} geometry @returns {Place[]} */
function pointsOf(geometry) {
  if (geometry?.type === "LineString") return geometry.coordinates.map((/** @type {number[]} */ one) => [one[0], one[1]]);
  if (geometry?.type === "Polygon") return geometry.coordinates[0].slice(0, -1).map((/** @type {number[]} */ one) => [one[0], one[1]]);
  return [];
}

/** The extents of an act; parts of an establishment have one each. @param {{data: any}} act @returns {any[]} */
export function extentsOf(act) {
  if (act.data.extent) return [act.data.extent];
  return (act.data.parts ?? []).map((/** @type {any} */ part) => part.extent).filter(Boolean);
}

/** Of an establishment: the part that is drawn, else the one chosen, else the first that is not whole. @param {Act} act */
export function partShown(act) {
  const parts = /** @type {any[]} */ (act.data.parts ?? []);
  const drawn = parts.findIndex((part) => part.extent?.kind === "line" || part.extent?.kind === "area");
  const chosen = act.ui.part !== undefined && act.ui.part < parts.length ? act.ui.part : parts.findIndex((part) => part.extent && part.extent.kind !== "whole");
  return drawn >= 0 ? drawn : Math.max(0, chosen);
}

/** "line" or "area" where the act is drawn. @param {Act} act */
export function drawnKind(act) {
  return extentsOf(act).find((extent) => extent.kind === "line" || extent.kind === "area")?.kind ?? "";
}

/**
 * Whether the border follows villages although a line is drawn, and which go: null as long as one of them is open or the line itself holds.
 * @param {Act} act @returns {Key[] | null}
 */
export function followed(act) {
  const { cut = [], unknown = [], whole = [], assigned = {}, exact = false } = act.ui;
  if (!drawnKind(act) || !cut.length || exact || unassigned(act).length) return null;
  return [...whole, ...[...cut, ...unknown].filter((key) => assigned[String(key)])];
}

/** Units that a drawn line leaves open and that nobody has assigned yet. @param {Act} act */
export function unassigned(act) {
  const { cut = [], unknown = [], assigned = {} } = act.ui;
  return [...cut, ...unknown].filter((key) => assigned[String(key)] === undefined);
}

/**
 * The act as the server wants it. Where a line cuts villages that all have been given to a side, the border follows the villages (they
 * cannot lie in two units), and the line is kept as a drawing beside it.
 * @param {Act} act
 */
export function sent(act) {
  const kind = drawnKind(act);
  const { points = [], cut = [], unknown = [], assigned = {}, listed } = act.ui;
  const data = structuredClone(act.data);
  const geometry = kind || act.geometry ? (points.length ? shapeOf(kind || act.geometry?.type, points) : null) : null;
  const open = [...cut, ...unknown];
  const extent = kind && extentsOf({ ...act, data }).find((one) => one.kind === kind);
  if (extent) {
    delete extent.villages;
    if (!open.length && listed) extent.villages = listed;
    if (open.length && !unassigned(act).length) {
      const villages = followed(act);
      if (villages) {
        delete extent.point;
        Object.assign(extent, { kind: "villages", villages });
      } else extent.villages = open.filter((key) => assigned[String(key)]);
    }
  }
  return { kind: act.kind, data, geometry };
}

/** @param {string} kind @param {Place[]} points */
export function shapeOf(kind, points) {
  if (kind === "area" || kind === "Polygon") {
    return points.length > 2 ? { type: "Polygon", coordinates: [[...points, points[0]]] } : null;
  }
  return points.length > 1 ? { type: "LineString", coordinates: points } : null;
}

/** The divisions that acts are about, but for the villages that are picked of them. @param {Act[]} acts @returns {Set<number>} */
export function divisionsIn(acts) {
  const fields = acts.flatMap(({ data }) => [data.unit, data.from, data.to, data.into, data.parent, data.new?.parent, ...(data.units ?? []), ...(data.parts ?? []).map((/** @type {any} */ part) => part.unit)]);
  return new Set(fields.filter((key) => typeof key === "number"));
}
