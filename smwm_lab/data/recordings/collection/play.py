"""Play: episodes of an environment, each from a seed of its own."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from smwm_lab.data.recordings.collection.camera import Camera
from smwm_lab.data.recordings.formats.hdf5_writer import Episode
from smwm_lab.environments.simulator import Policy
from smwm_lab.errors import InputError, check, check_count
from smwm_lab.seeding import stream_seed


@dataclass(frozen=True, eq=False)
class Play:
    """How episodes are played."""

    camera: Camera
    policy: Policy | None
    """Random actions of the environment's space if None."""
    seed: int
    max_steps: int
    """Steps of an episode at most."""
    every: int = 1
    """Steps in a row of the recording."""
    options: dict[str, Any] = field(default_factory=dict)
    """What each reset is asked for."""

    def __post_init__(self):
        check_count("every", self.every, 1, self.max_steps, "steps in a row, at most those of an episode")

    def episode(self, index: int) -> Episode:
        """Play one episode; raise `InputError`, with the step, where environment or policy fail."""
        going = _Going(self, np.random.default_rng(stream_seed(self.seed, "behaviour policy", index)))
        try:
            going.begin(index)
            while not going.ended and going.num_steps + self.every <= self.max_steps:
                going.row()
            check(len(going.actions) > 0, f"it ended before the {self.every} steps of a row; allowed: a smaller every")
            table, steps = np.stack(going.states), np.stack(going.actions)
        except InputError as error:
            raise InputError(f"episode {index}, step {going.num_steps}: {error}") from error
        except Exception as error:  # whatever an environment or a policy of somebody else raises
            reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            raise InputError(
                f"episode {index}, step {going.num_steps}: the environment or the policy failed ({reason}); the "
                "episodes before are kept"
            ) from error
        names = self.camera.state_names(table.shape[1])
        return Episode(np.stack(going.images), steps, {name: table[:, i].copy() for i, name in enumerate(names)})


class _Going:
    """An episode while it is played."""

    def __init__(self, play: Play, source: np.random.Generator):
        self.play, self.camera, self.source = play, play.camera, source
        self.images: list[np.ndarray] = []
        self.states: list[np.ndarray] = []
        self.actions: list[np.ndarray] = []
        self.ended = False
        self._observation: Any = None

    @property
    def num_steps(self) -> int:
        """Steps of all rows that are whole."""
        return len(self.actions) * self.play.every

    def begin(self, index: int) -> None:
        env = self.camera.env
        env.action_space.seed(int(self.source.integers(2**31)))
        # some environments keep seeds in 32 bits
        seed = stream_seed(self.play.seed, "start of an episode", index) % 2**31
        self._observation, info = env.reset(seed=seed, options=dict(self.play.options) or None)
        self._see(info)

    def row(self) -> None:
        """Take the steps of a row, and see where they led; what ends on the way is no row."""
        taken: list[np.ndarray] = []
        info: dict[str, Any] = {}
        for _ in range(self.play.every):
            if self.ended:
                return
            info = self._step(taken)
        self._see(info)
        count, before = len(self.states[-1]), len(self.states[0])
        check(count == before, f"the state has {count} components after {before}; allowed: as many throughout")
        self.actions.append(np.concatenate(taken))

    def _step(self, taken: list[np.ndarray]) -> dict[str, Any]:
        env, policy = self.camera.env, self.play.policy
        action = env.action_space.sample() if policy is None else policy(self._observation, self.source)
        self.camera.check_action(action)
        self._observation, _, terminated, truncated, info = env.step(action)
        taken.append(self.camera.action_row(info.get("realised_action", action)))
        self.ended = bool(terminated or truncated)
        return info

    def _see(self, info: dict[str, Any]) -> None:
        self.images.append(self.camera.image(self._observation))
        self.states.append(self.camera.state(self._observation, info))
