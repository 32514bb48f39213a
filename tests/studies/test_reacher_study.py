"""Studies of Reacher. Claims proved here:

- At the smallest size a study has a row per label and seed, from recording to planning.
- A label's seeds are put together with an interval over seeds; the committed tables hold five seeds of planning.
- What a forward model imagines is compared with what happened, five actions ahead, also where it remembers.
"""

import pandas as pd
import pytest

from smwm_lab.environments import make_simulator
from smwm_lab.errors import InputError
from smwm_lab.studies import reacher
from smwm_lab.studies.reacher import BESIDE, CASES, error_ahead, planning_table, refit
from smwm_lab.studies.registry import run_study
from smwm_lab.studies.tables import StudySize, read_study
from smwm_lab.training import fit, planning_config


TINY = StudySize(preset="smoke", seeds=1, tasks=2)


@pytest.fixture(autouse=True, scope="module")
def arm():
    """Reacher must draw here; else the tests skip and say why."""
    try:
        make_simulator("reacher").render()
    except InputError as error:
        pytest.skip(str(error))


def test_the_studies_have_a_row_per_label_and_seed(tmp_path, monkeypatch):
    few = ("one frame", "one frame, not refitted", "three frames and their actions")
    monkeypatch.setattr(reacher, "CASES", {label: CASES[label] for label in few})
    planned = run_study("reacher_planning", TINY, path=tmp_path / "planning.csv")
    assert list(planned.label) == [*few, *BESIDE] and set(planned.seed) == {0} and planned.success.between(0, 1).all()
    again = read_study("reacher_planning", tmp_path / "planning.csv")
    assert list(planning_table(again).success) == list(planned.success)
    kept = run_study("reacher_perception", TINY, path=tmp_path / "perception.csv")
    assert list(kept.label) == ["curriculum of images", "no curriculum"] and kept.inverse_floor.between(0.5, 1).all()


@pytest.mark.parametrize("memory", [(0, 0), (2, 1)])
def test_the_error_ahead_is_that_of_what_is_imagined(memory):
    """Of a dot, whose latents differ after the shortest training; those of the arm are still one and the same."""
    run = fit(planning_config("single_dot", "smoke"))
    error, again = (error_ahead(run, refit(run, *memory, budget=20_000), seed=0, num_windows=20) for _ in range(2))
    assert 0 < error < 100 and error == again


def test_seeds_are_put_together():
    rows = pd.DataFrame({"label": ["a"] * 3 + ["b"], "seed": [0, 1, 2, 0], "replan": ["plan"] * 3 + ["token"]})
    table = planning_table(rows.assign(success=[0.7, 0.8, 0.9, 0.5], tasks=100))
    assert list(table.index) == ["a", "b"] and table.success["a"] == pytest.approx(0.8)
    assert (table.worst_seed["a"], table.best_seed["a"], table.seeds["a"], table.tasks["a"]) == (0.7, 0.9, 3, 300)
    assert table.low["a"] < 0.7 < 0.9 < table.high["a"] and table.replan["b"] == "token"


def test_the_committed_tables_are_whole():
    planned, kept = read_study("reacher_planning"), read_study("reacher_perception")
    assert list(planned.label.unique()) == [*CASES, *BESIDE] and (planned.groupby("label").seed.nunique() >= 5).all()
    assert set(planned.tasks) == {100} and (kept.groupby("label").seed.nunique() >= 3).all()
