"""The static twin of a probe grid."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smwm_lab.probes import ProbeGrid
from smwm_lab.viz.contrast import ink_on
from smwm_lab.viz.theme import BLACK, COLOURMAP, GREY, WIDTH, component_colour
from smwm_lab.widgets.probe_bench.figure import LOWEST, dash_number, score_text


def plot_probe_bench(grid: ProbeGrid, *, size: int, level: int, floor: ProbeGrid | None = None) -> Figure:
    """Return R^2 over noise with `grid.sizes[size]` training rows beside R^2 over training rows at `grid.noise[level]`.

    floor: the same of an untrained model, in grey.
    """
    figure = Figure(figsize=(WIDTH * 1.3, 3.6))
    left, right = figure.subplots(1, 2, width_ratios=(5, 4))
    if floor is not None:
        greys = left.plot(floor.noise, np.maximum(floor.r2[size], LOWEST).T, color=GREY, linewidth=1)
        greys[0].set_label("untrained")
    survived = grid.survives(size)
    for j, name in enumerate(grid.names):
        colour, style = component_colour(name, j)[0], ("-", "--", "-.", ":")[dash_number(name, j) % 4]
        left.plot(
            grid.noise,
            np.maximum(grid.r2[size, j], LOWEST),
            style,
            color=colour,
            linewidth=2,
            label=f"{name}: {survived[j]:.2g}",
        )
    left.axvline(grid.noise[level], color=BLACK, linestyle=":", linewidth=1.2)
    left.set(xscale="log", ylim=(LOWEST - 0.03, 1.05), xlabel="noise / total std of the latent", ylabel="held-out R²")
    left.set_title(f"{grid.sizes[size]:,} training rows")
    left.legend(title="noise survived", loc="upper right", fontsize=8, title_fontsize=8, frameon=True)
    _draw_heat(right, grid, size, level)
    return figure


def _draw_heat(ax: Axes, grid: ProbeGrid, size: int, level: int) -> None:
    values = grid.at_noise(level)
    cells = ax.imshow(np.clip(values, 0, 1), cmap=COLOURMAP, vmin=0, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        ink = ink_on(cells.to_rgba(value))
        ax.text(column, row, score_text(value), ha="center", va="center", fontsize=8, color=ink)
    ax.axvspan(size - 0.5, size + 0.5, fill=False, edgecolor=BLACK, linewidth=2)
    ax.set_xticks(range(len(grid.sizes)), [str(n) for n in grid.sizes], fontsize=8)
    ax.set_yticks(range(len(grid.names)), grid.names, fontsize=8)
    ax.grid(False)
    ax.set(xlabel="training rows", title=f"R² at noise {grid.noise[level]:.2g}")
