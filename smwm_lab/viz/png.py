"""Figure -> PNG that says what it shows: its description travels inside the file, wherever that goes."""

import io

from matplotlib.figure import Figure

from smwm_lab.viz.description import describe


DESCRIPTION = "Description"
"""Keyword of the text in the file, one of those that the PNG specification names."""


def figure_png(figure: Figure) -> bytes:
    """Return a figure as PNG bytes at the theme's resolution, with its description in words inside."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight", metadata={DESCRIPTION: describe(figure)})
    return buffer.getvalue()
