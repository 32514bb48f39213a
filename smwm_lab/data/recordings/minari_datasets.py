"""Datasets of Minari, the standard for offline reinforcement learning, as recordings."""

import numpy as np

from smwm_lab.data.recordings.recording import Recording
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
    check(name in local, f"Minari dataset {name!r} is not on this machine; there are: {', '.join(local) or 'none'}")
    observations, actions, lengths, states = [], [], [], []
    for episode in minari.load_dataset(name).iterate_episodes():
        seen, state = _observations(episode.observations, name)
        taken = _actions(episode.actions, minari.load_dataset(name).action_space, name)
        observations.append(seen)
        states.append(state)
        actions.append(np.concatenate([taken, np.full((1, taken.shape[1]), np.nan, np.float32)]))
        lengths.append(len(seen))
    columns = {key: np.concatenate([state[key] for state in states]) for key in states[0]}
    return Recording.from_arrays(
        np.concatenate(observations),
        np.concatenate(actions),
        lengths=lengths,
        states={part: values for key, column in columns.items() for part, values in _components(key, column).items()},
        source=PREFIX + name,
    )


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


def _components(key: str, column: np.ndarray) -> dict[str, np.ndarray]:
    wide = column.reshape(len(column), -1)
    return {key if wide.shape[1] == 1 else f"{key}_{i}": wide[:, i] for i in range(wide.shape[1])}
