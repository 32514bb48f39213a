"""Small histograms as SVG text: quick enough to be drawn anew at every move of the mouse."""

from collections.abc import Mapping
from html import escape

import numpy as np

from smwm_lab.viz.theme import INK, NAVY, PALE_GREY, SOFT


WIDTH, HEIGHT, GAP = 156, 88, 8
"""Px of one histogram and between two."""
COLUMNS = 2
NUM_BINS = 24


def histograms_svg(values: Mapping[str, np.ndarray], rows: np.ndarray, labels: Mapping[str, str]) -> str:
    """Return one histogram per component: all rows in grey, and over them the selected ones in blue.

    values: name -> (n,); rows: numbers of the selected rows, none of them for no selection; labels: name -> what
    stands below. Each histogram is scaled to its own highest bar, so shapes are compared and not counts.
    """
    lines = -(-len(values) // COLUMNS)
    parts = [
        _histogram(column, rows, labels[name], (WIDTH + GAP) * (i % COLUMNS), (HEIGHT + GAP) * (i // COLUMNS))
        for i, (name, column) in enumerate(values.items())
    ]
    width, height = COLUMNS * (WIDTH + GAP), lines * (HEIGHT + GAP)
    label = escape(f"histograms of {', '.join(values)}: all rows, and {len(rows)} selected", quote=True)
    return f'<svg width="{width}" height="{height}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def bar_edges(column: np.ndarray) -> np.ndarray:
    """Return the edges of at most 24 bars over the range of `column`; each of as many whole numbers if it holds those.

    >>> bar_edges(np.array([1, 2, 4])).tolist()
    [0.5, 1.5, 2.5, 3.5, 4.5]
    """
    low, high = float(column.min()), float(column.max())
    if bool((column == np.rint(column)).all()):
        width = np.ceil((high - low + 1) / NUM_BINS)
        return low - 0.5 + width * np.arange(np.ceil((high - low + 1) / width) + 1)
    return np.linspace(low, high, NUM_BINS + 1) if high > low else np.array([low - 0.5, low + 0.5])


def bar_heights(column: np.ndarray, rows: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the heights of bars, for all of `column` and for some rows, each over its highest."""
    counts = [np.histogram(part, edges)[0] for part in (column, column[rows])]
    return counts[0] / max(counts[0].max(), 1), counts[1] / max(counts[1].max(), 1)


def _histogram(column: np.ndarray, rows: np.ndarray, label: str, left: float, top: float) -> str:
    edges = bar_edges(column)
    base, step = HEIGHT - 20, WIDTH / (len(edges) - 1)
    everything, picked = bar_heights(column, rows, edges)

    def bars(heights: np.ndarray, colour: str, inset: float) -> str:
        drawn = (
            f"M{i * step + inset:.1f} {base}v{-h * (base - 4):.1f}h{step - 2 * inset:.1f}v{h * (base - 4):.1f}z"
            for i, h in enumerate(heights)
            if h > 0
        )
        return f'<path d="{"".join(drawn)}" fill="{colour}"/>'

    text = f"{label}: {column.min():.3g} to {column.max():.3g}"
    return (
        f'<g transform="translate({left:.0f} {top:.0f})">'
        f"{bars(everything, PALE_GREY, 0)}{bars(picked, NAVY, 0.15 * step)}"
        f'<line x2="{WIDTH}" y1="{base}" y2="{base}" stroke="{SOFT}"/>'
        f'<text y="{HEIGHT - 4}" font-size="14" fill="{INK}">{escape(text)}</text></g>'
    )
