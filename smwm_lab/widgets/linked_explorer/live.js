// LinkedView in the browser: joins `linkedMaps` to the kernel. What lies under the mouse is told at most ten times a
// second; the ring in the other map never waits for it.
export default {
  render({ model, el }) {
    el.setAttribute("data-lm-suppress-shortcuts", "true");  // arrow keys are ours, not the notebook's
    let [waiting, told] = [0, -1];
    const tell = (row) => {
      told = row;
      if (waiting || row < 0) return;
      waiting = setTimeout(() => { waiting = 0; if (told >= 0) model.send({ hover: told }); }, 100);
    };
    const linked = window.linkedMaps(el, {
      names: model.get("names"),
      count: model.get("count"),
      onHover: tell,
      onGo: (row) => model.send({ go: row }),
      onSelect: (rows) => model.send({ selected: rows.length }, undefined, [new Uint32Array(rows).buffer]),
    });
    const bytes = (view) => view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
    const onPoints = () => linked.setPoints(
      model.get("points").map((view) => new Float32Array(bytes(view))), model.get("titles"));
    const onColours = () => {
      const { palette, key } = model.get("colours");
      linked.setColours(new Uint8Array(bytes(model.get("codes"))), palette, key);
    };
    const onRow = () => linked.maps.forEach((map) => map.mark(model.get("row")));
    const onAsked = () => linked.history.change(model.get("asked").rows, "replace");
    const answers = { points: onPoints, codes: onColours, colours: onColours, row: onRow, asked: onAsked };
    onPoints();
    onColours();
    onRow();
    linked.history.change(model.get("asked").rows ?? [], "replace");
    for (const [name, answer] of Object.entries(answers)) model.on(`change:${name}`, answer);
    return () => { for (const [name, answer] of Object.entries(answers)) model.off(`change:${name}`, answer); };
  },
};
