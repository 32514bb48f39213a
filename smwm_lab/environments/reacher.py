"""Reacher of the DeepMind Control Suite: an arm of two joints, moved by two motors, seen from above.

As in arXiv 2606.20104: one step is two of the physics, .02 s each; the target of the suite is hidden, and a goal is the
pose of the arm in another state. The physics is a MuJoCo model in the package dm_control.
"""

import functools
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from smwm_lab.environments.graphics import draw, import_mujoco
from smwm_lab.environments.simulator import Simulator, SimulatorFacts
from smwm_lab.machine import num_cores


PHYSICS_STEPS = 2
"""Steps of the physics, .02 s each, in one step."""
OVERSAMPLING = 3
"""Frames are drawn this many times larger, and averaged."""
JOINTS = 2
WRIST_LIMIT = float(np.radians(160))
"""Turn of the wrist at most, either way, rad; a soft limit, overstepped a little."""


class Reacher(Simulator):
    """Two joints (rad, not wrapped: the shoulder counts its turns) and their velocities (rad/s)."""

    facts: ClassVar[SimulatorFacts] = SimulatorFacts(
        name="reacher",
        state_names=("shoulder", "wrist", "shoulder_velocity", "wrist_velocity"),
        state_units=("rad", "rad", "rad/s", "rad/s"),
        state_low=(-100.0, -4.0, -100.0, -100.0),
        state_high=(100.0, 4.0, 100.0, 100.0),
        controllable=(True,) * 4,
        controllable_dim=2,
        action_names=("shoulder_torque", "wrist_torque"),
        frameskip=5,
        success_radius=0.05,
        success_unit="rad",
        packages=("mujoco", "dm_control"),
        # joints are angles: without a curriculum training stays where it begins (data/widening.py)
        recipe={
            "source": "walks",
            "episode_length": 5,
            "length": 5,
            "batch_size": 60,
            "channels": (16, 32, 64),
            "widening": 0.05,
            "widening_opens": (0.2, 0.8),
        },
        budget=600_000,
        episodes=3200,  # with 400 of them training fits what it has seen, and plans worse
    )

    moves_in_processes: ClassVar[bool] = False

    def __init__(self, *, side: int = 64):
        super().__init__(side=side)
        self._mujoco = import_mujoco()
        self._model = _model()
        self._data = self._mujoco.MjData(self._model)
        self._write(np.zeros(2 * JOINTS))

    @classmethod
    def goal_distance(cls, states: np.ndarray, goals: np.ndarray) -> np.ndarray:
        """Return the angle between the poses of the joint that is farther off, rad (n,); velocities do not count."""
        return np.abs(states - goals)[..., :JOINTS].max(-1)

    def move(self, states: np.ndarray, actions: np.ndarray) -> np.ndarray:
        """Return the states passed: (n, state), (n, k, action) -> float64 (n, k, state); all in one call of MuJoCo."""
        from mujoco import rollout

        count, steps = actions.shape[:2]
        if count == 0 or steps == 0:
            return np.empty((count, steps, 2 * JOINTS))
        spec = self._mujoco.mjtState.mjSTATE_FULLPHYSICS
        full = np.zeros((count, self._mujoco.mj_stateSize(self._model, spec)))
        full[:, 1 : 1 + 2 * JOINTS] = states  # time comes before the joints
        held = np.repeat(np.clip(actions.astype(np.float64), -1.0, 1.0), PHYSICS_STEPS, axis=1)
        passed, _ = rollout.rollout(self._model, self._threads, full, held)
        return passed[:, PHYSICS_STEPS - 1 :: PHYSICS_STEPS, 1 : 1 + 2 * JOINTS].copy()

    @functools.cached_property
    def _threads(self) -> list[Any]:
        """What each thread of a batch computes in."""
        return [self._mujoco.MjData(self._model) for _ in range(num_cores())]

    def _draw_start(self, share: float, source: np.random.Generator) -> np.ndarray:
        """Return an arm at rest, its joints uniform over all they can be, or near the home pose, stretched out."""
        pose = source.uniform([-np.pi, -WRIST_LIMIT], [np.pi, WRIST_LIMIT]) * np.sqrt(share)  # an area of that share
        return np.concatenate([pose, np.zeros(JOINTS)])

    def _advance(self, action: np.ndarray) -> None:
        self._data.ctrl[:] = action
        self._mujoco.mj_step(self._model, self._data, PHYSICS_STEPS)

    def _read(self) -> np.ndarray:
        return np.concatenate([self._data.qpos, self._data.qvel])

    def _write(self, state: np.ndarray) -> None:
        self._data.qpos[:], self._data.qvel[:] = state[:JOINTS], state[JOINTS:]
        self._data.qacc_warmstart[:] = 0  # else the solver begins where the state before led

    def _draw(self, side: int) -> np.ndarray:
        self._mujoco.mj_kinematics(self._model, self._data)
        self._mujoco.mj_camlight(self._model, self._data)
        return draw(self._model, self._data, camera="fixed", side=side, oversampling=OVERSAMPLING)


@functools.cache
def _model() -> Any:
    """Return the model of the suite with its target hidden; one for all, so that all share a renderer."""
    mujoco = import_mujoco()
    package = find_spec("dm_control")
    assert package is not None and package.submodule_search_locations  # asked for by import_mujoco
    folder = Path(package.submodule_search_locations[0])
    model = mujoco.MjModel.from_xml_path(str(folder / "suite" / "reacher.xml"))
    model.geom("target").rgba[3] = 0
    return model
