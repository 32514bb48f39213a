// newElement(kind, parent, text, style): an element of a map, added to its parent.
window.newElement = (kind, parent, text = "", style = "") => {
  const element = document.createElement(kind);
  element.textContent = text;
  element.style.cssText = style;
  parent.append(element);
  return element;
};

// pointMap(host, options): points on a canvas that answer to mouse and keyboard, up to a million of them at once.
// options: label, help, drawing() -> "move" or how what is drawn around is taken, onHover(row or -1), onGo(row),
// onDrawn(rows, how). Returns what changes it: set, select, highlight, mark, setLines, zoom, fit.
window.pointMap = (host, { label, help, drawing, onHover, onGo, onDrawn }) => {
  const ink = window.pointMapColours;  // of the theme: chosen, lit, outline, halo
  const [WIDTH, HEIGHT, MARGIN, REACH] = [540, 440, 18, 10];
  const ratio = Math.max(1, Math.round(window.devicePixelRatio || 1));
  const frame = document.createElement("div");
  frame.style.cssText = `position:relative;width:${WIDTH}px;height:${HEIGHT}px`;
  const [dots, over] = [0, 1].map(() => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: WIDTH * ratio, height: HEIGHT * ratio });
    canvas.style.cssText = `position:absolute;inset:0;width:${WIDTH}px;height:${HEIGHT}px;touch-action:none`;
    frame.append(canvas);
    return canvas;
  });
  dots.setAttribute("aria-hidden", "true");
  over.tabIndex = 0;
  over.setAttribute("role", "application");
  over.setAttribute("aria-label", `${label}. ${help}`);
  over.style.outlineOffset = "-2px";
  host.append(frame);
  const marks = over.getContext("2d");
  let [xs, ys, codes, palette, chosen] = [new Float32Array(), new Float32Array(), new Uint8Array(), [0], null];
  let view = { scale: 1, x: 0, y: 0 };
  let [lit, marked, outline, pulled, lines] = [-1, 0, [], null, []];

  const toScreen = (row) => [(xs[row] - view.x) * view.scale + WIDTH / 2, (view.y - ys[row]) * view.scale + HEIGHT / 2];

  // every dot is a small disc written straight into the pixels: some ms for 20,000, where an arc each takes a hundred
  function draw() {
    const [width, height] = [dots.width, dots.height];
    const image = new ImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const radius = (xs.length > 200000 ? 0.2 : xs.length > 50000 ? 0.8 : xs.length > 8000 ? 1.6 : xs.length > 2000 ? 2.2 : 3) * ratio;
    const disc = [];
    for (let dy = -Math.ceil(radius); dy <= radius; dy++)
      for (let dx = -Math.ceil(radius); dx <= radius; dx++) if (dx * dx + dy * dy <= radius * radius + 0.9) disc.push([dx, dy]);
    const paint = (wanted, colours) => {
      for (let row = 0; row < xs.length; row++) {
        if (chosen && chosen[row] !== wanted) continue;
        const x = Math.round(((xs[row] - view.x) * view.scale + WIDTH / 2) * ratio);
        const y = Math.round(((view.y - ys[row]) * view.scale + HEIGHT / 2) * ratio);
        if (x < 4 || y < 4 || x >= width - 4 || y >= height - 4) continue;
        const colour = colours[codes[row]];
        for (const [dx, dy] of disc) pixels[(y + dy) * width + x + dx] = colour;
      }
    };
    if (chosen) paint(0, palette.map(pale));
    paint(1, palette);
    dots.getContext("2d").putImageData(image, 0, 0);
    drawMarks();
  }

  const pale = (colour) => {
    const mixed = [0, 8, 16].map((shift) => Math.round(255 - 0.16 * (255 - ((colour >> shift) & 255))) << shift);
    return (0xff000000 | mixed[0] | mixed[1] | mixed[2]) >>> 0;
  };

  function ring(row, radius, colour, width) {
    if (row < 0 || row >= xs.length) return;
    marks.beginPath();
    marks.arc(...toScreen(row), radius, 0, 2 * Math.PI);
    Object.assign(marks, { strokeStyle: ink.halo, lineWidth: width + 3 });
    marks.stroke();
    Object.assign(marks, { strokeStyle: colour, lineWidth: width });
    marks.stroke();
  }

  function drawLine({ x, y, colour, large }) {
    const corners = x.map((value, i) => [(value - view.x) * view.scale + WIDTH / 2, (view.y - y[i]) * view.scale + HEIGHT / 2]);
    for (const [width, style] of [[5, ink.halo], [2, colour]]) {  // white around it: seen on any colour
      marks.beginPath();
      corners.forEach(([left, top]) => marks.lineTo(left, top));
      Object.assign(marks, { strokeStyle: style, lineWidth: width });
      marks.stroke();
    }
    corners.forEach(([left, top], i) => {
      marks.beginPath();
      marks.arc(left, top, i === large ? 8 : 4, 0, 2 * Math.PI);
      Object.assign(marks, { fillStyle: colour, strokeStyle: ink.halo, lineWidth: 1 });
      marks.fill();
      marks.stroke();
    });
  }

  function drawMarks() {
    marks.setTransform(ratio, 0, 0, ratio, 0, 0);
    marks.clearRect(0, 0, WIDTH, HEIGHT);
    lines.forEach(drawLine);
    ring(marked, 11, ink.chosen, 3);
    ring(lit, 8, ink.lit, 3);
    if (outline.length < 2) return;
    marks.beginPath();
    outline.forEach(([x, y]) => marks.lineTo(x, y));
    marks.closePath();
    Object.assign(marks, { fillStyle: ink.outline, strokeStyle: ink.outline, lineWidth: 1.5, globalAlpha: 0.08 });
    marks.fill();
    marks.globalAlpha = 1;
    marks.stroke();
  }

  function at(x, y) {
    let [best, row] = [REACH * REACH, -1];
    for (let i = 0; i < xs.length; i++) {
      const dx = (xs[i] - view.x) * view.scale + WIDTH / 2 - x;
      const dy = (view.y - ys[i]) * view.scale + HEIGHT / 2 - y;
      const far = dx * dx + dy * dy;
      if (far < best) [best, row] = [far, i];
    }
    return row;
  }

  function within(polygon) {
    const rows = [];
    const [[left, right], [top, bottom]] = [0, 1].map((axis) => range(polygon.map((corner) => corner[axis])));
    for (let row = 0; row < xs.length; row++) {
      const x = (xs[row] - view.x) * view.scale + WIDTH / 2;
      const y = (view.y - ys[row]) * view.scale + HEIGHT / 2;
      if (x < left || x > right || y < top || y > bottom) continue;
      let inside = false;
      for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
        const [[xi, yi], [xj, yj]] = [polygon[i], polygon[j]];
        if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
      }
      if (inside) rows.push(row);
    }
    return rows;
  }

  function range(values) {
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < values.length; i++) {
      if (values[i] < low) low = values[i];
      if (values[i] > high) high = values[i];
    }
    return [low, high];
  }

  function fit() {
    const [[left, right], [low, high]] = [range(xs), range(ys)];
    const scale = Math.min((WIDTH - 2 * MARGIN) / (right - left || 1), (HEIGHT - 2 * MARGIN) / (high - low || 1));
    view = { scale, x: (left + right) / 2, y: (low + high) / 2 };
    draw();
  }

  function zoom(factor, x = WIDTH / 2, y = HEIGHT / 2) {
    const [dx, dy] = [(x - WIDTH / 2) / view.scale, (HEIGHT / 2 - y) / view.scale];
    view = { scale: view.scale * factor, x: view.x + dx * (1 - 1 / factor), y: view.y + dy * (1 - 1 / factor) };
    draw();
  }

  const place = (event) => {
    const box = over.getBoundingClientRect();
    return [((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
  };
  over.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    if (pulled) {
      view = { ...view, x: view.x - (x - pulled[0]) / view.scale, y: view.y + (y - pulled[1]) / view.scale };
      pulled = [x, y];
      draw();
    } else if (outline.length) {
      outline.push([x, y]);
      drawMarks();
    } else {
      const row = at(x, y);
      if (row !== lit) onHover(row);
    }
  });
  over.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    over.focus();
    over.setPointerCapture(event.pointerId);
    if (drawing() === "move") pulled = place(event);
    else outline = [place(event)];
  });
  over.addEventListener("pointerup", (event) => {
    const polygon = outline;
    [outline, pulled] = [[], null];
    if (polygon.length > 3) {
      const how = event.shiftKey ? "add" : event.altKey ? "subtract" : drawing();
      onDrawn(within(polygon), how);
    } else if (polygon.length) {
      const row = at(...place(event));
      if (row >= 0) onGo(row);
    }
    drawMarks();
  });
  over.addEventListener("pointercancel", () => { [outline, pulled] = [[], null]; drawMarks(); });
  over.addEventListener("pointerleave", () => { if (!outline.length && lit >= 0) onHover(-1); });
  over.addEventListener("wheel", (event) => {  // the page scrolls on, unless the map was clicked on before
    if (document.activeElement !== over && over.getRootNode().activeElement !== over) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, ...place(event));
  }, { passive: false });
  const move = (dx, dy) => { view = { ...view, x: view.x + (dx * 60) / view.scale, y: view.y + (dy * 60) / view.scale }; draw(); };
  const KEYS = {
    "+": () => zoom(1.4), "=": () => zoom(1.4), "-": () => zoom(1 / 1.4), 0: fit,
    ArrowRight: () => onGo(Math.min(marked + 1, xs.length - 1)), ArrowLeft: () => onGo(Math.max(marked - 1, 0)),
    "shift ArrowRight": () => move(1, 0), "shift ArrowLeft": () => move(-1, 0),
    "shift ArrowUp": () => move(0, 1), "shift ArrowDown": () => move(0, -1),
  };
  over.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = KEYS[(event.shiftKey && event.key.startsWith("Arrow") ? "shift " : "") + event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });

  return {
    // points: Float32Array, all x and then all y
    setPoints(points) {
      [xs, ys] = [points.subarray(0, points.length / 2), points.subarray(points.length / 2)];
      fit();
    },
    // numbers: Uint8Array, the colour of each row in hexadecimal `colours`
    setColours(numbers, colours) {
      codes = numbers;
      palette = colours.map((text) => {
        const value = parseInt(text.slice(1), 16);
        return (0xff000000 | ((value & 255) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
      });
      draw();
    },
    select(rows) {
      chosen = rows.length ? new Uint8Array(xs.length) : null;
      for (const row of rows) chosen[row] = 1;
      draw();
    },
    highlight(row) { lit = row; drawMarks(); },
    mark(row) { marked = row; drawMarks(); },
    // each: x and y of its points in the numbers of the map, colour, and the index of the point that is large
    setLines(drawn) { lines = drawn; drawMarks(); },
    zoom, fit,
    where: toScreen,
    element: over,
  };
};
