"""Figures of training: losses, and the grid of world states unfolding in latent space."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smwm_lab.errors import check, check_named, check_range, shown
from smwm_lab.gates import real_array
from smwm_lab.probes import principal_plane
from smwm_lab.viz.inputs import points_of, require_columns, require_grid
from smwm_lab.viz.theme import BLACK, BLUE, ORANGE, PALE_GREY, PALETTE, POINT_COLOURMAP, VERMILION, WIDTH


def plot_losses(metrics: pd.DataFrame, *, action_variance: float) -> Figure:
    """Return the forward and inverse loss over transitions, with Var(a), where a collapsed model stays.

    metrics: columns transitions, forward, inverse (as a run keeps them).
    """
    require_columns("metrics", metrics, "transitions", "inverse", "forward")
    check_range("action_variance", action_variance, 0.0, 1e12)
    figure = Figure(figsize=(WIDTH, 2.8))
    ax = figure.subplots()
    ax.plot(metrics["transitions"], metrics["inverse"], color=BLUE, label="L_inv")
    ax.plot(metrics["transitions"], metrics["forward"], color=ORANGE, label="L_fwd")
    ax.axhline(action_variance, color=BLACK, linestyle="--", linewidth=1, label="Var(a): nothing known of the action")
    ax.set(yscale="log", xlabel="transitions seen", ylabel="loss", title="Losses while training")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def plot_alarm(curves: Mapping[str, pd.DataFrame], *, action_variance: float) -> Figure:
    """Return L_inv / Var(a) over transitions for several runs; `curves`: name -> metrics."""
    check_named("curves", curves, pd.DataFrame)
    check_range("action_variance", action_variance, 1e-12, 1e12)
    figure = Figure(figsize=(WIDTH, 3.2))
    ax = figure.subplots()
    for i, (name, metrics) in enumerate(curves.items()):
        column = "inverse" if "inverse" in metrics else "inverse_probe"
        require_columns(f"curves[{name!r}]", metrics, "transitions", column)
        dashes = [(), (5, 2), (2, 2), (6, 2, 1, 2)][i % 4]  # curves that lie on one another stay visible
        ax.plot(metrics["transitions"], metrics[column] / action_variance, dashes=dashes, label=name)
    ax.axhline(1, color=BLACK, linestyle=":", linewidth=1)
    ax.set(yscale="log", xlabel="transitions seen", ylabel="L_inv / Var(a)", title="The alarm that needs no labels")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def draw_grid(ax: Axes, plane: np.ndarray, shape: tuple[int, int], *, title: str = "") -> None:
    """Draw a grid of world states (rows * columns, 2), mapped into a plane, as a mesh with coloured nodes."""
    mesh = plane.reshape(*shape, 2)
    for line in (*mesh, *mesh.transpose(1, 0, 2)):
        ax.plot(line[:, 0], line[:, 1], color=PALE_GREY, linewidth=0.5, zorder=1)
    ax.scatter(plane[:, 0], plane[:, 1], c=np.arange(len(plane)) // shape[1], cmap=POINT_COLOURMAP, s=9, zorder=2)
    ax.set(xticks=[], yticks=[], aspect="equal")
    ax.set_title(title, fontsize=9, loc="center")


def plot_unfolding(planes: list[np.ndarray], titles: list[str], shape: tuple[int, int]) -> Figure:
    """Return snapshots of a grid of world states in an aligned latent plane, all at one scale.

    planes: each (rows * columns, 2); nodes of one row share a colour.
    """
    listed = isinstance(planes, list | tuple) and len(planes) > 0 and isinstance(titles, list | tuple)
    check(listed, f"planes = {shown(planes)}, titles = {shown(titles)}; allowed: a list of one or more of both")
    check(len(titles) == len(planes), f"{len(planes)} planes and {len(titles)} titles; allowed: as many of both")
    planes = [points_of("planes", plane, None, 2) for plane in planes]
    for plane in planes:
        require_grid(shape, len(plane))
    side = min(WIDTH / len(planes), 3.2)
    figure = Figure(figsize=(side * len(planes), side + 0.4))
    axes = figure.subplots(1, len(planes), squeeze=False)[0]
    reach = 1.08 * max(float(np.abs(plane).max()) for plane in planes) or 1.0
    for ax, plane, title in zip(axes, planes, titles, strict=True):
        draw_grid(ax, plane, shape, title=title)
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach))
        ax.grid(False)
        ax.spines[:].set(visible=True, color=PALE_GREY)
    figure.set_label(_unfolding_in_words(planes, titles, shape))
    return figure


def _unfolding_in_words(planes: list[np.ndarray], titles: list[str], shape: tuple[int, int]) -> str:
    """Return what the snapshots show: how far the grid reaches in each."""
    reached = (f"{title}: {float(np.abs(plane).max()):.2g}" for title, plane in zip(titles, planes, strict=True))
    return (
        f"A grid of {shape[0]} by {shape[1]} world states in a latent plane, at one scale, nodes of one row in one "
        f"colour. How far it reaches from the middle, {', '.join(reached)}"
    )


def plot_latent_planes(clouds: Mapping[str, np.ndarray], *, shape: tuple[int, int]) -> Figure:
    """Return the same grid of world states in the latents of several models, all at one scale.

    clouds: name -> latents (rows * columns, d), each shown in its own first two principal directions.
    """
    check_named("clouds", clouds)
    planes = [principal_plane(latents) for latents in clouds.values()]
    return plot_unfolding(planes, list(clouds), shape)


def plot_rollouts(paths: np.ndarray, predicted: np.ndarray, background: np.ndarray) -> Figure:
    """Return latent rollouts over the encoded truth, in a latent plane.

    paths, predicted: (tasks, T+1, 2), encoded truth and open-loop prediction; background: (n, 2) other latents.
    """
    truths = points_of("paths", paths, None, None, 2)
    guesses = points_of("predicted paths", predicted, *truths.shape)
    background = points_of("background", background, None, 2)
    figure = Figure(figsize=(WIDTH * 0.62, WIDTH * 0.62))
    ax = figure.subplots()
    ax.scatter(background[:, 0], background[:, 1], s=3, color=PALE_GREY, zorder=0)
    for i, (truth, guess) in enumerate(zip(truths, guesses, strict=True)):
        ax.plot(*truth.T, "-o", color=BLUE, markersize=5, label="encoded truth" if i == 0 else None)
        ax.plot(*guess.T, "--x", color=VERMILION, markersize=6, label="rollout" if i == 0 else None)
        ax.plot(*truth[0], "s", color=BLACK, markersize=7, label="start" if i == 0 else None)
    ax.set(xlabel="principal direction 1", ylabel="principal direction 2", title="Open loop against the truth")
    ax.set_aspect("equal")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def plot_error_by_horizon(errors: Mapping[str, np.ndarray], *, unit: str) -> Figure:
    """Return an error over the number of open-loop steps; `errors`: name -> (T,), from one step ahead on.

    Where every name reads "quantity, place" there is a panel per place, in alphabetical order, with one logarithmic
    axis; a quantity has one colour in all of them.
    """
    check_named("errors", errors)
    errors = {name: real_array(f"errors[{name!r}]", values, None) for name, values in errors.items()}
    split = {name: name.rsplit(", ", 1) for name in errors}
    if errors and all(len(parts) == 2 for parts in split.values()):
        return _plot_error_by_place({(split[name][0], split[name][1]): values for name, values in errors.items()}, unit)
    figure = Figure(figsize=(WIDTH * 0.7, 2.7))
    ax = figure.subplots()
    for i, (name, values) in enumerate(errors.items()):
        ax.plot(np.arange(1, len(values) + 1), values, marker="osv^DPX"[i % 7], label=name)
    ax.set(xlabel="steps ahead", ylabel=unit, title="How far does the rollout stray?", ylim=(0, None))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _plot_error_by_place(errors: Mapping[tuple[str, str], np.ndarray], unit: str) -> Figure:
    quantities, places = list(dict.fromkeys(q for q, _ in errors)), sorted({place for _, place in errors})
    figure = Figure(figsize=(WIDTH, 2.9))
    axes = figure.subplots(1, len(places), sharey=True, squeeze=False)[0]
    for (quantity, place), values in errors.items():
        i = quantities.index(quantity)
        axes[places.index(place)].plot(
            np.arange(1, len(values) + 1),
            values,
            marker="osv^DPX"[i % 7],
            color=PALETTE[i % len(PALETTE)],
            label=quantity,
        )
    for ax, place in zip(axes, places, strict=True):
        ax.set(xlabel="steps ahead", title=place, yscale="log")
    axes[0].set_ylabel(unit)
    axes[0].yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes[0].yaxis.set_minor_formatter(lambda value, _: f"{value:g}" if f"{value:.0e}"[0] in "25" else "")
    axes[0].tick_params(axis="y", which="minor", labelsize=8)
    axes[-1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
