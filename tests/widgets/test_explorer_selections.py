"""Selections, words and search in LatentExplorer. Claims proved here:

- Rows are replaced, added and taken away; each change is undone and redone; the moves of a slider are one change.
- Columns of words, categories and truth values colour the points, each word in the colour the legend gives it.
- A search selects what it finds, in words and numbers, says how many there are, and says when there is nothing.
- Markup in labels and column names is text: in the widget, in the figure, in the page.
"""

import re

import numpy as np
import pandas as pd
import pytest
from plotly.callbacks import Points

from smwm_lab.errors import InputError
from smwm_lab.widgets import LatentExplorer
from smwm_lab.widgets.shared.selection_history import SelectionHistory


N = 60
RANDOM = np.random.default_rng(3)
LATENTS = RANDOM.normal(size=(N, 4))
KINDS = ["red cat", "red dog", "Blue cat"]
MARKUP = "<img src=x onerror=alert(1)>"
TABLE = pd.DataFrame(
    {
        "x": np.arange(N) * 0.5,
        "kind": [KINDS[i % 3] for i in range(N)],
        "size": pd.Categorical(["small" if i < 10 else "large" for i in range(N)]),
        "is_new": np.arange(N) % 2 == 0,
        "note": [None] * 5 + ["same"] * (N - 5),
    }
)


def explorer(table: pd.DataFrame = TABLE) -> LatentExplorer:
    return LatentExplorer.from_arrays(LATENTS, table)


def draw(shown: LatentExplorer, rows: list[int]) -> None:
    shown.live.figure.data[0]._dispatch_on_selection(Points(point_inds=rows), None)


def test_a_history_combines_goes_back_and_goes_on():
    history = SelectionHistory()
    steps = [([5, 1, 5], "replace", [1, 5]), ([2], "add", [1, 2, 5]), ([5, 9], "subtract", [1, 2])]
    for rows, how, after in steps:
        assert history.change(np.array(rows), how).tolist() == after
    assert [history.undo().tolist() for _ in range(4)] == [[1, 2, 5], [1, 5], [], []] and not history.can_undo
    assert [history.redo().tolist() for _ in range(2)] == [[1, 5], [1, 2, 5]] and history.can_redo
    history.change(np.array([7]), "replace")
    assert not history.can_redo, "what was undone is gone after a change"
    history.change(np.array([7]), "add")
    assert history.undo().tolist() == [1, 2, 5], "no change is no step"
    for top in (3, 4, 5):
        history.change(np.arange(top), "replace", source="slider")
    assert history.undo().tolist() == [1, 2, 5], "the moves of a slider are one step"
    with pytest.raises(InputError, match="allowed: replace, add, subtract"):
        history.change(np.array([1]), "toggle")


def test_drawing_adds_takes_away_and_can_be_undone():
    shown = explorer()
    chosen = shown.selecting
    draw(shown, [3, 4, 5])
    chosen.drawing.value = "add"
    draw(shown, [9])
    assert shown.selection.index.tolist() == [3, 4, 5, 9]
    assert list(shown.live.figure.data[0].selectedpoints) == [3, 4, 5, 9]
    chosen.drawing.value = "subtract"
    draw(shown, [4, 9, 20])
    assert shown.selection.index.tolist() == [3, 5] and chosen.redo.disabled and not chosen.undo.disabled
    chosen.undo.click()
    assert shown.selection.index.tolist() == [3, 4, 5, 9] and "4 selected" in shown.status.value
    chosen.undo.click()
    chosen.undo.click()
    assert len(shown.selection) == 0 and chosen.undo.disabled
    chosen.redo.click()
    assert shown.selection.index.tolist() == [3, 4, 5]
    shown.keep.value = (0, 5)
    shown.keep.value = (0, 2)
    assert len(shown.selection) == 5, "the slider selects anew, whatever drawing does"
    chosen.undo.click()
    assert shown.selection.index.tolist() == [3, 4, 5]
    shown.live.figure.data[0]._dispatch_on_deselect(Points(point_inds=[]))
    assert len(shown.selection) == 0, "a double click clears, also where drawing takes away"


def test_an_outline_that_the_browser_reports_is_taken_back_and_the_selection_shown():
    shown, outline = explorer(), {"type": "path", "path": "M0,0L1,0L1,1Z", "xref": "x", "yref": "y"}
    figure = shown.live.figure
    draw(shown, [3, 4, 5])
    shown.selecting.drawing.value = "add"
    for drawn, after in (([9], [3, 4, 5, 9]), ([], [3, 4, 5, 9])):
        draw(shown, drawn)
        figure.plotly_relayout({"selections": [outline]})
        assert not figure.layout.to_plotly_json().get("selections"), "with it plotly would select by it again"
        draw(shown, [])  # so does the browser tell that an outline went
        assert list(figure.data[0].selectedpoints) == after == shown.selection.index.tolist()


@pytest.mark.parametrize(
    ("name", "words"),
    [("kind", KINDS), ("size", ["small", "large"]), ("is_new", ["True", "False"]), ("note", ["(missing)", "same"])],
)
def test_words_colour_the_points_as_the_legend_says(name, words):
    shown = explorer()
    assert list(shown.colour.options) == list(TABLE)
    shown.colour.value = name
    axis = shown.live.figure.layout.coloraxis
    assert sorted(axis.colorbar.ticktext) == sorted(words) and shown.keep.disabled and not shown.has_error
    drawn = np.asarray(shown.live.figure.data[0].marker.color)
    seen = [axis.colorbar.ticktext[int(code)] for code in drawn]
    told = ["(missing)" if pd.isna(cell) else str(cell) for cell in TABLE[name].astype(object)]
    assert seen == told
    assert f"{name} {told[0]}" in shown.words.value
    assert shown.snapshot().axes
    draw(shown, [1, 2])
    shown.keep.value = (1, 1)
    assert shown.selection.index.tolist() == [1, 2], "words have no range"
    shown.colour.value = "x"
    assert shown.live.figure.layout.coloraxis.colorbar.ticktext is None and not shown.keep.disabled


def test_a_search_selects_what_it_finds_and_says_how_many():
    shown = explorer()
    for query, rows in (("CAT", [i for i in range(N) if i % 3 != 1]), ("small", range(10)), ("7.5", [15])):
        shown.search.value = query
        assert shown.selection.index.tolist() == list(rows)
        assert f"found {query!r} in {len(rows)} points; {len(rows)} selected" in shown.status.value
    shown.search.value = "zebra"
    assert "nothing found: 'zebra' stands in no column" in shown.status.value and len(shown.selection) == 1
    shown.selecting.drawing.value = "add"
    shown.search.value = "small"
    assert shown.selection.index.tolist() == [*range(10), 15]
    shown.selecting.undo.click()
    assert shown.selection.index.tolist() == [15]


def test_markup_in_labels_and_names_is_text(tmp_path):
    table = pd.DataFrame({"x": np.arange(N) * 1.0, MARKUP: [MARKUP, "<b>b</b>"] * (N // 2), f"{MARKUP} 2": np.ones(N)})
    shown = LatentExplorer.from_arrays(LATENTS, table, units={"x": "<i>px</i>"})
    shown.colour.value = MARKUP
    shown.search.value = MARKUP
    assert len(shown.selection) == N // 2
    bar = shown.live.figure.layout.coloraxis.colorbar
    assert "<" not in bar.title.text + "".join(bar.ticktext) and "&lt;img" in bar.title.text
    everything = [shown.words, shown.histograms, shown.strip, shown.status, shown.neighbours.strips]
    assert not any(re.search(r"<(img|b>|i>)", each.value) for each in everything)
    assert "&lt;img" in shown.words.value and "&lt;img" in shown.status.value
    assert MARKUP not in shown.to_html(tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_table_of_words_alone_has_unknown_states():
    shown = explorer(TABLE[["kind"]])
    assert list(shown.colour.options) == ["row", "kind"] and "true states are unknown" in shown.neighbours.strips.value
    with pytest.raises(InputError, match="60 latents and 59 rows of states"):
        explorer(TABLE[["kind"]][:-1])
    with pytest.raises(InputError, match="two columns of the states are called kind"):
        explorer(pd.concat([TABLE[["kind"]], TABLE[["kind"]]], axis=1))
