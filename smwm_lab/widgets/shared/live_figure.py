"""LiveFigure: a plotly figure in a widget that the browser hears of when it is whole.

`go.FigureWidget` announces itself in the middle of its constructor, before it has traces and layout. On a busy machine
the browser then sets up a view of nothing and stays blank.
"""

import plotly.graph_objects as go


class LiveFigure(go.FigureWidget):
    """A `FigureWidget` of a finished figure.

    >>> LiveFigure(go.Figure(go.Scatter(y=[1, 2]))).is_whole
    True
    """

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
