// selectionHistory(onChange): selected rows that are replaced, added to, subtracted from; with undo and redo.
window.selectionHistory = (onChange) => {
  let [past, rows, future] = [[], [], []];
  const put = (next) => { rows = next; onChange(rows, past.length > 0, future.length > 0); };
  const same = (a, b) => a.length === b.length && a.every((row, i) => row === b[i]);
  return {
    rows: () => rows,
    change(drawn, how) {
      const drawnSet = new Set(drawn);
      const next = how === "add" ? [...new Set([...rows, ...drawn])]
        : how === "subtract" ? rows.filter((row) => !drawnSet.has(row)) : [...drawn];
      next.sort((a, b) => a - b);
      if (same(next, rows)) return put(rows);
      past.push(rows);
      future = [];
      return put(next);
    },
    undo() { if (past.length) { future.push(rows); put(past.pop()); } },
    redo() { if (future.length) { past.push(rows); put(future.pop()); } },
  };
};
