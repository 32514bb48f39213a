"""The static twin of CollapseLab's figure, for readers without a kernel."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from smwm_lab.viz.theme import BLACK, INK, WIDTH
from smwm_lab.widgets.collapse_lab.session import strength_text
from smwm_lab.widgets.collapse_lab.view import NUM_EIGENVALUES, CollapseLabView


FLOOR = 1e-9
"""Least value on a logarithmic axis."""


def plot_collapse_lab(view: CollapseLabView) -> Figure:
    """Return the sheets, the alarm, the R^2 of each thing, the total variance and the spectrum of a view."""
    figure = Figure(figsize=(WIDTH * 1.5, 4.8), layout="constrained")
    axes = figure.subplot_mosaic(
        [["plane", "alarm", "variance"], ["plane", "r2", "spectrum"]], width_ratios=[1.5, 1.2, 1]
    )
    _draw_sheets(axes["plane"], view)
    x = view.history["transitions"]
    axes["alarm"].plot(x, view.history["alarm"].clip(lower=FLOOR), color=INK, marker=".")
    axes["alarm"].axhline(1, color=BLACK, linestyle=":", linewidth=1)
    axes["alarm"].set(yscale="log", ylim=(5e-4, 4), title="L_inv / Var(a): 1 = nothing known")
    for _, change in view.changes.iterrows():
        axes["alarm"].text(change["transitions"], 1.4, strength_text(change["strength"]), fontsize=9)
    for name in view.r2:
        line = "--" if name in view.hidden else "-"
        axes["r2"].plot(x, view.r2[name].clip(lower=-1), label=name, color=view.colour(name), linestyle=line)
    axes["r2"].set(ylim=(-1.05, 1.08), xlabel="transitions", title="R² of a linear probe")
    axes["r2"].legend(loc="lower right", ncols=2)
    axes["variance"].plot(x, view.history["variance"].clip(lower=FLOOR), color=INK, marker=".")
    axes["variance"].set(yscale="log", ylim=(FLOOR, 30), title="total variance")
    shown = view.spectrum[:NUM_EIGENVALUES].clip(FLOOR)
    axes["spectrum"].bar(np.arange(1, len(shown) + 1), shown, color=INK)
    axes["spectrum"].set(yscale="log", ylim=(FLOOR, 30), xlabel="direction", title="spectrum (covariance)")
    last = max(float(x.iloc[-1]), 1.0)
    for name in ("alarm", "r2", "variance"):
        axes[name].set_xlim(0, last * 1.02)
    return figure


def _draw_sheets(ax: Axes, view: CollapseLabView) -> None:
    for name, nodes in view.sheets.items():
        own = view.colour(name)
        ax.plot(*view.mesh(name).T, color=own, linewidth=0.7)
        if name in view.hidden:
            ax.scatter(nodes[:, 0], nodes[:, 1], color=own, marker="x", s=14, label=view.label(name))
        else:
            shades = LinearSegmentedColormap.from_list(name, [own, view.dark_colour(name)])
            rows = np.arange(len(nodes)) // view.side
            ax.scatter(nodes[:, 0], nodes[:, 1], c=rows, cmap=shades, s=20, label=view.label(name))
    reach = 1.1 * view.reach or 1.0
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[], aspect="equal")
    ax.set_title("states in the latent plane")
    ax.grid(False)
    ax.legend(loc="upper left", bbox_to_anchor=(0, -0.01), ncols=2)
