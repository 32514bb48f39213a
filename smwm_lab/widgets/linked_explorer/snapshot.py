"""The static twin of LinkedExplorer: both maps, and the chosen row in each."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from smwm_lab.viz.theme import BLACK, WIDTH
from smwm_lab.widgets.shared.colouring import Colouring


FADED = 0.08
"""Opacity of what is not selected."""


def plot_linked_explorer(
    points: Sequence[np.ndarray],
    titles: Sequence[str],
    colouring: Colouring,
    *,
    row: int = 0,
    selected: np.ndarray | None = None,
) -> Figure:
    """Return two maps, each of points (n, 2), with one colouring; selected: row numbers; row: the one with the ring."""
    chosen = np.array([], int) if selected is None else selected
    figure = Figure(figsize=(WIDTH * 1.3, WIDTH * 0.62))
    strength = np.full(len(colouring.codes), FADED if len(chosen) else 1.0)
    strength[chosen] = 1.0
    colours = ListedColormap(list(colouring.palette)).resampled(len(colouring.palette))
    for ax, cloud, title in zip(figure.subplots(1, 2), points, titles, strict=True):
        limits = {"vmin": -0.5, "vmax": len(colouring.palette) - 0.5}
        ax.scatter(*cloud.T, c=colouring.codes, cmap=colours, s=5, linewidths=0, alpha=strength, **limits)
        ax.plot(*cloud[[row]].T, "o", color=BLACK, markersize=11, fillstyle="none", markeredgewidth=2)
        ax.set(xticks=[], yticks=[], aspect="equal", adjustable="datalim")
        ax.set_title(title, fontsize=9)
        ax.grid(False)
    meaning = ", ".join(colouring.names or ()) or " to ".join(colouring.ends or ())
    figure.supxlabel(f"colour: {colouring.label}, {meaning}; ring: point {row}", fontsize=9)
    return figure
