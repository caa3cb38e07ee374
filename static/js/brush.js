// Histogram window: drag over the bars, or focus an edge and use the arrow keys (Shift: ten bars at a time,
// Home and End: the limits). The form's two fields hold the truth, so that "Apply" is an ordinary GET, and
// each bar stays a link: only a pointer that moved is a drag.
const plot = document.querySelector("[data-brush]");
if (plot) start(plot);

function start(svg) {
  const bins = Number(svg.dataset.bins);
  const origin = Date.parse(svg.dataset.start);
  const step = Number(svg.dataset.seconds) * 1000;
  const counts = svg.dataset.counts.split(",").map(Number);
  const width = svg.viewBox.baseVal.width;
  const edges = [...svg.querySelectorAll("[role=slider]")];
  const shades = [...svg.querySelectorAll(".outside")];
  const fields = [...document.querySelectorAll("[data-brush-field]")];
  const output = document.querySelector("[data-brush-output]");
  const chosen = [0, bins];
  document.querySelector("[data-brush-hint]").hidden = false;

  const clamp = (bin, low, high) => Math.max(low, Math.min(high, bin));
  const written = (bin) => new Date(origin + bin * step).toISOString().slice(0, 19).replace("T", " ");

  function draw() {
    const x = chosen.map((bin) => (bin / bins) * width);
    shades[0].setAttribute("width", x[0]);
    shades[1].setAttribute("x", x[1]);
    shades[1].setAttribute("width", width - x[1]);
    edges.forEach((edge, which) => {
      edge.setAttribute("x", x[which] - 1.5);
      edge.setAttribute("aria-valuenow", chosen[which]);
      edge.setAttribute("aria-valuetext", `${written(chosen[which])} UTC`);
      fields[which].value = written(chosen[which]);
    });
    const total = counts.slice(...chosen).reduce((sum, count) => sum + count, 0);
    output.textContent = `${total.toLocaleString(document.documentElement.lang)} ${output.dataset.words}`;
  }

  function move(which, bin) {
    chosen[which] = which === 0 ? clamp(bin, 0, chosen[1] - 1) : clamp(bin, chosen[0] + 1, bins);
    draw();
  }

  edges.forEach((edge, which) => edge.addEventListener("keydown", (event) => {
    const stride = event.shiftKey ? 10 : 1;
    const by = {
      ArrowLeft: -stride, ArrowDown: -stride, ArrowRight: stride, ArrowUp: stride, Home: -bins, End: bins,
    }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(which, chosen[which] + by);
  }));

  const binAt = (event, round) => {
    const box = svg.getBoundingClientRect();
    return clamp(round(((event.clientX - box.left) / box.width) * bins), 0, bins);
  };
  let dragged = false;
  svg.addEventListener("pointerdown", (down) => {
    if (down.button !== 0) return;
    const which = edges.indexOf(down.target);
    const from = down.clientX;
    const first = binAt(down, Math.floor);
    dragged = false;
    const drag = (event) => {
      if (!dragged && Math.abs(event.clientX - from) < 5) return;
      dragged = true;
      if (which >= 0) return move(which, binAt(event, Math.round));
      const last = binAt(event, Math.floor);
      chosen[0] = Math.min(first, last, bins - 1);
      chosen[1] = Math.min(Math.max(first, last) + 1, bins);
      draw();
    };
    document.addEventListener("pointermove", drag);
    document.addEventListener("pointerup", () => document.removeEventListener("pointermove", drag), { once: true });
  });
  // A link under the pointer would be followed at the end of a drag, and dragged away at its start.
  svg.addEventListener("click", (event) => { if (dragged) event.preventDefault(); });
  svg.addEventListener("dragstart", (event) => event.preventDefault());
}
