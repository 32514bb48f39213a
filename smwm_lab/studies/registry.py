"""All studies by name. A study trains what is missing, keeps it, so that it can go on, and ends in a small table:

    smwm-lab study two_room_horizon --seeds 5     ->  data/studies/two_room_horizon.csv

The tables are committed, each with the command that made it in its first line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from smwm_lab import paths
from smwm_lab.checksums import read_sums
from smwm_lab.errors import check, check_choice
from smwm_lab.files import check_writable
from smwm_lab.planning import Comparison
from smwm_lab.studies import two_room
from smwm_lab.studies.baselines import baseline_rows, trial_rows
from smwm_lab.studies.dots import control_rows, pair_rows
from smwm_lab.studies.reacher import perception_rows, planning_rows
from smwm_lab.studies.tables import StudySize, study_path, write_study


@dataclass(frozen=True)
class Study:
    """One long comparison."""

    measure: Callable[[StudySize, Path], pd.DataFrame]
    """From its size, and the folder in which outcomes are kept, to a row per label and seed."""
    options: tuple[str, ...] = ("seeds",)
    """Fields of its size that it uses, beside preset and budget."""


def _planned(compare: Callable[[StudySize, Path], Comparison]) -> Study:
    """Return the study of a comparison of planners; times are left out, as they would differ every time."""

    def measure(size: StudySize, cache: Path) -> pd.DataFrame:
        return compare(size, cache).by_seed().drop(columns="plan_seconds_per_decision")

    return Study(measure, ("seeds", "tasks"))


STUDIES = {
    "two_room_horizon": _planned(two_room.horizon_study),
    "two_room_regularisers": _planned(two_room.regulariser_study),
    "two_room_weights": _planned(two_room.weight_study),
    "single_dot_trials": Study(trial_rows, ()),
    "single_dot_baselines": Study(baseline_rows),
    "distractor_controls": Study(control_rows),
    "combined_pair": Study(pair_rows),
    "reacher_planning": Study(planning_rows, ("seeds", "tasks")),
    "reacher_perception": Study(perception_rows),
}


def run_study(name: str, size: StudySize, *, path: Path | None = None) -> pd.DataFrame:
    """Do a study, write its table, its command in the first line, to data/studies or to `path`, and return its rows."""
    check_choice("study", name, tuple(STUDIES))
    if path is None:
        paths.require_checkout("rewriting a table of data/studies")
    place = path or study_path(name)
    check(not place.is_dir(), f"out = {str(place)!r} is a folder; choose a file")
    check_writable(place.parent, "out")
    read_sums(place.parent, remedy="choose another folder")  # which the table joins at the end, after hours
    study = STUDIES[name]
    rows = study.measure(size, paths.cache_dir() / "outcomes")
    write_study(rows, size.command(name, options=study.options), place)
    return rows
