// LargeProjection in the browser: joins `pointMap` to the kernel. What lies under the mouse is told at most ten times a
// second.
export default {
  render({ model, el }) {
    el.setAttribute("data-lm-suppress-shortcuts", "true");  // arrow keys are ours, not the notebook's
    const make = window.newElement;
    el.style.cssText += ";font:15px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;color:#1f2430;width:560px";
    const title = make("div", el, "", "font-weight:600");
    title.className = "smwm-map-title";
    const bar = make("div", el, "", "display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center;margin:4px 0");
    const label = make("label", bar, "mouse ", "display:flex;gap:6px;align-items:center");
    const mouse = make("select", label, "", "font:inherit");
    for (const [value, text] of [["", "draws around points"], ["move", "moves the map"]]) make("option", mouse, text).value = value;
    for (const [text, act] of [["Zoom in", () => map.zoom(1.5)], ["Zoom out", () => map.zoom(1 / 1.5)], ["Whole map", () => map.fit()]]) {
      const button = make("button", bar, text, "font:inherit;padding:2px 10px");
      button.type = "button";
      button.addEventListener("click", act);
    }
    const legend = make("div", el, "", "display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center;min-height:26px");
    const area = make("div", el, "", "border:1px solid #949494;width:540px");
    let [waiting, told] = [0, -1];
    const map = window.pointMap(area, {
      label: "Map of the latents",
      help: "Draw around points to select them; with shift they are added, with alt taken away. Left and right arrow: " +
        "previous and next point; plus and minus, or the wheel after a click: zoom; zero: the whole map; shift with arrows: move the map.",
      drawing: () => mouse.value,
      onGo: (row) => { map.mark(row); model.send({ go: row }); },
      onHover(row) {
        map.highlight(row);
        told = row;
        if (waiting || row < 0) return;
        waiting = setTimeout(() => { waiting = 0; if (told >= 0) model.send({ hover: told }); }, 100);
      },
      onDrawn: (rows, how) => model.send({ drawn: rows.length, how }, undefined, [new Uint32Array(rows).buffer]),
    });
    const bytes = (name) => {
      const view = model.get(name);
      return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
    };
    const onPoints = () => map.setPoints(new Float32Array(bytes("coordinates")));
    const onTitle = () => { title.textContent = model.get("title"); };
    const onColours = () => {
      const { palette, key } = model.get("colours");
      map.setColours(new Uint8Array(bytes("codes")), palette);
      window.colourLegend(legend, palette, key);
    };
    const onChosen = () => map.select(new Uint32Array(bytes("chosen")));
    const onPlace = () => { map.mark(model.get("row")); map.setLines(model.get("lines")); };
    const answers = { coordinates: onPoints, title: onTitle, colours: onColours, codes: onColours, chosen: onChosen, row: onPlace, lines: onPlace };
    onPoints();
    for (const answer of [onTitle, onColours, onChosen, onPlace]) answer();
    for (const [name, answer] of Object.entries(answers)) model.on(`change:${name}`, answer);
    return () => { for (const [name, answer] of Object.entries(answers)) model.off(`change:${name}`, answer); };
  },
};
