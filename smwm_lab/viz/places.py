"""Figures over the places where a thing can stand."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.figure import Figure
from torch import Tensor

from smwm_lab.viz.theme import COLOURMAP, WIDTH


Places = Float[np.ndarray | Tensor, "place 2"]
Errors = Float[np.ndarray | Tensor, " place"]
HeldOut = Bool[np.ndarray | Tensor, " place"]


def plot_place_errors(places: Places, errors: Mapping[str, tuple[Errors, HeldOut]], *, most: float) -> Figure:
    """Return the error at every place, a panel per name; places held out of training are outlined.

    places: x and y, px, on a grid. errors: name -> errors of the places, px, and which of them are held out. most: the
    end of the scale, px; larger errors have the colour of its end.
    """
    figure = Figure(figsize=(WIDTH, WIDTH / len(errors) + 0.35))
    axes = figure.subplots(1, len(errors), sharey=True, squeeze=False)[0]
    x, y = np.asarray(places).T
    shades = []
    for ax, (name, (error, held_out)) in zip(axes, errors.items(), strict=True):
        squares = ax.scatter(
            x, y, c=np.asarray(error), s=9, marker="s", linewidths=0, cmap=COLOURMAP, vmin=0, vmax=most
        )
        ax.tricontour(x, y, np.asarray(held_out, dtype=float), levels=[0.5], colors=["white"], linewidths=0.9)
        ax.set(aspect="equal", title=name, xlabel="x, px")
        ax.grid(False)
        shades.append(squares)
    axes[0].set_ylabel("y, px")
    axes[0].invert_yaxis()
    figure.colorbar(shades[0], ax=list(axes), shrink=0.8, label="error, px", extend="max")
    return figure
