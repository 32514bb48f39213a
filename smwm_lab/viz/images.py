"""Figures of decoded latents: reconstructions beside the truth, and traversals of the latent."""

from matplotlib.figure import Figure
from torch import Tensor

from smwm_lab.errors import check, check_count, check_instance
from smwm_lab.probes import Traversal
from smwm_lab.viz.inputs import images_of, require_mapping
from smwm_lab.viz.theme import WIDTH
from smwm_lab.viz.worlds import show_image


def plot_traversal(images: Tensor, traversal: Traversal) -> Figure:
    """Return decoded traversals, a row each; images: (rows * steps, 3, H, W) in [0, 1], row by row."""
    check_instance("traversal", traversal, Traversal)
    rows, steps = traversal.latents.shape[:2]
    pictures = images_of("images", images)
    check(
        len(pictures) == rows * steps,
        f"{len(pictures)} images for {rows} traversals of {steps} steps; allowed: one each",
    )
    figure = Figure(figsize=(WIDTH, rows * WIDTH / steps + 0.35))
    axes = figure.subplots(rows, steps, squeeze=False)
    for i, ax in enumerate(axes.ravel()):
        show_image(ax, pictures[i], f"{traversal.offsets[i]:+.2g} {traversal.unit}" if i < steps else "")
    for ax, name in zip(axes[:, 0], traversal.names, strict=True):
        ax.set_ylabel(name, fontsize=8)
    return figure


def plot_reconstructions(observations: Tensor, reconstructions: dict[str, Tensor], *, columns: int = 8) -> Figure:
    """Return observations in the first row, and below what each model's decoder made of them.

    observations: uint8 (n, 3, H, W); reconstructions: name -> (n, 3, H, W) in [0, 1].
    """
    check_count("columns", columns, 1, 1000)
    require_mapping("reconstructions", reconstructions)
    rows = {"observation": images_of("observations", observations)}
    rows |= {name: images_of(f"reconstructions[{name!r}]", images) for name, images in reconstructions.items()}
    count = min(columns, len(observations))
    figure = Figure(figsize=(WIDTH, len(rows) * WIDTH / count))
    axes = figure.subplots(len(rows), count, squeeze=False)
    for row, (name, images) in zip(axes, rows.items(), strict=True):
        check(
            len(images) == len(observations),
            f"{name}: {len(images)} images, {len(observations)} observations; allowed: as many of both",
        )
        for ax, image in zip(row, images, strict=False):
            show_image(ax, image)
        row[0].set_ylabel(name, fontsize=8)
    return figure
