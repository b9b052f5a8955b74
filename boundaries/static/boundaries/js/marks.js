// @ts-check
/** What every picture of the map carries: 内部使用 (BND-MAP-01), the day, the scale, 演示数据 where such data is in sight. */

import { config, dayInWords, element, say } from "./config.js";
import { shownLevels } from "./legend.js";
import { store } from "./state.js";

/** @param {L.Map} map */
export function setUpMarks(map) {
  const day = element("map-day", HTMLElement);
  const level = element("map-level", HTMLElement);
  const mark = element("map-demo", HTMLElement);
  const watermark = element("map-watermark", HTMLElement);
  watermark.style.backgroundImage = `url(${written(say("demo"))})`;
  L.control.scale({ imperial: false, maxWidth: 130, position: "bottomleft" }).addTo(map);

  function renew() {
    const { demo, demo_units: invented } = store.state;
    const inSight = demo ? map.getBounds().intersects([[demo[1], demo[0]], [demo[3], demo[2]]]) : invented;
    mark.hidden = watermark.hidden = !inSight;
    day.textContent = dayInWords(store.day);
    day.setAttribute("datetime", store.day);
    const finest = shownLevels(map.getZoom()).at(-1) ?? config.levels[0];
    level.textContent = say("shownLevel", { level: finest.name });
  }
  map.on("moveend", renew);
  store.on(["state", "day", "level"], renew);
  renew();
}

/** Words written aslant, as a picture to repeat. @param {string} text */
function written(text) {
  const canvas = document.createElement("canvas");
  canvas.width = 520;
  canvas.height = 360;
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ctx.font = '600 30px "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
  ctx.fillStyle = "#7a5300";
  ctx.textAlign = "center";
  for (const [x, y] of [[130, 100], [390, 280]]) {
    ctx.save();
    ctx.translate(x, y);
    ctx.rotate(-Math.PI / 8);
    ctx.fillText(text, 0, 0);
    ctx.restore();
  }
  return canvas.toDataURL();
}
