"""Figures over the places where a thing can stand."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.figure import Figure
from torch import Tensor

from smwm_lab.errors import check, check_named, check_range
from smwm_lab.gates import real_array
from smwm_lab.viz.inputs import points_of
from smwm_lab.viz.theme import COLOURMAP, WIDTH


Places = Float[np.ndarray | Tensor, "place 2"]
Errors = Float[np.ndarray | Tensor, " place"]
HeldOut = Bool[np.ndarray | Tensor, " place"]


def plot_place_errors(places: Places, errors: Mapping[str, tuple[Errors, HeldOut]], *, most: float) -> Figure:
    """Return the error at every place, a panel per name; places held out of training are outlined.

    places: x and y, px, on a grid. errors: name -> errors of the places, px, and which of them are held out. most: the
    end of the scale, px; larger errors have the colour of its end.
    """
    check_range("most", most, 1e-9, 1e9)
    x, y = points_of("places", places, None, 2).T
    check_named("errors", errors, tuple)
    shown = {name: _errors_of(f"errors[{name!r}]", pair, len(x)) for name, pair in errors.items()}
    figure = Figure(figsize=(WIDTH, WIDTH / len(shown) + 0.35))
    axes = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    shades = []
    for ax, (name, (error, held_out)) in zip(axes, shown.items(), strict=True):
        shades.append(ax.scatter(x, y, c=error, s=9, marker="s", linewidths=0, cmap=COLOURMAP, vmin=0, vmax=most))
        if 0 < held_out.mean() < 1:
            ax.tricontour(x, y, held_out, levels=[0.5], colors=["white"], linewidths=0.9)
        ax.set(aspect="equal", title=name, xlabel="x, px")
        ax.grid(False)
    axes[0].set_ylabel("y, px")
    axes[0].invert_yaxis()
    figure.colorbar(shades[0], ax=list(axes), shrink=0.8, label="error, px", extend="max")
    return figure


def _errors_of(name: str, pair: tuple[Errors, HeldOut], num_places: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the errors of one panel, and 1 where a place is held out, as arrays (num_places,)."""
    check(len(pair) == 2, f"{name} hold {len(pair)} things; allowed: errors, and which places are held out")
    return points_of(name, pair[0], num_places), real_array(name, pair[1], num_places).astype(float)
