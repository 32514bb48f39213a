"""Tables of studies: CSV files in data/studies, a row per label and seed, whose first line is the command."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from smwm_lab import paths
from smwm_lab.checksums import read_listed, write_listed
from smwm_lab.errors import InputError, check_range


OFFSETS = (25, 40, 55, 70, 85, 100)
"""Primitive steps from start to goal in the studies of two rooms, as in the paper."""


@dataclass(frozen=True, kw_only=True)
class StudySize:
    """How much of a study is done."""

    preset: str = "quick"
    """Preset of every run: smoke, quick or paper."""
    seeds: int = 5
    """Number of seeds, from 0 on, of training and everything after it."""
    tasks: int = 100
    """Number of tasks per seed and goal offset, where a study plans."""
    budget: int | None = None
    """Transitions that every run sees; None for the study's own number, or the preset's."""
    offsets: tuple[int, ...] = OFFSETS
    """Goal offsets of the horizon study; the regularisers take the first and the last, the weights the first."""

    def __post_init__(self):
        check_range("seeds", self.seeds, 1, 100)
        check_range("tasks", self.tasks, 1, 100_000)

    def command(self, name: str, *, options: Sequence[str]) -> str:
        """Return the command line of a study of this size; options: sizes that matter to it beside preset, budget."""
        sizes = "".join(f" --{option} {getattr(self, option)}" for option in options)
        budget = "" if self.budget is None else f" --budget {self.budget}"
        return f"smwm-lab study {name} --preset {self.preset}{sizes}{budget}"


def study_path(name: str) -> Path:
    """Return where the committed table of a study lies."""
    return paths.data_dir() / "studies" / f"{name}.csv"


def write_study(rows: pd.DataFrame, command: str, path: Path) -> None:
    """Write the rows of a study below the command that made them, numbers to four digits, with its checksum beside."""
    write_listed(path, f"# {command}\n" + rows.round(4).to_csv(index=False))


def means_over_seeds(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the means of what was measured, a row per case: columns before `seed` tell cases apart, those after it are
    measurements."""
    at = rows.columns.get_loc("seed")
    cases, measured = list(rows.columns[:at]), list(rows.columns[at + 1 :])
    return rows.groupby(cases, sort=False, dropna=False)[measured].mean()


def read_study(name: str, path: Path | None = None, *, columns: Sequence[str] = ("label", "seed")) -> pd.DataFrame:
    """Return the committed table of a study, a row per seed; `attrs["command"]` is what made it.

    Raises `InputError` for a file that is missing, is not as its checksum says or lacks one of `columns`.
    """
    place = path or study_path(name)
    text = read_listed(place, remedy=f"make it with smwm-lab study {name}")
    try:
        first, rest = text.split("\n", 1)
        table = pd.read_csv(io.StringIO(rest))
        table[list(columns)]
    except (ValueError, KeyError) as error:
        raise InputError(f"cannot read {place}: {error}; make it with smwm-lab study {name}") from error
    table.attrs["command"] = first.removeprefix("# ")
    return table
