"""What the tests of recordings share: small arrays, and an environment that can be made to fail."""

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete

from smwm_lab.data.recordings import Recording


LENGTHS = [5, 3, 4]
ROWS = sum(LENGTHS)


def arrays(side: int = 6) -> dict[str, np.ndarray]:
    """Return images, actions and a state column of twelve rows, drawn at random."""
    source = np.random.default_rng(0)
    return {
        "observations": source.integers(0, 256, (ROWS, side, side, 3), dtype=np.uint8),
        "actions": source.normal(size=(ROWS, 2)).astype(np.float32),
        "lengths": np.array(LENGTHS),
        "x": source.normal(size=ROWS),
    }


def small() -> Recording:
    """Return a recording of these."""
    made = arrays()
    return Recording.from_arrays(
        made["observations"],
        made["actions"],
        lengths=LENGTHS,
        states={"x": made["x"], "y": made["x"] * 2},
        units={"x": "px"},
        action_names=("dx", "dy"),
        rate_hz=10.0,
    )


def same(one: Recording, other: Recording) -> bool:
    """Return whether two recordings hold the same, row for row."""
    return (
        np.array_equal(one.observations.read_span(0, len(one)), other.observations.read_span(0, len(other)))
        and np.array_equal(one.actions, other.actions, equal_nan=True)
        and one.episodes.lengths.tolist() == other.episodes.lengths.tolist()
        and one.state_table(np.arange(len(one))).equals(other.state_table(np.arange(len(other))))
        and one.units == other.units
        and one.action_names == other.action_names
        and one.rate_hz == other.rate_hz
    )


class Lamp(gymnasium.Env):
    """An environment whose one pixel is as bright as the actions so far; `spoil` (episode, step, frame) may fail."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 5}

    def __init__(self, *, discrete: bool = False, spoil=None, ends_at: int = 6):
        self.observation_space = Box(-np.inf, np.inf, (2,), np.float32)
        self.action_space = Discrete(3, start=-1) if discrete else Box(-1, 1, (2,), np.float32)
        self.render_mode = "rgb_array"
        self._spoil, self._ends_at, self._episode = spoil, ends_at, -1

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self._episode, self._step = self._episode + 1, 0
        self._light = self.np_random.uniform(-1, 1, 2)
        return self._light.astype(np.float32), {}

    def step(self, action):
        self._step += 1
        self._light = self._light + np.asarray(action) / 10
        return self._light.astype(np.float32), 0.0, self._step >= self._ends_at, False, {}

    def render(self):
        frame = np.full((8, 8, 3), np.clip(128 + 60 * self._light.mean(), 0, 255), np.uint8)
        return frame if self._spoil is None else self._spoil(self._episode, self._step, frame)
