"""Colours of rows: one of at most 256 colours each, by a number, an angle or a word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.colors import to_hex
from plotly.colors import get_colorscale, sample_colorscale, unlabel_rgb

from smwm_lab.viz.theme import BLUE, GREEN, NAVY, ORANGE, PALE_GREY, POINT_COLOURMAP, PURPLE, VERMILION


WORD_COLOURS = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, NAVY)
"""Of words, the most frequent first; the other words share a grey."""
NUM_SHADES = 64
CYCLIC = "Phase"
"""Colour scale of angles as small dots on white: no part of it is pale."""


@dataclass(frozen=True)
class Colouring:
    """A colour per row, and what the colours mean."""

    codes: np.ndarray
    """Which of `palette` each row has, uint8 (n,)."""
    palette: tuple[str, ...]
    """Colours, hexadecimal."""
    label: str
    """What the colour means, with its unit."""
    ends: tuple[str, str] | None = None
    """Values of the first and last colour; None for words."""
    names: tuple[str, ...] | None = None
    """Meaning of each colour; None for numbers."""

    def key(self) -> dict[str, object]:
        """Return the legend as JSON values."""
        if self.ends is None:
            return {"label": self.label, "names": list(self.names or ())}
        return {"label": self.label, "low": self.ends[0], "high": self.ends[1]}


def number_colouring(values: np.ndarray, label: str, *, cyclic: bool = False) -> Colouring:
    """Return the colours of finite numbers (n,); cyclic: of angles in [0, 2 pi), the ends in one colour."""
    low, high = (0.0, 2 * np.pi) if cyclic else (float(values.min()), float(values.max()))
    share = (values - low) / (high - low) if high > low else np.zeros(len(values))
    codes = np.clip(share * NUM_SHADES, 0, NUM_SHADES - 1).astype(np.uint8)
    places = np.linspace(0, 1, NUM_SHADES)
    if cyclic:
        drawn = sample_colorscale(get_colorscale(CYCLIC), places)
        palette = tuple("#{:02x}{:02x}{:02x}".format(*map(round, unlabel_rgb(colour))) for colour in drawn)
    else:
        palette = tuple(to_hex(POINT_COLOURMAP(place)) for place in places)
    return Colouring(codes, palette, label, ends=(f"{low:.4g}", f"{high:.4g}"))


def word_colouring(words: Sequence[str] | np.ndarray, label: str) -> Colouring:
    """Return the colours of words (n,): one for each of the six most frequent, grey for the others.

    >>> word_colouring(["b", "a", "b"], "kind").names, word_colouring(["b", "a", "b"], "kind").codes.tolist()
    (('b', 'a'), [0, 1, 0])
    """
    numbers, names = pd.factorize(np.asarray(words, dtype=str).astype(object), sort=True)
    order = np.argsort(-np.bincount(numbers), kind="stable")
    rank = np.empty(len(names), int)
    rank[order] = np.arange(len(names))
    most = len(WORD_COLOURS)
    shown = tuple(str(names[i]) for i in order[:most])
    codes = np.minimum(rank[numbers], most).astype(np.uint8)
    if len(names) <= most:
        return Colouring(codes, WORD_COLOURS[: len(names)], label, names=shown)
    others = f"{len(names) - most:,} other{'s' if len(names) - most > 1 else ''}"
    return Colouring(codes, (*WORD_COLOURS, PALE_GREY), label, names=(*shown, others))
