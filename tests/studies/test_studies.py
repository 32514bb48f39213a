"""Studies in two rooms. Claims proved here:

- A study compares every contestant on the same tasks, and ends in a table that says what made it.
- An interrupted study goes on: what was planned before is not planned again.
- The unit of intervals and p-values is the seed.
- The committed tables are of the studies that the command line knows, five seeds or more, a row each.
- What cannot be done is one clear line.
"""

import pandas as pd
import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.planning import held_out_tasks, seed_interval
from smwm_lab.planning.evaluation import evaluate
from smwm_lab.seeding import generator
from smwm_lab.studies.registry import run_study
from smwm_lab.studies.tables import StudySize, read_study, write_study
from smwm_lab.studies.two_room import COMPARED, PLANNERS, WEIGHTS, room_config, room_tasks, summarise_study


SMALL = StudySize(preset="smoke", seeds=2, tasks=3, offsets=(25,))
LABELS = {
    "two_room_horizon": set(PLANNERS),
    "two_room_regularisers": {*COMPARED, "random", "oracle"},
    "two_room_weights": {*WEIGHTS, "random", "oracle"},
}


def test_a_study_is_done_written_read_and_not_planned_again(tmp_path, monkeypatch):
    path = tmp_path / "study.csv"
    done = run_study("two_room_horizon", SMALL, path=path)
    table = read_study("two_room_horizon", path)
    assert table.attrs["command"] == "smwm-lab study two_room_horizon --preset smoke --seeds 2 --tasks 3"
    rows = [(label, 25, seed) for label in ("SMWM", "SMWM, landmarks", "random") for seed in (0, 1)]
    assert sorted(table[["label", "goal_offset", "seed"]].itertuples(index=False, name=None)) == rows
    assert (table.tasks == 3).all()
    assert table.success.to_list() == pytest.approx(done.success.to_list(), abs=1e-4)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("planned again")

    monkeypatch.setattr(evaluate, "run_agent", refuse)
    written = path.read_text()
    run_study("two_room_horizon", SMALL, path=path)
    assert path.read_text() == written


def test_the_tasks_of_every_offset_have_a_stream_of_their_own():
    config = room_config(None, 3, SMALL)
    for offset, found in zip((25, 50), room_tasks(config, (25, 50), 2), strict=True):
        drawn = held_out_tasks(
            config.make_split(),
            2,
            goal_offset=offset,
            episode_length=config.episode_length,
            generator=generator(3, "study tasks", offset),
        )
        assert torch.equal(found.start, drawn.start) and torch.equal(found.goal, drawn.goal)


def test_a_summary_counts_seeds_not_tasks():
    rows = [
        {"label": label, "goal_offset": 25, "seed": seed, "tasks": 100, "success": success}
        | {"spl": success, "success_from_afar": success, "strict_success": success, "share_at_reset": 0.1}
        for label, rates in (("SMWM", (0.9, 0.92, 0.94)), ("random", (0.2, 0.25, 0.3)))
        for seed, success in enumerate(rates)
    ]
    table = summarise_study("two_room_horizon", pd.DataFrame(rows))
    random = table.loc[("random", 25)]
    assert random.p_value == pytest.approx(0.1) and table.p_value["SMWM", 25] == 1
    assert (random.low, random.high) == seed_interval([0.2, 0.25, 0.3], 100)
    assert (random.worst_seed, random.best_seed, random.seeds, random.tasks) == (0.2, 0.3, 3, 300)
    assert random.spl == pytest.approx(0.25) and random.share_at_reset == pytest.approx(0.1)


@pytest.mark.parametrize("name", LABELS)
def test_the_committed_table_counts_what_it_says(name):
    table = read_study(name)
    assert table.attrs["command"].startswith(f"smwm-lab study {name} --preset quick --seeds ")
    assert set(table.label) == LABELS[name]
    assert (table.groupby(["label", "goal_offset"]).seed.nunique() >= 5).all() and (table.tasks == 100).all()
    assert ((100 * table.success).round(6) % 1 == 0).all() and (table.strict_success <= table.success).all()
    assert (table.success_from_afar <= table.success).all(), "what is solved at reset counts as solved"
    reset = table.groupby(["goal_offset", "seed"]).share_at_reset.nunique()
    assert (reset == 1).all(), "everybody had the same tasks"


def test_what_cannot_be_done_is_one_clear_line(tmp_path):
    with pytest.raises(InputError, match="study = 'nonsense' is unknown"):
        run_study("nonsense", SMALL, path=tmp_path / "study.csv")
    with pytest.raises(InputError, match="make it with smwm-lab study two_room_weights"):
        read_study("two_room_weights", tmp_path / "nothing.csv")
    damaged = tmp_path / "damaged.csv"
    write_study(pd.DataFrame({"what": [1]}), "smwm-lab study", damaged)
    with pytest.raises(InputError, match="cannot read .*damaged.csv"):
        read_study("two_room_weights", damaged)
    with pytest.raises(InputError, match="seeds = 0 is out of range"):
        StudySize(seeds=0)
