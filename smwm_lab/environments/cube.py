"""OGBench's cube-single: a robot arm with a gripper picks up a cube and puts it down, over and over.

The behaviour policy is the package's own scripted one, with noise, as its data sets were made. Frames show the simple
bodies with which the physics computes instead of the meshes that people see, which takes half the time. Two things
differ from OGBench: a step begins without memory of the solver's last one, and with the place where the gripper is now
instead of .002 s before, so that its state decides what happens.
"""

from typing import Any, ClassVar

import numpy as np

from smwm_lab.environments.graphics import draw, import_mujoco
from smwm_lab.environments.simulator import Policy, Simulator, SimulatorFacts
from smwm_lab.errors import InputError
from smwm_lab.extras import require


ARM, GRIPPER = 6, 8
"""Joints of each."""
PLACES = ARM + GRIPPER + 7
"""Numbers of the state that are places and turns; the rest are velocities."""
CUBE = slice(ARM + GRIPPER, ARM + GRIPPER + 3)
"""Where the place of the cube stands in a state."""
TABLE_MIDDLE = np.array([0.425, 0.0])
"""Where starts near home have the cube, m."""
LARGEST_NOISE = 0.1
"""Largest standard deviation of the noise on actions; each episode draws its own."""
NOISE_SHARES = np.array([1.0, 1.0, 1.0, 3.0, 10.0])
"""Noise on each action component, in units of that of the episode."""
GROUPS = (0, 1, 3)
"""Groups of geometries that are drawn: floor, cube, and what collides."""
OVERSAMPLING = 2
"""Frames are drawn this many times larger, and averaged."""
JOINTS = tuple(f"arm_{i}" for i in range(ARM)) + tuple(f"gripper_{i}" for i in range(GRIPPER))
CUBE_PLACE = ("cube_x", "cube_y", "cube_z")
TURNS = ("cube_qw", "cube_qx", "cube_qy", "cube_qz")


class Cube(Simulator):
    """Joints of arm and gripper (rad), place (m) and turn (quaternion) of the cube, and all velocities."""

    facts: ClassVar[SimulatorFacts] = SimulatorFacts(
        name="cube",
        state_names=JOINTS
        + CUBE_PLACE
        + TURNS
        + tuple(f"{name}_velocity" for name in (*JOINTS, *CUBE_PLACE))
        + tuple(f"cube_spin_{axis}" for axis in "xyz"),
        state_units=("rad",) * 14 + ("m",) * 3 + ("",) * 4 + ("rad/s",) * 14 + ("m/s",) * 3 + ("rad/s",) * 3,
        state_low=(-20.0,) * PLACES + (-1000.0,) * (PLACES - 1),
        state_high=(20.0,) * PLACES + (1000.0,) * (PLACES - 1),
        controllable=(True,) * (2 * PLACES - 1),
        controllable_dim=5,
        action_names=("move_x", "move_y", "move_z", "turn", "close"),
        frameskip=5,
        success_radius=0.04,
        success_unit="m",
        packages=("ogbench", "mujoco", "dm_control"),
    )
    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": 20}  # type: ignore[misc]

    def __init__(self, *, side: int = 64):
        super().__init__(side=side)
        self._mujoco = import_mujoco()
        self._lab = _cube_env()(
            "single", mode="data_collection", terminate_at_goal=False, visualize_info=False, width=side, height=side
        )
        self._lab.reset(seed=0)
        self.num_episodes = 0
        """Episodes begun so far: how the policy notices a new one."""

    @classmethod
    def goal_distance(cls, states: np.ndarray, goals: np.ndarray) -> np.ndarray:
        """Return how far the cube is from where it shall be, m (n,); its turn and the arm do not count."""
        return np.linalg.norm((states - goals)[..., CUBE], axis=-1)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        """Start an episode; as `Simulator.reset`."""
        self.num_episodes += 1
        return super().reset(seed=seed, options=options)

    def behaviour_policy(self) -> Policy:
        """Return the scripted policy of OGBench with its noise, which acts in this simulator."""
        return ScriptedPolicy(self)

    @property
    def lab(self) -> Any:
        """The environment of OGBench behind it."""
        return self._lab

    def _draw_start(self, share: float, source: np.random.Generator) -> np.ndarray:
        """Return a cube on the table and an arm above it as OGBench draws them, or a cube near the middle."""
        self._lab.reset(seed=int(source.integers(2**31)))
        state = self._read()
        state[CUBE][:2] = TABLE_MIDDLE + np.sqrt(share) * (state[CUBE][:2] - TABLE_MIDDLE)
        return state

    def _advance(self, action: np.ndarray) -> None:
        model, data = self._lab.model, self._lab.data
        data.qacc_warmstart[:] = 0
        self._mujoco.mj_kinematics(model, data)  # a step leaves bodies where they were before its last part
        self._lab.set_control(action)
        self._mujoco.mj_step(model, data, nstep=25)
        self._mujoco.mj_rnePostConstraint(model, data)  # the policy feels the grip

    def _read(self) -> np.ndarray:
        data = self._lab.data
        return np.concatenate([data.qpos, data.qvel])

    def _write(self, state: np.ndarray) -> None:
        data = self._lab.data
        data.qpos[:], data.qvel[:] = state[:PLACES], state[PLACES:]
        data.qacc_warmstart[:] = 0
        self._mujoco.mj_forward(self._lab.model, data)

    def _draw(self, side: int) -> np.ndarray:
        model, data = self._lab.model, self._lab.data
        self._mujoco.mj_kinematics(model, data)
        self._mujoco.mj_camlight(model, data)
        return draw(model, data, camera="front_pixels", side=side, oversampling=OVERSAMPLING, groups=GROUPS)


class ScriptedPolicy:
    """Carries the cube to one place after the other, as OGBench's `CubeMarkovOracle` does, with noise."""

    def __init__(self, simulator: Cube):
        from ogbench.manipspace.oracles.markov.cube_markov import CubeMarkovOracle

        self._simulator = simulator
        self._oracle = CubeMarkovOracle(env=simulator.lab, min_norm=0.4)
        self._episode, self._noise = -1, 0.0

    def __call__(self, state: np.ndarray, source: np.random.Generator) -> np.ndarray:
        """Return the action, float32 (5,), in the state in which the simulator is."""
        lab = self._simulator.lab
        if self._episode != self._simulator.num_episodes:
            self._episode, self._noise = self._simulator.num_episodes, source.uniform(0, LARGEST_NOISE)
            lab.np_random = np.random.default_rng(int(source.integers(2**63)))
            lab.set_new_target(return_info=False)
            self._restart(source)
        lab.pre_step()
        action = self._oracle.select_action(None, lab.get_step_info())
        if self._oracle.done:
            lab.set_new_target(return_info=False)
            self._restart(source)
        return np.clip(action + source.normal(0, self._noise * NOISE_SHARES), -1, 1).astype(np.float32)

    def _restart(self, source: np.random.Generator) -> None:
        """Set the oracle as its `reset` does, which draws from the random state that all share."""
        oracle, lab = self._oracle, self._simulator.lab
        oracle._done, oracle._step = False, 0
        oracle._final_pos = source.uniform(*lab._arm_sampling_bounds)
        oracle._final_yaw = source.uniform(-np.pi, np.pi)


def _cube_env() -> Any:
    """Return the class of OGBench's environment; raise `InputError` if it cannot be imported."""
    require("sim", "ogbench")
    try:
        from ogbench.manipspace.envs.cube_env import CubeEnv
    except (ImportError, AttributeError, RuntimeError, OSError) as error:
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise InputError(f"ogbench cannot be imported ({reason}); pip install 'smwm_lab[sim]'") from error
    return CubeEnv
