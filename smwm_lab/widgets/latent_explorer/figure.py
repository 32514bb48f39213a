"""The interactive map of latents, flat or in space, as one figure of named traces.

    figure = plot_latent_projection(points, colour, label="red_x, px")      flat (n, 2) or deep (n, 3)

A map holds the flat and the deep traces at once, so that a widget can change between them; one kind is hidden. Flat
points are drawn by WebGL. `point_values`, `path_values` and `marks` return what changes when something moves.
"""

from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.basedatatypes import BaseFigure
from plotly.colors import get_colorscale, make_colorscale

from smwm_lab.errors import check
from smwm_lab.viz.theme import BLACK, GRID, POINT_COLOURS, PURPLE, SOFT, VERMILION
from smwm_lab.widgets.shared.colouring import Colouring
from smwm_lab.widgets.shared.plotly_theme import CYCLIC, FONT_SIZE, themed


POINTS, PATH, CURSOR, PICKED = "points", "traversal", "point", "selected"
"""Names of the traces: all points, the traversal through them, the chosen one, and in space the selected ones."""
REAL, IMAGINED = "real path", "imagined path"
"""Names of the traces of what happens and of what is imagined."""
JOURNEY_COLOURS = {REAL: BLACK, IMAGINED: PURPLE}
AXES = "xyz"
WIDTH, HEIGHT = 590, 450
LONGEST_WORD = 24
"""Letters of a word beside the colours."""
FADED = 0.08
"""Opacity of what is not selected."""


def plot_latent_projection(
    points: np.ndarray, colour: np.ndarray, *, label: str, cyclic: bool = False, words: Colouring | None = None
) -> go.Figure:
    """Return the map of points (n, 2 or 3), coloured by one number each; label: what the number means, with unit.

    cyclic: colours of an angle. words: what the numbers stand for, if they stand for words.
    Traces of the other number of dimensions are there, empty and hidden.
    """
    check(len(points) == len(colour), f"{len(points)} points and {len(colour)} colours; allowed: as many of both")
    figure = go.Figure([_flat_trace(len(points)), *_deep_traces()])
    dim = points.shape[1]
    for trace in figure.data:
        trace.visible = _is_deep(trace) == (dim == 3)
    trace_named(figure, POINTS, dim).update(point_values(points))
    for either in (2, 3):
        trace_named(figure, POINTS, either).marker.color = colour
    figure.update_layout(
        coloraxis=colour_values(label, cyclic, words),
        showlegend=False,
        dragmode="lasso",
        hovermode="closest",
        newselection={"line": {"color": BLACK, "width": 2, "dash": "dot"}},
    )
    themed(figure, width=WIDTH, height=HEIGHT)
    figure.update_layout(
        margin={"l": 10, "r": 10, "t": 66, "b": 10},
        title={"x": 0.02, "xanchor": "left", "y": 1 - 36 / HEIGHT, "yanchor": "top"},
        modebar={"color": SOFT, "activecolor": BLACK, "bgcolor": "rgba(0,0,0,0)"},
    )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")
    blank = {"showticklabels": False, "title": "", "gridcolor": GRID, "backgroundcolor": "white"}
    figure.update_scenes(
        {f"{axis}axis": blank for axis in AXES}, aspectmode="data", dragmode="orbit", domain=scene_domain(dim)
    )
    return figure


def scene_domain(dim: int) -> dict[str, list[float]]:
    """Return where the figure in space stands: in a corner while it is not shown, or it would catch the mouse."""
    return {axis: [0.0, 1.0 if dim == 3 else 0.001] for axis in "xy"}


def trace_named(figure: BaseFigure, name: str, dim: int) -> Any:
    """Return a trace of the map: flat (dim = 2) or deep (3)."""
    return next(trace for trace in figure.data if trace.name == name and _is_deep(trace) == (dim == 3))


def point_values(points: np.ndarray) -> dict[str, np.ndarray]:
    """Return the coordinates of points (n, 2 or 3) as a trace takes them."""
    columns = np.ascontiguousarray(points.T, dtype=np.float32)
    return dict(zip(AXES, columns, strict=False))


def marks(points: np.ndarray, row: int, path: np.ndarray, step: int) -> list[dict[str, Any]]:
    """Return shapes on the flat map: a line over the rows `path` with its `step` large, and a ring around `row`.

    Shapes, because to move one does not draw thousands of points anew.
    """
    orange = {"color": VERMILION, "width": 2}
    route = "L".join(f"{x:.6g},{y:.6g}" for x, y in points[path])
    line = [{"type": "path", "path": f"M{route}", "line": orange}] if len(path) else []
    dots = [
        _disc(points[place], 9 if i == step else 5) | {"fillcolor": VERMILION, "line": {"color": "white", "width": 1}}
        for i, place in enumerate(path)
    ]
    return [*line, *dots, _disc(points[row], 12) | {"line": {"color": BLACK, "width": 3}}]


def imagined_marks(journey: tuple[np.ndarray, ...]) -> list[dict[str, Any]]:
    """Return shapes on the flat map: a real and an imagined path, two of (T + 1, 2), each with a dot per step."""
    shapes: list[dict[str, Any]] = []
    for points, colour in zip(journey, JOURNEY_COLOURS.values(), strict=False):
        route = "L".join(f"{x:.6g},{y:.6g}" for x, y in points)
        dash = "solid" if colour == BLACK else "dash"
        shapes += [{"type": "path", "path": f"M{route}", "line": {"color": colour, "width": 3, "dash": dash}}]
        shapes += [_disc(point, 4) | {"fillcolor": colour, "line": {"color": "white", "width": 1}} for point in points]
    return shapes


def _disc(centre: np.ndarray, radius: float) -> dict[str, Any]:
    """Return a circle of `radius` px around a point of the map."""
    return {
        "type": "circle",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "xanchor": float(centre[0]),
        "yanchor": float(centre[1]),
        "x0": -radius,
        "x1": radius,
        "y0": -radius,
        "y1": radius,
    }


def path_values(points: np.ndarray, step: int) -> dict[str, Any]:
    """Return a traversal over points (steps, 2 or 3) as its trace takes it; the current step is the largest."""
    sizes = np.where(np.arange(len(points)) == step, 18, 9)
    return point_values(points) | {"marker": {"size": sizes}}


def colour_values(label: str, cyclic: bool, words: Colouring | None = None) -> dict[str, Any]:
    """Return the colour axis: that of dots on white, or from 0 to 2 pi a scale whose ends meet, for an angle.

    words: for words, a colour each.
    """
    bar = {
        "title": {"text": plain(label), "side": "right", "font": {"size": FONT_SIZE}},
        "thickness": 16,
        "outlinewidth": 0,
        "tickfont": {"size": 14},
        "tickmode": "auto",
    }
    if words is not None:
        return _word_axis(words, bar)
    ends = (0, 2 * np.pi) if cyclic else (None, None)
    return {
        "colorscale": get_colorscale(CYCLIC) if cyclic else make_colorscale(POINT_COLOURS),
        "colorbar": bar,
        "cmin": ends[0],
        "cmax": ends[1],
        "cauto": not cyclic,
    }


def _word_axis(words: Colouring, bar: dict[str, Any]) -> dict[str, Any]:
    """Return the colour axis of words: a step for each, with the word beside it."""
    count = len(words.palette)
    steps = [[edge / count, colour] for i, colour in enumerate(words.palette) for edge in (i, i + 1)]
    names = [plain(name if len(name) <= LONGEST_WORD else f"{name[: LONGEST_WORD - 1]}…") for name in words.names or ()]
    ticks = {"tickmode": "array", "tickvals": list(range(count)), "ticktext": names}
    return {"colorscale": steps, "colorbar": bar | ticks, "cmin": -0.5, "cmax": count - 0.5, "cauto": False}


def plain(text: str) -> str:
    """Return text as plotly draws it letter by letter: it takes some tags, links among them, for markup."""
    return escape(text, quote=False)


def point_size(num_points: int) -> int:
    """Return the size of a point of the flat map, px: smaller where there are many."""
    return 7 if num_points <= 2000 else 5 if num_points <= 8000 else 4


def _flat_trace(num_points: int) -> go.Scattergl:
    shape = {"size": point_size(num_points), "coloraxis": "coloraxis", "opacity": 0.85}
    return go.Scattergl(
        name=POINTS,
        mode="markers",
        marker=shape,
        hoverinfo="none",
        unselected={"marker": {"opacity": FADED}},
        selected={"marker": {"opacity": 1}},
    )


def _deep_traces() -> list[Any]:
    shape = {"size": 3, "coloraxis": "coloraxis"}
    return [
        go.Scatter3d(name=POINTS, mode="markers", marker=shape, hoverinfo="none"),
        go.Scatter3d(name=PICKED, mode="markers", marker=shape | {"size": 5}, hoverinfo="skip"),
        go.Scatter3d(
            name=PATH,
            mode="lines+markers",
            hoverinfo="skip",
            line={"color": VERMILION, "width": 4},
            marker={"symbol": "diamond", "color": VERMILION},
        ),
        *(
            go.Scatter3d(name=name, mode="lines+markers", hoverinfo="skip", line=line, marker={"size": 4, **line})
            for name, line in ((name, {"color": colour}) for name, colour in JOURNEY_COLOURS.items())
        ),
        go.Scatter3d(
            name=CURSOR, mode="markers", hoverinfo="skip", marker={"symbol": "circle-open", "size": 12, "color": BLACK}
        ),
    ]


def _is_deep(trace: Any) -> bool:
    return trace.type == "scatter3d"
