"""The static twin of the theatre: world, latent plane and actions of one frame of a decision on a sheet."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from smwm_lab.planning.analysis.decision_trace import DecisionTrace
from smwm_lab.viz.theme import PALE_GREY, WIDTH
from smwm_lab.widgets.planner_theatre.figure import (
    COST_SCALE,
    IN_LEGEND,
    LAYERS,
    TITLES,
    Layer,
    axis_names,
    cost_heights,
    frame_values,
    plane_ranges,
    scene_values,
    world_frame,
)


SYMBOLS = {"circle": "o", "circle-open": "o", "diamond-open": "D", "star": "*", "x": "X"}
POINT = 0.62
"""Points of a printed sheet per px of the interactive figure."""


def plot_decision(decision: DecisionTrace, *, path: np.ndarray | None = None, frame: int | None = None) -> Figure:
    """Return what a planner compared in one frame of a decision, in the world, in the latent plane, and as actions.

    path: places so far (n, 2), world units. frame: 0 is the first iteration; the plan if None.
    """
    shown = decision.num_frames - 1 if frame is None else frame
    figure = Figure(figsize=(WIDTH * 1.5, WIDTH * 0.6))
    axes = figure.subplots(1, 3)
    _prepare(axes, decision)
    nowhere = np.empty((0, 2)) if path is None else path
    values = scene_values(decision, nowhere) | frame_values(decision, shown)
    for layer in LAYERS:
        _draw(axes[layer.panel - 1], layer, values[layer.key])
    drawn = [handle for ax in reversed(axes) for handle in ax.get_legend_handles_labels()[0]]
    handles = {handle.get_label(): handle for handle in drawn}
    names = [name for name in IN_LEGEND if name in handles]
    figure.legend([handles[name] for name in names], names, loc="outside lower left", ncols=len(names))
    figure.suptitle(decision.account(shown), fontsize=11, x=0.01, ha="left")
    return figure


def _prepare(axes: np.ndarray, decision: DecisionTrace) -> None:
    side = decision.scene.world.frame_side
    across, down = axis_names(decision.scene.body)
    world, plane, actions = axes
    world.imshow(world_frame(decision), extent=(-0.5, side - 0.5, side - 0.5, -0.5))
    world.set(xlabel="x, px", ylabel="y, px", xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5))
    x, y = plane_ranges(decision)
    plane.set(xlim=x, ylim=y, xticks=[], yticks=[], xlabel="principal direction 1", ylabel="principal direction 2")
    scale = LinearSegmentedColormap.from_list("cost", COST_SCALE)
    heights = actions.imshow(
        cost_heights(decision), extent=(-1.05, 1.05, 1.05, -1.05), cmap=scale, interpolation="bilinear"
    )
    actions.set(xlabel=across, ylabel=down, xlim=(-1.05, 1.05), ylim=(1.05, -1.05))
    axes[0].figure.colorbar(heights, ax=actions, label="log10 cost", shrink=0.72)
    for ax, title in zip(axes, TITLES, strict=True):
        ax.set_title(title)
        ax.set_aspect("equal")
        ax.grid(False)
        ax.spines[:].set(visible=True, color=PALE_GREY)


def _draw(ax: Axes, layer: Layer, points: np.ndarray) -> None:
    if not len(points):
        return
    hollow = "open" in layer.symbol
    size = layer.marker * POINT * (1.4 if layer.symbol == "star" else 1.0)
    ax.plot(
        points[:, 0],
        points[:, 1],
        color=layer.colour,
        alpha=layer.opacity,
        linewidth=layer.line * POINT,
        linestyle="none" if not layer.line else "--" if layer.dash == "dash" else "-",
        marker=SYMBOLS[layer.symbol] if layer.marker else "none",
        markersize=size,
        fillstyle="none" if hollow else "full",
        markeredgecolor=layer.colour if hollow else "white",
        markeredgewidth=1.6 if hollow else 0.4,
        label=layer.name,
        clip_on=True,
    )
