"""Neighbours of a point in LatentExplorer. Claims proved here:

- They are those of a brute-force search, on both sides; ties of the true state count as neighbours.
- Angles go round the circle, and px and rad weigh the same.
- The panel says how many agree, follows point and slider, and says where the true states are unknown.
"""

import re

import numpy as np
import pandas as pd
import pytest

from smwm_lab.errors import InputError
from smwm_lab.probes import LatentTable
from smwm_lab.widgets import LatentExplorer
from smwm_lab.widgets.latent_explorer import neighbours as module
from smwm_lab.widgets.latent_explorer.neighbours import neighbours


N = 80
RANDOM = np.random.default_rng(1)
STATES = pd.DataFrame({"x": RANDOM.uniform(0, 64, N), "turn": RANDOM.uniform(0, 2 * np.pi, N), "fixed": 1.0})
LATENTS = np.stack([STATES["x"] / 20, np.cos(STATES["turn"]), np.sin(STATES["turn"]), RANDOM.normal(size=N)], 1)
IMAGES = RANDOM.integers(0, 256, (N, 3, 8, 8), dtype=np.uint8)
UNITS = {"x": "px", "turn": "rad"}


def nearest_by_sorting(points: np.ndarray, row: int, k: int) -> list[int]:
    far = np.linalg.norm(points - points[row], axis=1)
    return [i for i in np.argsort(far, kind="stable") if i != row][:k]


def test_neighbours_are_those_of_a_brute_force_search(monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 7)
    table = LatentTable.of(LATENTS, STATES, units=UNITS)
    turn = np.stack([np.cos(STATES["turn"]), np.sin(STATES["turn"])], 1)
    true = np.hstack([STATES[["x"]] / STATES["x"].std(ddof=0), turn / np.sqrt(turn.var(0).sum())])
    for row in (0, 33, N - 1):
        found = neighbours(table, row, 12)
        latent_rows, state_rows = nearest_by_sorting(LATENTS, row, 12), nearest_by_sorting(true, row, 12)
        assert found.latent_rows.tolist() == latent_rows and found.state_rows.tolist() == state_rows
        assert found.are_true.tolist() == [i in state_rows for i in latent_rows]
        assert found.are_latent.tolist() == [i in latent_rows for i in state_rows]
        assert 0 < found.are_true.sum() < 12, "a case with hits and misses"


def test_an_angle_goes_round_the_circle():
    turn = np.deg2rad([1.0, 359.0, 20.0, 180.0, 90.0])
    latents = np.stack([np.arange(5.0), np.arange(5.0) ** 2], 1)
    table = LatentTable.of(latents, pd.DataFrame({"turn": turn}), units={"turn": "rad"})
    assert neighbours(table, 0, 2).state_rows.tolist() == [1, 2]
    as_number = LatentTable.of(latents, pd.DataFrame({"turn": turn}))
    assert neighbours(as_number, 0, 2).state_rows.tolist() == [2, 4]


def test_rows_as_near_as_the_last_true_neighbour_are_true_neighbours_too():
    latents = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.1], [3.0, 0.0], [9.0, 1.0]])
    table = LatentTable.of(latents, pd.DataFrame({"x": [0.0, 1.0, 1.0, -1.0, 5.0]}))
    found = neighbours(table, 0, 1)
    assert found.latent_rows.tolist() == [1] and found.are_true.tolist() == [True]
    assert neighbours(table, 0, 3).are_true.all()
    mirrored = LatentTable.of(latents[[0, 3, 2, 1, 4]], pd.DataFrame({"x": [0.0, 1.0, 1.0, -1.0, 5.0]}))
    tied = neighbours(mirrored, 0, 1)
    assert tied.latent_rows.tolist() == [3] and tied.state_rows.tolist() == [1] and tied.are_true.tolist() == [True]


def test_the_panel_says_how_many_agree_and_follows_point_and_slider():
    shown = LatentExplorer.from_arrays(LATENTS, STATES, IMAGES, units=UNITS)
    view = shown.neighbours
    for row, k in ((0, 10), (33, 10), (33, 4), (5, view.count.max)):
        shown.row.value, view.count.value = row, k
        found = neighbours(shown.session.table, row, k)
        text = view.strips.value
        assert f"Neighbours of point {row}: {found.summary()}" in text
        assert f"{int(found.are_true.sum())} of {k} latent neighbours" in text
        assert text.count("<img ") == 2 * k and "; turn round the circle" in text
        assert text.count("outline:4px") == found.are_true.sum() + found.are_latent.sum()
        rows = [int(number) for number in re.findall(r"<figcaption[^>]*>(\d+)", text)]
        assert rows == [*found.latent_rows, *found.state_rows]


def test_unknown_states_are_said_and_the_latent_side_stays():
    shown = LatentExplorer.from_arrays(LATENTS, images=IMAGES)
    text = shown.neighbours.strips.value
    assert "the true states are unknown" in text and "nearest in the true state" not in text
    assert text.count("<img ") == 10 and "outline:4px" not in text
    assert list(shown.colour.options) == ["row"] and not shown.has_error
    bare = LatentExplorer.from_arrays(LATENTS, STATES).neighbours.strips.value
    assert "nearest in the true state: point" in bare and "<img" not in bare


@pytest.mark.parametrize(("row", "k"), [(-1, 3), (N, 3), (0, 0), (0, N)])
def test_neighbours_that_there_are_not_are_one_clear_error(row, k):
    with pytest.raises(InputError, match="allowed: whole numbers|allowed: 0 to|allowed: 1 to"):
        neighbours(LatentTable.of(LATENTS, STATES), row, k)
