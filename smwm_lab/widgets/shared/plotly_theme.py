"""The theme of interactive figures: the same colours, and letters for the back of a room."""

import plotly.graph_objects as go

from smwm_lab.viz.theme import GRID, INK, SOFT


FONT_SIZE = 15
"""Px; nothing in an interactive figure is smaller than 14."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
CYCLIC = "Twilight"
"""Colour scale of angles: both ends are one colour."""


def themed(figure: go.Figure, *, width: int, height: int) -> go.Figure:
    """Give a figure the theme and a size in px; returns it."""
    axis = {"gridcolor": GRID, "zeroline": False, "linecolor": SOFT, "tickfont": {"size": 14}}
    figure.update_layout(
        template="none",
        width=width,
        height=height,
        paper_bgcolor="white",
        plot_bgcolor="white",
        font={"family": FONT, "size": FONT_SIZE, "color": INK},
        margin={"l": 60, "r": 10, "t": 36, "b": 50},
        hoverlabel={"font": {"size": FONT_SIZE}},
        title={"font": {"size": 17}},
    )
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure
