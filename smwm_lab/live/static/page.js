// The controls of the page: from mouse, keys and buttons to the session, and from the session onto the page.
(async () => {
  const $ = (id) => document.getElementById(id);
  const { live } = window;
  const { shown } = live;
  const MOST_ACTIONS = 40;
  const MEASURED = 90;
  const COLLAPSED = 0.01;  // share of the largest spread on the page
  const HIGHEST = 360;  // px, of the plane
  const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const facts = JSON.parse($("facts").textContent);
  const { spec } = facts.world;
  const world = live.makeWorld(facts.world);
  const runs = await Promise.all(facts.runs.map(async (run, i) => ({
    ...run,
    model: live.makeModel(run.header, await window.inflate(`weights-${i}`), world.background()),
    plane: live.makePlane(run.plane),
    read: live.makeProbe(run.probe, spec.names),
  })));
  const session = live.makeSession({ facts, world, runs });
  const parts = Object.entries(spec.parts);

  const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });
  const say = (text) => { $("status").textContent = text; };
  const checked = (name) => document.querySelector(`input[name=${name}]:checked`).value;
  const isPlace = (columns) => columns.length === 2;
  const acts = (columns) => columns.some((i) => spec.controllable[i]);
  const journey = live.makeJourney({
    session, spec, say, frame, draw: () => draw(), planner: () => checked("planner"),
    changed: (going) => { $("go").textContent = going ? "Stop" : "Go"; },
  });

  // ---- from the session onto the page

  // [x, y] of every part that has a place, or of those that some action moves
  const places = (state, wanted = () => true) => parts.map(([, columns]) => columns)
    .filter((columns) => isPlace(columns) && wanted(columns)).map((columns) => columns.map((i) => state[i]));
  const widest = Math.max(...runs.map(({ plane }) => plane.reach));
  const reach = () => ($("one-scale").checked ? widest : session.run.plane.reach);

  function draw() {
    session.timed("draw", () => {
      const { plane, read } = session.run;
      const noisy = session.noisy();
      const readings = noisy.length ? noisy.map(read) : [read(session.z)];
      live.drawWorld($("world"), session.pixels, {
        frameSide: spec.frameSide,
        goals: session.goal ? places(session.goal.state, acts) : [],
        readings: noisy.length ? [] : places(readings[0]),
        noisy: noisy.length ? readings.flatMap((reading) => places(reading)) : [],
      });
      const inPlane = (latents) => latents.map(plane.project);
      live.drawPlane($("plane"), {
        reach: reach(), points: plane.points, share: plane.share, now: plane.project(session.z), asked: session.asked,
        guess: plane.project(session.guess), before: session.before && plane.project(session.before),
        goal: session.goal && plane.project(session.goal.z), noisy: inPlane(noisy), plan: inPlane(session.plan),
        candidates: session.candidates.map(inPlane),
      });
      showReadings(readings);
    });
    showSpeed();
    const { state, before, miss, run } = session;
    const values = spec.names.map((name, i) => `${name} ${shown(state[i])} ${spec.units[i]}`).join(", ");
    $("now").textContent = before === null
      ? `${values}; predicted: what standing still brings`
      : `${values}; g missed the next z by ${shown(miss / (run.spread || 1))} of the spread`;
  }

  const between = (i, a, b) => {
    const change = Math.abs(a - b);
    return spec.angles[i] ? Math.min(change, 2 * Math.PI - change) : change;
  };

  function showReadings(readings) {
    [...$("reading").rows].forEach((row, i) => {
      const values = readings.map((reading) => reading[i]);
      const off = values.reduce((sum, value) => sum + between(i, value, session.state[i]), 0) / values.length;
      const cells = [session.state[i], values[0], off].map(shown);
      cells.forEach((text, k) => { row.cells[k + 1].textContent = k === 2 ? `${text} ${spec.units[i]}` : text; });
    });
  }

  function showSpeed() {
    const times = ["render", "encode", "predict", "draw"].map(session.typical);
    const total = times.reduce((a, b) => a + b);
    const [a, b, c, d] = times.map((ms) => ms.toFixed(1));
    const rate = (1000 / total).toFixed(0);
    $("speed").dataset.last = `render ${a}, encode ${b}, predict ${c}, draw ${d} ms: enough for ${rate} frames/s`;
    if (!$("speed").dataset.measured) $("speed").textContent = $("speed").dataset.last;
  }

  function showAsked() {
    const { plane, read } = session.run;
    const { row, distance } = plane.nearest(...session.asked);
    const state = Float32Array.from(facts.states[row]);
    live.drawPixels($("nearest"), world.render(state));
    const says = (values) => spec.names.map((name, i) => `${name} ${shown(values[i])}`).join(", ");
    const [a, b] = session.asked.map(shown);
    $("asked").textContent = `Nearest observation to (${a}, ${b}): ${says(state)}, ${shown(distance)} away. ` +
      `The probe reads at the point itself: ${says(read(plane.at(...session.asked)))}.`;
    $("nearest").setAttribute("aria-label", `nearest observation: ${says(state)}`);
  }

  function showRun() {
    const { label, spread, probe } = session.run;
    const collapsed = spread < COLLAPSED * Math.max(...runs.map((run) => run.spread));
    const found = Object.entries(probe.r2).map(([name, value]) => `${name} ${value.toFixed(2)}`).join(", ");
    const verdict = collapsed ? ", collapsed: under a hundredth of the largest here" : "";
    $("run-facts").textContent = `${label}: latents of ${session.run.model.latentDim} numbers, spread (total standard ` +
      `deviation) ${shown(spread)}${verdict}. A linear probe without noise reads, R² on held-out states: ${found}.`;
  }

  function showNoise() {
    const { noiseStd, run } = session;
    $("noise-facts").textContent = noiseStd === 0
      ? "No noise. The probe reads z as it is."
      : `Standard deviation ${shown(noiseStd)} on each number of z, ${shown(noiseStd / (run.spread || 1))} of the ` +
        "spread of these latents. Crosses: 40 draws, and what the probe reads of them; the table shows one, and how " +
        "far they are off on average.";
    $("noise").setAttribute("aria-valuetext", noiseStd === 0 ? "none" : shown(noiseStd));
  }

  function all() {
    showRun();
    showNoise();
    showAsked();
    draw();
  }

  // ---- from mouse and keys to the session

  const columns = () => spec.parts[$("part").value];
  const inside = (state) => state.map((value, i) =>
    spec.angles[i] ? value : Math.min(Math.max(world.snap(value), spec.low[i]), spec.high[i]));

  // one step of what is chosen towards a state: by an action where there is one, else by hand
  function moveTo(target) {
    if (acts(columns())) session.act(world.actionTowards(session.state, target));
    else session.place(inside(target));
    draw();
  }

  function moveBy([dx, dy], far) {
    const target = Float32Array.from(session.state);
    const size = (i) => (spec.angles[i] ? far * Math.PI / 12 : far * spec.frameSide / 16);
    const chosen = columns();
    if (chosen.length === 2) chosen.forEach((i, axis) => { target[i] += [dx, dy][axis] * size(i); });
    else target[chosen[0]] = (target[chosen[0]] + (dx || -dy) * size(chosen[0]) + 2 * Math.PI) % (2 * Math.PI);
    moveTo(target);
  }

  const worldPlace = (event) => {
    const box = $("world").getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
      .map((share) => share * spec.frameSide - 0.5);
  };

  // the state in which what is chosen is at a place; an angle points there
  function stateAt(place) {
    const target = Float32Array.from(session.state);
    const chosen = columns();
    if (isPlace(chosen)) chosen.forEach((i, axis) => { target[i] = place[axis]; });
    else {
      const [x, y] = parts.find(([, others]) => isPlace(others))[1].map((i) => session.state[i]);
      target[chosen[0]] = (Math.atan2(place[1] - y, place[0] - x) + 2 * Math.PI) % (2 * Math.PI);
    }
    return target;
  }

  let pulled = null;
  async function follow() {
    while (pulled) {
      const target = pulled;
      const still = target.every((value, i) => Math.abs(value - session.state[i]) < 0.5);
      if (!still) moveTo(target);
      await frame();
    }
  }

  function setGoal(state) {
    journey.stop();
    session.setGoal(inside(state));
    say(`Goal set; ${shown(session.away())} px away.`);
    draw();
  }

  $("world").addEventListener("pointerdown", (event) => {
    $("world").focus();
    if (checked("pointer") === "goal") {
      setGoal(stateAt(worldPlace(event)));
      return;
    }
    journey.stop();
    $("world").setPointerCapture(event.pointerId);
    const idle = pulled === null;
    pulled = stateAt(worldPlace(event));
    if (idle) follow();
  });
  $("world").addEventListener("pointermove", (event) => { if (pulled) pulled = stateAt(worldPlace(event)); });
  for (const kind of ["pointerup", "pointercancel"]) {
    $("world").addEventListener(kind, () => {
      if (pulled) moveTo(pulled);
      pulled = null;
    });
  }
  $("world").addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    journey.stop();
    moveBy(KEYS[event.key], event.shiftKey ? 0.25 : 1);
  });

  function ask(a, b) {
    const most = reach() * 1.1;
    session.asked = [a, b].map((value) => Math.min(Math.max(value, -most), most));
    showAsked();
    draw();
  }
  const planePlace = (event) => {
    const canvas = $("plane");
    const box = canvas.getBoundingClientRect();
    return live.toPlane(canvas, reach(), event.clientX - box.left, event.clientY - box.top);
  };
  let asking = false;
  $("plane").addEventListener("pointerdown", (event) => {
    $("plane").focus();
    $("plane").setPointerCapture(event.pointerId);
    asking = true;
    ask(...planePlace(event));
  });
  $("plane").addEventListener("pointermove", (event) => { if (asking) ask(...planePlace(event)); });
  for (const kind of ["pointerup", "pointercancel"]) $("plane").addEventListener(kind, () => { asking = false; });
  $("plane").addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const size = reach() / (event.shiftKey ? 64 : 16);
    const [dx, dy] = KEYS[event.key];
    ask(session.asked[0] + dx * size, session.asked[1] - dy * size);
  });

  // ---- the other controls

  $("goal-here").addEventListener("click", () => setGoal(session.state));
  $("one").addEventListener("click", () => journey.travel(1));
  $("go").addEventListener("click", () => {
    if (!journey.isGoing()) journey.travel(MOST_ACTIONS);
    else {
      journey.stop();
      say("Stopped.");
    }
  });

  function setNoise() {
    const level = Number($("noise").value);
    session.noiseStd = level === 0 ? 0 : 10 ** (-4 + (level - 1) * 5 / 59);
    showNoise();
    draw();
  }

  // frames/s of the whole loop: random actions, one a frame, and back to where it was
  async function measure(count = MEASURED) {
    journey.stop();
    const before = session.state;
    const began = performance.now();
    for (let i = 0; i < count; i++) {
      session.act(Float32Array.from({ length: spec.actionDim }, () => 2 * session.random() - 1));
      draw();
      await frame();
    }
    const rate = count * 1000 / (performance.now() - began);
    session.place(before);
    draw();
    $("speed").dataset.measured = "yes";
    const { last } = $("speed").dataset;
    $("speed").textContent = `${rate.toFixed(0)} frames/s over ${count} frames on this machine; ${last}`;
    return rate;
  }

  function fit() {
    live.fit($("world"), Infinity);
    live.fit($("plane"), HIGHEST);
    draw();
  }

  for (const run of runs) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "run", checked: run === runs[0] });
    input.addEventListener("change", () => {
      journey.stop();
      session.choose(run);
      all();
    });
    label.append(input, ` ${run.label}`);
    $("runs").append(label);
  }
  for (const [name, those] of parts) {
    const told = acts(those) ? "by actions" : "by hand";
    const option = document.createElement("option");
    $("part").append(Object.assign(option, { value: name, textContent: `${name} (${told})` }));
  }
  spec.names.forEach((name) => {
    const row = $("reading").insertRow();
    row.append(Object.assign(document.createElement("th"), { scope: "row", textContent: name }));
    for (let k = 0; k < 3; k++) row.insertCell();
  });
  const { numSamples, numIterations, horizon } = facts.planner;
  $("cem").textContent = `CEM, ${numSamples} candidates × ${numIterations} iterations, ${horizon} actions ahead`;
  $("chance-label").hidden = world.restDim === 0;
  $("scale").hidden = runs.length === 1;
  $("chance").addEventListener("change", () => { session.chance = $("chance").checked; });
  $("one-scale").addEventListener("change", draw);
  $("noise").addEventListener("input", setNoise);
  $("measure").addEventListener("click", () => measure());
  window.addEventListener("resize", fit);
  fit();
  all();
  Object.assign(live, { session, world, runs, facts, measure });
  document.body.dataset.ready = "yes";
})().catch((error) => {
  const reason = `error: this browser cannot open the page (${error}); use one from 2023 or later`;
  document.getElementById("failure").textContent = reason;
  throw error;
});
