"""The method as a drawing: what the three networks take and give, the two losses, and where gradients flow."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle

from smwm_lab.viz.theme import BLUE, GREY, INK, ORANGE, VERMILION, WIDTH


ALTERNATIVE = (
    "The architecture. One encoder f turns the picture o into the latent z, and the next picture o′ into z′. "
    "The forward model g predicts z′ from z and the action a; L_fwd is the mean squared difference. "
    "The inverse model h guesses the action a from z and z′; L_inv is the mean squared difference. "
    "The loss is L = L_fwd + λ L_inv. Gradients of both losses reach the encoder by both pictures, "
    "that of L_fwd through g and z, and through its target z′, which is not detached; that of L_inv through h, z and z′"
)
SIZE = (11.0, 6.9)
"""Width and height of the drawing, in its own units."""
GAP, APART = 0.1, 0.14
"""Between a part and its arrows, and between an arrow and the gradient beside it."""
NETWORK, VALUE, LOSS, IMAGE = (1.05, 0.38), (0.36, 0.36), (0.62, 0.33), (0.52, 0.52)
"""Half the width and height of each kind of part."""
LEFT, MIDDLE, RIGHT = 1.55, 5.5, 9.45


@dataclass(frozen=True)
class Part:
    """Something with a place in the drawing: a network, a value, a loss or a picture."""

    x: float
    y: float
    half: tuple[float, float]
    text: str

    @property
    def place(self) -> np.ndarray:
        """Its middle."""
        return np.array([self.x, self.y])

    def border(self, towards: "Part") -> np.ndarray:
        """Return where arrows to another part begin: on a circle the nearest point, else the middle of a side."""
        way = towards.place - self.place
        if self.half == VALUE:
            return self.place + way / np.linalg.norm(way) * (VALUE[0] + GAP)
        beside = abs(way[0]) > self.half[0]
        return self.place + np.sign(way) * (np.array(self.half) + GAP) * ([1, 0] if beside else [0, 1])


PARTS = {
    "o": Part(LEFT, 0.72, IMAGE, "$o$"),
    "f": Part(LEFT, 2.25, NETWORK, "encoder $f$"),
    "z": Part(LEFT, 3.75, VALUE, "$z$"),
    "o'": Part(RIGHT, 0.72, IMAGE, "$o'$"),
    "f'": Part(RIGHT, 2.25, NETWORK, "the same $f$"),
    "z'": Part(RIGHT, 3.75, VALUE, "$z'$"),
    "h": Part(MIDDLE, 1.35, NETWORK, "inverse $h$"),
    "a^": Part(MIDDLE, 2.62, VALUE, r"$\hat{a}$"),
    "L_inv": Part(MIDDLE, 3.85, LOSS, r"$L_\mathrm{inv}$"),
    "a": Part(MIDDLE, 5.08, VALUE, "$a$"),
    "g": Part(MIDDLE, 6.35, NETWORK, "forward $g$"),
    "z^": Part(RIGHT, 6.35, VALUE, r"$\hat{z}\,'$"),
    "L_fwd": Part(RIGHT, 5.08, LOSS, r"$L_\mathrm{fwd}$"),
}
COLOURS = {"L_fwd": ORANGE, "L_inv": BLUE}
SIDES = {"L_fwd": 1, "L_inv": -1}
"""On which side of an arrow the gradient of a loss runs."""
DASHES = (0, (3, 1.6))
ARROWS: dict[tuple[str, str], tuple[str, ...]] = {
    ("o", "f"): (),
    ("o'", "f'"): (),
    ("f", "z"): ("L_fwd", "L_inv"),
    ("f'", "z'"): ("L_fwd", "L_inv"),
    ("z", "g"): ("L_fwd",),
    ("a", "g"): (),
    ("g", "z^"): ("L_fwd",),
    ("z^", "L_fwd"): ("L_fwd",),
    ("z'", "L_fwd"): ("L_fwd",),
    ("z", "h"): ("L_inv",),
    ("z'", "h"): ("L_inv",),
    ("h", "a^"): ("L_inv",),
    ("a^", "L_inv"): ("L_inv",),
    ("a", "L_inv"): (),
}
"""From where to where values flow -> the losses whose gradient flows back there."""


def plot_architecture() -> Figure:
    """Return the drawing of the method: networks f, g and h, latents z, action a, both losses and their gradients."""
    figure = Figure(figsize=(WIDTH, WIDTH * SIZE[1] / SIZE[0]), layout="none")  # type: ignore[arg-type]
    figure.set_label(ALTERNATIVE)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, SIZE[0]), ylim=(0, SIZE[1]), aspect="equal")
    ax.set_axis_off()
    for (start, end), losses in ARROWS.items():
        _draw_way(ax, PARTS[start], PARTS[end], losses)
    for name, part in PARTS.items():
        _draw_part(ax, name, part)
    _draw_words(ax)
    return figure


def _draw_way(ax: Axes, start: Part, end: Part, losses: tuple[str, ...]) -> None:
    """Draw the way of a value, and beside it the way back of the gradient of each loss."""
    first, last = start.border(end), end.border(start)
    _draw_arrow(ax, first, last, color=INK)
    along = (last - first) / np.linalg.norm(last - first)
    for loss in losses:
        aside = SIDES[loss] * APART * np.array([-along[1], along[0]])
        _draw_arrow(ax, last + aside, first + aside, color=COLOURS[loss], linestyle=DASHES)


def _draw_arrow(ax: Axes, start: np.ndarray, end: np.ndarray, **style: Any) -> None:
    shape: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 12, "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}
    ax.add_patch(FancyArrowPatch(tuple(start), tuple(end), **shape, **style))


def _draw_part(ax: Axes, name: str, part: Part) -> None:
    style: dict[str, Any] = {
        "facecolor": "white",
        "edgecolor": COLOURS.get(name, INK),
        "linewidth": 2.5 if name in COLOURS else 1.4,
    }
    corner, (width, height) = part.place - part.half, (2 * side for side in part.half)
    words = part.place
    if part.half == IMAGE:
        ax.add_patch(Rectangle(tuple(corner), width, height, **style | {"edgecolor": GREY}))
        ax.add_patch(
            Circle(tuple(part.place + ((-0.2, -0.14) if name == "o" else (0.12, 0.16))), 0.13, color=VERMILION)
        )
        words = part.place + ((-0.8, 0) if name == "o" else (0.8, 0))
    elif part.half == VALUE:
        ax.add_patch(Circle(tuple(part.place), VALUE[0], **style))
    else:
        round_by = part.half[1] if part.half == LOSS else 0.1
        ax.add_patch(FancyBboxPatch(tuple(corner), width, height, f"round,pad=0,rounding_size={round_by}", **style))
    ax.text(words[0], words[1], part.text, ha="center", va="center", fontsize=13, color=INK)


def _draw_words(ax: Axes) -> None:
    """Write the losses, what is special about the target, and what the lines mean."""
    loss, target = PARTS["L_fwd"], PARTS["z'"]
    below = (loss.y + target.y) / 2
    for x, y, text, side in (
        (0.15, 6.35, r"$L\;=\;L_\mathrm{fwd}+\lambda\,L_\mathrm{inv}$", "left"),
        (loss.x - 0.85, loss.y, r"mean $(\hat{z}\,' - z')^2$", "right"),
        (loss.x - 0.4, below, "target, not detached", "right"),
        (PARTS["L_inv"].x + 0.85, PARTS["L_inv"].y, r"mean $(\hat{a} - a)^2$", "left"),
    ):
        ax.text(x, y, text, ha=side, va="center", fontsize=11 if x > 1 else 14, color=INK)
    lines = [
        Line2D([], [], color=INK, label="values"),
        *(
            Line2D([], [], color=COLOURS[name], linestyle=DASHES, label=f"gradient of {PARTS[name].text}")
            for name in COLOURS
        ),
    ]
    ax.legend(
        handles=lines, loc="lower center", ncols=3, fontsize=10, columnspacing=1.4, handlelength=1.7, handletextpad=0.5
    )
