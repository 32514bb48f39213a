"""The published planning results, and ours beside them with every difference of protocol named.

data/reference/planning_success.csv and planning_horizon.csv: per seed and per goal offset, of arXiv 2606.20104.
"""

import io
from dataclasses import dataclass

import pandas as pd

from smwm_lab import paths
from smwm_lab.checksums import read_listed
from smwm_lab.errors import InputError, check, check_choice
from smwm_lab.planning.evaluation.intervals import seed_interval
from smwm_lab.planning.evaluation.report import require_columns


METHODS = {"inverse": "SMWM", "sigreg": "SIGReg", "forward_only": "forward-only", "random": "random"}
"""Names in the tables -> names used here."""
ENVIRONMENTS = ("tworoom", "reacher", "pusht", "ogbcube")


def reference_results(table: str = "success", environment: str = "tworoom") -> pd.DataFrame:
    """Return published success by method and goal offset: success, 95 % interval, seeds, tasks.

    The interval is over seeds where there are several, else Wilson's, which says nothing of other seeds.

    table: success (offset 25, five seeds) or horizon (offsets 25 to 100, one seed).

    >>> float(reference_results().loc[("SMWM", 25), "success"])
    1.0
    """
    check_choice("table", table, ("success", "horizon"))
    check_choice("environment", environment, ENVIRONMENTS)
    rows = _read(table)
    rows = rows[rows["environment"] == environment].replace({"method": METHODS})
    rows = rows.rename(columns={"num_tasks": "tasks"}).assign(success=rows["success_percent"] / 100)
    found = []
    for (method, offset), some in rows.groupby(["method", "goal_offset"], sort=False):
        rates, tasks = some["success"].tolist(), int(some["tasks"].iloc[0])
        low, high = seed_interval(rates, tasks)
        found.append((method, offset, sum(rates) / len(rates), low, high, len(rates), tasks * len(rates)))
    names = ["method", "goal_offset", "success", "low", "high", "seeds", "tasks"]
    return pd.DataFrame(found, columns=names).set_index(names[:2])


@dataclass(frozen=True)
class Difference:
    """Where our protocol is not the published one."""

    what: str
    published: str
    ours: str


TWO_ROOM_DIFFERENCES = (
    Difference("observation", "224 x 224 px", "64 x 64 px, the same scene averaged down"),
    Difference("encoder", "ViT-tiny, 192 latent dimensions, BatchNorm projector", "convolutional, 64 dimensions, tanh"),
    Difference("forward model", "transformer, 6 layers, projector", "MLP, 2 hidden layers of 256"),
    Difference(
        "data",
        "10,000 stored episodes, 10 epochs; windows start at any primitive step",
        "episodes of the same policy and rules drawn anew per seed; windows start at whole actions",
    ),
    Difference("training", "under 4 h on an H100, bf16", "minutes on two CPU cores"),
    Difference("weight of the inverse term", "0.1 (10 in later runs)", "that of the planning preset"),
    Difference("held out", "episodes", "start and goal lie in cells of states that training never saw"),
    Difference("goal", "row start + offset - 1 in the package they used", "exactly offset steps later"),
    Difference("candidates", "not clamped to the action box", "clamped to [-1, 1]"),
    Difference("plan", "mean of the last elites", "best candidate seen"),
    Difference("deviation", "sample formula, no floor", "population formula, floor 0.01"),
    Difference("solved at reset", "counts as solved after one step", "counts as solved; success of the others beside"),
    Difference("seeds", "5 at offset 25, 1 in the horizon sweep", "as the table says"),
)
"""All known differences in two rooms; what is not listed is the same (CEM 300 x 30, 30 elites, horizon 5 x 5 steps, all
executed, terminal cost, budget twice the offset, 16 px)."""


def protocol_differences() -> pd.DataFrame:
    """Return the differences of protocol in two rooms as a table."""
    return pd.DataFrame([vars(row) for row in TWO_ROOM_DIFFERENCES]).set_index("what")


def beside_reference(ours: pd.DataFrame, *, table: str = "success", environment: str = "tworoom") -> pd.DataFrame:
    """Return our success beside the published one, by label and goal offset; labels as in `METHODS`' values.

    ours: rows of `Comparison.table()`, or of a study. Rows of ours without a counterpart stay, with the published
    columns empty. Raises `InputError` for a table without those columns or without that index.
    """
    require_columns("ours", ours, ("success", "low", "high", "seeds", "tasks"))
    levels = ours.index.nlevels
    check(levels == 2, f"ours are indexed by {levels} columns; allowed: 2, label and goal offset")
    mine = ours[["success", "low", "high", "seeds", "tasks"]]
    mine.index = mine.index.rename(["method", "goal_offset"])
    theirs = reference_results(table, environment)
    joined = mine.add_suffix("_ours").join(theirs.add_suffix("_published"), how="outer")
    return joined.reindex([key for key in [*mine.index, *theirs.index.difference(mine.index)]])


def _read(table: str) -> pd.DataFrame:
    path = paths.data_dir() / "reference" / f"planning_{table}.csv"
    text = read_listed(path, remedy="restore it or install anew")
    try:
        return pd.read_csv(io.StringIO(text))
    except ValueError as error:
        raise InputError(f"cannot read {path}: {error}; restore it or install anew") from error
