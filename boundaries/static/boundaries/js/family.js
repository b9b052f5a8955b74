// @ts-check
/** A wide graph of predecessors and successors opens with the page's own division in sight. */

for (const frame of document.querySelectorAll(".family-frame")) {
  const chosen = frame.querySelector(".family-node.chosen");
  if (!chosen) continue;
  const own = chosen.getBoundingClientRect();
  const box = frame.getBoundingClientRect();
  if (own.right > box.right) frame.scrollLeft = own.left - box.left - (box.width - own.width) / 2;
}
