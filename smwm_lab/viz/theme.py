"""One look for all figures and tables: colours that everybody can see and tell apart, readable sizes, thin frames.

The colours of figures stand here; style sheets of pages have theirs beside them. Marks have a contrast of 3 : 1 against
white at least and text 4.5 : 1 (WCAG 2.2, 1.4.11 and 1.4.3). The palette is Okabe & Ito's (2008), told apart under all
common colour-vision deficiencies, with its four palest colours darkened or replaced.
"""

import sys
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import rcsetup
from matplotlib.colors import ListedColormap, to_hex
from matplotlib.figure import Figure

from smwm_lab.viz.png import figure_png


BLUE, ORANGE, GREEN, VERMILION, PURPLE, NAVY, BLACK = (
    "#0072B2",
    "#C77700",
    "#009E73",
    "#B03A10",
    "#CC79A7",
    "#332288",
    "#000000",
)
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, NAVY, BLACK)
DOTS = {"red": VERMILION, "green": GREEN, "blue": BLUE, "yellow": ORANGE, "magenta": PURPLE}
"""What stands for the colour of a dot: told apart by everybody."""
INK, SOFT, ALARM = "#1F2430", "#667085", "#B42318"
"""Of text: ordinary, beside the point, an error."""
GREY, PALE_GREY = "#707682", "#949494"
"""Of marks that stay behind the others, at 4/5 of its strength too; and of what lies behind even those, and frames."""
GRID, ABSENT = "#E5E5E5", "#DDDDDD"
"""Lines to read values by, and cells without a value: nothing is lost with whoever does not see them."""
COLOURMAP = "viridis"
"""Of values that fill cells, side by side."""
POINT_COLOURS = tuple(to_hex(colour) for colour in mpl.colormaps[COLOURMAP](np.linspace(0, 0.59, 32)))
"""Of values as dots on white, from least to most: the part of `COLOURMAP` that can be seen there."""
POINT_COLOURMAP = ListedColormap(POINT_COLOURS, "viridis on white").resampled(256)
WIDTH = 7.2
"""Width of a full figure, inches."""
PIXELS_PER_INCH = 158
"""Of figures as they are shown: one of `WIDTH` then is as wide as a page in a window of 1280 px."""

_SETTINGS: dict[Any, Any] = {
    "axes.prop_cycle": rcsetup.cycler(color=PALETTE),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "font.size": 10,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.6,
    "figure.dpi": 90,  # stands in the names of figures that stored notebooks are compared with; nobody sees it
    "savefig.dpi": PIXELS_PER_INCH,
    "figure.constrained_layout.use": True,
    "image.interpolation": "nearest",
}


def component_colour(name: str, i: int) -> tuple[str, bool | None]:
    """Return the colour of a state component, the i-th of them, and whether its line is dashed, as a dot's y is.

    A dot's x and y have the dot's own colour; for all others the answer is a colour of the palette and None.

    >>> component_colour("red_y", 0), component_colour("theta", 0)
    (('#B03A10', True), ('#0072B2', None))
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
            shell.display_formatter.formatters["image/png"].for_type(Figure, figure_png)
