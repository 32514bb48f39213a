"""All kinds of stored things: how each is made, which file of it may be damaged, and how it is read by everybody."""

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from canned_execution import FILES, contents, run_canned, write_sources
from tiny_run import facts_of, stored_facts_of, tiny_config

from smwm_lab.checksums import SUMS
from smwm_lab.data import split_by_state
from smwm_lab.planning import OracleModel, solve, tasks_anywhere
from smwm_lab.probes.projection.projection import project
from smwm_lab.sealed import read_sealed, write_sealed
from smwm_lab.seeding import generator
from smwm_lab.studies.results import read_result
from smwm_lab.studies.tables import read_study, write_study
from smwm_lab.training import fit, load_run
from smwm_lab.training.runs import CHECKPOINT, CONFIG, MANIFEST, METRICS, WEIGHTS
from smwm_lab.worlds import make_world


@dataclass(frozen=True)
class StoredKind:
    """One kind of stored thing."""

    name: str
    make: Callable[[Path], object]
    """Makes it in a folder that does not exist yet."""
    file: str
    """Pattern of the file that is damaged, below the folder."""
    read: Callable[[Path], Any]
    """Reads it from the folder as the library does, and returns what comes out, to be compared."""


class Stopped(Exception):
    """What ends a training in the middle."""


def quietly(read: Callable[[], Any]) -> Any:
    """Call without the bars of progress."""
    with contextlib.redirect_stderr(io.StringIO()):
        return read()


def stored_kinds(sources: Path) -> list[StoredKind]:
    """Return all kinds; `sources` is a folder in which the notebooks of the runs may lie."""
    notebooks = write_sources(sources)

    def run_of_notebooks(folder: Path) -> dict[str, Any]:
        run_canned(notebooks, folder)
        stored = json.loads((folder / "run.json").read_text())
        for entry in (stored, *stored["widgets"].values()):  # its time differs where it was made anew
            entry.pop("sha256", None)
            entry.pop("seconds", None)
        return {**contents(folder), "record": json.dumps(stored)}

    files = ("run.json", *FILES[:4])
    return [
        *(StoredKind(f"run: {name}", _finished, name, _load) for name in (CONFIG, WEIGHTS, METRICS, MANIFEST)),
        *(StoredKind(f"unfinished run: {name}", _stopped, name, _go_on) for name in (CONFIG, CHECKPOINT)),
        StoredKind("outcome", _solve, "*.json", _solve),
        StoredKind("projection", _project, "*.npz", _project),
        StoredKind("sealed file", _seal, "sealed", lambda folder: read_sealed(folder / "sealed", "file")),
        *(StoredKind(f"notebooks: {file}", run_of_notebooks, file, run_of_notebooks) for file in files),
        StoredKind("table of a study", _study, "*.csv", _read_study),
        StoredKind("table of results", _study, "*.csv", _read_result),
        StoredKind("checksums of tables", _study, SUMS, _read_study),
    ]


def stop_in_the_middle(folder: Path) -> None:
    """Leave an unfinished run with a checkpoint."""

    def stop(loop, snapshot):
        if snapshot.step == 1:
            raise Stopped

    # the checkpoint of a snapshot is written after its callback, so that of step 0 is what stays
    with contextlib.suppress(Stopped):
        quietly(lambda: fit(tiny_config(), out=folder, callback=stop, checkpoint_seconds=0.0))


def _stopped(folder: Path) -> None:
    stop_in_the_middle(folder)
    assert (folder / CHECKPOINT).is_file() and not (folder / MANIFEST).exists()


def _finished(folder: Path) -> None:
    quietly(lambda: fit(tiny_config(), out=folder))


def _load(folder: Path) -> dict[str, Any]:
    return stored_facts_of(load_run(folder))


def _go_on(folder: Path) -> dict[str, Any]:
    return facts_of(quietly(lambda: fit(tiny_config(), out=folder)))


def _solve(folder: Path) -> Any:
    world = make_world("single_dot")
    tasks = tasks_anywhere(split_by_state(world, seed=0), 4, generator=generator(0, "tasks"))
    return solve("random", OracleModel(world), tasks, cache=folder)


def _project(folder: Path) -> dict[str, Any]:
    made = project(np.random.default_rng(0).normal(size=(40, 3)), store=folder)
    return {"points": made.points.tolist(), "scores": (made.trustworthiness, made.neighbourhood_preservation)}


def _seal(folder: Path) -> None:
    write_sealed(folder / "sealed", np.random.default_rng(0).bytes(500))


def _study(folder: Path) -> None:
    rows = [("SMWM", offset, 5, 0.9 + offset / 1000, 100) for offset in (25, 50, 75)]
    table = pd.DataFrame(rows, columns=["label", "goal_offset", "seed", "success", "tasks"])
    write_study(table, "smwm-lab study", folder / "study.csv")


def _read_study(folder: Path) -> str:
    table = read_study("two_room_horizon", folder / "study.csv")
    return f"{table.attrs} {table.to_csv()}"


def _read_result(folder: Path) -> str:
    table = read_result(folder / "study.csv")
    return f"{table.header} {table.rows} {table.sources}"
