// @ts-check
/**
 * The names of a line's sides on its map: each inside its own outline and in sight, where it is farthest from the line, from the
 * markers with their labels, from the other name and from the edge. Chosen anew when the map comes to rest.
 */

const STEPS = 14;
/** Half the room a name takes, and how near to the frame it may come, in pixels. */
const ROOM = { x: 48, y: 16, edge: 18 };

const CORNERS = [[-1, -1], [-1, 1], [1, -1], [1, 1], [0, 0]];

/**
 * @param {L.Map} map
 * @param {any[]} sides features with a `name` and a (multi)polygon
 * @param {() => L.LatLng[]} kept places the names keep away from
 */
export function nameSides(map, sides, kept) {
  const names = L.layerGroup().addTo(map);
  const place = () => {
    names.clearLayers();
    const away = kept().map((one) => map.latLngToContainerPoint(one));
    for (const side of sides) {
      const at = roomiest(map, rings(map, side.geometry), away);
      if (!at) continue;
      const face = document.createElement("span");
      face.textContent = side.properties.name;
      face.lang = "zh-Hans";
      L.marker(map.containerPointToLatLng(at), { interactive: false, keyboard: false, icon: L.divIcon({ className: "line-side-name", html: face, iconSize: [ROOM.x * 2, ROOM.y * 2] }) }).addTo(names);
      away.push(at);
    }
  };
  map.on("moveend resize", place);
  place();
}

/** @param {L.Map} map @param {any} geometry @returns {L.Point[][]} rings on the screen */
function rings(map, geometry) {
  const parts = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  return parts.flat().map((/** @type {number[][]} */ ring) => ring.map(([lon, lat]) => map.latLngToContainerPoint([lat, lon])));
}

/** @param {L.Map} map @param {L.Point[][]} shape @param {L.Point[]} away @returns {L.Point | null} */
function roomiest(map, shape, away) {
  const size = map.getSize();
  let best = null;
  let most = ROOM.y;
  for (let column = 1; column < STEPS; column++) {
    for (let row = 1; row < STEPS; row++) {
      const at = L.point((size.x * column) / STEPS, (size.y * row) / STEPS);
      const frame = Math.min(at.x - ROOM.x, size.x - at.x - ROOM.x, at.y - ROOM.y, size.y - at.y - ROOM.y) - ROOM.edge;
      if (frame < 0 || !inside(shape, at)) continue;
      // A name is wider than high: what is beside it is nearer than what is above.
      const free = away.reduce((least, one) => Math.min(least, Math.hypot(Math.max(Math.abs(one.x - at.x) - ROOM.x, 0), one.y - at.y)), Infinity);
      // Far from the line is enough; farther only as long as it stays in the open middle of its side.
      const whole = CORNERS.every(([x, y]) => inside(shape, L.point(at.x + x * ROOM.x, at.y + y * ROOM.y)));
      const worth = Math.min(free, 90) + Math.min(frame, 40) / 4 + (whole ? 60 : 0);
      if (free > ROOM.y && worth > most) [best, most] = [at, worth];
    }
  }
  return best;
}

/** @param {L.Point[][]} shape @param {L.Point} at even and odd: holes count themselves out */
function inside(shape, at) {
  let odd = false;
  for (const ring of shape) {
    for (let now = 0, last = ring.length - 1; now < ring.length; last = now++) {
      const [a, b] = [ring[now], ring[last]];
      if (a.y > at.y !== b.y > at.y && at.x < ((b.x - a.x) * (at.y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
    }
  }
  return odd;
}
