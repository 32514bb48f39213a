"""LinkedView: two maps in the browser that show each other's row without asking the kernel."""

from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets

from smwm_lab.files import asset
from smwm_lab.widgets.shared.colouring import Colouring
from smwm_lab.widgets.shared.packed_points import colour_traits, point_scripts, points_bytes


PARTS = ("point_map.js", "selection.js", "legend.js", "linked_maps.js")
"""Scripts that the live maps and those of the page share."""


class LinkedView(anywidget.AnyWidget):
    """Two maps of the same rows; calls hover(row), go(row) and select(rows) with what happens in the browser."""

    _esm = point_scripts(*PARTS) + asset("smwm_lab.widgets.linked_explorer", "live.js")
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """What the two maps show."""
    count = traitlets.Int().tag(sync=True)
    """Number of rows."""
    points = traitlets.List(traitlets.Bytes()).tag(sync=True)
    """Coordinates of each map, as `points_bytes` packs them."""
    titles = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """What stands above each map."""
    codes = traitlets.Bytes().tag(sync=True)
    """Number of the colour of each row, uint8."""
    colours = traitlets.Dict().tag(sync=True)
    """The palette and the legend."""
    row = traitlets.Int(0).tag(sync=True)
    """The chosen row; it has a black ring in both maps."""
    asked = traitlets.Dict().tag(sync=True)
    """A selection that the kernel wants: its rows, and a number that makes each one new."""

    def __init__(
        self,
        names: Sequence[str],
        points: Sequence[np.ndarray],
        titles: Sequence[str],
        colouring: Colouring,
        *,
        hover: Callable[[int], None],
        go: Callable[[int], None],
        select: Callable[[np.ndarray], None],
    ):
        super().__init__(
            names=list(names), count=len(points[0]), **_map_traits(points, titles), **colour_traits(colouring)
        )
        self._hover, self._go, self._select = hover, go, select
        self.on_msg(lambda _, content, buffers: self.receive(content, buffers))

    def show_points(self, points: Sequence[np.ndarray], titles: Sequence[str]) -> None:
        """Change to another projection of both maps."""
        with self.hold_sync():
            self.set_trait("points", [points_bytes(each) for each in points])
            self.set_trait("titles", list(titles))

    def show_colours(self, colouring: Colouring) -> None:
        """Colour the rows, in both maps."""
        with self.hold_sync():
            for name, value in colour_traits(colouring).items():
                self.set_trait(name, value)

    def show_selection(self, rows: np.ndarray) -> None:
        """Select rows in both maps; it can be undone there like one that was drawn."""
        self.asked = {"rows": rows.tolist(), "number": self.asked.get("number", 0) + 1}

    def receive(self, message: dict[str, Any], buffers: Sequence[bytes] = ()) -> None:
        """Call back with the row or the rows in a message of the browser."""
        if "hover" in message:
            self._hover(int(message["hover"]))
        elif "go" in message:
            self._go(int(message["go"]))
        else:
            self._select(np.frombuffer(buffers[0], "<u4").astype(int))


def _map_traits(points: Sequence[np.ndarray], titles: Sequence[str]) -> dict[str, Any]:
    return {"points": [points_bytes(each) for each in points], "titles": list(titles)}
