"""PlannerTheatre's figure: the world, the latent plane and the actions of one decision, side by side.

    plot_theatre(decision)     one trace per layer; `show_frame` and `show_scene` change what it shows

`snapshot.py` beside it is the static twin: it draws the same layers, so a colour means one thing everywhere.
"""

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from PIL import Image
from plotly.basedatatypes import BaseFigure
from plotly.subplots import make_subplots

from smwm_lab.planning.analysis.decision_trace import TICKS, DecisionTrace
from smwm_lab.viz.theme import BLACK, BLUE, GREY, ORANGE, PALE_GREY, VERMILION
from smwm_lab.widgets.shared.plotly_theme import FONT_SIZE, themed
from smwm_lab.worlds.bodies import Body


GHOST = 0.35
"""Strength of the goal in the image of the world."""
COST_SCALE = [[0.0, "#FFFFFF"], [0.5, "#C9D3E0"], [1.0, "#5B6F8C"]]
"""From cheap to dear; pale, so that what lies on it can be seen."""
WORLD_GRID, COST = "canvas", "cost"
TITLES = ("world: what would happen", "latent plane: what is imagined", "actions: cost of the first one")
SIZE = (1130, 445)
DOMAINS = ((0.0, 0.306), (0.326, 0.632), (0.694, 1.0))
"""Shares of the width."""
ENLARGED = 8
MODEBAR = ["zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale"]
"""Buttons of plotly that are of no use here."""


@dataclass(frozen=True)
class Layer:
    """One thing that is drawn, in one panel (1 world, 2 latent plane, 3 actions)."""

    panel: int
    name: str
    colour: str
    line: float = 0.0
    dash: str = "solid"
    marker: float = 0.0
    symbol: str = "circle"
    opacity: float = 1.0

    @property
    def key(self) -> str:
        """Name within the whole figure."""
        return f"{self.panel} {self.name}"


LAYERS = (
    Layer(1, "candidates", GREY, line=1, opacity=0.8),
    Layer(1, "elites", ORANGE, line=1.5),
    Layer(1, "walked", BLACK, line=3, marker=7),
    Layer(1, "plan in the true world", BLUE, line=3, marker=8),
    Layer(1, "plan as imagined", VERMILION, line=3, dash="dash", marker=9, symbol="x"),
    Layer(1, "now", BLACK, marker=15, symbol="circle-open"),
    Layer(1, "goal", BLACK, marker=17, symbol="star"),
    Layer(2, "canvas", PALE_GREY, marker=3),
    Layer(2, "candidates", GREY, marker=6, opacity=0.8),
    Layer(2, "elites", ORANGE, marker=8),
    Layer(2, "plan in the true world", BLUE, line=3, marker=8),
    Layer(2, "plan as imagined", VERMILION, line=3, dash="dash", marker=9, symbol="x"),
    Layer(2, "now", BLACK, marker=15, symbol="circle-open"),
    Layer(2, "goal", BLACK, marker=17, symbol="star"),
    Layer(2, "subgoal", BLACK, marker=14, symbol="diamond-open"),
    Layer(3, "candidates", GREY, marker=6, opacity=0.8),
    Layer(3, "elites", ORANGE, marker=8),
    Layer(3, "plan as imagined", VERMILION, marker=13, symbol="x"),
)
IN_LEGEND = ("candidates", "elites", "plan as imagined", "plan in the true world", "walked", "now", "goal", "subgoal")


def frame_values(decision: DecisionTrace, frame: int) -> dict[str, np.ndarray]:
    """Return the points (n, 2) of every layer that changes with the frame, NaN between lines."""
    elite, r = decision.is_elite[frame], decision
    values = {
        "1 candidates": _broken(r.paths[frame][~elite]),
        "1 elites": _broken(r.paths[frame][elite]),
        "1 plan in the true world": r.centre_path[frame],
        "1 plan as imagined": r.centre_read[frame],
        "2 candidates": r.ends[frame][~elite],
        "2 elites": r.ends[frame][elite],
        "2 plan in the true world": r.centre_true[frame],
        "2 plan as imagined": r.centre_imagined[frame],
        "3 candidates": r.first_actions[frame][~elite],
        "3 elites": r.first_actions[frame][elite],
        "3 plan as imagined": r.centre_first[frame][None],
    }
    return values


def scene_values(decision: DecisionTrace, path: np.ndarray) -> dict[str, np.ndarray]:
    """Return the points (n, 2) of every layer that stays the same for all frames; path: places so far (n, 2)."""
    scene, columns = decision.scene, list(decision.scene.body.columns)
    subgoal = decision.subgoal
    return {
        "1 walked": path,
        "1 now": scene.state[:, columns].numpy(),
        "1 goal": scene.goal[:, columns].numpy(),
        "2 canvas": scene.latent_grid.flat(scene.latent_grid.latents),
        "2 now": decision.start[None],
        "2 goal": decision.goal[None],
        "2 subgoal": np.empty((0, 2)) if subgoal is None else subgoal[None],
    }


def plot_theatre(decision: DecisionTrace, *, path: np.ndarray | None = None, frame: int | None = None) -> go.Figure:
    """Return the interactive figure of a decision: one trace per layer, the trace `canvas` takes clicks.

    path: places so far (n, 2), world units. frame: the plan if None.
    """
    figure = make_subplots(1, 3, subplot_titles=TITLES)
    figure.add_trace(_clickable(decision), 1, 1)
    figure.add_trace(_landscape(), 1, 3)
    for layer in LAYERS:
        figure.add_trace(_trace(layer), 1, layer.panel)
    figure.add_layout_image(_image(decision), row=1, col=1)
    _dress(figure, decision)
    show_scene(figure, decision, np.empty((0, 2)) if path is None else path)
    show_frame(figure, decision, decision.num_frames - 1 if frame is None else frame)
    return figure


def show_frame(figure: BaseFigure, decision: DecisionTrace, frame: int) -> None:
    """Change a figure of `plot_theatre` to another frame."""
    _put(figure, frame_values(decision, frame))


def show_scene(figure: BaseFigure, decision: DecisionTrace, path: np.ndarray) -> None:
    """Change a figure of `plot_theatre` to another decision, but for what belongs to one frame of it."""
    _put(figure, scene_values(decision, path))
    trace(figure, COST).update(z=cost_heights(decision))
    figure.layout.images[0].source = world_png_uri(decision)
    x, y = plane_ranges(decision)
    figure.layout.xaxis2.range, figure.layout.yaxis2.range = x, y


def trace(figure: BaseFigure, name: str) -> Any:
    """Return a trace by its name."""
    return next(found for found in figure.data if found.meta == name)


def cost_heights(decision: DecisionTrace) -> np.ndarray:
    """Return the logarithm (base 10) of the cost landscape, (y, x)."""
    return np.log10(np.maximum(decision.cost_of_first, 1e-12)).astype(np.float32)


def world_frame(decision: DecisionTrace) -> np.ndarray:
    """Return the observation of the state, with the goal as a ghost in it, uint8 (H, W, 3)."""
    scene = decision.scene
    now, goal = (scene.world.observe(state)[0].permute(1, 2, 0).numpy() for state in (scene.state, scene.goal))
    ghost = 255 - ((255 - goal.astype(np.float32)) * GHOST).astype(np.uint8)
    return np.minimum(now, ghost)


def world_png_uri(decision: DecisionTrace) -> str:
    """Return `world_frame`, enlarged, as the address of a PNG that holds it."""
    pixels = world_frame(decision).repeat(ENLARGED, 0).repeat(ENLARGED, 1)
    buffer = io.BytesIO()
    Image.fromarray(pixels).quantize(64).save(buffer, "png", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def plane_ranges(decision: DecisionTrace) -> tuple[list[float], list[float]]:
    """Return what the latent plane shows: a square around the canvas and the goals, y downwards as in the world."""
    scene = decision.scene
    points = np.concatenate(
        [scene.latent_grid.flat(scene.latent_grid.latents), decision.start[None], decision.goal[None]]
    )
    middle = (points.max(0) + points.min(0)) / 2
    reach = 0.58 * float((points.max(0) - points.min(0)).max()) or 1.0
    x, y = middle.tolist()
    return [x - reach, x + reach], [y + reach, y - reach]


def _put(figure: BaseFigure, values: dict[str, np.ndarray]) -> None:
    for name, points in values.items():
        columns = np.ascontiguousarray(points.T, dtype=np.float32)
        trace(figure, name).update(x=columns[0], y=columns[1])


def _broken(paths: np.ndarray) -> np.ndarray:
    """Return paths (n, step, 2) as one line with gaps, (n * (step + 1), 2)."""
    gaps = np.full((len(paths), 1, 2), np.nan, paths.dtype)
    return np.concatenate([paths, gaps], 1).reshape(-1, 2)


def _trace(layer: Layer) -> go.Scatter:
    parts = [part for part, size in (("lines", layer.line), ("markers", layer.marker)) if size]
    width = 3 if "open" in layer.symbol else 1
    edge = {"width": width, "color": layer.colour if "open" in layer.symbol else "white"}
    return go.Scatter(
        meta=layer.key,
        name=layer.name,
        legendgroup=layer.name,
        showlegend=_first(layer),
        mode="+".join(parts),
        legendrank=IN_LEGEND.index(layer.name) if layer.name in IN_LEGEND else 99,
        opacity=layer.opacity,
        hoverinfo="skip",
        line={"color": layer.colour, "width": layer.line, "dash": layer.dash},
        marker={"color": layer.colour, "size": layer.marker, "symbol": layer.symbol, "line": edge},
    )


def _first(layer: Layer) -> bool:
    """Whether a layer stands for its name in the legend: the first of the name, or the one with points."""
    return layer.name in IN_LEGEND and layer == next(other for other in LAYERS if other.name == layer.name)


def _clickable(decision: DecisionTrace) -> go.Heatmap:
    """Return an invisible grid over the world that knows where it was clicked."""
    places = np.arange(0, decision.scene.world.frame_side, 1 + (decision.scene.world.frame_side > 100))
    return go.Heatmap(
        meta=WORLD_GRID,
        z=np.zeros((len(places),) * 2, np.int8),
        x=places,
        y=places,
        opacity=0,
        showscale=False,
        hovertemplate="%{x}, %{y} px<extra></extra>",
    )


def _landscape() -> go.Heatmap:
    bar = {
        "title": {"text": "log10 cost", "side": "right"},
        "thickness": 14,
        "outlinewidth": 0,
        "xpad": 6,
        "tickfont": {"size": 14},
    }
    return go.Heatmap(
        meta=COST,
        z=np.zeros((len(TICKS),) * 2),
        x=TICKS,
        y=TICKS,
        colorscale=COST_SCALE,
        colorbar=bar,
        zsmooth="best",
        hoverinfo="skip",
    )


def _image(decision: DecisionTrace) -> dict[str, Any]:
    side = decision.scene.world.frame_side
    return {
        "source": world_png_uri(decision),
        "x": -0.5,
        "y": -0.5,
        "sizex": side,
        "sizey": side,
        "xanchor": "left",
        "yanchor": "top",
        "layer": "below",
        "sizing": "stretch",
    }


def name_actions(figure: BaseFigure, body: Body) -> None:
    """Name the axes of the actions after what they move."""
    figure.layout.xaxis3.title.text, figure.layout.yaxis3.title.text = axis_names(body)


def axis_names(body: Body) -> tuple[str, str]:
    """Return what the axes of the actions are."""
    who = f"{body.name} " if body.name else ""
    names = (f"{who}to the right", f"{who}down")
    return tuple(
        name if bool(way.any()) else "nothing moves it this way"
        for name, way in zip(names, body.directions, strict=True)
    )


def _dress(figure: go.Figure, decision: DecisionTrace) -> None:
    themed(figure, width=SIZE[0], height=SIZE[1])
    side = decision.scene.world.frame_side
    figure.update_layout(
        dragmode=False,
        hovermode="closest",
        modebar={"remove": MODEBAR},
        margin={"l": 48, "r": 66, "t": 72, "b": 46},
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.13,
            "yanchor": "bottom",
            "font": {"size": FONT_SIZE},
            "itemclick": False,
            "itemdoubleclick": False,
        },
    )
    for title, domain in zip(figure.layout.annotations, DOMAINS, strict=True):
        title.update(x=domain[0], xanchor="left", font={"size": 17}, yshift=2)
    figure.update_xaxes(constrain="domain", showgrid=False)
    figure.update_yaxes(constrain="domain", showgrid=False)
    for col, domain in enumerate(DOMAINS, 1):
        figure.update_xaxes(domain=domain, title_standoff=6, row=1, col=col)
        figure.update_yaxes(scaleanchor=f"x{col}", title_standoff=4, row=1, col=col)
    figure.update_xaxes(range=[-0.5, side - 0.5], title="x, px", row=1, col=1)
    figure.update_yaxes(range=[side - 0.5, -0.5], title="y, px", row=1, col=1)
    figure.update_xaxes(showticklabels=False, title="first two principal directions", row=1, col=2)
    figure.update_yaxes(showticklabels=False, row=1, col=2)
    figure.update_xaxes(range=[-1.05, 1.05], row=1, col=3)
    figure.update_yaxes(range=[1.05, -1.05], row=1, col=3)
    name_actions(figure, decision.scene.body)
