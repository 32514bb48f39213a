"""What the open exercises of notebooks 09 and 10 come to, whose worlds are recorded first; see answers.py."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium
import nbformat
import numpy as np

from smwm_lab.data.recordings import Recording, collect, judge_recording, open_recording, recording_entry
from smwm_lab.paths import cache_dir, notebooks_dir
from smwm_lab.probes import collapse_report
from smwm_lab.studies.reacher import error_ahead, refit
from smwm_lab.training import Run, fit, load_or_fit, preset_config


SEED = 0
Lines = Iterator[str]


def late_actions() -> Lines:
    """Yield what two images tell of the commands, where these stand in their rows and one row too late."""
    with tempfile.TemporaryDirectory() as folder:
        recording = _of_crane(crane_env(), folder)
        images = recording.observations.read_span(0, len(recording))
        late = np.roll(recording.actions, 1, axis=0)
        late[recording.episodes.offsets] = 0.0  # nobody gave one before the first row
        shifted = Recording.from_arrays(images, late, lengths=recording.episodes.lengths)
        for name, each in (("in their rows", recording), ("one row late", shifted)):
            found = judge_recording(each, most_steps=1500, seed=SEED)
            yield f"{name}: told {found.told:.2f}, {_rounded(dict(found.actions['told'].items()))}"


def five_steps_in_one() -> Lines:
    """Yield the alarm and its floor with one and with five commands in one action of the model."""
    with tempfile.TemporaryDirectory() as folder:
        recording = _of_crane(crane_env(), folder)
        for skip in (1, 5):
            report = collapse_report(_trained_on(recording, frameskip=skip), seed=SEED)
            yield (
                f"frameskip {skip}: L_inv/Var(a) {report.inverse_over_variance:.3g}, floor {report.inverse_floor:.2f}, "
                f"{report.verdict}, R² {_rounded(report.probe_r2)}"
            )


def a_horn() -> Lines:
    """Yield the report on a crane with a third command that does nothing."""
    plain = crane_env()

    class WithHorn(plain):  # type: ignore[misc, valid-type]
        action_space = gymnasium.spaces.Box(-1, 1, (3,))
        metadata = plain.metadata | {"action_names": ["drive", "hoist", "horn"]}

    with tempfile.TemporaryDirectory() as folder:
        recording = _of_crane(WithHorn, folder)
        yield f"told {_rounded(judge_recording(recording, most_steps=1500, seed=SEED).actions['told'])}"
        report = collapse_report(_trained_on(recording), seed=SEED)
        yield f"L_inv/Var(a) {_rounded(report.inverse_over_variance_by_action)}, {report.verdict}"
        yield f"floor {_rounded(report.floor_by_action)}, R² {_rounded(report.probe_r2)}"


def longer_memory() -> Lines:
    """Yield how wrong forward models are five actions ahead that remember nothing to five actions of an arm."""
    path = cache_dir() / "recordings" / f"notebook_10-400-{SEED}.h5"
    if not path.exists():
        collect("reacher", path, episodes=400, seed=SEED, progress=False)
    run = load_or_fit(preset_config(recording_entry(path), seed=SEED, budget=120_000))
    for memory in (0, 1, 2, 3, 5):
        error = error_ahead(run, refit(run, memory, memory, budget=1_000_000), seed=SEED, back=5)
        yield f"{memory} frames and actions before now: {error:.3f} of the variance, five actions ahead"


def crane_env() -> type[gymnasium.Env]:
    """Return the crane of notebook 09, from its cells."""
    cells = nbformat.read(notebooks_dir() / "09_your_own_data.ipynb", as_version=4).cells
    scope: dict[str, Any] = {"np": np, "gymnasium": gymnasium, "Box": gymnasium.spaces.Box}
    for cell in cells:
        if cell.cell_type == "code" and ("\ndef draw(" in cell.source or cell.source.startswith("class Crane(")):
            exec(cell.source, scope)
    return scope["Crane"]


def _of_crane(made: type[gymnasium.Env], folder: str) -> Recording:
    path = collect(made, Path(folder, "crane.h5"), episodes=80, max_steps=100, seed=SEED, progress=False)
    return open_recording(path)


def _trained_on(recording: Recording, *, frameskip: int = 1) -> Run:
    entry = recording_entry(recording.source, controllable_dim=2, frameskip=frameskip, budget=20_000)
    return fit(preset_config(entry, seed=SEED))


def _rounded(values: Any) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in values.items())
