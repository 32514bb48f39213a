"""Push-T of gym-pusht: a round agent pushes a block in the shape of a T over a table, seen from above.

As in arXiv 2606.20104 an action says where the agent shall go, as an offset from where it is; a goal is the place of
agent and block in another state. Two things differ from gym-pusht: frames are its own without the mark that `render`
draws where the action points, and every step begins without memory of the contacts before it, so that its state decides
what happens.
"""

import os
from typing import Any, ClassVar

import numpy as np

from smwm_lab.environments.simulator import Policy, Simulator, SimulatorFacts
from smwm_lab.errors import InputError
from smwm_lab.extras import require


REACH = 100.0
"""Offset, px, that an action of 1 stands for, and how far from the block's origin the behaviour policy aims at most."""
TABLE = (15.0, 497.0)
"""Smallest and largest coordinate, px, that the agent is sent to: its radius from the walls."""
DRAWN = 512
"""Side of the frames before they are averaged down, px."""
PLACE_TOLERANCE = 20.0
"""Distance from the goal, px, of agent and block together, at which it counts as reached."""
TURN_TOLERANCE = np.pi / 9
"""Turn of the block from the goal, rad, at which it counts as reached."""


class PushT(Simulator):
    """Places (px), velocities (px/s) and turn (rad, counted on beyond a full turn) of agent and block."""

    facts: ClassVar[SimulatorFacts] = SimulatorFacts(
        name="push_t",
        state_names=("agent_x", "agent_y", "block_x", "block_y", "block_turn")
        + ("agent_velocity_x", "agent_velocity_y", "block_velocity_x", "block_velocity_y", "block_spin"),
        state_units=("px",) * 4 + ("rad",) + ("px/s",) * 4 + ("rad/s",),
        state_low=(-600.0,) * 4 + (-100.0,) + (-20_000.0,) * 4 + (-2000.0,),
        state_high=(1100.0,) * 4 + (100.0,) + (20_000.0,) * 4 + (2000.0,),
        controllable=(True,) * 10,
        controllable_dim=2,
        action_names=("aim_x", "aim_y"),
        frameskip=5,
        success_radius=1.0,
        success_unit="tolerances",
        packages=("gym-pusht", "pymunk", "opencv-python"),
    )
    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": 10}  # type: ignore[misc]

    def __init__(self, *, side: int = 64):
        super().__init__(side=side)
        self._table = _import_push_t()(observation_width=DRAWN, observation_height=DRAWN)
        self._table.reset(seed=0)

    @classmethod
    def goal_distance(cls, states: np.ndarray, goals: np.ndarray) -> np.ndarray:
        """Return how many tolerances off the goals are (n,): 20 px for agent and block, pi / 9 for the block's turn."""
        apart = states - goals
        place = np.linalg.norm(apart[..., :4], axis=-1) / PLACE_TOLERANCE
        turn = np.abs(np.remainder(apart[..., 4] + np.pi, 2 * np.pi) - np.pi) / TURN_TOLERANCE
        return np.maximum(place, turn)

    def behaviour_policy(self) -> Policy:
        """Return a policy that seeks contact."""
        return seek_contact

    def _draw_start(self, share: float, source: np.random.Generator) -> np.ndarray:
        """Return agent and block at rest as gym-pusht draws them, or near the middle of the table, upright."""
        middle = np.array([250.0, 250.0, 250.0, 250.0, 0.0])
        low, high = np.array([50, 50, 100, 100, -np.pi]), np.array([450, 450, 400, 400, np.pi])
        places = middle + share ** (1 / 5) * (source.uniform(low, high) - middle)  # a volume of that share
        return np.concatenate([places, np.zeros(5)])

    def _advance(self, action: np.ndarray) -> None:
        self._write(self._read())  # contacts of the step before are no part of the state
        table = self._table
        aim = np.clip(np.array(table.agent.position) + REACH * action, *TABLE)
        for _ in range(int(1 / (table.dt * table.control_hz))):
            velocity, place = np.array(table.agent.velocity), np.array(table.agent.position)
            pull = table.k_p * (aim - place) - table.k_v * velocity
            table.agent.velocity = (velocity + pull * table.dt).tolist()
            table.space.step(table.dt)

    def _read(self) -> np.ndarray:
        agent, block = self._table.agent, self._table.block
        moving = (*agent.velocity, *block.velocity, block.angular_velocity)
        return np.array([*agent.position, *block.position, block.angle, *moving])

    def _write(self, state: np.ndarray) -> None:
        table, values = self._table, state.tolist()
        table._setup()
        table.agent.position, table.agent.velocity = values[:2], values[5:7]
        table.block.angle = values[4]  # before the place, which the turn about its centre of gravity moves
        table.block.position, table.block.velocity = values[2:4], values[7:9]
        table.block.angular_velocity = values[9]
        for body in (table.agent, table.block):  # else what is drawn stays where a new table has it
            table.space.reindex_shapes_for_body(body)

    def _draw(self, side: int) -> np.ndarray:
        import cv2

        frame = self._table._render(visualize=False)  # True would draw the action into it
        return cv2.resize(np.ascontiguousarray(frame), (side, side), interpolation=cv2.INTER_AREA)


def seek_contact(state: np.ndarray, source: np.random.Generator) -> np.ndarray:
    """Return a random action, float32 (2,): anywhere within reach, then no farther from the block than that."""
    agent, block = state[:2], state[2:4]
    aim = np.clip(agent + source.uniform(-REACH, REACH, 2), block - REACH, block + REACH)
    return np.clip((aim - agent) / REACH, -1.0, 1.0).astype(np.float32)


def _import_push_t() -> Any:
    """Return the class of gym-pusht's environment; raise `InputError` if it cannot be imported."""
    require("sim", "gym_pusht", "pymunk", "cv2")
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # it greets on standard output
    try:
        from gym_pusht.envs.pusht import PushTEnv
    except (ImportError, AttributeError, OSError) as error:
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise InputError(f"gym-pusht cannot be imported ({reason}); pip install 'smwm_lab[sim]'") from error
    return PushTEnv
