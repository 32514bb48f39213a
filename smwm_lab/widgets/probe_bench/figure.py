"""The interactive figure of a probe grid: R^2 over noise on the left, over training rows on the right.

    figure = plot_probe_grid(grid, size=7, level=30, floor=None)

`size` and `level` are indices into the grid. `update_size` and `update_level` show others.
"""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.basedatatypes import BaseFigure
from plotly.subplots import make_subplots

from smwm_lab.probes import ProbeGrid
from smwm_lab.viz.theme import BLACK, COLOURMAP, GREY, component_colour
from smwm_lab.widgets.shared.plotly_theme import themed


WIDTH, HEIGHT = 1000, 440
DASHES = ("solid", "dash", "dashdot", "longdash", "dot")
LOWEST = -0.1
"""R^2 below it is drawn here."""
CURVES, FLOORS, HEAT = "r2", "untrained", "heat"


def plot_probe_grid(grid: ProbeGrid, *, size: int, level: int, floor: ProbeGrid | None = None) -> go.Figure:
    """Return curves with `grid.sizes[size]` training rows beside a heat map at `grid.noise[level]`.

    floor: the same of an untrained model; its curves are thin and grey.
    """
    figure = make_subplots(1, 2, column_widths=[0.55, 0.45], horizontal_spacing=0.17)
    for curve in _curves(floor, FLOORS) if floor is not None else []:
        figure.add_trace(curve, 1, 1)
    for curve in _curves(grid, CURVES):
        figure.add_trace(curve, 1, 1)
    figure.add_trace(_heat(grid), 1, 2)
    themed(figure, width=WIDTH, height=HEIGHT)
    figure.update_xaxes(type="log", title="noise / total std of the latent", exponentformat="power", dtick=1, col=1)
    figure.update_yaxes(title="held-out R²", range=[LOWEST - 0.03, 1.05], col=1)
    figure.update_xaxes(title="training rows", type="category", showgrid=False, col=2)
    figure.update_yaxes(autorange="reversed", showgrid=False, ticksuffix="  ", col=2)
    figure.update_layout(
        margin={"t": 78, "l": 64, "b": 60, "r": 10},
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 14},
            "title": {"text": "noise survived  ", "side": "left"},
        },
    )
    update_size(figure, grid, size, floor)
    update_level(figure, grid, level)
    return figure


def update_size(figure: BaseFigure, grid: ProbeGrid, size: int, floor: ProbeGrid | None = None) -> None:
    """Show the curves of another number of training rows, and box its column."""
    for source, kind in ((floor, FLOORS), (grid, CURVES)):
        curves = [trace for trace in figure.data if trace.meta == kind]
        if source is None:
            continue
        survived = source.survives(size)
        for j, trace in enumerate(curves):
            trace.y = np.maximum(source.r2[size, j], LOWEST)
            if kind == CURVES:
                trace.name = f"{grid.names[j]}: {survived[j]:.2g}"
    _shape(figure, "column").update(x0=size - 0.5, x1=size + 0.5)


def update_level(figure: BaseFigure, grid: ProbeGrid, level: int) -> None:
    """Show the heat map of another noise level, and move the line to it."""
    values = grid.at_noise(level)
    heat = next(trace for trace in figure.data if trace.meta == HEAT)
    heat.z = np.clip(values, 0, 1)
    heat.text = [[score_text(value) for value in row] for row in values]
    _shape(figure, "level").update(x0=grid.noise[level], x1=grid.noise[level])
    figure.layout.xaxis2.title.text = f"training rows, at noise {grid.noise[level]:.2g}"


def score_text(value: float) -> str:
    """Return R^2 in a few letters, no minus before a zero.

    >>> score_text(-0.001), score_text(-3.0)
    ('0.00', '<-.1')
    """
    return f"{round(value, 2) + 0.0:.2f}" if value >= LOWEST else "<-.1"


def _shape(figure: BaseFigure, name: str) -> Any:
    """Return a named shape of the figure, made when first asked for."""
    found = [shape for shape in figure.layout.shapes if shape.name == name]
    if not found:
        numbers, line = ("", {"color": BLACK, "width": 2, "dash": "dot"}) if name == "level" else ("2", {"width": 3})
        where = {"xref": f"x{numbers}", "yref": f"y{numbers} domain", "y0": 0, "y1": 1}
        kind = "line" if name == "level" else "rect"
        figure.add_shape(name=name, type=kind, line=line, **where)
        found = [figure.layout.shapes[-1]]
    return found[0]


def _curves(grid: ProbeGrid, kind: str) -> list[go.Scatter]:
    plain = {"color": GREY, "width": 1.5}
    return [
        go.Scatter(
            x=grid.noise,
            name=name,
            meta=kind,
            mode="lines",
            showlegend=kind == CURVES,
            line=plain
            if kind == FLOORS
            else {
                "color": component_colour(name, j)[0],
                "width": 3,
                "dash": DASHES[dash_number(name, j) % len(DASHES)],
            },
            hovertemplate=f"{name}{' (untrained)' if kind == FLOORS else ''}: R² %{{y:.2f}}"
            "<br>noise %{x:.2g}<extra></extra>",
        )
        for j, name in enumerate(grid.names)
    ]


def dash_number(name: str, j: int) -> int:
    """Return which dash the j-th component has: a dot's x the first, its y the second, others the j-th.

    >>> dash_number("red_y", 4), dash_number("theta", 4)
    (1, 4)
    """
    dashed = component_colour(name, j)[1]
    return j if dashed is None else int(dashed)


def _heat(grid: ProbeGrid) -> go.Heatmap:
    return go.Heatmap(
        x=[str(size) for size in grid.sizes],
        y=grid.names,
        meta=HEAT,
        zmin=0,
        zmax=1,
        colorscale=COLOURMAP,
        texttemplate="%{text}",
        textfont={"size": 14},
        xgap=2,
        ygap=2,
        showscale=False,
        hovertemplate="%{y}, %{x} training rows: R² %{text}<extra></extra>",
    )
