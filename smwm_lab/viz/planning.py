"""Figures of planning: plans in world and latent plane, cost landscapes, success beside floor and ceiling."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from smwm_lab.errors import check, check_instance, shown
from smwm_lab.planning import Landscape, PlanningReport, ReplanningComparison, Trace
from smwm_lab.viz.inputs import image_of, paths_of, points_of, require_columns
from smwm_lab.viz.theme import BLACK, BLUE, COLOURMAP, GREEN, GREY, ORANGE, PALE_GREY, PALETTE, VERMILION, WIDTH
from smwm_lab.viz.worlds import show_image


MARKERS = "osDv^P"
PATHS = (GREY, ORANGE, BLUE, GREEN)
"""Colours of paths by name, in order: from what was only considered to what was done."""


def plot_plan(
    image: np.ndarray | Tensor,
    world_paths: Mapping[str, np.ndarray],
    latent_paths: Mapping[str, np.ndarray],
    *,
    goal: np.ndarray,
    latent_goal: np.ndarray,
    latent_cloud: np.ndarray | None = None,
) -> Figure:
    """Return a plan in the world beside the same plan in the latent plane.

    image: (3, H, W), where the plan starts. world_paths, latent_paths: name -> paths (n, T+1, 2), px of the image
    and coordinates of a plane of latents (drawn downwards, as in the image); many paths of one name (candidates) are
    drawn thin. goal, latent_goal: (2,). latent_cloud: latents of the world (m, 2), grey behind.
    """
    image = image_of("image", image)
    world_paths, latent_paths = paths_of("world_paths", world_paths), paths_of("latent_paths", latent_paths)
    goal, latent_goal = points_of("goal", goal, 2), points_of("latent_goal", latent_goal, 2)
    if latent_cloud is not None:
        latent_cloud = points_of("latent_cloud", latent_cloud, None, 2)
    figure = Figure(figsize=(WIDTH, WIDTH * 0.5))
    world, plane = figure.subplots(1, 2)
    show_image(world, image)
    _draw_paths(world, world_paths, goal)
    world.set_title("in the world", fontsize=10, loc="left")
    if latent_cloud is not None:
        plane.scatter(*latent_cloud.T, s=3, color=PALE_GREY, linewidths=0, zorder=0)
    _draw_paths(plane, latent_paths, latent_goal)
    plane.set(xlabel="first latent direction", ylabel="second latent direction", aspect="equal")
    plane.invert_yaxis()
    plane.set_title("in the latent plane", fontsize=10, loc="left")
    figure.legend(*plane.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def _draw_paths(ax: Axes, named: Mapping[str, np.ndarray], goal: np.ndarray) -> None:
    for i, (name, paths) in enumerate(named.items()):
        colour = PATHS[i % len(PATHS)]
        many = len(paths) > 3
        for path in paths:
            ax.plot(
                *path.T,
                "-" if many else "o-",
                color=colour,
                linewidth=0.6 if many else 2,
                markersize=4,
                alpha=0.8 if many and colour == GREY else 1.0,
                zorder=1 + i,
            )
        ax.plot([], [], "-" if many else "o-", color=colour, linewidth=2, markersize=4, label=name)
    ax.plot(*goal, "*", color=VERMILION, markersize=14, markeredgecolor="white", label="goal", zorder=9)


def plot_search(trace: Trace, *, task: int = 0, time: int = 0, iterations: Sequence[int] | None = None) -> Figure:
    """Return the candidates of a few iterations, by their first two action components at one time, elites marked.

    Above each panel stands its best cost. The second component grows downwards, as dy does in the world.
    iterations: four from the first to the last by default.
    """
    check_instance("trace", trace, Trace)
    last = trace.num_iterations - 1
    names = ("dx (right)", "dy (down)") if trace.mean.shape[-1] == 2 else ("first component", "second component")
    chosen = list(iterations or sorted({0, last // 3, 2 * last // 3, last}))
    figure = Figure(figsize=(WIDTH * 1.15, WIDTH / len(chosen) + 0.35))
    axes = figure.subplots(1, len(chosen), sharex=True, sharey=True, squeeze=False)[0]
    for ax, i in zip(axes, chosen, strict=True):
        points = trace.candidates[task, i, :, time, :2].numpy()
        elites = trace.elites[task, i].numpy()
        ax.scatter(*points.T, s=8, color=GREY, linewidths=0, label="candidates")
        ax.scatter(*points[elites].T, s=10, color=ORANGE, linewidths=0, label="elites")
        ax.plot(*trace.mean[task, i, time, :2].numpy(), "+", color=BLUE, markersize=12, markeredgewidth=2, label="mean")
        ax.set(xlim=(-1.08, 1.08), ylim=(1.08, -1.08), aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        ax.set_title(f"iteration {i + 1}\nbest cost {float(trace.costs[task, i].min()):.2g}", fontsize=9, loc="center")
        ax.set_xlabel(names[0])
    axes[0].set_ylabel(f"{names[1]}\nof action {time + 1}")
    axes[-1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def plot_landscape(landscape: Landscape, *, xlabel: str, ylabel: str) -> Figure:
    """Return the cost over two action components, the plan as a cross; a `ylabel` with dy grows downwards."""
    check_instance("landscape", landscape, Landscape)
    figure = Figure(figsize=(WIDTH * 0.62, WIDTH * 0.5))
    ax = figure.subplots()
    values, cost = landscape.values.numpy(), landscape.cost.numpy()
    shades = ax.contourf(values, values, cost, levels=16, cmap=COLOURMAP)
    ax.contour(values, values, cost, levels=16, colors="white", linewidths=0.4)
    ax.plot(
        *landscape.here,
        "P",
        color=VERMILION,
        markersize=12,
        markeredgecolor="white",
        label="plan",
        clip_on=False,
        zorder=9,
    )
    ax.set(aspect="equal", xlabel=xlabel, ylabel=ylabel, xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    if "dy" in ylabel:
        ax.invert_yaxis()
    ax.grid(False)
    figure.colorbar(shades, ax=ax, label="cost")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    return figure


def plot_success(reports: Sequence[PlanningReport]) -> Figure:
    """Return success with 95 % intervals, a bar per report, between the floor and the ceiling of its tasks."""
    whole = isinstance(reports, list | tuple) and len(reports) > 0
    check(whole, f"reports = {shown(reports)} hold no reports; allowed: a list of one or more")
    for report in reports:
        check_instance("report", report, PlanningReport)
    figure = Figure(figsize=(WIDTH, 0.42 * len(reports) + 1.1))
    ax = figure.subplots()
    rows = np.arange(len(reports))
    success = np.array([report.success for report in reports])
    low, high = np.array([report.interval for report in reports]).T
    ax.barh(rows, success, height=0.55, color=BLUE, alpha=0.85)
    ax.errorbar(
        success,
        rows,
        xerr=(np.maximum(success - low, 0), np.maximum(high - success, 0)),
        fmt="none",
        ecolor=BLACK,
        capsize=3,
        linewidth=1.2,
    )
    for name, colour in (("floor", ORANGE), ("ceiling", GREEN)):
        known = [(row, getattr(report, name)) for row, report in zip(rows, reports, strict=True)]
        known = [(row, value) for row, value in known if value is not None]
        label = {"floor": "random actions", "ceiling": "the true world as model"}[name]
        ax.vlines(
            [v for _, v in known],
            [r - 0.38 for r, _ in known],
            [r + 0.38 for r, _ in known],
            color=colour,
            linewidth=3,
            label=label,
        )
    ax.set_yticks(rows, [f"{report.planner}  {report.success:.0%}" for report in reports])
    ax.set(xlim=(0, 1.02), xlabel=f"tasks solved, of {reports[0].tasks}", title="Success and its 95 % interval")
    ax.grid(axis="y", visible=False)
    ax.invert_yaxis()
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def plot_horizon(ours: pd.DataFrame, published: pd.DataFrame | None = None) -> Figure:
    """Return success over the distance of the goal with 95 % intervals, a line per method; published ones dashed.

    ours: `Comparison.table()`; published: `reference_results("horizon")`, methods of one name share a colour.
    """
    given = {"ours": ours} if published is None else {"ours": ours, "published": published}
    for name, table in given.items():
        require_columns(name, table, "success", "low", "high")
    figure = Figure(figsize=(WIDTH, 3.2))
    ax = figure.subplots()
    names = list(ours.index.unique(0))
    for i, name in enumerate(names):
        _draw_curve(ax, ours.loc[name], f"{name}, ours", PALETTE[i % len(PALETTE)], MARKERS[i % len(MARKERS)], "-")
    others = ours.iloc[:0] if published is None else published
    for k, name in enumerate(others.index.unique(0)):
        i = names.index(name) if name in names else len(names) + k
        _draw_curve(ax, others.loc[name], f"{name}, published", PALETTE[i % len(PALETTE)], None, "--")
    ax.set(xlabel="goal offset, primitive steps", ylabel="tasks solved", ylim=(-0.03, 1.05))
    ax.set_title("Success as goals move away")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _draw_curve(ax: Axes, rows: pd.DataFrame, label: str, colour: str, marker: str | None, style: str) -> None:
    rows = rows.sort_index()
    ax.plot(rows.index, rows["success"], style, color=colour, marker=marker, markersize=5, label=label)
    ax.fill_between(rows.index, rows["low"], rows["high"], color=colour, alpha=0.12)


def plot_replanning(found: ReplanningComparison, *, tolerance: float) -> Figure:
    """Return the median distance from the goal after every action, a line per way of deciding."""
    check_instance("found", found, ReplanningComparison)
    figure = Figure(figsize=(WIDTH, 2.9))
    ax = figure.subplots()
    for i, (name, distance) in enumerate(found.distance.items()):
        label = f"{name}: {found.outcomes[name].rate:.0%} arrive"
        style = MARKERS[i % len(MARKERS)] + "-"
        ax.plot(distance.numpy(), style, color=PALETTE[i % len(PALETTE)], markersize=5, label=label)
    ax.axhspan(0, tolerance, color=GREEN, alpha=0.15, label="at the goal")
    ax.set(xlabel="actions executed", ylabel="median distance left, px", ylim=(0, None))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
