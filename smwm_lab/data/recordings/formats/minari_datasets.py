"""Datasets of Minari, the standard for offline reinforcement learning, as recordings."""

from dataclasses import replace

import numpy as np

from smwm_lab.data.recordings.formats.columns import as_components, why_no_state
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.data.recordings.rows import ArrayRows
from smwm_lab.errors import InputError, check
from smwm_lab.extras import require


PREFIX = "minari:"
"""Begins the name of a dataset where a file could stand too."""


def read_minari(name: str) -> Recording:
    """Return a Minari dataset that lies on this machine, `ENV/NAME-v0`; nothing is downloaded.

    Observations: a box of images or of numbers; of a dictionary with `pixels` the images, and its other boxes as state
    columns. Actions: a box, or one column per choice where they are discrete. It is read as a whole.
    Raises `InputError` for a dataset that is not there, and for spaces of another kind.
    """
    require("recordings", "minari")
    import minari

    local = minari.list_local_datasets()
    check(
        name in local, f"Minari dataset {name!r} is not on this machine; allowed: {', '.join(local) or 'none is there'}"
    )
    try:
        dataset = minari.load_dataset(name)
        episodes = list(dataset.iterate_episodes())
    except Exception as error:  # whatever Minari raises where a dataset is damaged
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise InputError(f"{PREFIX}{name} cannot be read ({reason}); download it again") from error
    check(len(episodes) > 0, f"{PREFIX}{name} holds no episode; allowed: one or more")
    observations, states = zip(*(_observations(episode.observations, name) for episode in episodes), strict=True)
    taken = [_actions(episode.actions, dataset.action_space, name) for episode in episodes]
    for index, (seen, steps) in enumerate(zip(observations, taken, strict=True)):
        check(
            len(seen) == len(steps) + 1,
            f"{PREFIX}{name}: episode {index} has {len(seen)} observations and {len(steps)} actions; allowed: one more",
        )
    nothing = [np.full((1, steps.shape[1]), np.nan, np.float32) for steps in taken]
    columns = {key: np.concatenate([state[key] for state in states]) for key in states[0]}
    reasons = {key: why_no_state(column.shape, column.dtype, len(column)) for key, column in columns.items()}
    made = Recording.from_arrays(
        np.concatenate(observations),
        np.concatenate([part for pair in zip(taken, nothing, strict=True) for part in pair]),
        lengths=[len(seen) for seen in observations],
        states={
            part: rows.read_span(0, len(column))
            for key, column in columns.items()
            if not reasons[key]
            for part, rows in as_components(key, ArrayRows(column)).items()
        },
        source=PREFIX + name,
    )
    return replace(made, left_out=tuple(f"{key} ({reason})" for key, reason in reasons.items() if reason))


def _observations(found: object, name: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return what is observed, and what else a dictionary holds."""
    if isinstance(found, np.ndarray):
        return _as_seen(found), {}
    if isinstance(found, dict):
        arrays = {str(key): value for key, value in found.items() if isinstance(value, np.ndarray)}
        if "pixels" in arrays:
            return arrays["pixels"], {key: value for key, value in arrays.items() if key != "pixels"}
    raise InputError(
        f"{PREFIX}{name}: observations are a {type(found).__name__}; allowed: a box, or a dictionary with pixels"
    )


def _as_seen(found: np.ndarray) -> np.ndarray:
    """Return observations in the dtype of a recording: images as they are, numbers as float32."""
    return found if found.dtype == np.uint8 and found.ndim == 4 else found.astype(np.float32).reshape(len(found), -1)


def _actions(found: np.ndarray, space: object, name: str) -> np.ndarray:
    """Return actions (T, A) as float32: of discrete ones a column per choice."""
    from gymnasium.spaces import Box, Discrete

    if isinstance(space, Discrete):
        return np.eye(int(space.n), dtype=np.float32)[found - int(space.start)]
    check(isinstance(space, Box), f"{PREFIX}{name}: actions are {type(space).__name__}; allowed: a box or discrete")
    return np.asarray(found, np.float32).reshape(len(found), -1)
