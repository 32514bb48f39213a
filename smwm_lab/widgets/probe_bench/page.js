// ProbeBench without a kernel. Needs #plan (JSON), #floats (packed float32: R² by size, component and noise level, then
// that of the untrained model, if there is one), `inflate` and `plotlyReady`.
plotlyReady.then(async () => {
  const $ = (id) => document.getElementById(id);
  const plan = JSON.parse($("plan").textContent);
  const floats = new Float32Array(await inflate("floats"));
  const [components, levels] = [plan.names.length, plan.noise.length];
  const cells = plan.sizes.length * components * levels;
  const curve = (size, component, start) =>
    floats.slice(start + (size * components + component) * levels).subarray(0, levels);
  const score = (value) => value >= plan.lowest ? (Math.round(value * 100) / 100 + 0).toFixed(2) : "<-.1";
  const number = (value) => String(Number(value.toPrecision(2)));

  function draw() {
    const [level, size] = [Number($("noise").value), Number($("rows").value)];
    const seen = { r2: 0, untrained: 0 };
    for (const trace of plan.data) {
      if (trace.meta === "heat") {
        const values = plan.names.map((name, j) => plan.sizes.map((rows, s) => curve(s, j, 0)[level]));
        trace.z = values.map((row) => row.map((value) => Math.min(1, Math.max(0, value))));
        trace.text = values.map((row) => row.map(score));
        continue;
      }
      const j = seen[trace.meta]++;
      trace.y = Array.from(curve(size, j, trace.meta === "untrained" ? cells : 0), (value) => Math.max(value, plan.lowest));
      if (trace.meta === "r2") trace.name = `${plan.names[j]}: ${number(plan.survives[size][j])}`;
    }
    for (const shape of plan.layout.shapes) {
      if (shape.name === "level") shape.x0 = shape.x1 = plan.noise[level];
      else [shape.x0, shape.x1] = [size - 0.5, size + 0.5];
    }
    plan.layout.xaxis2.title.text = `training rows, at noise ${number(plan.noise[level])}`;
    plan.layout.datarevision = `${level} ${size}`;
    $("noise-now").textContent = number(plan.noise[level]);
    $("rows-now").textContent = plan.sizes[size].toLocaleString("en");
    const scores = plan.names.map((name, j) => `${name} ${score(curve(size, j, 0)[level])}`);
    $("status").textContent = `R² on ${plan.num_test} held-out rows: ${scores.join(", ")}`;
    return Plotly.react("figure", plan.data, plan.layout, { displaylogo: false });
  }

  await draw();
  $("noise").addEventListener("input", draw);
  $("rows").addEventListener("input", draw);
  document.body.dataset.ready = "yes";
});
