"""Widgets are laid out alike: one folder each with the same files; viz draws with matplotlib alone."""

import re

import pytest

from smwm_lab import paths
from smwm_lab.widgets import GALLERY


PACKAGE = paths.ROOT / "smwm_lab"
FILES = {"__init__.py", "session.py", "figure.py", "snapshot.py", "page.py", "widget.py"}
"""The numbers, what is interactive, its static twin, the exported page, and the controls."""


@pytest.mark.parametrize("widget", GALLERY)
def test_a_widget_has_the_same_files_as_the_others(widget):
    folder = PACKAGE / "widgets" / re.sub(r"(?<!^)(?=[A-Z])", "_", widget).lower()
    assert FILES <= {path.name for path in folder.iterdir()}


def test_viz_is_matplotlib_only():
    interactive = re.compile(r"^\s*(import|from) (plotly|ipywidgets|anywidget)\b", re.M)
    found = [path.name for path in (PACKAGE / "viz").glob("*.py") if interactive.search(path.read_text())]
    assert found == []
    assert interactive.search((PACKAGE / "widgets" / "probe_bench" / "figure.py").read_text())
