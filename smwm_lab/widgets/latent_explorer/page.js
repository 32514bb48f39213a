// LatentExplorer without a kernel. Needs #plan (JSON), #states (packed float64, by column), #points (packed float32: the
// coordinates of every projection), perhaps #sheet (observations in one image), `inflate` and `plotlyReady`.
plotlyReady.then(async () => {
  const $ = (id) => document.getElementById(id);
  const plan = JSON.parse($("plan").textContent);
  const count = plan.rows.length;
  const columnsOf = (numbers) => {
    let next = 0;
    return () => numbers.subarray(next, (next += count));
  };
  const states = columnsOf(new Float64Array(await inflate("states")));
  plan.states.forEach((state) => { state.values = states(); });
  const points = columnsOf(new Float32Array(await inflate("points")));
  plan.projections.forEach((projection) => { projection.columns = Array.from({ length: projection.dim }, points); });

  const AXES = ["x", "y", "z"];
  const deep = (trace) => trace.type === "scatter3d";
  const traceOf = (name, dim) => plan.traces.findIndex((t) => t.name === name && deep(t) === (dim === 3));
  let shown = plan.projections[0];
  let current = shown.columns;
  let selected = [];
  let gliding = 0;

  const coordinates = (columns) => Object.fromEntries(columns.map((values, i) => [AXES[i], values]));
  const chosen = () => current.map((values) => values[Number($("point").value)]);
  // a shape on the flat map, because to move it does not draw thousands of points anew
  const rings = () => shown.dim === 3 ? [] : [{
    type: "circle", xsizemode: "pixel", ysizemode: "pixel", xanchor: chosen()[0], yanchor: chosen()[1],
    x0: -12, x1: 12, y0: -12, y1: 12, line: { color: "black", width: 3 },
  }];

  function draw() {
    const state = plan.states[Number($("colour").value)];
    const dim = shown.dim;
    const data = plan.traces.map((trace) => ({ ...trace, visible: deep(trace) === (dim === 3) && trace.name !== "traversal" }));
    const cloud = data[traceOf("points", dim)];
    Object.assign(cloud, coordinates(current));
    cloud.marker = { ...cloud.marker, color: state.values };
    if (dim === 2 && selected.length) cloud.selectedpoints = selected;
    if (dim === 3) {
      cloud.marker.opacity = selected.length ? 0.15 : 1;
      const picked = data[traceOf("selected", 3)];
      Object.assign(picked, coordinates(current.map((values) => selected.map((row) => values[row]))));
      picked.marker = { ...picked.marker, color: selected.map((row) => state.values[row]) };
    }
    if (dim === 3) Object.assign(data[traceOf("point", 3)], coordinates(chosen().map((value) => [value])));
    const layout = { ...plan.layout, coloraxis: state.coloraxis, shapes: rings() };
    layout.scene = { ...layout.scene, domain: plan.domains[dim] };
    layout.title = { ...layout.title, text: shown.title };
    return Plotly.react("map", data, layout, { displaylogo: false, responsive: false });
  }

  function change() {
    const before = shown;
    shown = plan.projections[Number($("projection").value)];
    cancelAnimationFrame(gliding);
    if (before.dim !== shown.dim || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      current = shown.columns;
      return draw();
    }
    const start = current.map((values) => values.slice());
    const began = performance.now();
    const frame = (now) => {
      const share = Math.max(0, Math.min(1, (now - began) / 500));
      const eased = share * share * (3 - 2 * share);
      current = share < 1
        ? shown.columns.map((end, i) => end.map((value, row) => start[i][row] + eased * (value - start[i][row])))
        : shown.columns;
      draw();
      if (share < 1) gliding = requestAnimationFrame(frame);
    };
    gliding = requestAnimationFrame(frame);
  }

  // observations
  const sheet = plan.sheet && { ...plan.sheet, image: $("sheet") };
  const canvas = () => {
    const figure = document.createElement("figure");
    figure.style.margin = 0;
    figure.innerHTML = "<canvas class=pixels style='width:144px;height:144px'></canvas><figcaption style='font-size:14px'></figcaption>";
    $("images").append(figure);
    const [image, words] = figure.children;
    Object.assign(image, { width: sheet.width, height: sheet.height });
    image.setAttribute("role", "img");
    return { image, write: (text) => { words.textContent = text; image.setAttribute("aria-label", text); } };
  };
  const place = (i) => [(i % sheet.columns) * sheet.width, Math.floor(i / sheet.columns) * sheet.height];
  let look, mean, pixels;
  if (sheet) {
    await sheet.image.decode();
    [look, mean] = [canvas(), canvas()];
  }

  function lookAt(i) {
    const values = plan.states.map((s) => `${s.name} ${Number(s.values[i].toPrecision(4))} ${s.unit}`.trim());
    $("words").textContent = `point ${plan.rows[i]}: ${values.join(", ")}`;
    if (!sheet) return;
    const [x, y] = place(i);
    look.image.getContext("2d").drawImage(sheet.image, x, y, sheet.width, sheet.height, 0, 0, sheet.width, sheet.height);
    look.write(`point ${plan.rows[i]}`);
  }

  function allPixels() {
    if (pixels) return pixels;
    const whole = document.createElement("canvas");
    Object.assign(whole, { width: sheet.image.naturalWidth, height: sheet.image.naturalHeight });
    const context = whole.getContext("2d", { willReadFrequently: true });
    context.drawImage(sheet.image, 0, 0);
    pixels = { data: context.getImageData(0, 0, whole.width, whole.height).data, width: whole.width };
    return pixels;
  }

  function showMean() {
    const { width, height } = sheet;
    const context = mean.image.getContext("2d");
    context.clearRect(0, 0, width, height);
    mean.write("nothing selected");
    if (!selected.length) return;
    const { data, width: line } = allPixels();
    const total = new Float64Array(width * height * 4);
    for (const i of selected) {
      const [left, top] = place(i);
      for (let y = 0; y < height; y++)
        for (let k = 0, from = ((top + y) * line + left) * 4, to = y * width * 4; k < width * 4; k++) total[to + k] += data[from + k];
    }
    const colours = total.filter((_, k) => k % 4 < 3).map((sum) => sum / selected.length);
    const low = colours.reduce((a, b) => Math.min(a, b));
    const factor = 255 / Math.max(colours.reduce((a, b) => Math.max(a, b)) - low, 1);
    const stretched = Uint8ClampedArray.from(total, (sum, k) => k % 4 < 3 ? (sum / selected.length - low) * factor : 255);
    context.putImageData(new ImageData(stretched, width, height), 0, 0);
    mean.write(`mean of ${selected.length} selected, contrast x ${Math.round(factor)}`);
  }

  // histograms: all rows in grey, the selected ones in blue, each scaled to its highest bar
  function histogram(state, i) {
    const [width, height] = [156, 88];
    const bins = state.edges.length - 1;
    const [low, span] = [state.edges[0], state.edges[bins] - state.edges[0]];
    const bars = (rows, colour, inset) => {
      const counts = new Array(bins).fill(0);
      for (const value of rows) counts[Math.min(bins - 1, Math.floor(((value - low) / span) * bins))]++;
      const most = Math.max(1, ...counts);
      const step = width / bins;
      const path = counts.map((n, b) => n ? `M${b * step + inset} ${height - 20}v${(-n / most) * (height - 24)}h${step - 2 * inset}v${(n / most) * (height - 24)}z` : "");
      return `<path d="${path.join("")}" fill="${colour}"/>`;
    };
    const group = `<g transform="translate(${(i % 2) * (width + 8)} ${Math.floor(i / 2) * (height + 8)})">`;
    return `${group}${bars(state.values, "var(--behind)", 0)}${bars(selected.map((row) => state.values[row]), "var(--chosen)", 1)}` +
      `<line x2="${width}" y1="${height - 20}" y2="${height - 20}" stroke="var(--soft)"/><text y="${height - 4}" font-size="14"></text></g>`;
  }

  function select(rows) {
    selected = rows;
    const lines = Math.ceil(plan.states.length / 2);
    $("histograms").innerHTML = `<svg width="330" height="${lines * 96}" role="img" aria-label="histograms of the states">${plan.states.map(histogram).join("")}</svg>`;
    $("histograms").querySelectorAll("text").forEach((text, i) => {
      const { label, values } = plan.states[i];
      text.textContent = `${label}: ${Number(Math.min(...values).toPrecision(3))} to ${Number(Math.max(...values).toPrecision(3))}`;
    });
    if (sheet) showMean();
    $("status").textContent = rows.length ? `${rows.length} selected` : "nothing selected";
  }

  function selectRange() {
    const { values } = plan.states[Number($("colour").value)];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const limit = (id) => low + ((high - low) * Number($(id).value)) / 100;
    const [from, to] = [limit("low"), limit("high")];
    const slack = 1e-6 * (high - low);
    select(Array.from(values.keys()).filter((row) => values[row] >= from - slack && values[row] <= to + slack));
    draw();
  }

  function clear() {
    Object.assign($("low"), { value: 0 });
    Object.assign($("high"), { value: 100 });
    select([]);
    Plotly.relayout("map", { selections: [] });
    draw();
  }

  function moveTo(row) {
    $("point").value = row;
    lookAt(row);
    if (shown.dim === 2) return Plotly.relayout("map", { shapes: rings() });
    const moved = Object.fromEntries(chosen().map((value, i) => [AXES[i], [[value]]]));
    return Plotly.restyle("map", moved, [traceOf("point", 3)]);
  }

  select([]);
  await draw();
  lookAt(Number($("point").value));
  const map = $("map");
  const row = (event) => event.points.find((point) => point.data.name === "points")?.pointNumber;
  map.on("plotly_hover", (event) => { if (row(event) !== undefined) lookAt(row(event)); });
  map.on("plotly_click", (event) => {  // in space plotly calls the press that turns the points a click
    if (shown.dim === 2 && row(event) !== undefined) moveTo(row(event));
  });
  map.on("plotly_selected", (event) => {
    if (event) select(event.points.filter((point) => point.data.name === "points").map((point) => point.pointNumber));
  });
  map.on("plotly_deselect", () => select([]));
  $("projection").addEventListener("change", change);
  $("colour").addEventListener("change", draw);
  $("point").addEventListener("input", () => moveTo(Number($("point").value)));
  $("low").addEventListener("input", selectRange);
  $("high").addEventListener("input", selectRange);
  $("clear").addEventListener("click", clear);
  const traverse = () => { $("strip").innerHTML = plan.traversals[Number($("traversal").value)].html; };
  $("traversal").addEventListener("change", traverse);
  traverse();
  document.body.dataset.ready = "yes";
});
