"""Figures of decoded latents: reconstructions beside the truth, and traversals of the latent."""

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from smwm_lab.errors import check
from smwm_lab.probes import Traversal
from smwm_lab.viz.theme import WIDTH
from smwm_lab.viz.worlds import show_image


def plot_traversal(images: Tensor, traversal: Traversal) -> Figure:
    """Return decoded traversals, a row each; images: (rows * steps, 3, H, W) in [0, 1], row by row."""
    rows, steps = traversal.latents.shape[:2]
    check(
        len(images) == rows * steps, f"{len(images)} images for {rows} traversals of {steps} steps; allowed: one each"
    )
    figure = Figure(figsize=(WIDTH, rows * WIDTH / steps + 0.35))
    axes = figure.subplots(rows, steps, squeeze=False)
    for i, ax in enumerate(axes.ravel()):
        show_image(ax, images[i], f"{traversal.offsets[i]:+.2g} {traversal.unit}" if i < steps else "")
    for ax, name in zip(axes[:, 0], traversal.names, strict=True):
        ax.set_ylabel(name, fontsize=8)
    return figure


def plot_reconstructions(observations: Tensor, reconstructions: dict[str, Tensor], *, columns: int = 8) -> Figure:
    """Return observations in the first row, and below what each model's decoder made of them.

    observations: uint8 (n, 3, H, W); reconstructions: name -> (n, 3, H, W) in [0, 1].
    """
    count = min(columns, len(observations))
    rows = {"observation": observations} | reconstructions
    figure = Figure(figsize=(WIDTH, len(rows) * WIDTH / count))
    axes = figure.subplots(len(rows), count, squeeze=False)
    for row, (name, images) in zip(axes, rows.items(), strict=True):
        check(
            len(images) == len(observations),
            f"{name}: {len(images)} images, {len(observations)} observations; allowed: as many of both",
        )
        for ax, image in zip(row, images, strict=False):
            show_image(ax, np.asarray(image))
        row[0].set_ylabel(name, fontsize=8)
    return figure
