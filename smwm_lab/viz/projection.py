"""Figures of projected latents, each with its scores: a projection that looks good may have lost the neighbours."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smwm_lab.errors import check, check_named
from smwm_lab.gates import real_array
from smwm_lab.probes import Projection
from smwm_lab.viz.theme import POINT_COLOURMAP, WIDTH


def name_axes(ax: Axes, title: str) -> None:
    """Name the axes PC1, PC2 (PC3) if the title begins with PCA; axes of other projections mean nothing."""
    if title.upper().startswith("PCA"):
        solid = hasattr(ax, "zaxis")
        for i, axis in enumerate("xyz"[: 2 + solid], start=1):
            getattr(ax, f"set_{axis}label")(f"PC{i}", labelpad=-12 if solid else 4)


def plot_projections(projections: Mapping[str, Projection], colour: np.ndarray, *, label: str) -> Figure:
    """Return one panel per projection, 2-D or 3-D, its points coloured by one number each.

    projections: name -> projection; colour: (n,), say a state component; label: what the colour means, with unit.
    Scores stand below the names: T = trustworthiness, N = share of neighbours kept.
    """
    check_named("projections", projections, Projection)
    colour = real_array("colour", colour, None)
    figure = Figure(figsize=(WIDTH, WIDTH / max(len(projections), 2) + 0.5))
    axes, dots = [], None
    for i, (name, projection) in enumerate(projections.items(), start=1):
        points = projection.points
        check(
            len(points) == len(colour),
            f"{name} has {len(points)} points, colour {len(colour)} values; allowed: one value per point",
        )
        flat = points.shape[1] == 2
        ax = figure.add_subplot(1, len(projections), i, projection="rectilinear" if flat else "3d")
        axes.append(ax)
        style: dict[str, Any] = {"c": colour, "cmap": POINT_COLOURMAP, "s": 6, "linewidths": 0}
        dots = ax.scatter(*points.T, **style)
        if flat:
            ax.set(xticks=[], yticks=[], aspect="equal", adjustable="datalim")
            ax.grid(False)
        else:
            ax.set(xticklabels=[], yticklabels=[], zticklabels=[])
        name_axes(ax, name)
        scores = f"T {projection.trustworthiness:.2f}, N {projection.neighbourhood_preservation:.2f}"
        ax.set_title(f"{name}\n{scores}", fontsize=9, loc="center")
    if dots is not None:
        figure.colorbar(dots, ax=axes, label=label, shrink=0.8)
    return figure
