// @ts-check
/**
 * A line or an area in the making: points by clicking, moved by dragging, put between two by the small marks, taken out with Delete.
 * It keeps nothing: it shows the points it is given and reports others, so that undo, typed coordinates and the map say the same.
 */

import { say } from "../config.js";

/** @typedef {import("./model.js").Place} Place */
/** @typedef {{change: (points: Place[]) => void, finish: () => void, cancel: () => void, snapTo: () => L.LatLng[][]}} Pen */

const REACH_PX = 12;
const STYLE = { pane: "wb-drawn", color: "#a33423", weight: 3, fill: false, interactive: false };
const CASING = { ...STYLE, color: "#fff", weight: 7, opacity: 0.85 };

export class Drawing {
  /** @param {L.Map} map @param {Pen} pen */
  constructor(map, pen) {
    this.map = map;
    this.pen = pen;
    this.layers = L.layerGroup().addTo(map);
    this.rubber = L.polyline([], { ...STYLE, dashArray: "6 6", weight: 2 }).addTo(map);
    this.spot = L.circleMarker([0, 0], { pane: "wb-drawn", radius: 6, color: "#a33423", weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: false });
    this.kind = "";
    this.active = false;
    /** @type {Place[]} */
    this.points = [];
    this.shown = "";
    map.on("click", (event) => this.click(event.latlng));
    map.on("mousemove", (event) => this.hover(event.latlng));
    map.on("dblclick", () => this.active && pen.finish());
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {string} kind "line", "area" or "" for nothing @param {Place[]} points @param {boolean} active clicks add points @param {boolean} editable */
  show(kind, points, active, editable) {
    const shown = JSON.stringify([kind, points, active, editable]);
    if (shown === this.shown) return;
    this.shown = shown;
    Object.assign(this, { kind, points, active });
    this.map.doubleClickZoom[active ? "disable" : "enable"]();
    this.layers.clearLayers();
    this.rubber.setLatLngs([]);
    this.spot.remove();
    if (!kind || !points.length) return;
    const places = points.map(([lon, lat]) => L.latLng(lat, lon));
    const line = kind === "area" && places.length > 2 ? [...places, places[0]] : places;
    L.polyline(line, CASING).addTo(this.layers);
    L.polyline(line, { ...STYLE, dashArray: editable ? undefined : "8 5" }).addTo(this.layers);
    if (!editable) return;
    places.forEach((place, index) => this.vertex(place, index));
    line.slice(1).forEach((place, index) => this.between(line[index], place, index + 1));
  }

  /** @param {L.LatLng} place @param {number} index */
  vertex(place, index) {
    const name = say("wbVertex", { number: index + 1 });
    const marker = L.marker(place, { pane: "wb-drawn", draggable: true, keyboard: true, title: name, alt: name, icon: L.divIcon({ className: "wb-vertex", iconSize: [18, 18] }) });
    marker.on("drag", () => marker.setLatLng(this.snapped(marker.getLatLng())));
    marker.on("dragend", () => this.put(index, marker.getLatLng(), 1));
    marker.on("click", (event) => {
      L.DomEvent.stop(event);
      marker.getElement()?.focus();
    });
    marker.on("keydown", (event) => {
      const { key } = /** @type {any} */ (event).originalEvent;
      if (key !== "Delete") return;
      L.DomEvent.stop(/** @type {any} */ (event).originalEvent);
      this.pen.change(this.points.filter((_one, at) => at !== index));
    });
    marker.on("contextmenu", () => this.pen.change(this.points.filter((_one, at) => at !== index)));
    marker.addTo(this.layers);
  }

  /** @param {L.LatLng} from @param {L.LatLng} to @param {number} index */
  between(from, to, index) {
    const middle = L.latLng((from.lat + to.lat) / 2, (from.lng + to.lng) / 2);
    const marker = L.marker(middle, { pane: "wb-drawn", draggable: true, keyboard: false, icon: L.divIcon({ className: "wb-between", iconSize: [12, 12] }) });
    marker.on("drag", () => marker.setLatLng(this.snapped(marker.getLatLng())));
    marker.on("dragend", () => this.put(index, marker.getLatLng(), 0));
    marker.on("click", (event) => L.DomEvent.stop(event));
    marker.addTo(this.layers);
  }

  /** @param {number} index @param {L.LatLng} place @param {number} instead how many points it replaces */
  put(index, place, instead) {
    const points = [...this.points];
    points.splice(index, instead, at(place));
    this.pen.change(points);
  }

  /** @param {L.LatLng} place */
  click(place) {
    if (!this.active) return;
    const point = at(this.snapped(place));
    const last = this.points.at(-1);
    if (last && last[0] === point[0] && last[1] === point[1]) return; // the second half of a double click
    this.pen.change([...this.points, point]);
  }

  /** @param {L.LatLng} place */
  hover(place) {
    if (!this.active) return;
    const next = this.snapped(place);
    this.spot.setLatLng(next).addTo(this.map);
    const last = this.points.at(-1);
    if (last) this.rubber.setLatLngs([L.latLng(last[1], last[0]), next]);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.active || event.defaultPrevented) return;
    const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
    if (event.key === "Escape") this.pen.cancel();
    else if (event.key === "Enter" && !typing && !(event.target instanceof HTMLButtonElement)) this.pen.finish();
    else if (event.key === "Backspace" && !typing) this.pen.change(this.points.slice(0, -1));
    else return;
    event.preventDefault();
  }

  /** The nearest corner within reach, else the nearest place on an edge, else the place itself. @param {L.LatLng} place */
  snapped(place) {
    const here = this.map.latLngToLayerPoint(place);
    let best = place;
    let corner = REACH_PX;
    let edge = REACH_PX;
    const view = this.map.getBounds().pad(0.1);
    for (const ring of this.pen.snapTo()) {
      for (let index = 0; index < ring.length; index++) {
        if (!view.contains(ring[index])) continue;
        const point = this.map.latLngToLayerPoint(ring[index]);
        const distance = here.distanceTo(point);
        if (distance < corner) {
          corner = distance;
          best = ring[index];
        }
        if (corner < REACH_PX || !index) continue;
        const from = this.map.latLngToLayerPoint(ring[index - 1]);
        const nearest = L.LineUtil.closestPointOnSegment(here, from, point);
        if (here.distanceTo(nearest) < edge) {
          edge = here.distanceTo(nearest);
          best = this.map.layerPointToLatLng(nearest);
        }
      }
    }
    return best;
  }
}

/** Seven digits: a centimetre. @param {L.LatLng} place @returns {Place} */
function at(place) {
  return [Math.round(place.lng * 1e7) / 1e7, Math.round(place.lat * 1e7) / 1e7];
}
