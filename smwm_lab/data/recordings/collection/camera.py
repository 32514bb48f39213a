"""Camera: how an environment is seen, and how its states and actions are written down."""

import math
from typing import Any

import gymnasium
import numpy as np
import torch
from gymnasium.spaces import Box, Discrete

from smwm_lab.data.recordings.formats.columns import RANGE, WIDEST
from smwm_lab.environments import Simulator
from smwm_lab.errors import check, shown


class Camera:
    """An environment and how it is seen: images of one side, and state columns where its observation is a vector."""

    def __init__(self, env: gymnasium.Env, side: int):
        """Raise `InputError` for an environment that shows no images, or whose actions are neither box nor discrete."""
        self.env, self.side = env, side
        self.actions = env.action_space
        self._drawn: tuple[int, ...] | None = None
        """Shape of what was drawn first."""
        space = env.observation_space
        self.sees_images = (
            isinstance(space, Box) and space.dtype == np.uint8 and len(space.shape) == 3 and space.shape[-1] == 3
        )
        check(
            self.sees_images or env.render_mode == "rgb_array",
            f"environment shows no images: observations are {shown(space)}, render_mode is {env.render_mode!r}; "
            "allowed: observations of uint8 (H, W, 3), or render_mode 'rgb_array'",
        )
        check(
            isinstance(self.actions, Box | Discrete), f"actions are {shown(self.actions)}; allowed: a box or discrete"
        )

    def image(self, observation: Any) -> np.ndarray:
        """Return what is seen now, uint8 (side, side, 3)."""
        frame = np.asarray(observation if self.sees_images else self.env.render())
        good = frame.dtype == np.uint8 and frame.ndim == 3 and frame.shape[-1] == 3 and frame.size > 0
        check(good, f"environment draws {frame.dtype} {frame.shape}; allowed: uint8 (H, W, 3)")
        self._drawn = self._drawn or frame.shape
        check(
            frame.shape == self._drawn,
            f"environment draws {frame.shape} after {self._drawn}; allowed: one size throughout",
        )
        if frame.shape[:2] == (self.side, self.side):
            return frame.copy()
        colours_first = torch.from_numpy(np.ascontiguousarray(frame)).permute(2, 0, 1)[None].float()
        small = torch.nn.functional.interpolate(colours_first, (self.side, self.side), mode="area")
        return small[0].permute(1, 2, 0).round().to(torch.uint8).numpy()

    def state(self, observation: Any, info: dict[str, Any]) -> np.ndarray:
        """Return the state, float32 (k,): what the environment calls its state, else an observation of numbers.

        Empty where that is neither, or wider than `WIDEST`.
        """
        told = info.get("state")
        vector = not self.sees_images and isinstance(self.env.observation_space, Box)
        given = told if isinstance(told, np.ndarray | list | tuple) else observation if vector else ()
        numbers = np.asarray(given)
        fits = numbers.dtype.kind in "iuf" and 0 < numbers.size <= WIDEST
        return numbers.astype(np.float32).ravel() if fits else np.empty(0, np.float32)

    def action_row(self, action: Any) -> np.ndarray:
        """Return an action as numbers, float32 (A,): of discrete ones a column per choice."""
        if isinstance(self.actions, Discrete):
            return np.eye(int(self.actions.n), dtype=np.float32)[int(action) - int(self.actions.start)]
        return np.asarray(action, np.float32).ravel()

    def check_action(self, action: Any) -> None:
        """Raise `InputError` unless an action lies in the space of the environment."""
        if isinstance(self.actions, Box):
            given = np.asarray(action)
            inside = (
                given.shape == self.actions.shape
                and given.dtype.kind in "biuf"
                and bool(np.isfinite(given).all() and (given >= self.actions.low).all())
                and bool((given <= self.actions.high).all())
            )
        else:
            inside = self.actions.contains(action)
        check(inside, f"the policy returned {shown(action)}; allowed: an action in {shown(self.actions)}")

    def state_names(self, count: int) -> list[str]:
        """Return the names of state components: those that the environment gives, else by number.

        A world of this project has them in its specification, any other environment in `metadata["state_names"]`.
        """
        spec = world_spec(self.env)
        names = self._named("state_names") if spec is None else list(spec.state_names)
        return names if len(names) == count else [f"state_{i}" for i in range(count)]

    def action_names(self) -> list[str]:
        """Return the names of action components, as far as the environment gives them; of discrete ones by number."""
        spec = world_spec(self.env)
        if spec is not None:
            return list(spec.action_names)
        given = self._named("action_names")
        by_number = [f"choice_{i}" for i in range(self.actions.n)] if isinstance(self.actions, Discrete) else []
        count = len(by_number) or math.prod(self.actions.shape or ())
        return given if len(given) == count else by_number

    def _named(self, key: str) -> list[str]:
        """Return the names in the metadata of the environment, none without; raise `InputError` for any others."""
        names = self.env.metadata.get(key, ())
        given = isinstance(names, list | tuple) and all(isinstance(name, str) and name for name in names)
        check(given and len(set(names)) == len(names), f"metadata[{key!r}] = {shown(names)}; allowed: different names")
        return list(names)

    def about(self, every: int) -> dict[str, Any]:
        """Return units of the state, names and range of actions, and rows per second, as far as they are known.

        every: steps of the environment in a row, whose actions stand side by side.
        """
        spec, plain = world_spec(self.env), self.action_names()
        fps = self.env.metadata.get("render_fps")
        ends = {RANGE: _action_range(self.actions) * every} if isinstance(self.actions, Box) else {}
        return {
            "units": dict(zip(spec.state_names, spec.state_units, strict=True)) if spec is not None else {},
            "action_names": plain if every == 1 else [f"{name}_{i}" for i in range(every) for name in plain],
            "rate_hz": float(fps) / every if isinstance(fps, int | float) and fps > 0 else None,
        } | ends


def _action_range(actions: Box) -> list[list[float] | None]:
    """Return [low, high] of each action component, None where the box has no end."""
    ends = np.stack([actions.low.ravel(), actions.high.ravel()], 1).astype(float)
    return [pair.tolist() if np.isfinite(pair).all() else None for pair in ends]


def world_spec(env: gymnasium.Env) -> Any:
    """Return the specification of a world of this project, or the facts of a simulator; None for anything else."""
    if isinstance(env.unwrapped, Simulator):
        return env.unwrapped.facts
    return getattr(getattr(env.unwrapped, "world", None), "spec", None)
