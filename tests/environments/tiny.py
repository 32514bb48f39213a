"""A simulator that needs nothing but numpy: a bead on a rod, pushed left and right."""

import os

import numpy as np

from smwm_lab.environments import Simulator, SimulatorFacts


class Bead(Simulator):
    """Place and speed of a bead; a step changes the speed by a tenth of the push."""

    facts = SimulatorFacts(
        name="bead",
        state_names=("x", "speed"),
        state_units=("m", "m/s"),
        state_low=(-50.0, -20.0),
        state_high=(50.0, 20.0),
        controllable=(True, True),
        controllable_dim=1,
        action_names=("push",),
        frameskip=5,
        success_radius=0.1,
        success_unit="m",
        packages=("numpy",),
        episodes=6,
    )

    def __init__(self, *, side=64):
        super().__init__(side=side)
        self._state = np.zeros(2)

    @classmethod
    def goal_distance(cls, states, goals):
        return np.abs(states - goals)[..., 0]

    def _draw_start(self, share, source):
        return np.array([source.uniform(-1, 1) * share, 0.0])

    def _advance(self, action):
        speed = self._state[1] + 0.1 * action[0]
        self._state = np.array([self._state[0] + 0.1 * speed, speed])

    def _read(self):
        return self._state.copy()

    def _write(self, state):
        self._state = state.copy()

    def _draw(self, side):
        frame = np.zeros((side, side, 3), np.uint8)
        column = int(np.clip((self._state[0] + 2) / 4 * side, 0, side - 1))
        frame[:, max(0, column - 2) : column + 3] = 255
        return frame


class Deadly(Bead):
    """A bead that ends its process."""

    def _advance(self, action):
        os._exit(3)
