"""Any world as a gymnasium environment: batched (`WorldVectorEnv`) or single (`WorldEnv`).

Importing this module registers the named worlds, so that these work (the part before the colon imports it):

    gymnasium.make("smwm_lab.worlds:smwm_lab/combined-v0")
    gymnasium.make_vec("smwm_lab.worlds:smwm_lab/combined-v0", num_envs=16)

Observations are uint8 (H, W, 3), the layout of gymnasium's image wrappers; rewards are 0; nothing terminates.
"""

from typing import Any

import gymnasium
import numpy as np
import torch
from gymnasium.error import ResetNeeded
from gymnasium.spaces import Box
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from torch import Tensor

from smwm_lab.errors import check, check_choice, check_count, check_instance, shown
from smwm_lab.gates import real_array
from smwm_lab.seeding import require_seed
from smwm_lab.worlds.base import World
from smwm_lab.worlds.env_streams import Seeds, Stream, require_mask, require_seeds, restarted
from smwm_lab.worlds.registry import BUILT_IN, make_world


RENDER_MODES = ("rgb_array",)
Info = dict[str, Any]


class WorldVectorEnv(VectorEnv):
    """Copies of one world side by side, stepped as one batch; the world may be given by name.

    Actions: float32 (num_envs, action_dim) in [-1, 1] (no components at all where nothing is controlled).
    Info: `state` (num_envs, state_dim) and, after a step, `realised_action` (num_envs, action_dim).
    An episode is truncated after max_episode_steps; the step after that starts a new one and ignores the action
    (gymnasium's next-step autoreset), `info["_realised_action"]` is False there.

    >>> envs = WorldVectorEnv("coupled", num_envs=3)
    >>> envs.reset(seed=0)[0].shape, envs.action_space.shape
    ((3, 64, 64, 3), (3, 2))
    """

    metadata = {"render_modes": RENDER_MODES, "render_fps": 10, "autoreset_mode": AutoresetMode.NEXT_STEP}

    def __init__(
        self, world: World | str, num_envs: int = 1, *, max_episode_steps: int = 100, render_mode: str | None = None
    ):
        check_count("num_envs", num_envs, 1, 1 << 20)
        check_count("max_episode_steps", max_episode_steps, 1, 1 << 30)
        if render_mode is not None:
            check_choice("render_mode", render_mode, RENDER_MODES)
        self.world = make_world(world) if isinstance(world, str) else world
        check_instance("world", self.world, World, "or the name of one")
        self.num_envs, self.max_episode_steps, self.render_mode = num_envs, max_episode_steps, render_mode
        channels, height, width = self.world.spec.observation_shape
        self.single_observation_space = Box(0, 255, (height, width, channels), np.uint8)
        self.single_action_space = Box(-1, 1, (self.world.spec.action_dim,), np.float32)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._state: Tensor | None = None
        self._steps = np.zeros(num_envs, dtype=np.int64)
        self._streams: list[Stream] = []

    def reset(self, *, seed: Seeds = None, options: Info | None = None) -> tuple[np.ndarray, Info]:
        """Start a new episode everywhere, or only where `options["reset_mask"]`, bool (num_envs,), is True.

        seed: one for the whole batch, or a list of one per environment (None: any), whose episodes then depend on
        their own seed alone and equal those of a `WorldEnv` with it. Equal seeds give equal episodes.
        """
        require_seeds(seed, self.num_envs)
        chosen = self._chosen(options)
        self._seed(seed, torch.from_numpy(chosen))
        if self._state is None:
            self._state = torch.empty(self.num_envs, self.world.spec.state_dim)
        self._state = self._fresh(self._state, chosen)
        self._steps = np.where(chosen, 0, self._steps)
        return self._observe(self._state), self._state_info()

    def reset_from(self, source: np.random.Generator) -> tuple[np.ndarray, Info]:
        """Start a new episode everywhere, with random numbers from `source`."""
        self.np_random, self._streams = source, []
        return self.reset()

    def _chosen(self, options: Info | None) -> np.ndarray:
        """Return which environments are to start anew, bool (num_envs,); the caller's options stay as they are."""
        known = options is None or (isinstance(options, dict) and set(options) <= {"reset_mask"})
        check(known, f"options = {shown(options)} are unknown; allowed: reset_mask, or none")
        if not options:
            return np.ones(self.num_envs, dtype=bool)
        chosen = require_mask(options["reset_mask"], self.num_envs)
        started = self._state is not None or bool(chosen.all())
        check(started, "reset_mask leaves out environments that have no episode yet; allowed: a first reset of all")
        return chosen

    def _seed(self, seed: Seeds, chosen: Tensor) -> None:
        """Give the chosen environments, bool (num_envs,), streams of their own, of one seed, or the ones they had."""
        if isinstance(seed, list | tuple):
            self._streams = restarted(self._streams, chosen, seed)
        elif seed is not None or not self._streams:
            super().reset(seed=None if seed is None else int(seed))
            kept = [stream.without(chosen) for stream in self._streams]
            shared = Stream.of(torch.nonzero(chosen)[:, 0], self.np_random)
            self._streams = [*(stream for stream in kept if len(stream.rows)), shared]
        elif bool(chosen.all()):
            self._streams = [Stream.of(stream.rows, stream.source) for stream in self._streams]

    def _fresh(self, state: Tensor, chosen: np.ndarray) -> Tensor:
        """Return the states (num_envs, state) with new starts where chosen, bool (num_envs,)."""
        state, starts = state.clone(), torch.from_numpy(chosen)
        for stream in self._streams:
            rows = stream.rows[starts[stream.rows]]
            if len(rows):
                state[rows] = self.world.sample_state(len(rows), stream.draws, anywhere=True)
        return state

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, Info]:
        """Move every world, or start it anew where its episode ended with the step before."""
        if self._state is None:
            raise ResetNeeded("call reset() before step()")
        wanted = torch.tensor(
            real_array("actions", actions, self.num_envs, self.world.spec.action_dim), dtype=torch.float32
        )
        restart = self._steps >= self.max_episode_steps
        state, action = torch.empty_like(self._state), torch.empty_like(wanted)
        for stream in self._streams:
            done = self.world.step(self._state[stream.rows], wanted[stream.rows], stream.draws)
            state[stream.rows], action[stream.rows] = done.state, done.action
        self._state = self._fresh(state, restart) if restart.any() else state
        self._steps = np.where(restart, 0, self._steps + 1)
        realised = np.where(restart[:, None], np.float32(0), action.numpy())
        info = self._state_info() | {"realised_action": realised, "_realised_action": ~restart}
        nothing = np.zeros(self.num_envs)
        truncated = self._steps >= self.max_episode_steps
        return self._observe(self._state), nothing, nothing.astype(bool), truncated, info

    def render(self) -> tuple[np.ndarray, ...] | None:
        """Return the present frames, uint8 (H, W, 3) each, at render mode 'rgb_array'; None otherwise."""
        if self.render_mode is None or self._state is None:
            return None
        return tuple(self._observe(self._state))

    def _observe(self, state: Tensor) -> np.ndarray:
        return self.world.observe(state).permute(0, 2, 3, 1).contiguous().numpy()

    def _state_info(self) -> Info:
        assert self._state is not None, "reset comes first"
        return {"state": self._state.numpy().copy(), "_state": np.ones(self.num_envs, dtype=bool)}


class WorldEnv(gymnasium.Env):
    """One world as a single environment: a `WorldVectorEnv` of one, without its batch axis.

    >>> env = WorldEnv("single_dot")
    >>> env.reset(seed=0)[0].shape, env.action_space.shape
    ((64, 64, 3), (2,))
    """

    metadata = {"render_modes": RENDER_MODES, "render_fps": 10}

    def __init__(self, world: World | str, *, max_episode_steps: int = 100, render_mode: str | None = None):
        self._batch = WorldVectorEnv(world, max_episode_steps=max_episode_steps, render_mode=render_mode)
        self.world, self.render_mode = self._batch.world, render_mode
        self.observation_space = self._batch.single_observation_space
        self.action_space = self._batch.single_action_space

    def reset(self, *, seed: int | None = None, options: Info | None = None) -> tuple[np.ndarray, Info]:
        """Start a new episode; equal seeds give equal episodes. There are no options."""
        check(not options, f"options = {shown(options)} are unknown; allowed: none")
        if seed is not None:
            require_seed(seed)
            seed = int(seed)
        super().reset(seed=seed)
        observation, info = self._batch.reset_from(self.np_random)
        return observation[0], _first(info)

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, Info]:
        """Move the world."""
        action = real_array("action", action, self.world.spec.action_dim)
        observation, _, _, truncated, info = self._batch.step(action[None])
        return observation[0], 0.0, False, bool(truncated[0]), _first(info)

    def render(self) -> np.ndarray | None:
        """Return the present frame, uint8 (H, W, 3), at render mode 'rgb_array'; None otherwise."""
        frames = self._batch.render()
        return None if frames is None else frames[0]


def _first(info: Info) -> Info:
    """Return the info of the first environment, without the masks."""
    return {key: value[0] for key, value in info.items() if not key.startswith("_")}


for _name in BUILT_IN:
    gymnasium.register(  # its types know no class that takes the world as an argument
        f"smwm_lab/{_name}-v0",
        WorldEnv,  # type: ignore[arg-type]
        vector_entry_point=WorldVectorEnv,  # type: ignore[arg-type]
        kwargs={"world": _name},
    )
