"""One look for all figures and tables: a colour-blind-safe palette, readable sizes, thin frames.

Colours are Okabe & Ito's (2008), told apart under all common colour-vision deficiencies.
"""

import sys
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib import rcsetup


BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW, BLACK = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
    "#000000",
)
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, BLACK, YELLOW)
DOTS = {"red": VERMILION, "green": GREEN, "blue": BLUE, "yellow": ORANGE, "magenta": PURPLE}
"""What stands for the colour of a dot: told apart by everybody."""
COLOURMAP = "viridis"
WIDTH = 7.2
"""Width of a full figure, inches."""

_SETTINGS: dict[Any, Any] = {
    "axes.prop_cycle": rcsetup.cycler(color=PALETTE),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "axes.grid": True,
    "grid.color": "#E5E5E5",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "font.size": 10,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.6,
    "figure.dpi": 90,
    "savefig.dpi": 90,
    "figure.constrained_layout.use": True,
    "image.interpolation": "nearest",
}


def component_colour(name: str, i: int) -> tuple[str, bool | None]:
    """Return the colour of a state component, the i-th of them, and whether its line is dashed, as a dot's y is.

    A dot's x and y have the dot's own colour; for all others the answer is a colour of the palette and None.

    >>> component_colour("red_y", 0), component_colour("theta", 0)
    (('#D55E00', True), ('#0072B2', None))
    """
    dot, _, coordinate = name.partition("_")
    if dot in DOTS and coordinate in ("x", "y"):
        return DOTS[dot], coordinate == "y"
    return PALETTE[i % len(PALETTE)], None


def use_theme() -> None:
    """Apply the theme to all figures and tables made from now on; in a notebook, show figures as PNG.

    Tables show short numbers, and texts in full: a page breaks them into lines where they do not fit.
    """
    mpl.rcParams.update(_SETTINGS)
    pd.options.display.float_format = "{:.3g}".format
    pd.options.display.max_colwidth = None
    if "IPython" in sys.modules:
        from IPython import get_ipython
        from IPython.core.pylabtools import select_figure_formats

        shell = get_ipython()
        if shell is not None:
            select_figure_formats(shell, {"png"})
