// @ts-check
/** A recording as GPX 1.1, as any program reads it. A new segment begins wherever the recording had stopped. */

/** @param {import("./store.js").Point[]} points @param {string} name */
export function gpx(points, name) {
  /** @type {string[]} */
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<gpx version="1.1" creator="Yudi" xmlns="http://www.topografix.com/GPX/1/1">',
    `<trk><name>${escaped(name)}</name>`,
  ];
  points.forEach((point, index) => {
    if (index === 0 || point.fresh) lines.push(index === 0 ? "<trkseg>" : "</trkseg><trkseg>");
    const elevation = point.elevation === null ? "" : `<ele>${point.elevation.toFixed(1)}</ele>`;
    const accuracy = `<extensions><accuracy>${point.accuracy.toFixed(1)}</accuracy></extensions>`;
    const time = new Date(point.at).toISOString();
    lines.push(`<trkpt lat="${point.lat.toFixed(7)}" lon="${point.lon.toFixed(7)}">${elevation}<time>${time}</time>${accuracy}</trkpt>`);
  });
  if (points.length) lines.push("</trkseg>");
  lines.push("</trk>", "</gpx>", "");
  return new Blob([lines.join("\n")], { type: "application/gpx+xml" });
}

/** @param {string} text */
const escaped = (text) => text.replace(/[<>&]/g, (sign) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;" })[sign] ?? "");
