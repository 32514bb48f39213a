// LatentExplorer without a kernel. Needs #plan (JSON), #rows (packed uint32: row numbers), #states (packed float64, by
// column), #points (packed uint16: the coordinates of every projection), #codes (packed uint8: colours of words),
// #words-of (packed JSON), perhaps #sheet (observations in one image), `inflate`, `plotlyReady` and `selectionHistory`.
plotlyReady.then(async () => {
  const $ = (id) => document.getElementById(id);
  const plan = JSON.parse($("plan").textContent);
  plan.rows = new Uint32Array(await inflate("rows"));
  const count = plan.rows.length;
  const columnsOf = (numbers) => {
    let next = 0;
    return () => numbers.subarray(next, (next += count));
  };
  const states = columnsOf(new Float64Array(await inflate("states")));
  plan.states.forEach((state) => { state.values = states(); });
  const points = columnsOf(new Uint16Array(await inflate("points")));
  plan.projections.forEach((projection, p) => {
    const { low, high } = plan.ranges[p];
    projection.columns = low.map((start, i) => Float32Array.from(points(), (step) => start + (step / 65535) * (high[i] - start)));
  });
  const codes = columnsOf(new Uint8Array(await inflate("codes")));
  const wordsOf = JSON.parse(new TextDecoder().decode(await inflate("words-of")));
  plan.words.forEach((column) => Object.assign(column, wordsOf[column.name], { values: codes() }));
  const columns = [...plan.states, ...plan.words];  // what points are coloured by

  const AXES = ["x", "y", "z"];
  const deep = (trace) => trace.type === "scatter3d";
  const traceOf = (name, dim) => plan.traces.findIndex((t) => t.name === name && deep(t) === (dim === 3));
  let shown = plan.projections[0];
  let current = shown.columns;
  let selected = [];
  let gliding = 0;
  let held = "";  // how a key held down while drawing wants the selection to change
  const selections = selectionHistory((rows, canUndo, canRedo) => {
    select(rows);
    $("undo").disabled = !canUndo;
    $("redo").disabled = !canRedo;
  });

  const coordinates = (axes) => Object.fromEntries(axes.map((values, i) => [AXES[i], values]));
  const chosen = () => current.map((values) => values[Number($("point").value)]);
  // a shape on the flat map, because to move it does not draw thousands of points anew
  const rings = () => shown.dim === 3 ? [] : [...shown.shapes, {
    type: "circle", xsizemode: "pixel", ysizemode: "pixel", xanchor: chosen()[0], yanchor: chosen()[1],
    x0: -12, x1: 12, y0: -12, y1: 12, line: { color: "black", width: 3 },
  }];

  function draw() {
    const state = columns[Number($("colour").value)];
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
    for (const [name, line] of Object.entries(shown.lines)) Object.assign(data[traceOf(name, 3)], line);
    const layout = { ...plan.layout, coloraxis: state.coloraxis, shapes: rings() };
    layout.scene = { ...layout.scene, domain: plan.domains[dim] };
    layout.title = { ...layout.title, text: shown.title };
    return Plotly.react("map", data, layout, { displaylogo: false, responsive: false });
  }

  function paint() {
    for (const id of ["low", "high"]) $(id).disabled = Number($("colour").value) >= plan.states.length;  // words have no range
    return draw();
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
  const cellOf = new Map(plan.pictured.map((row, cell) => [row, cell]));
  const place = (row) => {
    const cell = cellOf.get(row);
    return [(cell % sheet.columns) * sheet.width, Math.floor(cell / sheet.columns) * sheet.height];
  };
  // the nearest point, on the map that is shown, that has an image on the sheet
  const pictured = (row) => {
    if (cellOf.has(row)) return row;
    let [best, least] = [plan.pictured[0], Infinity];
    for (const other of plan.pictured) {
      const far = shown.columns.reduce((sum, values) => sum + (values[other] - values[row]) ** 2, 0);
      if (far < least) [best, least] = [other, far];
    }
    return best;
  };
  let look, mean, pixels;
  if (sheet) {
    await sheet.image.decode();
    [look, mean] = [canvas(), canvas()];
  }

  function lookAt(i) {
    const values = plan.states.map((s) => `${s.name} ${Number(s.values[i].toPrecision(4))} ${s.unit}`.trim());
    const words = plan.words.map((column) => `${column.name} ${column.names[column.rows[i]]}`);
    $("words").textContent = `point ${plan.rows[i]}: ${[...values, ...words].join(", ")}`;
    if (!sheet) return;
    const near = pictured(i);
    const [x, y] = place(near);
    look.image.getContext("2d").drawImage(sheet.image, x, y, sheet.width, sheet.height, 0, 0, sheet.width, sheet.height);
    look.write(near === i ? `point ${plan.rows[i]}` : `no image of it here: point ${plan.rows[near]}, near it`);
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
    const seen = selected.filter((row) => cellOf.has(row));
    if (!seen.length) return mean.write("none of the selected has an image here");
    for (const i of seen) {
      const [left, top] = place(i);
      for (let y = 0; y < height; y++)
        for (let k = 0, from = ((top + y) * line + left) * 4, to = y * width * 4; k < width * 4; k++) total[to + k] += data[from + k];
    }
    const colours = total.filter((_, k) => k % 4 < 3).map((sum) => sum / seen.length);
    const low = colours.reduce((a, b) => Math.min(a, b));
    const factor = 255 / Math.max(colours.reduce((a, b) => Math.max(a, b)) - low, 1);
    const stretched = Uint8ClampedArray.from(total, (sum, k) => k % 4 < 3 ? (sum / seen.length - low) * factor : 255);
    context.putImageData(new ImageData(stretched, width, height), 0, 0);
    const some = seen.length < selected.length ? `${seen.length} of ` : "";
    return mean.write(`mean of ${some}${selected.length} selected, contrast x ${Math.round(factor)}`);
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
    const { values } = columns[Number($("colour").value)];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const limit = (id) => low + ((high - low) * Number($(id).value)) / 100;
    const [from, to] = [limit("low"), limit("high")];
    const slack = 1e-6 * (high - low);
    const rows = Array.from(values.keys()).filter((row) => values[row] >= from - slack && values[row] <= to + slack);
    selections.change(rows, "replace", "range");
    draw();
  }

  // words: a part is enough, in whatever case; a number is found if it is the one asked for, to its four digits
  function search() {
    const query = $("search").value.trim();
    if (!query) return;
    const wanted = query.toLowerCase();
    const hits = plan.words.map(({ names }) => names.map((name) => name.toLowerCase().includes(wanted)));
    const number = Number(query);
    const close = (value) => Math.abs(value - number) <= 5e-5 * Math.abs(number);
    const found = [...plan.rows.keys()].filter((row) => plan.words.some((column, i) => hits[i][column.rows[row]]) ||
      (!Number.isNaN(number) && plan.states.some((state) => close(state.values[row]))));
    if (found.length) selections.change(found, $("drawing").value);
    $("status").textContent = found.length ? `found "${query}" in ${found.length} points; ${selected.length} selected`
      : `nothing found: "${query}" stands in no column`;
    draw();
  }

  function clear() {
    Object.assign($("low"), { value: 0 });
    Object.assign($("high"), { value: 100 });
    selections.change([], "replace");
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
  await paint();
  lookAt(Number($("point").value));
  const map = $("map");
  const row = (event) => event.points.find((point) => point.data.name === "points")?.pointNumber;
  map.on("plotly_hover", (event) => { if (row(event) !== undefined) lookAt(row(event)); });
  map.on("plotly_click", (event) => {  // in space plotly calls the press that turns the points a click
    if (shown.dim === 2 && row(event) !== undefined) moveTo(row(event));
  });
  map.on("plotly_selected", (event) => {
    const rows = event?.points.filter((point) => point.data.name === "points").map((point) => point.pointNumber);
    if (!rows?.length) return;
    selections.change(rows, held || $("drawing").value);
    Plotly.relayout("map", { selections: [] });  // the outline would say that what it holds is all that is selected
    draw();
  });
  map.on("plotly_deselect", () => { selections.change([], "replace"); draw(); });
  map.addEventListener("mousedown", (event) => { held = event.shiftKey ? "add" : event.altKey ? "subtract" : ""; }, true);
  $("projection").addEventListener("change", change);
  $("colour").addEventListener("change", paint);
  $("undo").addEventListener("click", () => { selections.undo(); draw(); });
  $("redo").addEventListener("click", () => { selections.redo(); draw(); });
  $("search").addEventListener("change", search);
  $("point").addEventListener("input", () => moveTo(Number($("point").value)));
  $("low").addEventListener("input", selectRange);
  $("high").addEventListener("input", selectRange);
  $("clear").addEventListener("click", clear);
  const traverse = () => { $("strip").innerHTML = plan.traversals[Number($("traversal").value)].html; };
  $("traversal").addEventListener("change", traverse);
  traverse();
  document.body.dataset.ready = "yes";
});
