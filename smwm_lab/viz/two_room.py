"""Figures of two rooms: ways through the door, latent against true distance, and tables of studies."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from smwm_lab.errors import check, check_named
from smwm_lab.gates import real_array
from smwm_lab.viz.inputs import image_of, paths_of, points_of, require_columns
from smwm_lab.viz.theme import BLACK, BLUE, COLOURMAP, GREEN, ORANGE, PURPLE, VERMILION, WIDTH


FRAME = (-0.5, 223.5, 223.5, -0.5)
"""Where an image of the rooms lies, px of the 224 px frame."""
WAYS = (BLUE, ORANGE, GREEN, PURPLE)
Image = UInt8[np.ndarray | Tensor, "3 height width"]
Places = Float[np.ndarray | Tensor, "place 2"]
Values = Float[np.ndarray | Tensor, " place"]


def plot_ways(image: Image, ways: Mapping[str, np.ndarray | Tensor], *, start: Tensor, goal: Tensor) -> Figure:
    """Return ways through the rooms, a panel per name; more than 20 in one panel are drawn thin.

    image: (3, H, W) at any side; ways: name -> (n, steps, 2), px of the 224 px frame. start, goal: (2,).
    """
    image, named = image_of("image", image), paths_of("ways", ways)
    place = {"start": points_of("start", start, 2), "goal": points_of("goal", goal, 2)}
    figure = Figure(figsize=(WIDTH, WIDTH / len(named) + 0.6))
    axes = figure.subplots(1, len(named), squeeze=False)[0]
    for i, (ax, (name, paths)) in enumerate(zip(axes, named.items(), strict=True)):
        _show_rooms(ax, image, name)
        width, dot = (0.6, 2) if len(paths) > 20 else (1.5, 4)
        for path in paths:
            ax.plot(*path.T, ".-", color=WAYS[i % len(WAYS)], linewidth=width, markersize=dot)
        ax.plot(*place["start"], "o", color="white", markeredgecolor=BLACK, markersize=9, label="start")
        ax.plot(*place["goal"], "*", color=VERMILION, markeredgecolor="white", markersize=15, label="goal")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def plot_distances(image: Image, places: Places, distances: Mapping[str, Values], *, at: Tensor) -> Figure:
    """Return distances of every place from one, a panel per kind of distance, each with shades of its own.

    image: (3, H, W); places: px of the 224 px frame; distances: name with unit -> distances. at: the place (2,).
    """
    image, where = image_of("image", image), points_of("places", places, None, 2)
    check_named("distances", distances)
    figure = Figure(figsize=(WIDTH, WIDTH / len(distances) + 0.2))
    axes = figure.subplots(1, len(distances), squeeze=False)[0]
    x, y = where.T
    for ax, (name, distance) in zip(axes, distances.items(), strict=True):
        _show_rooms(ax, image, "")
        shades = ax.scatter(
            x,
            y,
            c=real_array(f"distances[{name!r}]", distance, len(where)),
            s=26,
            marker="s",
            linewidths=0,
            cmap=COLOURMAP,
        )
        ax.plot(*points_of("at", at, 2), "*", color=VERMILION, markeredgecolor="white", markersize=15)
        figure.colorbar(shades, ax=ax, shrink=0.62, label=name)
    return figure


def plot_metric(way: Values, latent: Values, through_wall: Tensor | np.ndarray) -> Figure:
    """Return latent distance against the shortest way to walk, a point per pair of places.

    way: px; latent: latent units; through_wall: bool (place,), pairs in different rooms.
    """
    far = points_of("way", way, None)
    apart, through = points_of("latent", latent, len(far)), real_array("through_wall", through_wall, len(far))
    check(through.dtype == bool, f"through_wall holds {through.dtype}; allowed: bool ({len(far)},)")
    figure = Figure(figsize=(WIDTH * 0.85, 3.3))
    ax = figure.subplots()
    for name, chosen, colour in (("same room", ~through, BLUE), ("different rooms", through, VERMILION)):
        ax.scatter(far[chosen], apart[chosen], s=9, color=colour, alpha=0.75, linewidths=0, label=name)
    ax.set(xlabel="shortest way to walk, px", ylabel="latent distance", xlim=(0, None), ylim=(0, None))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), markerscale=2)
    return figure


def plot_rates(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Return success with 95 % intervals and the range of the seeds, a panel per table.

    tables: title -> rows of `Comparison.table()` at one goal offset, indexed by label.
    """
    check_named("tables", tables, pd.DataFrame)
    for title, table in tables.items():
        require_columns(f"tables[{title!r}]", table, "success", "low", "high", "worst_seed", "best_seed")
    rows = max(len(table) for table in tables.values())
    figure = Figure(figsize=(WIDTH, 0.36 * rows + 1.0))
    for ax, (title, table) in zip(figure.subplots(1, len(tables), squeeze=False)[0], tables.items(), strict=True):
        _draw_rates(ax, table)
        ax.set_title(title)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _draw_rates(ax: Axes, table: pd.DataFrame) -> None:
    place = np.arange(len(table))
    success = table["success"].to_numpy()
    around = [np.maximum(success - table["low"], 0), np.maximum(table["high"] - success, 0)]
    ax.barh(place, success, height=0.6, color=BLUE, alpha=0.85)
    ax.errorbar(
        success,
        place,
        xerr=around,
        fmt="none",
        ecolor=BLACK,
        capsize=3,
        linewidth=1.2,
        label="95 % interval, all seeds",
    )
    ax.hlines(
        place + 0.38, table["worst_seed"], table["best_seed"], color=ORANGE, linewidth=3, label="worst to best seed"
    )
    ax.set_yticks(place, table.index)
    ax.set(xlim=(0, 1.02), xlabel="tasks solved")
    ax.grid(axis="y", visible=False)
    ax.invert_yaxis()


def _show_rooms(ax: Axes, image: Image, title: str) -> None:
    ax.imshow(np.moveaxis(np.asarray(image), 0, -1), extent=FRAME)
    ax.set(xticks=[], yticks=[], xlim=FRAME[:2], ylim=FRAME[2:])
    ax.grid(False)
    ax.set_title(title)
