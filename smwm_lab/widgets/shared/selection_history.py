"""SelectionHistory: selected rows that are replaced, added to or taken away from, and the way back."""

import numpy as np

from smwm_lab.errors import check_choice


CHANGES = ("replace", "add", "subtract")
"""How rows change a selection."""


class SelectionHistory:
    """Selected rows, int64 (k,), rising; each change can be undone and redone.

    >>> history = SelectionHistory()
    >>> history.change(np.array([3, 1]), "replace").tolist(), history.change(np.array([2]), "add").tolist()
    ([1, 3], [1, 2, 3])
    >>> history.undo().tolist()
    [1, 3]
    """

    def __init__(self) -> None:
        self.rows = np.array([], np.int64)
        self._past: list[np.ndarray] = []
        self._future: list[np.ndarray] = []
        self._source = ""

    @property
    def can_undo(self) -> bool:
        """Whether there is a selection before this one."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a selection was undone."""
        return bool(self._future)

    def change(self, rows: np.ndarray, how: str, *, source: str = "") -> np.ndarray:
        """Change the selection by rows, and return it; how: replace, add or subtract.

        source: what moves continuously, a slider say: its moves one after the other are one change.
        """
        check_choice("how", how, CHANGES)
        rows = np.unique(np.asarray(rows, np.int64))
        changed = {"add": np.union1d(self.rows, rows), "subtract": np.setdiff1d(self.rows, rows)}.get(how, rows)
        if np.array_equal(changed, self.rows):
            return self.rows
        if not source or source != self._source:
            self._past.append(self.rows)
        self._future, self._source, self.rows = [], source, changed
        return self.rows

    def undo(self) -> np.ndarray:
        """Go back to the selection before, if there is one, and return the selection."""
        return self._step(self._past, self._future)

    def redo(self) -> np.ndarray:
        """Go on to the selection that was undone last, if there is one, and return the selection."""
        return self._step(self._future, self._past)

    def _step(self, taken: list[np.ndarray], kept: list[np.ndarray]) -> np.ndarray:
        if taken:
            kept.append(self.rows)
            self.rows = taken.pop()
        self._source = ""
        return self.rows
