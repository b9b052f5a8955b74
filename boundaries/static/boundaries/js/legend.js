// @ts-check
/** The legend says what is drawn just now: borders, seats, grades, and the classes of the screening layer. */

import { config, element, say } from "./config.js";
import { screened } from "./screening.js";
import { store } from "./state.js";
import { CLASSES, drawHatch, drawSeat, strokeBorder } from "./style.js";

/** A small picture of what the map draws. @param {number} width @param {number} height @param {(ctx: CanvasRenderingContext2D) => void} draw */
export function sample(width, height, draw) {
  const canvas = document.createElement("canvas");
  const ratio = window.devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  canvas.setAttribute("aria-hidden", "true");
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ctx.scale(ratio, ratio);
  draw(ctx);
  return canvas;
}

/** @param {Node[]} content @param {string} [tag] */
function row(content, tag = "li") {
  const line = document.createElement(tag);
  line.append(...content);
  return line;
}

/** @param {number} rank @param {boolean} uncertain */
function line(rank, uncertain) {
  return sample(56, 16, (ctx) => {
    for (const part of /** @type {const} */ (["band", "line"])) {
      ctx.beginPath();
      ctx.moveTo(2, 8);
      ctx.lineTo(54, 8);
      strokeBorder(ctx, rank, uncertain, part);
    }
  });
}

/** @param {L.Map} map */
export function setUpLegend(map) {
  const body = element("map-legend-body", HTMLElement);
  const words = (/** @type {string} */ text) => document.createTextNode(text);

  function renew() {
    const finest = Math.max(1, ...shownLevels(map.getZoom()).map((entry) => entry.level));
    const levels = config.levels.filter((entry) => entry.level <= finest);
    const parts = [];
    if (store.screening && screened.rules) {
      const list = document.createElement("ul");
      for (const name of /** @type {(keyof CLASSES)[]} */ (Object.keys(CLASSES))) {
        const count = document.createElement("span");
        count.className = "num";
        count.textContent = String(screened.counts[name] ?? 0);
        const box = sample(32, 16, (ctx) => {
          drawHatch(ctx, name, 32);
          ctx.strokeStyle = "#6d6a62";
          ctx.strokeRect(0.5, 0.5, 31, 15);
        });
        list.append(row([box, words(say(name)), count]));
      }
      const priority = sample(32, 16, (ctx) => {
        ctx.strokeStyle = "#67459b";
        ctx.lineWidth = 4;
        ctx.strokeRect(3, 3, 26, 10);
      });
      if (store.state.priority.length) list.append(row([priority, words(say("priority"))]));
      const basis = row([words(say("basis", { title: screened.rules.title ?? "" }))], "p");
      parts.push(row([words(say("screeningTitle"))], "h3"), list, basis);
      if (screened.advisory) {
        const advice = row([words(say("advisory"))], "p");
        advice.className = "advisory";
        parts.push(advice);
      }
    }
    const borders = document.createElement("ul");
    for (const { level, name } of levels) borders.append(row([line(level, false), words(name)]));
    borders.append(row([line(Math.min(3, finest), true), words(say("uncertain"))]));
    const seats = document.createElement("ul");
    for (const { level, name } of levels) {
      const mark = sample(18, 18, (ctx) => {
        ctx.translate(9, 9);
        drawSeat(ctx, level);
      });
      seats.append(row([mark, words(name)]));
    }
    seats.className = "legend-seats";
    parts.push(row([words(say("borders"))], "h3"), borders, row([words(say("seats"))], "h3"), seats);
    body.replaceChildren(...parts);
  }

  // Colours without their legend say nothing; on a phone it would hide the map, there it is one tap away.
  store.on(["screening"], () => {
    if (store.screening && window.matchMedia("(min-width: 768px)").matches) element("map-legend", HTMLDetailsElement).open = true;
  });
  store.on(["level", "classes", "state"], renew);
  map.on("zoomend", renew);
  renew();
}

/** The levels whose areas are drawn, as the server's table says. @param {number} zoom */
export function shownLevels(zoom) {
  const chosen = config.levels.find((entry) => entry.layer === store.level);
  const within = config.levels.filter((entry) => zoom >= entry.areas[0] && zoom <= entry.areas[1]);
  if (!chosen) return within;
  return [...within.filter((entry) => entry.level < chosen.level), ...(zoom >= chosen.chosen ? [chosen] : [])];
}
