"""The static twin of LatentExplorer: map, point, selection, histograms and traversal on one sheet."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure, SubFigure

from smwm_lab.probes import LatentTable
from smwm_lab.viz.projection import name_axes
from smwm_lab.viz.theme import BLACK, NAVY, PALE_GREY, POINT_COLOURMAP, VERMILION, WIDTH
from smwm_lab.viz.worlds import show_image
from smwm_lab.widgets.latent_explorer.figure import JOURNEY_COLOURS, REAL
from smwm_lab.widgets.latent_explorer.histograms import bar_edges, bar_heights
from smwm_lab.widgets.shared.image_strip import stretched


SHOWN = 4
"""Histograms at most."""
NUM_DOTS = 50_000
"""Points drawn at most, evenly chosen, and as many of the selected ones."""


def plot_latent_explorer(
    table: LatentTable,
    points: np.ndarray,
    *,
    title: str,
    colour: Mapping[str, Any],
    row: int = 0,
    selected: np.ndarray | None = None,
    path: np.ndarray | None = None,
    labels: Sequence[str] = (),
    traversal: str = "",
    journey: Sequence[np.ndarray] = (),
) -> Figure:
    """Return the map of points (n, 2 or 3) coloured by a column, and what belongs to it.

    colour: numbers (n,), their label, and what they stand for if they stand for words, as `plot_latent_projection`
    takes them. row: the point with the ring; selected: row numbers; path: rows along a traversal, with one label
    each; traversal: what it follows. journey: points of a real and of an imagined path.
    """
    chosen = np.array([], int) if selected is None else selected
    along = np.array([], int) if path is None else path
    has_images = table.frames is not None and len(along) > 0
    figure = Figure(figsize=(WIDTH * 1.3, WIDTH * (0.85 if has_images else 0.65)))
    upper, lower = figure.subfigures(2, 1, height_ratios=(3.4, 1)) if has_images else (figure, None)
    left, right = upper.subfigures(1, 2, width_ratios=(5, 4))
    ax = _draw_map(left, points, title, colour, row, chosen, along)
    _draw_journey(ax, journey)
    _draw_side(right, table, row, chosen)
    if lower is not None:
        axes = lower.subplots(1, len(along), squeeze=False)[0]
        for ax, image, label in zip(axes, table.observations(along), labels, strict=True):
            show_image(ax, image, label)
        lower.suptitle(f"real points nearest to a walk along {traversal}", fontsize=9)
    return figure


def _draw_map(
    left: SubFigure,
    points: np.ndarray,
    title: str,
    colour: Mapping[str, Any],
    row: int,
    chosen: np.ndarray,
    along: np.ndarray,
) -> Axes:
    flat = points.shape[1] == 2
    ax = left.add_subplot(projection="rectilinear" if flat else "3d")
    pale = np.full(len(points), 1.0 if len(chosen) == 0 else 0.08)
    pale[chosen] = 1.0
    words = colour.get("words")
    scale: dict[str, Any] = {"cmap": POINT_COLOURMAP}
    if words is not None:
        count = len(words.palette)
        scale = {"cmap": ListedColormap(list(words.palette)).resampled(count), "vmin": -0.5, "vmax": count - 0.5}
    drawn = np.union1d(evenly(np.arange(len(points)), NUM_DOTS), evenly(chosen, NUM_DOTS))
    values = np.asarray(colour["colour"])[drawn]
    dots = ax.scatter(*points[drawn].T, c=values, s=5, linewidths=0, alpha=pale[drawn], **scale)
    ax.plot(*points[along].T, color=VERMILION, marker="D", markersize=4, linewidth=1.2)
    ax.plot(*points[[row]].T, "o", color=BLACK, markersize=11, fillstyle="none", markeredgewidth=2)
    if flat:
        ax.set(xticks=[], yticks=[], aspect="equal", adjustable="datalim")
        ax.grid(False)
    else:
        ax.set(xticklabels=[], yticklabels=[], zticklabels=[])
    name_axes(ax, title)
    some = f"\n{len(drawn):,} of {len(points):,} points" if len(drawn) < len(points) else ""
    ax.set_title(title + some, fontsize=9)
    bar = left.colorbar(dots, ax=ax, label=without_formulas(colour["label"]), shrink=0.8)
    if words is not None:
        bar.set_ticks(range(len(words.palette)), labels=[without_formulas(name) for name in words.names or ()])
    return ax


def _draw_journey(ax: Axes, journey: Sequence[np.ndarray]) -> None:
    for points, (name, colour) in zip(journey, JOURNEY_COLOURS.items(), strict=False):
        style = "-" if name == REAL else "--"
        ax.plot(*points.T, style, color=colour, marker="o", markersize=3, linewidth=1.6, label=name)
    if journey:
        ax.legend(loc="best", fontsize=8, framealpha=0.6)


def evenly(rows: np.ndarray, most: int) -> np.ndarray:
    """Return rows, (k,), or so many evenly chosen ones of them.

    >>> evenly(np.arange(9), 3).tolist()
    [0, 4, 8]
    """
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).astype(int)]


def without_formulas(text: str) -> str:
    """Return text as matplotlib draws it letter by letter: between two dollars it expects a formula."""
    return text.replace("$", r"\$")


def _draw_side(right: SubFigure, table: LatentTable, row: int, chosen: np.ndarray) -> None:
    names = list(table.states)[:SHOWN]
    rows = -(-len(names) // 2)
    has_images = table.frames is not None
    axes = right.subplots(rows + has_images, 2, squeeze=False)
    if has_images:
        show_image(axes[0, 0], table.observation(row), f"point {row}")
        if len(chosen):
            mean, factor = stretched(table.mean_observation(chosen))
            show_image(axes[0, 1], mean, f"mean of {len(chosen):,} selected\n(contrast x {factor:.0f})")
        else:
            axes[0, 1].set_axis_off()
    cells = axes[int(has_images) :].ravel()
    for ax, name in zip(cells, names, strict=False):
        _draw_histogram(ax, table.states[name].to_numpy(), chosen, table.label(name))
    for ax in cells[len(names) :]:
        ax.set_axis_off()


def _draw_histogram(ax: Axes, column: np.ndarray, chosen: np.ndarray, label: str) -> None:
    edges = bar_edges(column)
    everything, picked = bar_heights(column, chosen, edges)
    width = edges[1] - edges[0]
    ax.bar(edges[:-1], everything, width=width, align="edge", color=PALE_GREY)
    ax.bar(edges[:-1] + 0.15 * width, picked, width=0.7 * width, align="edge", color=NAVY)
    ax.set(yticks=[], xlabel=label)
    ax.grid(False)
