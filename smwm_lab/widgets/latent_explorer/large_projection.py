"""The map of very many latents: every point is a pixel or a few on a canvas in the browser, a million at once.

Coordinates and colours cross to the browser once, as bytes; zooming, moving, drawing around points and finding the
point under the mouse need no kernel.
"""

from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets

from smwm_lab.files import asset
from smwm_lab.viz.theme import VERMILION
from smwm_lab.widgets.latent_explorer.figure import JOURNEY_COLOURS
from smwm_lab.widgets.shared.colouring import Colouring, number_colouring
from smwm_lab.widgets.shared.packed_points import colour_traits, point_scripts, points_bytes


MOST_IN_PLOTLY = 30_000
"""Points that plotly is asked to draw at most: it names each selected one by number, in JSON."""


class LargeProjection(anywidget.AnyWidget):
    """A flat map of points (n, 2), used in the way of `LiveProjection`; it cannot be turned in space."""

    _esm = point_scripts("point_map.js", "legend.js") + asset("smwm_lab.widgets.latent_explorer", "large_map.js")
    coordinates = traitlets.Bytes().tag(sync=True)
    """Points of all rows, as `points_bytes` packs them."""
    title = traitlets.Unicode().tag(sync=True)
    """What stands above the map."""
    codes = traitlets.Bytes().tag(sync=True)
    """Number of the colour of each row, uint8."""
    colours = traitlets.Dict().tag(sync=True)
    """The palette and the legend."""
    row = traitlets.Int(0).tag(sync=True)
    """The chosen row; it has a black ring."""
    lines: traitlets.List = traitlets.List().tag(sync=True)
    """Lines over the points: their x and y, colour, and the number of the point that is large."""
    chosen = traitlets.Bytes().tag(sync=True)
    """Numbers of the selected rows, uint32."""

    def __init__(
        self,
        points: np.ndarray,
        colour: np.ndarray,
        *,
        label: str,
        cyclic: bool,
        title: str,
        path: np.ndarray,
        step: int,
        words: Colouring | None = None,
    ):
        self.points, self.path, self.step = points, path, step
        self.journey: tuple[np.ndarray, ...] = ()
        colouring = number_colouring(colour, label, cyclic=cyclic) if words is None else words
        super().__init__(coordinates=points_bytes(points), title=title, lines=self._lines(), **colour_traits(colouring))
        self._calls: dict[str, Callable[..., None]] = {}
        self.on_msg(lambda _, content, buffers: self.receive(content, buffers))

    @property
    def figure(self) -> "LargeProjection":
        """What is shown: the widget itself."""
        return self

    def on_mouse(
        self, *, hover: Callable[[int], None], click: Callable[[int], None], select: Callable[..., None]
    ) -> None:
        """Call back with the row under the mouse, the row gone to, and select(rows, how) with those drawn around."""
        self._calls = {"hover": hover, "go": click, "drawn": select}

    def receive(self, message: dict[str, Any], buffers: Sequence[bytes] = ()) -> None:
        """Call back with the row or the rows in a message of the browser; none drawn around are no selection."""
        if message.get("drawn"):
            self._calls["drawn"](np.frombuffer(buffers[0], "<u4").astype(int), message["how"])
        for name in {"hover", "go"} & set(message):
            self._calls[name](int(message[name]))

    def show_projection(self, points: np.ndarray, title: str) -> None:
        """Change to another projection of the same points."""
        self.points = points
        with self.hold_sync():
            self.set_trait("coordinates", points_bytes(points))
            self.set_trait("title", title)
            self.set_trait("lines", self._lines())

    def show_colour(self, colour: np.ndarray, *, label: str, cyclic: bool, words: Colouring | None = None) -> None:
        """Colour the points by one number each; words: what the numbers stand for, if for words."""
        colouring = number_colouring(colour, label, cyclic=cyclic) if words is None else words
        with self.hold_sync():
            for name, value in colour_traits(colouring).items():
                self.set_trait(name, value)

    def show_place(self, row: int, path: np.ndarray, step: int) -> None:
        """Put the ring around a row, and draw a traversal over the rows `path` at `step`."""
        self.path, self.step = path, step
        with self.hold_sync():
            self.set_trait("row", row)
            self.set_trait("lines", self._lines())

    def show_imagined(self, points: tuple[np.ndarray, ...]) -> None:
        """Draw the points of a real and of an imagined path, two of (T + 1, 2); () takes them away."""
        self.journey = points
        self.set_trait("lines", self._lines())

    def show_selection(self, rows: np.ndarray) -> None:
        """Make all but the selected rows pale; none selected makes none pale."""
        self.set_trait("chosen", rows.astype("<u4").tobytes())

    def _lines(self) -> list[dict[str, Any]]:
        x, y = self.points[self.path].T.tolist()
        lines = [{"x": x, "y": y, "colour": VERMILION, "large": self.step}]
        for points, colour in zip(self.journey, JOURNEY_COLOURS.values(), strict=False):
            x, y = points.T.tolist()
            lines.append({"x": x, "y": y, "colour": colour, "large": -1})
        return lines
