"""LiveFigure: a plotly figure in a widget that comes up whole, also on a slow or busy machine.

`go.FigureWidget` announces itself in the middle of its constructor, before it has traces and layout; the browser may
then set up a view of nothing and stay blank. And its script of 5 MB, which every figure loads anew, may take longer
than the two seconds that anywidget allows; the figure then shows no later change. Here a figure is announced when it is
whole, and one script serves all figures of a page (`static/live_figure.js`).
"""

from typing import Any

import plotly
import plotly.graph_objects as go
import traitlets

from smwm_lab.widgets.shared.page import shared_asset


PLOTLY_WIDGET: Any = go.FigureWidget._esm
"""Plotly's own script of a figure."""


class LiveFigure(go.FigureWidget):
    """A `FigureWidget` of a finished figure.

    >>> LiveFigure(go.Figure(go.Scatter(y=[1, 2]))).is_whole
    True
    """

    _esm = shared_asset("live_figure.js")
    _plotly = traitlets.Unicode(str(PLOTLY_WIDGET)).tag(sync=True)
    _plotly_version = traitlets.Unicode(plotly.__version__).tag(sync=True)
    _messages = traitlets.List([name for name in dir(go.FigureWidget) if name.startswith("_py2js_")]).tag(sync=True)

    is_whole = False
    """Whether traces and layout are set; nothing is sent to the browser before."""

    def __init__(self, figure: go.Figure):
        super().__init__(figure)
        object.__setattr__(self, "is_whole", True)
        self.open()

    def open(self) -> None:
        """Announce the widget to the browser, once it is whole."""
        if self.is_whole:
            super().open()
