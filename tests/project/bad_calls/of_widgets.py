"""Bad calls of widgets."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from examples import LATENTS, MODEL, OTHER_SPLIT, RUN, RUN_OF_ANOTHER_WORLD, STATES, WORLD
from kinds import COUNTS, NAMES, NUMBERS, OBJECTS, SEEDS, arrays, without
from table import Table

from smwm_lab.models import WorldModel
from smwm_lab.planning import OracleModel
from smwm_lab.probes import DecoderProbe
from smwm_lab.widgets import (
    CollapseLab,
    LatentExplorer,
    LinkedExplorer,
    PlannerTheatre,
    ProbeBench,
    WorldPlayer,
    build_widget,
    export_widget,
)


SEEDED = without(SEEDS, "beyond 64 bits") | {"beyond 63 bits": 2**63}
RUNS = OBJECTS | {"a model": WorldModel(MODEL)}
SPLITS: dict[str, Any] = {"text": "nonsense", "a number": 3, "of another world": OTHER_SPLIT}


def _paint(latents: np.ndarray) -> np.ndarray:
    return np.zeros((len(latents), 3, 8, 8))


DECODERS: dict[str, Any] = {
    "text": "paint",
    "a number": 3,
    "of one image": lambda latents: np.zeros((3, 8, 8)),
    "of colours last": lambda latents: np.zeros((len(latents), 8, 8, 3)),
    "of NaN": lambda latents: _paint(latents) * np.nan,
    "of 0 to 255": lambda latents: _paint(latents) + 255,
    "of texts": lambda latents: "image",
    "of nothing": lambda latents: None,
    "of too few": lambda latents: _paint(latents[:1]),
    "that fails": lambda latents: torch.zeros(3) @ torch.zeros(4),
}


def add(table: Table) -> None:
    table.spoil(WorldPlayer, {"world": "single_dot", "seed": 0}, world=NAMES, seed=SEEDED)
    lab = {"world": "single_dot", "regulariser": "inverse", "strength": 1.0, "learning_rate": 1e-3, "seed": 0}
    table.spoil(
        CollapseLab,
        lab,
        world=NAMES,
        regulariser=NAMES,
        strength=without(NUMBERS, "nothing") | {"negative": -1.0},
        learning_rate=NUMBERS,
        seed=SEEDED,
    )
    _add_explorers(table)
    _add_linked(table)
    _add_benches(table)
    models = {
        "nothing": None,
        "empty": {},
        "text": "a",
        "of nothing": {"a": None},
        "of texts": {"a": "x"},
        "a run": RUN,
    }
    good = {"models": {"true": OracleModel(WORLD)}, "world": WORLD, "seed": 0}
    worlds = OBJECTS | {"a class": type(WORLD)}
    table.spoil(PlannerTheatre.from_models, good, models=models, world=worlds, seed=SEEDED, trajectories=_others())
    table.spoil(PlannerTheatre.from_run, {"run": RUN, "seed": 0}, run=RUNS, seed=SEEDED, trajectories=_others())
    for panel in (LatentExplorer, LinkedExplorer, ProbeBench, PlannerTheatre):
        table.spoil(panel, {}, documented=False, session=OBJECTS)
    table.spoil(build_widget, {"name": "WorldPlayer"}, name=NAMES, preset=NAMES, seed=SEEDED)
    paths = {"nothing": None, "a number": 3}
    exported = {"name": "WorldPlayer", "path": Path(tempfile.gettempdir()) / "never_written.html"}
    table.spoil(export_widget, exported, documented=False, name=NAMES, preset=NAMES, seed=SEEDED, path=paths)


def _others() -> dict[str, Any]:
    return without(OBJECTS, "nothing")


def _add_explorers(table: Table) -> None:
    constant = LATENTS.copy()
    constant[:, 1] = 2
    states: dict[str, Any] = {
        "numpy": STATES.to_numpy(),
        "fewer": STATES[:5],
        "two columns x": pd.DataFrame(LATENTS[:, :2], columns=["x", "x"]),
        "columns 1 and '1'": pd.DataFrame(LATENTS[:, :2], columns=[1, "1"]),
        "NaN": STATES.assign(x=np.nan),
        "dates": STATES.assign(x=pd.Timestamp("2026-01-01")),
    }
    good = {
        "latents": LATENTS,
        "states": STATES,
        "images": np.zeros((60, 3, 8, 8), np.uint8),
        "units": {"x": "px"},
        "decode": _paint,
        "seed": 0,
    }
    table.spoil(
        LatentExplorer.from_arrays,
        good,
        latents=arrays(LATENTS) | {"constant column": constant, "few rows": LATENTS[:4], "one column": LATENTS[:, :1]},
        states=states,
        images={
            "text": "a",
            "a number": 3,
            "fewer": np.zeros((5, 3, 8, 8), np.uint8),
            "floats": np.zeros((60, 3, 8, 8)),
        },
        units={"a list": ["px"], "text": "px", "of no column": {"z": "px"}, "a number": 3},
        decode=DECODERS,
        store={"a number": 3, "a list": ["a"]},
        seed=SEEDED,
    )
    run = {"run": RUN, "num_states": 60, "decoder": None, "split": None, "seed": 0}
    decoders = {"text": "a", "a number": 3, "not fitted": DecoderProbe()}
    table.spoil(LatentExplorer.from_run, run, run=RUNS, num_states=COUNTS, decoder=decoders, split=SPLITS, seed=SEEDED)
    explorer = LatentExplorer.from_arrays(LATENTS, STATES)
    table.spoil(explorer.to_html, {"path": 3}, documented=False, path={"nothing": None, "a number": 3})


def _add_linked(table: Table) -> None:
    other = RUN_OF_ANOTHER_WORLD
    good = {"first": RUN, "second": RUN, "names": ("a", "b"), "num_states": 60, "seed": 0}
    names = {"one": ("a",), "twice": ("a", "a"), "numbers": (1, 2), "text": "ab", "nothing": None}
    runs = RUNS | {"of another world": other}
    table.spoil(LinkedExplorer.from_runs, good, first=RUNS, second=runs, names=names, num_states=COUNTS, seed=SEEDED)
    pairs = {
        "one": {"a": RUN.model},
        "three": dict.fromkeys("abc", RUN.model),
        "of runs": {"a": RUN, "b": RUN},
        "nothing": None,
        "empty": {},
        "a list": [RUN.model],
    }
    drawn = {"models": {"a": RUN.model, "b": RUN.model}, "world": WORLD, "num_states": 60, "seed": 0}
    table.spoil(LinkedExplorer.from_models, drawn, models=pairs, world=OBJECTS, num_states=COUNTS, seed=SEEDED)
    latents = {
        "fewer": {"a": LATENTS, "b": LATENTS[:-1]},
        "one": {"a": LATENTS},
        "numbers": {"a": 1, "b": 2},
        "nothing": None,
        "texts": {"a": "x", "b": "y"},
        "NaN": {"a": LATENTS, "b": LATENTS * np.nan},
    }
    arrays_given = {"latents": {"a": LATENTS, "b": LATENTS}, "states": STATES, "images": None, "units": {"x": "px"}}
    states = {"numpy": STATES.to_numpy(), "fewer": STATES[:5], "NaN": STATES.assign(x=np.nan)}
    table.spoil(LinkedExplorer.from_arrays, arrays_given, latents=latents, states=states, units={"a list": ["px"]})
    linked = LinkedExplorer.from_arrays(arrays_given["latents"])
    rows = {"beyond the end": np.array([60]), "fractions": np.array([1.5]), "text": "a", "nothing": None}
    table.spoil(linked.select, {"rows": np.array([1])}, rows=rows)


def _add_benches(table: Table) -> None:
    masks = {"text": "a", "numbers": np.ones(60), "fewer": np.array([True]), "all": np.ones(60, bool)}
    masks |= {"none": np.zeros(60, bool)}
    untrained = without(arrays(LATENTS), "nothing") | {"fewer": LATENTS[:5]}
    states = {"nothing": None, "numpy": STATES.to_numpy(), "fewer": STATES[:5], "texts": STATES.assign(x="a")}
    good = {"latents": LATENTS, "states": STATES, "angles": (), "held_out": None, "untrained": LATENTS, "seed": 0}
    table.spoil(
        ProbeBench.from_arrays,
        good,
        latents=arrays(LATENTS),
        states=states,
        angles={"unknown": ("z",), "nothing": None, "a number": 3},
        held_out=masks,
        untrained=untrained,
        seed=SEEDED,
    )
    run = {"run": RUN, "num_train": 60, "num_test": 20, "split": None, "seed": 0}
    table.spoil(ProbeBench.from_run, run, run=RUNS, num_train=COUNTS, num_test=COUNTS, split=SPLITS, seed=SEEDED)
