"""Studies in two rooms. Claims proved here:

- A study compares every contestant on the same tasks, and ends in a table that says what made it.
- An interrupted study goes on: what was planned before is not planned again.
- The committed tables are of the studies that the command line knows, several seeds each, and count what they say.
- What cannot be done is one clear line.
"""

import pandas as pd
import pytest

from smwm_lab.errors import InputError
from smwm_lab.planning import Comparison, wilson
from smwm_lab.planning.evaluation import evaluate
from smwm_lab.planning.evaluation.comparison import Result
from smwm_lab.planning.evaluation.report import Outcome
from smwm_lab.studies import two_room as studies
from smwm_lab.studies.two_room import COMPARED, PLANNERS, STUDIES, WEIGHTS, StudySize, read_study, run_study


SMALL = StudySize(preset="smoke", seeds=1, tasks=3, offsets=(25,))
LABELS = {
    "two_room_horizon": set(PLANNERS),
    "two_room_regularisers": {*COMPARED, "random", "oracle"},
    "two_room_weights": {*WEIGHTS, "random", "oracle"},
}


def test_a_study_is_done_written_read_and_not_planned_again(tmp_path, monkeypatch):
    path = tmp_path / "study.csv"
    done = run_study("two_room_horizon", SMALL, path=path)
    table = read_study("two_room_horizon", path)
    assert table.attrs["command"] == "smwm-lab study two_room_horizon --preset smoke --seeds 1 --tasks 3"
    assert list(table.index) == [("SMWM", 25), ("SMWM, landmarks", 25), ("random", 25)]
    assert (table.tasks == 3).all() and (table.seeds == 1).all()
    assert table.success.to_list() == pytest.approx(done.table().success.to_list(), abs=1e-4)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("planned again")

    monkeypatch.setattr(evaluate, "run_agent", refuse)
    written = path.read_text()
    run_study("two_room_horizon", SMALL, path=path)
    assert path.read_text() == written


def test_contestants_are_paired_with_the_reference_task_by_task(tmp_path, monkeypatch):
    def outcome(*arrived: int) -> Outcome:
        n = len(arrived)
        return Outcome(arrived, (0.0,) * n, (1.0,) * n, (1.0,) * n, n, 1.0, 1.0)

    known = Comparison(
        (
            Result("SMWM", 0, 25, outcome(1, 1, 0, -1)),
            Result("random", 0, 25, outcome(-1, -1, 0, 3)),
        )
    )
    monkeypatch.setitem(STUDIES, "two_room_horizon", lambda size, cache: known)
    run_study("two_room_horizon", SMALL, path=tmp_path / "study.csv")
    table = read_study("two_room_horizon", tmp_path / "study.csv")
    assert table.loc[("random", 25), ["only_here", "only_there", "p_value"]].to_list() == [1, 2, 1.0]
    assert table.loc[("SMWM", 25), ["only_here", "only_there", "solved_at_reset"]].to_list() == [0, 0, 0.25]


@pytest.mark.parametrize("name", STUDIES)
def test_the_committed_table_counts_what_it_says(name):
    table = read_study(name)
    assert table.attrs["command"].startswith(f"smwm-lab study {name} --preset quick --seeds ")
    assert set(table.index.unique(0)) == LABELS[name]
    assert (table.seeds >= 3).all() and (table.tasks == 100 * table.seeds).all()
    for row in table.itertuples():
        assert (row.low, row.high) == pytest.approx(wilson(round(row.success * row.tasks), row.tasks), abs=1e-4)
        assert row.worst_seed <= row.success <= row.best_seed
        reference = table.success[studies.REFERENCE[name], row.Index[1]]
        assert row.only_here - row.only_there == pytest.approx((row.success - reference) * row.tasks, abs=0.1)


def test_what_cannot_be_done_is_one_clear_line(tmp_path):
    with pytest.raises(InputError, match="study = 'nonsense' is unknown"):
        read_study("nonsense")
    with pytest.raises(InputError, match="make it with smwm-lab study two_room_weights"):
        read_study("two_room_weights", tmp_path / "nothing.csv")
    damaged = tmp_path / "damaged.csv"
    pd.DataFrame({"what": [1]}).to_csv(damaged)
    with pytest.raises(InputError, match="cannot read .*damaged.csv"):
        read_study("two_room_weights", damaged)
    with pytest.raises(InputError, match="seeds = 0 is out of range"):
        StudySize(seeds=0)
