"""Very many latents in LatentExplorer, here few through the same path. Claims proved here:

- Past a number of points the map is a canvas of bytes: coordinates, colours and selections arrive as they are.
- What the browser tells (mouse, click, drawn around) changes the session, as drawing or a key says.
- UMAP and t-SNE of too many are refused in one line that names the limit and a remedy; the map stays.
- Components from a covariance in pieces are those of the whole decomposition, signs included.
- A million rows are neither searched nor decomposed by a copy of them: the nearest rows are those of brute force.
"""

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA

from smwm_lab.errors import InputError
from smwm_lab.probes import AlignedProjections, LatentTable, PcaConfig
from smwm_lab.probes.projection import components
from smwm_lab.widgets import LatentExplorer
from smwm_lab.widgets.latent_explorer.large_projection import LargeProjection
from smwm_lab.widgets.latent_explorer.snapshot import evenly


ROWS = 120
DRAWN = np.random.default_rng(5)
LATENTS = DRAWN.normal(size=(ROWS, 6)) * np.arange(6, 0, -1)
TABLE = pd.DataFrame({"x": np.arange(ROWS) * 1.0, "kind": ["<b>a</b>", "b"] * (ROWS // 2)})


@pytest.fixture
def large(monkeypatch) -> LatentExplorer:
    """An explorer for which 120 rows are too many for plotly."""
    monkeypatch.setattr("smwm_lab.widgets.latent_explorer.widget.MOST_IN_PLOTLY", 100)
    shown = LatentExplorer.from_arrays(LATENTS, TABLE)
    assert shown.is_large and isinstance(shown.live, LargeProjection)
    return shown


def chosen(shown: LatentExplorer) -> list[int]:
    """Rows that the browser was told are selected."""
    return np.frombuffer(shown.live.chosen, "<u4").tolist()


def test_points_colours_and_marks_arrive_as_bytes(large):
    points = large.session.projections.get("PCA", 2).points
    sent = np.frombuffer(large.live.coordinates, "<f4").reshape(2, ROWS).T
    assert np.allclose(sent, points, atol=1e-5)
    assert large.live.title.startswith("PCA: trustworthiness") and len(large.live.codes) == ROWS
    large.colour.value = "kind"
    assert large.live.colours["key"] == {"label": "kind", "names": ["<b>a</b>", "b"]}
    assert list(large.live.codes) == [0, 1] * (ROWS // 2)
    large.row.value = 7
    path = large.session.path()
    assert large.live.row == 7
    assert np.allclose(large.live.lines[0]["x"], points[path, 0]) and large.live.lines[0]["large"] == large.step.index
    assert [dim for _, dim in large.view.options] == [2], "a canvas does not turn in space"
    assert large.snapshot().axes and not large.has_error


def test_what_the_browser_tells_changes_the_session(large):
    def draw(rows: list[int], how: str = "") -> None:
        large.live.receive({"drawn": len(rows), "how": how}, [np.array(rows, "<u4").tobytes()])

    draw([3, 4, 5])
    assert large.selection.index.tolist() == chosen(large) == [3, 4, 5]
    draw([9], "add")
    draw([4], "subtract")
    draw([])
    assert large.selection["x"].tolist() == [3.0, 5.0, 9.0] and chosen(large) == [3, 5, 9]
    large.selecting.undo.click()
    assert chosen(large) == [3, 4, 5, 9]
    large.clear.click()
    assert chosen(large) == []
    large.live.receive({"hover": 11})
    assert "point 11" in large.words.value and large.row.value == 0
    large.live.receive({"go": 12})
    assert large.row.value == 12 and large.live.row == 12 and "point 12" in large.neighbours.strips.value


def test_projections_of_too_many_latents_are_refused_in_one_line(large, monkeypatch):
    monkeypatch.setattr("smwm_lab.probes.projection.aligned.MOST_ROWS", 50)
    with pytest.raises(InputError, match=r"UMAP of 120 latents .*allowed: 50 at most .*latents\[::3\]"):
        AlignedProjections(LATENTS).get("UMAP", 2)
    large.projection.value = "t-SNE"
    assert large.has_error and "t-SNE of 120 latents" in large.status.value and large.projection.value == "PCA"
    assert large.live.title.startswith("PCA")


def test_components_in_pieces_are_those_of_the_whole(monkeypatch):
    shifted = LATENTS + 40
    exact = components.principal_components(shifted)
    reference = PCA(3, svd_solver="full").fit(shifted)
    for place in ("components", "methods"):
        monkeypatch.setattr(f"smwm_lab.probes.projection.{place}.FEW", 20)
    monkeypatch.setattr(components, "CHUNK", 32)
    mean, directions, deviations = components.principal_components(shifted)
    assert np.allclose(mean, exact[0]) and np.allclose(deviations, exact[2])
    assert np.allclose(np.abs((directions * exact[1]).sum(1)), 1)
    method = PcaConfig(dim=3)
    assert np.allclose(method.fit(shifted), reference.transform(shifted))
    assert np.allclose(method.place(shifted, np.empty(0), shifted[:4] + 1), reference.transform(shifted[:4] + 1))


def test_the_nearest_rows_in_pieces_are_those_of_brute_force(monkeypatch):
    monkeypatch.setattr("smwm_lab.probes.inputs.latent_table.CHUNK", 32)
    wanted = DRAWN.normal(size=(9, 6)) * 3
    brute = ((LATENTS[None] - wanted[:, None]) ** 2).sum(-1).argmin(1)
    assert LatentTable.of(LATENTS).nearest(wanted).tolist() == brute.tolist()
    assert np.array_equal(evenly(np.arange(10), 10), np.arange(10)) and len(evenly(np.arange(1000), 7)) == 7
