// selectionHistory(onChange): selected rows that are replaced, added to, subtracted from; with undo and redo.
window.selectionHistory = (onChange) => {
  const past = [];
  let [rows, future, last] = [[], [], ""];
  const put = (next) => { rows = next; onChange(rows, past.length > 0, future.length > 0); };
  const same = (a, b) => a.length === b.length && a.every((row, i) => row === b[i]);
  return {
    rows: () => rows,
    // source: what moves continuously, a slider say: its moves one after the other are one change
    change(drawn, how, source = "") {
      const drawnSet = new Set(drawn);
      const next = how === "add" ? [...new Set([...rows, ...drawn])]
        : how === "subtract" ? rows.filter((row) => !drawnSet.has(row)) : [...drawn];
      next.sort((a, b) => a - b);
      if (same(next, rows)) return put(rows);
      if (!source || source !== last) past.push(rows);
      [future, last] = [[], source];
      return put(next);
    },
    undo() { last = ""; if (past.length) { future.push(rows); put(past.pop()); } },
    redo() { last = ""; if (future.length) { past.push(rows); put(future.pop()); } },
  };
};
