"""The map of latents as a live figure: points that glide, a chosen point, a traversal, and what the mouse does.

Every change is one message to the browser. Gliding needs the event loop of a kernel; without one (in a script, in a
test) points are put at their ends at once.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np

from smwm_lab.widgets.latent_explorer.figure import (
    AXES,
    CURSOR,
    IMAGINED,
    PATH,
    PICKED,
    POINTS,
    REAL,
    colour_values,
    imagined_marks,
    marks,
    path_values,
    plot_latent_projection,
    point_values,
    scene_domain,
    trace_named,
)
from smwm_lab.widgets.shared.background import running_loop
from smwm_lab.widgets.shared.colouring import Colouring
from smwm_lab.widgets.shared.live_figure import LiveFigure


NUM_FRAMES, FRAME_SECONDS = 8, 0.06
"""Of a glide from one projection to the next."""
PALE = 0.15
"""Opacity of points in space while some are selected."""


class LiveProjection:
    """A live figure of points (n, 2 or 3), in step with a chosen row, a traversal over rows, and selected rows.

    It starts flat, at row 0, with the traversal over the rows `path` at `step`. The figure is whole before it becomes a
    widget: nothing needs to be changed in the browser while it is still being set up there.
    """

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
        self.points, self.row, self.selected = points, 0, np.array([], int)
        self.path, self.step = path, step
        plain = plot_latent_projection(points, colour, label=label, cyclic=cyclic, words=words)
        plain.update_layout(title_text=title, shapes=marks(points, self.row, path, step))
        self.figure = LiveFigure(plain)
        self.journey: tuple[np.ndarray, ...] = ()
        self._glide: list[asyncio.TimerHandle] = []
        self.figure.layout.on_change(lambda layout, _: self._remove_outline(layout), "selections")

    @property
    def dim(self) -> int:
        """Dimensions of the projection."""
        return self.points.shape[1]

    def on_mouse(
        self, *, hover: Callable[[int], None], click: Callable[[int], None], select: Callable[[np.ndarray], None]
    ) -> None:
        """Call back with the row under the mouse, the row clicked on, and the rows inside a lasso or box.

        A click counts on the flat map only: in space the mouse turns the points, and plotly calls the press a click.
        """

        def one(call: Callable[[int], None]) -> Callable[..., None]:
            return lambda trace, points, state: call(points.point_inds[0]) if points.point_inds else None

        def several(trace: Any, points: Any, state: Any) -> None:
            if points.point_inds:
                select(np.array(points.point_inds, int))
            else:  # an outline went, or held nothing: no selection, but plotly took it for one
                self.show_selection(self.selected)

        for dim in (2, 3):
            self._points(dim).on_hover(one(hover))
        self._points(2).on_click(one(click))
        self._points(2).on_selection(several)
        self._points(2).on_deselect(lambda trace, points: select(np.array([], int)))

    def show_projection(self, points: np.ndarray, title: str) -> None:
        """Change to another projection of the same points: they glide there, or jump if the dimension changes.

        The title changes when they are there.
        """
        start = self._stop_glide()
        loop = running_loop() if start.shape == points.shape else None
        self.points = points
        if loop is None:
            self._draw_frame(points, title)
            return
        before = self.figure.layout.title.text
        frames = glide(start, points, NUM_FRAMES)
        titles = [*[before] * (len(frames) - 1), title]
        self._glide = [
            loop.call_later(i * FRAME_SECONDS, self._draw_frame, *frame)
            for i, frame in enumerate(zip(frames, titles, strict=True))
        ]

    def show_colour(self, colour: np.ndarray, *, label: str, cyclic: bool, words: Colouring | None = None) -> None:
        """Colour the points by one number each; words: what the numbers stand for, if for words."""
        with self.figure.batch_update():
            self.figure.layout.coloraxis = colour_values(label, cyclic, words)
            for dim in (2, 3):
                self._points(dim).marker.color = colour
            self._draw_selection()

    def show_place(self, row: int, path: np.ndarray, step: int) -> None:
        """Put the ring around a row, and draw a traversal over the rows `path` at `step`."""
        self.row, self.path, self.step = row, path, step
        with self.figure.batch_update():
            self._draw_marks(self.points)

    def show_imagined(self, points: tuple[np.ndarray, ...]) -> None:
        """Draw the points of a real and of an imagined path, two of (T + 1, dim); () takes them away."""
        self.journey = points
        with self.figure.batch_update():
            self._draw_marks(self.points)

    def show_selection(self, rows: np.ndarray) -> None:
        """Make all but the selected rows pale; none selected makes none pale."""
        self.selected = rows
        with self.figure.batch_update():
            self._draw_selection()

    def _remove_outline(self, layout: Any) -> None:
        """Take back the outline that the browser reports, and show what is selected instead of what lies inside.

        As long as plotly keeps an outline it selects by it anew at every change of the figure, whatever it is told.
        The outline is reported after the points inside, and only what was reported can be removed: not with those.
        """
        if layout.to_plotly_json().get("selections"):
            flat = self.figure.data.index(self._points(2))
            self.figure.plotly_update({"selectedpoints": None}, {"selections": []}, [flat])
            with self.figure.batch_update():
                self._draw_selection()

    def _points(self, dim: int) -> Any:
        return trace_named(self.figure, POINTS, dim)

    def _stop_glide(self) -> np.ndarray:
        """Stop a glide under way and return where the points are now."""
        for timer in self._glide:
            timer.cancel()
        gliding = bool(self._glide) and self._glide[-1].when() > asyncio.get_running_loop().time()
        self._glide = []
        trace = self._points(self.dim)
        return np.stack([trace[axis] for axis in AXES[: self.dim]], 1) if gliding else self.points

    def _draw_frame(self, points: np.ndarray, title: str) -> None:
        with self.figure.batch_update():
            self.figure.layout.title.text = title
            self._draw(points)

    def _draw(self, points: np.ndarray) -> None:
        dim = points.shape[1]
        for trace in self.figure.data:
            trace.visible = (trace.type == "scatter3d") == (dim == 3)
        self.figure.layout.scene.domain = scene_domain(dim)
        self._points(dim).update(point_values(points))
        self._draw_marks(points)
        self._draw_selection()

    def _draw_marks(self, points: np.ndarray) -> None:
        flat = points.shape[1] == 2
        self.figure.layout.shapes = (
            [*marks(points, self.row, self.path, self.step), *imagined_marks(self.journey)] if flat else ()
        )
        if not flat:
            trace_named(self.figure, CURSOR, 3).update(point_values(points[[self.row]]))
            trace_named(self.figure, PATH, 3).update(path_values(points[self.path], self.step))
            nothing = (np.empty((0, 3)),) * 2
            for name, cloud in zip((REAL, IMAGINED), self.journey or nothing, strict=True):
                trace_named(self.figure, name, 3).update(point_values(cloud))

    def _draw_selection(self) -> None:
        some = len(self.selected) > 0
        self._points(2).selectedpoints = self.selected.tolist() if some else None  # an array would arrive empty
        if self.dim == 3:
            self._points(3).marker.opacity = PALE if some else 1.0
            picked = trace_named(self.figure, PICKED, 3)
            picked.update(point_values(self.points[self.selected]))
            picked.marker.color = np.asarray(self._points(3).marker.color)[self.selected]


def glide(start: np.ndarray, end: np.ndarray, num_frames: int) -> list[np.ndarray]:
    """Return points from after `start` to `end`, slow at both ends.

    >>> [frame[0].tolist() for frame in glide(np.zeros((1, 2)), np.ones((1, 2)), 2)]
    [[0.5, 0.5], [1.0, 1.0]]
    """
    shares = np.arange(1, num_frames + 1) / num_frames
    return [start + (3 * s**2 - 2 * s**3) * (end - start) for s in shares[:-1]] + [end]
