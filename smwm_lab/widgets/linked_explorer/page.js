// LinkedExplorer without a kernel. Needs #plan (JSON), #points (packed float32), #codes (packed uint8: a colour per row
// and state), #states (packed float64, by column), #maps, `inflate` and `linkedMaps`.
(async () => {
  const $ = (id) => document.getElementById(id);
  const plan = JSON.parse($("plan").textContent);
  const { count } = plan;
  const points = new Float32Array(await inflate("points"));
  const codes = new Uint8Array(await inflate("codes"));
  const states = new Float64Array(await inflate("states"));
  const tell = (row) => {
    if (row < 0) return;
    const values = plan.states.map((state, i) => `${state.name} ${Number(states[i * count + row].toPrecision(4))} ${state.unit}`.trim());
    $("words").textContent = `point ${row}: ${values.join(", ")}`;
  };
  const linked = linkedMaps($("maps"), { names: plan.names, count, onHover: tell, onGo: tell, onSelect: () => {} });
  const showPoints = () => {
    const at = Number($("projection").value);
    linked.setPoints([0, 1].map((i) => points.subarray((2 * at + i) * 2 * count, (2 * at + i + 1) * 2 * count)), plan.titles[at]);
  };
  const showColours = () => {
    const at = Number($("colour").value);
    linked.setColours(codes.subarray(at * count, (at + 1) * count), plan.states[at].palette, plan.states[at].key);
  };
  showPoints();
  showColours();
  linked.history.change(plan.selected, "replace");
  linked.go(plan.row);
  $("projection").addEventListener("change", showPoints);
  $("colour").addEventListener("change", showColours);
  document.body.dataset.ready = "yes";
})();
