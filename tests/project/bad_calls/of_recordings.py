"""Bad calls of recordings."""

import math
from typing import Any

import numpy as np
import pandas as pd
from kinds import COUNTS, OBJECTS, SEEDS, without
from table import Table

from smwm_lab.data.recordings import (
    Episodes,
    Recording,
    collect,
    content_hash,
    judge_recording,
    open_recording,
    shared_frames,
    split_by_episode,
    split_by_time,
    write_recording,
)
from smwm_lab.data.recordings.summary import summarise
from smwm_lab.viz.recordings import plot_contact_sheet


_drawn = np.random.default_rng(0)
VECTORS = _drawn.normal(size=(60, 3))
ACTIONS = _drawn.normal(size=(60, 1))
RECORDING = Recording.from_arrays(VECTORS, ACTIONS, lengths=[20, 20, 20])
TABLE = pd.DataFrame({"x": VECTORS[:, 0], "push": ACTIONS[:, 0], "run": ["a"] * 60})
SEEDED = without(SEEDS, "beyond 64 bits") | {"beyond 63 bits": 2**63}
FRACTIONS: dict[str, Any] = {"none": 0.0, "most": 0.9, "text": "a", "nothing": None, "NaN": math.nan}
PATHS: dict[str, Any] = {"nothing": None, "a number": 3, "another ending": "out.csv", "a zero": "a\0.h5"}
COLUMNS: dict[str, Any] = {"text": "x", "nothing": None, "empty": [], "unknown": ["y"], "text cells": ["run"]}


def add(table: Table) -> None:
    """Add calls of everything that `smwm_lab.data.recordings` exports."""
    _making(table)
    _using(table)


def _making(table: Table) -> None:
    nan = VECTORS.copy()
    nan[5, 1] = math.nan
    table.spoil(
        Recording.from_arrays,
        {"observations": VECTORS, "actions": ACTIONS, "lengths": [20, 20, 20], "states": {"x": VECTORS[:, 0]}},
        observations={
            "nothing": None,
            "text": "x",
            "flat": VECTORS[:, 0],
            "whole numbers": VECTORS.astype(int),
            "NaN": nan,
        },
        actions={"nothing": None, "text": "x", "flat": ACTIONS[:, 0], "short": ACTIONS[:9], "NaN": ACTIONS * math.nan},
        lengths={"text": "a", "short": [20], "fractions": [30.5, 29.5], "a row": [59, 1], "negative": [61, -1]},
        states={"a number": 3, "text": {"x": ["a"] * 60}, "short": {"x": [1.0]}, "a list": [1.0]},
        units={"unknown": {"y": "px"}, "text": "px"},
        action_names={"two": ("a", "b"), "text": "a"},
        rate_hz={"none": 0.0, "negative": -1.0, "text": "a", "NaN": math.nan},
    )
    table.spoil(
        Recording.from_frame,
        {"table": TABLE, "observations": ["x"], "actions": ["push"], "episode": "run"},
        table=OBJECTS,
        observations=COLUMNS,
        actions=COLUMNS,
        episode={"unknown": "y", "a list": ["x"]},
        states={"unknown": ["y"], "text cells": ["run"]},
    )
    table.spoil(
        Episodes,
        {"lengths": np.array([3, 2])},
        lengths={
            "nothing": None,
            "text": "a",
            "empty": np.array([], int),
            "fractions": np.array([2.5]),
            "one": np.array([1]),
        },
    )
    table.spoil(open_recording, {"source": "absent"}, documented=False, source=PATHS | {"absent": "no/such.h5"})
    table.spoil(
        write_recording, {"recording": RECORDING, "path": "out.h5"}, documented=False, recording=OBJECTS, path=PATHS
    )
    table.spoil(
        collect,
        {"environment": "single_dot", "out": "no/such/folder.h5", "episodes": 1, "progress": False},
        documented=False,
        environment={
            "nothing": None,
            "a number": 3,
            "unknown": "nonsense",
            "empty": "",
            "a list": ["x"],
            "a class": dict,
        },
        out=PATHS,
        episodes=COUNTS,
        max_steps=COUNTS,
        side=COUNTS,
        policy={"text": "random", "a number": 3},
        seed=SEEDED,
    )


def _using(table: Table) -> None:
    table.spoil(content_hash, {"recording": RECORDING}, recording=OBJECTS)
    table.spoil(summarise, {"recording": RECORDING}, recording=OBJECTS)
    table.spoil(judge_recording, {"recording": RECORDING, "seed": 0}, recording=OBJECTS, seed=SEEDED, most_steps=COUNTS)
    table.spoil(
        split_by_episode, {"recording": RECORDING, "seed": 0}, recording=OBJECTS, seed=SEEDED, fraction=FRACTIONS
    )
    table.spoil(
        split_by_time,
        {"recording": RECORDING, "seed": 0, "block": 5, "gap": 1},
        recording=OBJECTS,
        seed=SEEDED,
        fraction=FRACTIONS,
        block=COUNTS | {"one": 1},
        gap=without(COUNTS, "none"),
    )
    table.spoil(shared_frames, {"split": split_by_episode(RECORDING, seed=0)}, split=OBJECTS, most_rows=COUNTS)
    table.spoil(plot_contact_sheet, {"recording": RECORDING}, recording=OBJECTS, episodes=COUNTS, columns=COUNTS)
