"""How rows are selected in LatentExplorer: what drawing does, the way back, and a search."""

from collections.abc import Callable

import ipywidgets
import numpy as np

from smwm_lab.widgets.latent_explorer.session import LatentExplorerSession
from smwm_lab.widgets.shared.panel import Panel


class SelectionControls:
    """The controls `drawing`, `undo`, `redo`, `clear` and `search` of a panel.

    show: called with the rows that are selected now. A search selects what it finds, as drawing would.
    """

    def __init__(self, panel: Panel, session: LatentExplorerSession, *, show: Callable[[np.ndarray], None]):
        self._panel, self._session, self._show = panel, session, show
        style = {"description_width": "6.5em"}
        self.drawing = ipywidgets.Dropdown(
            options=[("selects anew", "replace"), ("adds", "add"), ("takes away", "subtract")],
            description="drawing",
            style=style,
            layout={"width": "17em"},
        )
        self.undo = ipywidgets.Button(description="Undo", disabled=True, tooltip="The selection before")
        self.redo = ipywidgets.Button(description="Redo", disabled=True, tooltip="The selection that was undone")
        self.clear = ipywidgets.Button(description="Clear selection")
        self.search = ipywidgets.Text(
            description="search", placeholder="words or a number", continuous_update=False, style=style
        )
        self.search.layout.width = "20em"
        for button in (self.undo, self.redo):
            button.layout.width = "5em"
        self.undo.on_click(lambda _: self._go(session.selections.undo()))
        self.redo.on_click(lambda _: self._go(session.selections.redo()))
        panel.on_change(self.search, "value", lambda _: self.find(self.search.value))

    @property
    def controls(self) -> list[ipywidgets.Widget]:
        """All of them, in their order."""
        return [self.drawing, self.undo, self.redo, self.clear, self.search]

    def change(self, rows: np.ndarray, *, how: str = "", source: str = "") -> None:
        """Change the selection by rows as `drawing` says, or as `how` does; no rows clear it."""
        how = how or self.drawing.value if len(rows) else "replace"
        self._go(self._session.selections.change(rows, how, source=source))

    def find(self, query: str) -> None:
        """Select the rows in which a text is found, and say how many there are."""
        if not query.strip():
            return
        rows = self._session.find(query)
        if len(rows):
            self.change(rows)
            chosen = len(self._session.selected)
            self._panel.say(f"found {query.strip()!r} in {len(rows):,} points; {chosen:,} selected")
        else:
            self._panel.say(f"nothing found: {query.strip()!r} stands in no column")

    def _go(self, rows: np.ndarray) -> None:
        selections = self._session.selections
        self.undo.disabled, self.redo.disabled = not selections.can_undo, not selections.can_redo
        self._show(rows)
