// linkedMaps(host, options): two maps of the same rows. What the mouse is on in one has a ring in the other at once;
// selection, colour and the chosen row are shared. Needs `newElement`, `pointMap`, `selectionHistory` and `colourLegend`.
// options: names (two), count, onHover(row), onGo(row), onSelect(rows). Returns what changes it.
window.linkedMaps = (host, { names, count, onHover, onGo, onSelect }) => {
  const HELP = "Draw around points to select them; with shift they are added, with alt taken away. Left and right arrow: " +
    "previous and next point; plus and minus: zoom; zero: the whole map; shift with arrows: move the map.";
  const make = window.newElement;
  host.style.cssText += ";font:15px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;color:#1f2430";
  const bar = make("div", host, "", "display:flex;flex-wrap:wrap;gap:8px 18px;align-items:center;margin:6px 0");
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "selection and zoom");
  const modes = make("label", bar, "drawing ", "display:flex;gap:6px;align-items:center");
  const mode = make("select", modes, "", "font:inherit");
  for (const [value, text] of [["replace", "selects anew"], ["add", "adds (shift)"], ["subtract", "takes away (alt)"], ["move", "moves the map"]])
    make("option", mode, text).value = value;
  const button = (text, act) => {
    const made = make("button", bar, text, "font:inherit;padding:2px 10px");
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  const undo = button("Undo", () => history.undo());
  const redo = button("Redo", () => history.redo());
  button("Clear selection", () => history.change([], "replace"));
  button("Zoom in", () => maps.forEach((map) => map.zoom(1.5)));
  button("Zoom out", () => maps.forEach((map) => map.zoom(1 / 1.5)));
  button("Whole maps", () => maps.forEach((map) => map.fit()));
  const legend = make("div", host, "", "display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center;min-height:26px");
  const line = make("div", host, "", "display:flex;flex-wrap:wrap;gap:16px");
  const history = window.selectionHistory((rows, canUndo, canRedo) => {
    maps.forEach((map) => map.select(rows));
    Object.assign(undo, { disabled: !canUndo });
    Object.assign(redo, { disabled: !canRedo });
    told.textContent = rows.length ? `${rows.length.toLocaleString("en")} of ${count.toLocaleString("en")} points selected, in both maps`
      : `nothing selected: draw around points in either map`;
    onSelect(rows);
  });
  const go = (row) => { maps.forEach((map) => map.mark(row)); onGo(row); };
  const titles = [];
  const maps = names.map((name) => {
    const box = make("figure", line, "", "margin:0");
    titles.push(make("figcaption", box, name, "font-weight:600"));
    const area = make("div", box, "", "border:1px solid #949494");
    return window.pointMap(area, {
      label: `Map of ${name}`, help: HELP, drawing: () => mode.value, onGo: go,
      onHover(row) { maps.forEach((map) => map.highlight(row)); onHover(row); },
      onDrawn: (rows, how) => history.change(rows, how),
    });
  });
  const told = make("p", host, "", "margin:6px 0");
  told.setAttribute("role", "status");

  return {
    maps, history, go,
    setPoints(points, texts) {
      points.forEach((values, i) => maps[i].setPoints(values));
      texts.forEach((text, i) => { titles[i].textContent = text; });
    },
    setColours(codes, palette, key) {
      maps.forEach((map) => map.setColours(codes, palette));
      window.colourLegend(legend, palette, key);
    },
  };
};
