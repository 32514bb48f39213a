// Drawing on canvas elements: the world with goal and reading, and the plane of latents.
window.live = window.live || {};
{
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const MARGIN = 26;
  const FONT = "13px system-ui, sans-serif";

  // a canvas as wide as its place, in pixels of the screen; at most `highest` px of the page high
  window.live.fit = (canvas, highest) => {
    const width = canvas.clientWidth;
    canvas.width = Math.round(width * window.devicePixelRatio);
    canvas.height = Math.round(Math.min(width, highest) * window.devicePixelRatio);
  };

  // context and size in px of the page
  function begin(canvas) {
    const context = canvas.getContext("2d");
    const scale = canvas.clientWidth ? canvas.width / canvas.clientWidth : 1;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    return { context, width: canvas.width / scale, height: canvas.height / scale };
  }

  // pixels (side, side, 3) onto the whole of a canvas, every pixel a square
  window.live.drawPixels = (canvas, pixels) => {
    const side = Math.sqrt(pixels.length / 3);
    const image = new ImageData(side, side);
    for (let i = 0, k = 0; k < pixels.length; i += 4, k += 3) {
      image.data[i] = pixels[k];
      image.data[i + 1] = pixels[k + 1];
      image.data[i + 2] = pixels[k + 2];
      image.data[i + 3] = 255;
    }
    const small = (canvas.small ||= document.createElement("canvas"));
    if (small.width !== side) small.width = small.height = side;
    small.getContext("2d").putImageData(image, 0, 0);
    const { context, width, height } = begin(canvas);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, width, height);
    return { context, width };
  };

  function cross(context, x, y, size, width, name) {
    context.strokeStyle = colour(name);
    context.lineWidth = width;
    context.beginPath();
    for (const slope of [1, -1]) {
      context.moveTo(x - size, y - slope * size);
      context.lineTo(x + size, y + slope * size);
    }
    context.stroke();
  }

  function ring(context, x, y, radius, name, filled) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.lineWidth = 2.5;
    context[filled ? "fillStyle" : "strokeStyle"] = colour(name);
    context[filled ? "fill" : "stroke"]();
  }

  function line(context, points, name, width, dashes = []) {
    context.setLineDash(dashes);
    context.strokeStyle = colour(name);
    context.lineWidth = width;
    context.beginPath();
    points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.stroke();
    context.setLineDash([]);
  }

  // places: of the goal, of readings, of noisy readings; px of the states
  window.live.drawWorld = (canvas, pixels, { frameSide, goals, readings, noisy }) => {
    const { context, width } = window.live.drawPixels(canvas, pixels);
    const scale = width / frameSide;
    const on = ([x, y]) => [(x + 0.5) * scale, (y + 0.5) * scale];
    for (const place of noisy) cross(context, ...on(place), 3, 1, "read");
    for (const place of goals) ring(context, ...on(place), 16, "goal", false);
    for (const place of readings) cross(context, ...on(place), 7, 2.5, "read");
  };

  // reach: largest coordinate that is shown
  window.live.drawPlane = (canvas, view) => {
    const { context, width, height } = begin(canvas);
    const scale = scaleOf(width, height, view.reach);
    const on = ([a, b]) => [width / 2 + a * scale, height / 2 - b * scale];
    context.clearRect(0, 0, width, height);
    axes(context, width, height, view);
    context.fillStyle = colour("cloud");
    context.globalAlpha = 0.55;
    for (const point of view.points) {
      const [x, y] = on(point);
      context.fillRect(x - 1.5, y - 1.5, 3, 3);
    }
    context.globalAlpha = 1;
    for (const path of view.candidates) line(context, path.map(on), "cloud", 1);
    for (const point of view.noisy) cross(context, ...on(point), 3.5, 1.5, "noisy");
    if (view.plan.length) line(context, view.plan.map(on), "plan", 2.5);
    if (view.before) line(context, [view.before, view.guess].map(on), "guess", 1.5, [4, 3]);
    if (view.goal) {
      const [x, y] = on(view.goal);
      context.strokeStyle = colour("goal");
      context.lineWidth = 3;
      context.strokeRect(x - 8, y - 8, 16, 16);
    }
    ring(context, ...on(view.now), 6, "now", true);
    ring(context, ...on(view.guess), 9, "guess", false);
    const [x, y] = on(view.asked);
    line(context, [[x, y - 9], [x + 9, y], [x, y + 9], [x - 9, y], [x, y - 9]], "asked", 2);
  };

  // through the middle of the cloud, with the numbers at their ends
  function axes(context, width, height, { reach, share }) {
    line(context, [[0, height / 2], [width, height / 2]], "line", 1);
    line(context, [[width / 2, 0], [width / 2, height]], "line", 1);
    context.fillStyle = colour("soft");
    context.font = FONT;
    const { shown } = window.live;
    const [first, second] = share.map((part) => `${Math.round(100 * part)} % of the variance`);
    context.textAlign = "right";
    context.fillText(`${shown(reach)}, ${first} →`, width - 4, height / 2 - 5);
    context.textAlign = "left";
    const up = `↑ ${shown(reach)}, ${second}`;
    context.fillText(up, Math.min(width / 2 + 5, width - 4 - context.measureText(up).width), 14);
  }

  const scaleOf = (width, height, reach) => (Math.min(width, height) / 2 - MARGIN) / (reach || 1);

  // a place on the canvas, px of the page -> coordinates in the plane
  window.live.toPlane = (canvas, reach, x, y) => {
    const { width, height } = begin(canvas);
    const scale = scaleOf(width, height, reach);
    return [(x - width / 2) / scale, (height / 2 - y) / scale];
  };
}
