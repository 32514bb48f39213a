"""Figures of worlds: observations, and observations before and after an action."""

from collections.abc import Mapping
from numbers import Real

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from smwm_lab.axes import Action, Observation
from smwm_lab.errors import check, check_count, check_instance, check_named
from smwm_lab.gates import real_array
from smwm_lab.viz.inputs import images_of, points_of
from smwm_lab.viz.theme import BLUE, PALE_GREY, WIDTH


def show_image(ax: Axes, image: np.ndarray | Tensor, title: str = "") -> None:
    """Draw one image (3, H, W), uint8 or in [0, 1], into axes without ticks."""
    ax.imshow(np.moveaxis(np.asarray(image), 0, -1))
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set(visible=True, color=PALE_GREY)
    ax.set_title(title, fontsize=9, loc="center")


def plot_observations(observations: Observation, titles: list[str] | None = None, *, columns: int = 8) -> Figure:
    """Return a grid of observations (n, 3, H, W)."""
    check_count("columns", columns, 1, 1000)
    images = images_of("observations", observations)
    if titles is not None:
        check_instance("titles", titles, (list, tuple))
        check(len(titles) >= len(images), f"{len(titles)} titles for {len(images)} observations; allowed: one for each")
    rows = -(-len(images) // columns)
    figure = Figure(figsize=(WIDTH, rows * WIDTH / columns * 1.18))
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for i, ax in enumerate(axes):
        if i < len(images):
            show_image(ax, images[i], titles[i] if titles else "")
        else:
            ax.set_axis_off()
    return figure


def plot_transitions(
    before: Observation, action: Action, after: Observation, *, action_names: tuple[str, ...], columns: int = 6
) -> Figure:
    """Return pairs of observations, o above and o' below, with the action between them."""
    check_count("columns", columns, 1, 1000)
    check_instance("action_names", action_names, (tuple, list))
    upper = images_of("observations before", before)
    lower = images_of("observations after", after, len(upper))
    actions = real_array("actions", action, len(upper), len(action_names))
    count = min(columns, len(upper))
    figure = Figure(figsize=(WIDTH, 2 * WIDTH / columns * 1.3))
    axes = figure.subplots(2, count, squeeze=False)
    for i in range(count):
        show_image(axes[0, i], upper[i])
        show_image(axes[1, i], lower[i], _action_text(actions[i], action_names))
    axes[0, 0].set_ylabel("before")
    axes[1, 0].set_ylabel("after")
    return figure


def _action_text(action: np.ndarray, names: tuple[str, ...]) -> str:
    short = [name.rsplit("_", 1)[-1] for name in names]
    if not short:
        return "no action"
    if len(short) > 3:
        return "\n".join(f"{float(x):+.2f} {float(y):+.2f}" for x, y in zip(action[::2], action[1::2], strict=True))
    return "\n".join(f"{name} {float(value):+.2f}" for name, value in zip(short, action, strict=True))


def plot_bars(values: Mapping[str, float], *, label: str, title: str) -> Figure:
    """Return one horizontal bar per name, of values between 0 and 1."""
    check_named("values", values, Real)
    figure = Figure(figsize=(WIDTH * 0.8, 0.27 * len(values) + 0.9))
    ax = figure.subplots()
    ax.barh(list(values), list(values.values()), color=BLUE)
    ax.set(xlim=(0, 1.02), xlabel=label, title=title)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    return figure


def plot_coverage(states: Mapping[str, Tensor], *, side: int) -> Figure:
    """Return how often each position of the canvas was visited; `states`: name -> (n, >= 2), x and y first."""
    check_named("states", states)
    check_count("side", side, 2, 1 << 16)
    places = {name: points_of(f"states[{name!r}]", state, None, None) for name, state in states.items()}
    for name, state in places.items():
        check(state.shape[1] >= 2, f"states[{name!r}] have {state.shape[1]} column; allowed: 2 or more, x and y first")
    figure = Figure(figsize=(WIDTH, WIDTH / len(states) + 0.35))
    axes = figure.subplots(1, len(states), squeeze=False)[0]
    for ax, (name, state) in zip(axes, places.items(), strict=True):
        ax.hist2d(state[:, 0], state[:, 1], bins=side // 2, range=[(0, side), (0, side)], cmap="Blues")
        ax.set(aspect="equal", xlabel="x, px", xticks=[0, side // 2, side], yticks=[0, side // 2, side])
        ax.invert_yaxis()
        ax.grid(False)
        ax.set_title(name, fontsize=9, loc="center")
    axes[0].set_ylabel("y, px")
    return figure
