"""LinkedExplorer: claims proved here.

- Both maps hold the same rows, packed as the browser takes them; the second is turned onto the first.
- Projection and colour change both maps; hover, click and selection of the browser arrive as rows.
- Two runs of one world are shown on the same states; other worlds, rows or names are one clear error.
- Words are coloured by how frequent they are, the rest in grey; an angle's colours close at 2 pi.
- Names of maps and columns are text on the page, never markup.
"""

import base64
import gzip
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from smwm_lab.errors import InputError
from smwm_lab.probes import LatentTable, PcaConfig, procrustes, project
from smwm_lab.training import fit, preset_config
from smwm_lab.widgets import LinkedExplorer
from smwm_lab.widgets.linked_explorer.session import LinkedExplorerSession
from smwm_lab.widgets.shared.colouring import number_colouring, word_colouring


N = 90
RANDOM = np.random.default_rng(2)
STATES = pd.DataFrame({"x": np.arange(N) * 1.0, "turn": RANDOM.uniform(0, 2 * np.pi, N)})
FIRST = np.stack([STATES["x"] / 10, np.cos(STATES["turn"]), np.sin(STATES["turn"])], 1)
SECOND = np.hstack([FIRST[:, ::-1] * [3, -1, 2], RANDOM.normal(0, 0.1, (N, 2))])
IMAGES = RANDOM.integers(0, 256, (N, 3, 8, 8), dtype=np.uint8)
MARKUP = "<img src=x onerror=alert(1)>"


def linked(**options) -> LinkedExplorer:
    return LinkedExplorer.from_arrays(
        {"early": FIRST, "late": SECOND}, STATES, IMAGES, units={"x": "px", "turn": "rad"}, **options
    )


def unpacked(points: bytes) -> np.ndarray:
    return np.frombuffer(points, "<f4").reshape(2, N).T


@pytest.fixture(scope="module")
def run():
    return fit(preset_config("distractor", "smoke"))


def test_both_maps_hold_the_same_rows_and_the_second_lies_over_the_first():
    first, second = map(unpacked, linked().view.points)
    left, right = (project(each, PcaConfig()).points for each in (FIRST, SECOND))
    assert np.allclose(first, left, atol=1e-5)
    assert np.allclose(second, procrustes(right, left, scaled=True)(right), atol=1e-5)
    assert np.abs(second - left).sum() < np.abs(right - left).sum()


def test_projection_and_colour_change_both_maps():
    shown = linked()
    before, codes = list(shown.view.points), shown.view.codes
    shown.projection.value = "t-SNE"
    assert [title.split(",")[0] for title in shown.view.titles] == ["early: t-SNE", "late: t-SNE"]
    assert all(now != then for now, then in zip(shown.view.points, before, strict=True))
    shown.colour.value = "turn"
    assert shown.view.codes != codes and shown.view.colours["key"] == {
        "label": "turn, rad",
        "low": "0",
        "high": "6.283",
    }
    assert len(shown.view.colours["palette"]) == 64 and not shown.has_error


def test_what_happens_in_the_browser_arrives_as_rows():
    shown = linked()
    shown.view.receive({"hover": 7})
    assert "point 7: x 7 px" in shown.words.value and "point 7" in shown.observation.value and shown.session.row == 0
    shown.view.receive({"go": 9})
    assert shown.session.row == shown.view.row == 9 and "point 9" in shown.words.value
    shown.view.receive({"selected": 2}, [np.array([3, 5], "<u4").tobytes()])
    assert shown.selection.index.tolist() == [3, 5] and shown.selection["x"].tolist() == [3.0, 5.0]
    assert "mean of 2 selected" in shown.mean.value
    shown.select(np.array([8, 2, 2]))
    assert shown.view.asked["rows"] == [2, 8] and shown.selection.index.tolist() == [2, 8]
    assert isinstance(shown.snapshot(), Figure) and "ring: point 9" in shown.snapshot().get_supxlabel()


def test_two_runs_are_shown_on_the_same_states(run):
    shown = LinkedExplorer.from_runs(run, run, names=("a", "b"), num_states=60)
    first, second = shown.session.tables.values()
    assert first.states.equals(second.states) and repr(shown) == f"LinkedExplorer(a, b; {len(first)} rows)"
    assert np.allclose(*map(np.frombuffer, shown.view.points, ("<f4", "<f4")), atol=1e-4), "a run lies over itself"
    early = LinkedExplorer.from_models({"a": run.model, "b": run.model}, run.world, num_states=60)
    assert early.session.table.states.equals(first.states)


def test_bad_pairs_are_one_clear_error(run):
    other = fit(preset_config("single_dot", "smoke"))
    with pytest.raises(InputError, match="different worlds.*allowed: one world") as caught:
        LinkedExplorer.from_runs(run, other)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match=r"90 rows \(a\) and 89 rows \(b\); allowed: the same states"):
        LinkedExplorer.from_arrays({"a": FIRST, "b": SECOND[:-1]}, STATES)
    tables = {"a": LatentTable.of(FIRST, STATES), "b": LatentTable.of(SECOND, STATES[::-1])}
    with pytest.raises(InputError, match="different states"):
        LinkedExplorerSession(tables)
    with pytest.raises(InputError, match="two different texts"):
        LinkedExplorer.from_runs(run, run, names=("a", "a"))


def test_words_are_coloured_by_how_frequent_they_are():
    colouring = word_colouring([*"aabbbcccc", *"defgh"], "kind")
    assert colouring.names == ("c", "b", "a", "d", "e", "f", "2 others")
    assert colouring.codes.tolist() == [2, 2, 1, 1, 1, 0, 0, 0, 0, 3, 4, 5, 6, 6] and len(colouring.palette) == 7
    turning = number_colouring(np.array([0.0, 3.0, 6.28]), "turn", cyclic=True)
    assert turning.codes.tolist() == [0, 30, 63] and turning.ends == ("0", "6.283")
    channels = [np.array([int(turning.palette[i][j : j + 2], 16) for j in (1, 3, 5)]) for i in (0, -1)]
    assert np.abs(channels[0] - channels[1]).max() < 16, "the ends are one colour"
    assert number_colouring(np.array([2.0, 2.0]), "fixed").codes.tolist() == [0, 0]


def test_the_page_holds_both_maps_and_names_are_text(tmp_path):
    states = STATES.rename(columns={"x": MARKUP})
    shown = LinkedExplorer.from_arrays({MARKUP: FIRST, "late": SECOND}, states)
    shown.select(np.array([1, 4]))
    assert MARKUP not in shown.words.value
    page = shown.to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<img" not in page
    packed = re.search(r'id="points">([^<]*)</script>', page)[1]
    points = np.frombuffer(gzip.decompress(base64.b64decode(packed)), "<f4")
    assert points.tobytes() == b"".join(shown.view.points)
