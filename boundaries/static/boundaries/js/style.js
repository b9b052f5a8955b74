// @ts-check
/**
 * How the map looks. Boundaries after the manner of Chinese administrative maps: each rank its own rhythm of dashes and dots and its own
 * width, and a coloured band along those of counties and above. Nothing is told by colour alone. What is only indicative or invented is
 * drawn paler, its band dissolved into dots.
 */

/** @typedef {import("protomaps-leaflet").Feature} Feature */
/** @typedef {import("protomaps-leaflet").PaintRule} PaintRule */
/** @typedef {import("protomaps-leaflet").LabelRule} LabelRule */

export const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", sans-serif';
export const TINTS = ["#fbf3e2", "#e8f0e0", "#f6e6e6", "#e4ecf3", "#f0e8f3", "#f3f1d9", "#e2f0ec", "#f9ebdc"];

/** @type {Record<number, {dash: number[], width: number, band: number, ink: string}>} Rank 1 is the province. */
export const BORDERS = {
  1: { dash: [16, 4, 2.5, 4, 2.5, 4], width: 2.6, band: 11, ink: "#3f2a4d" },
  2: { dash: [12, 4, 12, 4, 2.5, 4], width: 2.1, band: 9, ink: "#3f2a4d" },
  3: { dash: [10, 4, 2.2, 4], width: 1.7, band: 7, ink: "#4a3557" },
  4: { dash: [6, 3.5], width: 1.15, band: 0, ink: "#5d4f66" },
  5: { dash: [1.6, 2.6], width: 1.1, band: 0, ink: "#6d6373" },
};
const BAND = "#d6a5c4";
const UNCERTAIN = new Set(["indicative", "invented"]);

/** @type {Record<number, {size: number, weight: number, spacing: number, ink: string}>} */
const NAMES = {
  1: { size: 20, weight: 700, spacing: 6, ink: "#3a2733" },
  2: { size: 17, weight: 700, spacing: 3, ink: "#3a2733" },
  3: { size: 15, weight: 700, spacing: 1.5, ink: "#33242d" },
  4: { size: 13, weight: 500, spacing: 0.5, ink: "#2b2a2c" },
  5: { size: 11.5, weight: 400, spacing: 0, ink: "#4a4a4c" },
};

/** Classes of the screening layer: blue to orange, told apart by lightness and by hatching as well. */
export const CLASSES = /** @type {const} */ ({
  qualifies: { fill: "#2f7fb5", hatch: "solid", line: "#1d5f8c" },
  near: { fill: "#a6d0e8", hatch: "diagonal", line: "#2f7fb5" },
  does_not: { fill: "#f2b56b", hatch: "horizontal", line: "#b8661a" },
  undetermined: { fill: "#dedcd6", hatch: "dots", line: "#6d6a62" },
  no_data: { fill: "#ffffff", hatch: "cross", line: "#b9b6ae" },
});

/** Ways in which a unit changed between two days: each its own hatching, so that they are told apart without colour too. */
export const CHANGES = /** @type {const} */ ({
  appeared: { fill: "#5a9e6f", hatch: "solid", line: "#2f6b45" },
  vanished: { fill: "#f0d3cb", hatch: "cross", line: "#96361b" },
  retyped: { fill: "#bcd9ec", hatch: "diagonal", line: "#175f86" },
  renamed: { fill: "#f6e3b0", hatch: "dots", line: "#7a5300" },
  moved: { fill: "#dccdf0", hatch: "falling", line: "#67459b" },
  ground: { fill: "#f5c894", hatch: "vertical", line: "#a3540f" },
  followed: { fill: "#ece5f5", hatch: "horizontal", line: "#8e78ad" },
  recoded: { fill: "#e3e6e4", hatch: "grid", line: "#6d7a7d" },
  inside: { fill: "#fffdf4", hatch: "dots", line: "#b9a46a" },
});
const MARKS = { ...CLASSES, ...CHANGES };
/** @typedef {keyof MARKS} Mark */

/**
 * Draws a class's hatching over a box of the given size; the same for the map and for the legend.
 * @param {CanvasRenderingContext2D} ctx @param {Mark} name @param {number} size a multiple of 8
 */
export function drawHatch(ctx, name, size) {
  const { fill, hatch, line } = MARKS[name];
  ctx.fillStyle = fill;
  ctx.fillRect(0, 0, size, size);
  ctx.strokeStyle = ctx.fillStyle = line;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let at = -size; at < size * 2; at += 8) {
    if (hatch === "diagonal" || hatch === "cross") {
      ctx.moveTo(at, size);
      ctx.lineTo(at + size, 0);
    }
    if (hatch === "cross" || hatch === "falling") {
      ctx.moveTo(at, 0);
      ctx.lineTo(at + size, size);
    }
    if (hatch === "horizontal" || hatch === "grid") {
      ctx.moveTo(0, at + 4.5);
      ctx.lineTo(size, at + 4.5);
    }
    if (hatch === "vertical" || hatch === "grid") {
      ctx.moveTo(at + 4.5, 0);
      ctx.lineTo(at + 4.5, size);
    }
  }
  ctx.stroke();
  if (hatch !== "dots") return;
  for (let x = 2; x < size; x += 8) {
    for (let y = 2; y < size; y += 8) ctx.fillRect(x + ((y >> 3) & 1) * 4, y, 2, 2);
  }
}

/** @type {Map<string, CanvasPattern>} */
const patterns = new Map();

/** @param {CanvasRenderingContext2D} ctx @param {Mark} name */
function hatching(ctx, name) {
  const ready = patterns.get(name);
  if (ready) return ready;
  const canvas = document.createElement("canvas");
  const scale = 2;
  canvas.width = canvas.height = 16 * scale;
  const brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  brush.scale(scale, scale);
  drawHatch(brush, name, 16);
  const pattern = /** @type {CanvasPattern} */ (ctx.createPattern(canvas, "repeat"));
  pattern.setTransform(new DOMMatrix().scale(1 / scale));
  patterns.set(name, pattern);
  return pattern;
}

/** The division's number; the reader of tiles hands it on beside the attributes, its types do not say so. @param {Feature} feature */
function numberOf(feature) {
  return Number(/** @type {any} */ (feature).id);
}

/** @param {CanvasRenderingContext2D} ctx @param {{x: number, y: number}[][]} geom @param {boolean} closed */
function trace(ctx, geom, closed) {
  ctx.beginPath();
  for (const line of geom) {
    line.forEach((point, index) => (index ? ctx.lineTo(point.x, point.y) : ctx.moveTo(point.x, point.y)));
    if (closed) ctx.closePath();
  }
}

/**
 * Areas: pastel tints like a political map, or the classes that screening or a comparison gave them.
 * @param {string} layer @param {{classes: Map<number, string>, screening: string}} store @param {number} opacity
 * @returns {PaintRule}
 */
function areas(layer, store, opacity) {
  return {
    dataLayer: layer,
    symbolizer: {
      draw(ctx, geom, _zoom, feature) {
        const name = /** @type {Mark | undefined} */ (store.screening ? store.classes.get(numberOf(feature)) : undefined);
        trace(ctx, geom, true);
        ctx.globalAlpha = name ? Math.max(opacity, 0.6) : opacity;
        if (name) ctx.fillStyle = hatching(ctx, name);
        else ctx.fillStyle = store.screening ? "#f6f5f1" : TINTS[Number(feature.props.tint) % TINTS.length];
        ctx.fill("evenodd");
        // Hides the seam that smoothing leaves between neighbours.
        ctx.strokeStyle = ctx.fillStyle;
        ctx.lineWidth = 0.6;
        ctx.stroke();
        ctx.globalAlpha = 1;
      },
    },
  };
}

/**
 * Strokes one boundary, also in the legend.
 * @param {CanvasRenderingContext2D} ctx @param {number} rank @param {boolean} uncertain @param {"band" | "line"} part @param {number} scale
 */
export function strokeBorder(ctx, rank, uncertain, part, scale = 1) {
  const style = BORDERS[rank];
  ctx.lineJoin = "round";
  if (part === "band") {
    if (!style.band) return;
    ctx.strokeStyle = BAND;
    ctx.globalAlpha = uncertain ? 0.5 : 0.55;
    ctx.lineCap = "round";
    ctx.lineWidth = style.band * scale * (uncertain ? 0.55 : 1);
    ctx.setLineDash(uncertain ? [0, style.band * scale] : []);
  } else {
    ctx.strokeStyle = style.ink;
    ctx.globalAlpha = uncertain ? 0.62 : 1;
    ctx.lineCap = "butt";
    ctx.lineWidth = style.width * scale * (uncertain ? 0.85 : 1);
    ctx.setLineDash(style.dash.map((length) => length * scale));
  }
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

/** @param {number} zoom @param {number} rank Lines of a rank grow with the zooms after it appears. */
function growth(zoom, rank) {
  const first = [0, 3, 5, 7, 9, 12][rank];
  return Math.min(1.4, 0.62 + 0.13 * Math.max(0, zoom - first));
}

/** @param {number} rank @param {"band" | "line"} part @returns {PaintRule} */
function borders(rank, part) {
  return {
    dataLayer: "border",
    filter: (_zoom, feature) => feature.props.level === rank,
    symbolizer: {
      draw(ctx, geom, zoom, feature) {
        trace(ctx, geom, false);
        strokeBorder(ctx, rank, UNCERTAIN.has(String(feature.props.grade)), part, growth(zoom, rank));
      },
    },
  };
}

/**
 * @param {{classes: Map<number, string>, screening: string}} store @param {boolean} overBasemap
 * @returns {PaintRule[]}
 */
export function paintRules(store, overBasemap) {
  const layers = ["province", "prefecture", "county", "township", "village"];
  const shown = layers.map((layer) => areas(layer, store, overBasemap ? 0.35 : 1));
  const bands = [3, 2, 1].map((rank) => borders(rank, "band"));
  const lines = [5, 4, 3, 2, 1].map((rank) => borders(rank, "line"));
  return [...shown, ...bands, ...lines];
}

/**
 * The mark of a seat of government by rank: star in a ring, two rings, ring and dot, ring, dot.
 * @param {CanvasRenderingContext2D} ctx @param {number} rank Drawn about the origin.
 */
export function drawSeat(ctx, rank) {
  const ring = (/** @type {number} */ radius, /** @type {boolean} */ full) => {
    ctx.beginPath();
    ctx.arc(0, 0, radius, 0, 2 * Math.PI);
    if (full) ctx.fill();
    else ctx.stroke();
  };
  const outer = [0, 6, 5.5, 4.6, 3.4, 2][rank];
  ctx.fillStyle = "#fff";
  ring(outer + 1, true);
  ctx.strokeStyle = ctx.fillStyle = rank <= 3 ? "#a33423" : "#3b3b3d";
  ctx.lineWidth = 1.2;
  if (rank === 5) return ring(1.7, true);
  ring(outer, false);
  if (rank === 1) {
    ctx.beginPath();
    for (let corner = 0; corner < 10; corner++) {
      const radius = corner % 2 ? 1.9 : 4.6;
      const angle = (corner * Math.PI) / 5 - Math.PI / 2;
      ctx.lineTo(radius * Math.cos(angle), radius * Math.sin(angle));
    }
    ctx.fill();
  }
  if (rank === 2) ring(3.2, false);
  if (rank === 2) ring(1.4, true);
  if (rank === 3) ring(1.9, true);
}

/** Names of counties are many when the whole province is in sight: smaller then. @param {number} rank @param {number} zoom */
function sizeOfName(rank, zoom) {
  return NAMES[rank].size * (rank === 3 ? Math.min(1, 0.8 + 0.1 * Math.max(0, zoom - 7)) : 1);
}

/** @param {CanvasRenderingContext2D} ctx @param {number} rank @param {number} zoom */
function setFont(ctx, rank, zoom) {
  const { weight, spacing } = NAMES[rank];
  const size = sizeOfName(rank, zoom);
  ctx.font = `${weight} ${size}px ${FONT}`;
  ctx.letterSpacing = `${spacing}px`;
}

/** @param {CanvasRenderingContext2D} ctx @param {string} text @param {number} rank @param {number} zoom */
function write(ctx, text, rank, zoom) {
  setFont(ctx, rank, zoom);
  ctx.lineJoin = "round";
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  ctx.strokeStyle = "rgb(255 255 255 / 88%)";
  ctx.lineWidth = 3.2;
  ctx.strokeText(text, 0, 0);
  ctx.fillStyle = NAMES[rank].ink;
  ctx.fillText(text, 0, 0);
}

/** @param {any} layout @param {string} text @param {number} rank @returns {{width: number, height: number}} */
function measured(layout, text, rank) {
  setFont(layout.scratch, rank, layout.zoom);
  const width = layout.scratch.measureText(text).width;
  layout.scratch.letterSpacing = "0px";
  return { width, height: sizeOfName(rank, layout.zoom) * 1.25 };
}

/** A name in the middle of its area. @param {number} rank @returns {LabelRule} */
function names(rank) {
  return {
    dataLayer: "label",
    filter: (_zoom, feature) => feature.props.level === rank && !feature.props.seated,
    symbolizer: {
      place(layout, geom, feature) {
        const text = String(feature.props.name);
        const { width, height } = measured(layout, text, rank);
        const anchor = geom[0][0];
        const box = { minX: anchor.x - width / 2 - 2, maxX: anchor.x + width / 2 + 2, minY: anchor.y - height / 2, maxY: anchor.y + height / 2 };
        const draw = (/** @type {CanvasRenderingContext2D} */ ctx) => {
          ctx.translate(-width / 2, 0);
          write(ctx, text, rank, layout.zoom);
        };
        return [{ anchor, bboxes: [box], draw }];
      },
    },
  };
}

/** A seat's mark with its name on the first free side. @param {number} rank @returns {LabelRule} */
function seats(rank) {
  const radius = [0, 7, 6.5, 5.6, 4.4, 3][rank];
  return {
    dataLayer: "seat",
    filter: (_zoom, feature) => feature.props.level === rank,
    symbolizer: {
      place(layout, geom, feature) {
        const text = String(feature.props.name);
        const { width, height } = measured(layout, text, rank);
        const anchor = geom[0][0];
        const gap = radius + 2;
        const mark = { minX: anchor.x - radius, maxX: anchor.x + radius, minY: anchor.y - radius, maxY: anchor.y + radius };
        const sides = [
          { x: gap, y: 0 },
          { x: -gap - width, y: 0 },
          { x: -width / 2, y: -gap - height / 2 },
          { x: -width / 2, y: gap + height / 2 },
        ];
        const placed = sides.map((side) => {
          const box = { minX: anchor.x + side.x - 1, maxX: anchor.x + side.x + width + 1, minY: anchor.y + side.y - height / 2, maxY: anchor.y + side.y + height / 2 };
          const draw = (/** @type {CanvasRenderingContext2D} */ ctx) => {
            ctx.globalAlpha = 1;
            drawSeat(ctx, rank);
            ctx.translate(side.x, side.y);
            write(ctx, text, rank, layout.zoom);
          };
          return { anchor, bboxes: [mark, box], draw };
        });
        const free = placed.find((label) => !layout.index.labelCollides(label, Infinity));
        return [free ?? placed[0]];
      },
    },
  };
}

/** @returns {LabelRule[]} Higher levels first: they win where names collide. */
export function labelRules() {
  return [1, 2, 3, 4, 5].flatMap((rank) => [seats(rank), names(rank)]);
}
