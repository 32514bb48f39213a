// PlannerTheatre without a kernel. Needs #figure (JSON), #scenes (packed JSON, one per decision), `inflate` and
// `plotlyReady`.
plotlyReady.then(async () => {
  const $ = (id) => document.getElementById(id);
  const figure = JSON.parse($("figure").textContent);
  const scenes = JSON.parse(new TextDecoder().decode(await inflate("scenes")));
  const index = Object.fromEntries(figure.data.map((trace, i) => [trace.meta, i]));
  const decision = $("decision"), iteration = $("iteration"), button = $("play"), words = $("words");
  let timer = null;

  const put = (values) => {
    const names = Object.keys(values);
    const update = { x: names.map((name) => values[name][0]), y: names.map((name) => values[name][1]) };
    return Plotly.restyle("theatre", update, names.map((name) => index[name]));
  };
  const describe = () => {
    const scene = scenes[decision.value];
    words.textContent = scene.title + "; " + scene.words[iteration.value];
    iteration.setAttribute("aria-valuetext", scene.words[iteration.value]);
  };
  const showFrame = () => {
    describe();
    return put(scenes[decision.value].frames[iteration.value]);
  };
  const showScene = async (frame) => {
    const scene = scenes[decision.value];
    iteration.max = scene.frames.length - 1;
    iteration.value = frame === "last" ? iteration.max : 0;
    describe();
    const layout = { "images[0].source": scene.image, "xaxis2.range": scene.ranges[0], "yaxis2.range": scene.ranges[1] };
    await Plotly.update("theatre", { z: [scene.cost] }, layout, [index.cost]);
    await put({ ...scene.still, ...scene.frames[iteration.value] });
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  };
  const atEnd = (slider) => slider.value === slider.max;
  const next = () => {
    if (!atEnd(iteration)) {
      iteration.value = Number(iteration.value) + 1;
      showFrame();
    } else if (!atEnd(decision)) {
      decision.value = Number(decision.value) + 1;
      showScene("first");
    }
    if (atEnd(iteration) && atEnd(decision)) stop();
  };
  button.onclick = () => {
    if (timer) return stop();
    if (atEnd(iteration) && atEnd(decision)) {
      decision.value = 0;
      showScene("first");
    }
    button.textContent = "Pause";
    timer = setInterval(next, 350);
  };
  iteration.oninput = () => { stop(); showFrame(); };
  decision.oninput = () => { stop(); showScene("last"); };
  await Plotly.newPlot("theatre", figure.data, figure.layout, { displayModeBar: false });
  await showScene("first");
});
