"""recording_entry: a recording as an entry of a world, with what it takes to learn it."""

from pathlib import Path

import numpy as np

from smwm_lab.data.recordings.content_hash import content_hash
from smwm_lab.data.recordings.formats.minari_datasets import PREFIX
from smwm_lab.data.recordings.formats.registry import READERS, open_recording
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.data.recordings.world.recorded_world import RecordingConfig
from smwm_lab.environments import SIMULATORS, SimulatorFacts, simulator_class
from smwm_lab.errors import check, check_count
from smwm_lab.files import as_path
from smwm_lab.worlds.registry import BUILT_IN, WorldEntry


WHITE = 250
"""Brightness from which on a pixel counts as white, of 255."""
FEWEST = 16
"""Transitions in a recording at least: fewer leave nothing to hold out."""
BUDGET = 40_000
"""Transitions seen at preset `quick`."""


def recording_entry(
    source: Path | str,
    *,
    side: int | None = None,
    frameskip: int | None = None,
    controllable_dim: int | None = None,
    encoder: str | None = None,
    budget: int | None = None,
) -> WorldEntry:
    """Return a recording as a world to be learned: what `preset_config` and `smwm-lab train FILE` take.

    side: of images, px; their own if it is at most 96, else 64. frameskip: rows in one action of the model; if None, 1,
    or what makes up the action of a model in the simulator that was recorded. controllable_dim: in how many directions
    actions move the state, if somebody knows. encoder: conv, mlp, series or package.module:Class; by what is observed
    if None. budget: transitions seen at preset `quick`; if None, 40,000, or what the simulator that was recorded takes,
    whose recipe is part of the entry. Actions are scaled by the range they can have, where that is known, else by their
    smallest and largest values. Raises `InputError` for a recording that cannot be learned from.
    """
    named = isinstance(source, str) and source.startswith(PREFIX)
    check(not named, f"{source} is no file; write one first: smwm-lab data convert {source} FILE.h5")
    path = as_path("recording", source).absolute()
    recording = open_recording(path)
    frameskip = usual_frameskip(recording) if frameskip is None else frameskip
    check_count("frameskip", frameskip, 1, 1000)
    found = len(recording.episodes.starts(frameskip))
    check(
        found >= FEWEST,
        f"{path} has {found} places from which {frameskip} steps stay in an episode; allowed: {FEWEST} or more (record "
        "more, or a smaller frameskip)",
    )
    shows_images = recording.kind == "images"
    own = recording.observations.shape[1] if shows_images else 0
    check(shows_images or side is None, f"side = {side} is for images, {path} holds {recording.kind}; leave it out")
    usual = own if own <= 96 and own % 16 == 0 else 64
    low, high = _action_ends(recording, path)
    made = RecordingConfig(
        path=str(path),
        content=content_hash(recording),
        side=usual if side is None else side,
        frameskip=frameskip,
        action_low=low,
        action_high=high,
        controllable_dim=_directions(recording) if controllable_dim is None else controllable_dim,
    )
    known = _simulated(recording)
    recipe = {"blank_start": _is_on_white(recording)} | (dict(known.recipe) if known else {})
    recipe |= {} if encoder is None else {"encoder": encoder}
    usual_budget = (known.budget if known else None) or BUDGET
    name = "".join(letter if letter.isalnum() or letter in "_.-" else "_" for letter in path.stem)
    return WorldEntry(name=name, config=made, budget=usual_budget if budget is None else budget, recipe=recipe)


def _directions(recording: Recording) -> int:
    """Return in how many directions actions move the state: as the simulator says, else one per action component."""
    known = _simulated(recording)
    return recording.action_dim if known is None else known.controllable_dim


def _simulated(recording: Recording) -> SimulatorFacts | None:
    """Return what is known of the simulator of this package that was recorded; None if it was none."""
    name = recording.made.get("environment")
    return simulator_class(name).facts if isinstance(name, str) and name in SIMULATORS else None


def usual_frameskip(recording: Recording) -> int:
    """Return how many rows make up the action of a model: 1, unless a simulator was recorded more finely.

    >>> actions = np.zeros((4, 1))
    >>> usual_frameskip(Recording.from_arrays(np.zeros((4, 2), np.float32), actions))
    1
    """
    wanted, every = recording.made.get("frameskip", 1), recording.made.get("every", 1)
    return max(1, wanted // every) if isinstance(wanted, int) and isinstance(every, int) and every > 0 else 1


def _action_ends(recording: Recording, path: Path) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return what becomes -1 and 1 of each action component; raise `InputError` for one that never varies."""
    steps = recording.actions[~np.isnan(recording.actions).any(1)]
    seen = list(zip(steps.min(0).tolist(), steps.max(0).tolist(), strict=True))
    dead = [name for name, (low, high) in zip(recording.action_names, seen, strict=True) if low == high]
    check(not dead, f"{path}: {', '.join(dead)} never varies, so nothing tells it; leave the column out of the actions")
    ranges = recording.action_range or (None,) * len(seen)
    ends = [known or found for known, found in zip(ranges, seen, strict=True)]
    return tuple(low for low, _ in ends), tuple(high for _, high in ends)


def _is_on_white(recording: Recording) -> bool:
    """Return whether most of what the first frames of some episodes show is white, as an encoder's start may assume."""
    if recording.kind != "images":
        return False
    first = recording.episodes.offsets[:: max(1, len(recording.episodes) // 8)]
    return bool(np.median(recording.observations.read(first)) >= WHITE)


def is_recording(text: object) -> bool:
    """Return whether a text names a recording rather than a world: a file, a folder, or `minari:...`.

    The name of a world is one, whatever lies in the current folder.

    >>> is_recording("trajectories.h5"), is_recording("single_dot")
    (True, False)
    """
    if not isinstance(text, str) or text in BUILT_IN:
        return False
    return text.startswith(PREFIX) or Path(text).suffix.lower() in READERS or Path(text).is_dir()
