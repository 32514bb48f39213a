"""Figures in widgets. Claims proved here:

- The browser hears of a figure once, when its traces and layout are set; every widget shows such a figure.
- A new run of CollapseLab leaves no figure behind: it is shown in the one there is, or the old one is closed.
"""

import re

import ipywidgets
import plotly.graph_objects as go
import pytest

from smwm_lab import paths
from smwm_lab.widgets import CollapseLab
from smwm_lab.widgets.shared.live_figure import LiveFigure


def test_a_figure_is_announced_once_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    announced = []
    opened = ipywidgets.Widget.open

    def watched(widget: ipywidgets.Widget) -> None:
        if isinstance(widget, go.FigureWidget):
            announced.append((len(widget._widget_data), widget._widget_layout.get("title", {}).get("text")))
        opened(widget)

    monkeypatch.setattr(ipywidgets.Widget, "open", watched)
    plain = go.Figure(go.Scatter(y=[1, 2]), layout={"title": {"text": "two points"}})
    figure = LiveFigure(plain)
    assert announced == [(1, "two points")] and figure.comm is not None
    figure.close()
    go.FigureWidget(plain).close()
    assert announced[1] == (0, None), "plotly announces nothing first; should this change, LiveFigure can go"


def test_no_widget_makes_a_figure_of_another_kind() -> None:
    files = (paths.ROOT / "smwm_lab").rglob("*.py")
    assert [file.name for file in files if re.search(r"FigureWidget\(", file.read_text())] == []


def test_new_runs_leave_no_figure_behind() -> None:
    lab = CollapseLab(world="single_dot")
    count = len(ipywidgets.widgets.widget._instances)
    first = lab.figure
    lab.train_until(256)
    lab.reset.click()
    lab.regulariser.value = "vicreg"
    assert lab.figure is first and len(first.data[0].x) and first.layout.xaxis2.range[0] == 0
    assert {trace.meta: len(trace.x) for trace in first.data}["alarm"] == 1, "it shows the run that has not started"
    for world in ("distractor", "single_dot", "distractor"):
        lab.world.value = world
    assert lab.figure is not first and first.comm is None
    assert len(ipywidgets.widgets.widget._instances) == count
    lab.close()
