"""The base of all widgets and their pages: claims proved here.

- An `InputError` in a callback lands in the status line, in colour and with the word error, and the next action works.
- An exported page is one file below 5 MB that loads nothing, written whole or not at all.
"""

import base64
import gzip
import json
import re

import ipywidgets
import pytest
from matplotlib.figure import Figure

from smwm_lab.errors import InputError, check
from smwm_lab.runner.pages import external_references
from smwm_lab.widgets import Panel, guarded
from smwm_lab.widgets.shared import page
from smwm_lab.widgets.shared import panel as panel_module


class Counter(Panel):
    """A panel that counts up to 2, refuses 3 and breaks at 4."""

    title = "Counting < 3"

    def __init__(self):
        self.value = 0
        self.button = ipywidgets.Button(description="More")
        self.button.on_click(self._more)
        super().__init__([self.button])

    @guarded
    def _more(self, _: object) -> None:
        wanted = self.value + 1
        check(wanted != 3, "value = 3 is out of range; allowed: 0 <= value < 3")
        self.value = 1 // (4 - wanted) if wanted == 4 else wanted
        self.say(f"value {self.value}")

    def snapshot(self) -> Figure:
        figure = Figure()
        figure.subplots().plot([0, self.value])
        return figure


def test_bad_input_is_shown_in_the_status_line_and_the_panel_stays_usable():
    counter = Counter()
    counter.button.click(), counter.button.click()
    assert counter.status.value == "value 2" and not counter.has_error
    counter.button.click()
    assert counter.status.value == "error: value = 3 is out of range; allowed: 0 &lt;= value &lt; 3"
    assert counter.has_error and counter.status.style.text_color == "#B42318"
    counter.value = 0
    counter.button.click()
    assert counter.status.value == "value 1" and not counter.has_error


def test_a_defect_is_shown_and_not_swallowed():
    counter = Counter()
    counter.value = 3
    with pytest.raises(ZeroDivisionError):
        counter._more(None)
    assert counter.has_error and "ZeroDivisionError" in counter.status.value


def test_a_widget_given_something_else_than_its_session_names_what_takes_it():
    """Called by hand: in tests every annotation is checked before a constructor runs."""
    message = r"^Counter was given a list; use Counter.from_run or Counter.from_arrays$"
    with pytest.raises(InputError, match=message):
        panel_module.check_session(Counter(), [1.0], dict, "from_run", "from_arrays")
    panel_module.check_session(Counter(), {}, dict, "from_run", "from_arrays")


def test_the_status_line_is_the_last_child():
    counter = Counter()
    assert counter.children[-1] is counter.status


def test_a_page_is_one_file_that_loads_nothing(tmp_path):
    path = Counter().to_html(tmp_path / "new folder" / "counter.html")
    text = path.read_text(encoding="utf-8")
    assert "<h1>Counting &lt; 3</h1>" in text and 'src="data:image/png;base64,' in text
    assert external_references(text) == []
    assert [file.name for file in path.parent.iterdir()] == ["counter.html"]


def test_a_page_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("here")
    for bad in (tmp_path / "file" / "page.html", tmp_path):
        with pytest.raises(InputError, match=r"^cannot write .*; free the space or choose another folder$"):
            Counter().to_html(bad)
    assert (tmp_path / "file").read_text() == "here"


def test_a_page_beyond_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(panel_module, "MAX_BYTES", 1000)
    with pytest.raises(InputError, match="allowed: 1,000"):
        Counter().to_html(tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_plotly_travels_in_two_megabytes():
    text = page.plotly_script()
    assert 1_500_000 < len(text) < 2_200_000
    inside = re.search(r'id="plotly">([^<]*)</script>', text).group(1)
    assert gzip.decompress(base64.b64decode(inside)).decode().startswith("/**")


def test_embedded_json_cannot_close_its_element():
    text = page.embedded_json("a", {"name": "</script><b>"})
    assert text.count("<") == 2
    assert json.loads(re.search(r">(.*)</script>", text).group(1)) == {"name": "</script><b>"}
