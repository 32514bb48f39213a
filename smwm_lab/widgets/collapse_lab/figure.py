"""CollapseLab's figure: `collapse_lab_figure` makes it, `update_collapse_lab_figure` moves its traces to another view.

Left the sheets in the latent plane; beside them the alarm, the R^2 of each thing, the total variance, the spectrum.
"""

import numpy as np
import plotly.graph_objects as go
from plotly.basedatatypes import BaseFigure
from plotly.subplots import make_subplots

from smwm_lab.viz.theme import BLACK, INK
from smwm_lab.widgets.collapse_lab.session import strength_text
from smwm_lab.widgets.collapse_lab.view import NUM_EIGENVALUES, CollapseLabView
from smwm_lab.widgets.shared.plotly_theme import themed


WIDTH, HEIGHT = 1090, 480
FLOOR = 1e-9
"""Least value on a logarithmic axis."""
PANELS = {"plane": (1, 1), "alarm": (1, 2), "r2": (2, 2), "variance": (1, 3), "spectrum": (2, 3)}
TITLES = {
    "plane": "states in the latent plane",
    "alarm": "L_inv / Var(a): 1 = nothing known",
    "r2": "R² of a linear probe",
    "variance": "total variance",
    "spectrum": "spectrum (covariance)",
}


def collapse_lab_figure(view: CollapseLabView) -> go.Figure:
    """Return the figure of a view; its traces are named, so that `update_collapse_lab_figure` finds them."""
    titles = [TITLES[name] for name in ("plane", "alarm", "variance", "r2", "spectrum")]
    figure = make_subplots(
        rows=2,
        cols=3,
        specs=[[{"rowspan": 2}, {}, {}], [None, {}, {}]],
        subplot_titles=titles,
        column_widths=[0.42, 0.31, 0.27],
        horizontal_spacing=0.07,
        vertical_spacing=0.17,
    )
    for name, trace in _traces(view):
        figure.add_trace(trace, *PANELS[name])
    themed(figure, width=WIDTH, height=HEIGHT)
    _set_axes(figure)
    update_collapse_lab_figure(figure, view)
    return figure


def update_collapse_lab_figure(figure: BaseFigure, view: CollapseLabView) -> None:
    """Move the traces of a figure to another view of the same world (inside `batch_update` for a live figure)."""
    history, last = view.history, view.history.iloc[-1]
    lines: dict[str, tuple] = {}
    for name, nodes in view.sheets.items():
        lines[f"mesh {name}"], lines[f"nodes {name}"] = tuple(view.mesh(name).T), tuple(nodes.T)
    lines["alarm"] = (history["transitions"], history["alarm"].clip(lower=FLOOR))
    lines["variance"] = (history["transitions"], history["variance"].clip(lower=FLOOR))
    lines |= {f"r2 {name}": (history["transitions"], view.r2[name].clip(lower=-1)) for name in view.r2}
    changes = view.changes
    lines["changes"] = (changes["transitions"], np.full(len(changes), 1.6))
    shown = view.spectrum[:NUM_EIGENVALUES].clip(FLOOR)
    lines["spectrum"] = (np.arange(1, len(shown) + 1), shown)
    for trace in figure.data:
        x, y = lines[trace.meta]
        trace.update(x=np.asarray(x, float), y=np.asarray(y, float))
        if trace.meta == "changes":
            trace.text = [strength_text(value) for value in changes["strength"]]
    reach = 1.1 * view.reach or 1.0
    figure.layout.xaxis.range = figure.layout.yaxis.range = (-reach, reach)
    end = max(float(last["transitions"]), 2000.0) * 1.02
    for axis in ("xaxis2", "xaxis3", "xaxis4"):
        figure.layout[axis].range = (0, end)


def _traces(view: CollapseLabView) -> list[tuple[str, go.Scatter | go.Bar]]:
    traces: list[tuple[str, go.Scatter | go.Bar]] = []
    for name in view.sheets:
        hidden = name in view.hidden
        colour, rows = view.colour(name), np.arange(view.side**2) // view.side
        line = {"color": colour, "width": 1}
        marker = {"size": 9, "color": rows, "colorscale": [[0, colour], [1, view.dark_colour(name)]]}
        marker = {"size": 6, "color": colour, "symbol": "x"} if hidden else marker
        label = f"<b>{view.label(name)}</b>"
        traces.append(("plane", _scatter(f"mesh {name}", mode="lines", line=line, hoverinfo="skip")))
        traces.append(("plane", _scatter(f"nodes {name}", mode="markers", marker=marker, name=label, showlegend=True)))
    traces.append(("alarm", _scatter("alarm", mode="lines+markers", line={"color": INK, "width": 3})))
    traces.append(("alarm", _scatter("changes", mode="text", textposition="middle right", hoverinfo="skip")))
    for name in view.r2:
        line = {"color": view.colour(name), "width": 3, "dash": "dash" if name in view.hidden else "solid"}
        traces.append(
            ("r2", _scatter(f"r2 {name}", mode="lines", line=line, name=name, showlegend=True, legend="legend2"))
        )
    traces.append(("variance", _scatter("variance", mode="lines+markers", line={"color": INK, "width": 3})))
    bars = go.Bar(meta="spectrum", x0=1, marker_color=INK, showlegend=False, hovertemplate="%{y:.3g}<extra></extra>")
    return [*traces, ("spectrum", bars)]


def _scatter(meta: str, **options: object) -> go.Scatter:
    return go.Scatter(**({"meta": meta, "marker": {"size": 4}, "showlegend": False} | options))


def _set_axes(figure: go.Figure) -> None:
    figure.update_xaxes(title_standoff=4)
    figure.update_layout(margin={"l": 10, "r": 10, "t": 40, "b": 50}, uirevision="kept", dragmode=False)
    figure.update_layout(
        legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top"},
        legend2={"x": 0.69, "y": 0.0, "xanchor": "right", "yanchor": "bottom", "bgcolor": "rgba(255,255,255,.8)"},
    )
    figure.update_xaxes(showticklabels=False, showgrid=False, row=1, col=1)
    figure.update_yaxes(
        showticklabels=False, showgrid=False, scaleanchor="x", scaleratio=1, autorange=False, row=1, col=1
    )
    small = {"type": "log", "dtick": 1, "exponentformat": "power"}
    figure.update_yaxes(**small, range=(-3.3, 0.45), row=1, col=2)
    figure.update_yaxes(**small, range=(-9, 2), row=1, col=3)  # 64 latents in (-1, 1) vary by 64 at most
    figure.update_yaxes(**small, range=(-9, 2), row=2, col=3)
    for axis in ("yaxis3", "yaxis5"):
        figure.layout[axis].dtick = 2
    figure.update_yaxes(range=(-1.05, 1.08), row=2, col=2)
    figure.update_xaxes(title_text="transitions", row=2, col=2)
    figure.update_xaxes(title_text="direction", dtick=1, row=2, col=3)
    figure.add_hline(y=1, line={"color": BLACK, "dash": "dot", "width": 1}, row=1, col=2)
    figure.update_annotations(font_size=16)
