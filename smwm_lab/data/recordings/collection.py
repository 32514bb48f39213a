"""Recording from a gymnasium environment: episode after episode into an HDF5 file, each with a seed of its own.

What an environment shows is either its observation, where that is an image, or what `render()` draws; then its
observation, if it is a vector, is kept as state columns. The action is the one that was taken, or the one that became of
it where the environment says so (`info["realised_action"]`).
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete
from PIL import Image
from tqdm import tqdm

from smwm_lab.data.recordings.hdf5_writer import Episode, RecordingWriter
from smwm_lab.errors import InputError, check, check_callable, check_count, shown
from smwm_lab.files import as_path
from smwm_lab.seeding import require_seed, stream_seed


Policy = Callable[[Any, np.random.Generator], Any]
"""Observation of the environment, random numbers -> action."""


def collect(
    environment: str | Callable[[], gymnasium.Env],
    out: Path | str,
    *,
    episodes: int,
    max_steps: int = 200,
    side: int = 64,
    policy: Policy | None = None,
    seed: int = 0,
    progress: bool = True,
) -> Path:
    """Record episodes of an environment, and return the path of the file.

    Parameters
    ----------
    environment
        A registered id such as `CartPole-v1` (with `module:` before it, that module is imported first), or a function
        that makes the environment with `render_mode="rgb_array"`.
    out
        A name that ends in .h5; refused if it exists. A recording that was ended before is continued.
    episodes
        How many there shall be in the file.
    max_steps
        Steps of an episode at most; it ends before where the environment says so.
    side
        Side of the recorded images, px; what is larger is averaged down, and not square is squeezed.
    policy
        Random actions of the environment's space if None.
    seed
        Each episode has a seed of its own, drawn from this one and its number, whatever happened before.

    Raises `InputError` for what cannot be recorded; where an environment fails on the way, the line says where, and the
    whole episodes before it are in the file.
    """
    target = as_path("out", out)
    check(
        target.suffix.lower() in (".h5", ".hdf5"), f"out = {str(target)!r}; allowed: a name that ends in .h5 or .hdf5"
    )
    check(not target.exists(), f"{target} exists; name another file, or delete it")
    for name, value, high in (("episodes", episodes, 10**7), ("max_steps", max_steps, 10**7), ("side", side, 4096)):
        check_count(name, value, 1, high)
    require_seed(seed)
    if policy is not None:
        check_callable("policy", policy, "(observation, numpy generator) -> action")
    made = make_environment(environment)
    try:
        camera = Camera(made, side)
        chosen = "random" if policy is None else getattr(policy, "__qualname__", type(policy).__name__)
        settings = {"max_steps": max_steps, "side": side, "seed": seed, "policy": chosen}
        about = _about(made, environment, settings)
        with RecordingWriter(target, about=about) as writer:
            todo = range(writer.num_episodes, episodes)
            for index in tqdm(todo, desc=f"recording {about['made']['environment']}", unit="ep", disable=not progress):
                writer.add(_play(camera, policy, index, seed=seed, max_steps=max_steps))
    finally:
        made.close()
    return target


def make_environment(environment: str | Callable[[], gymnasium.Env]) -> gymnasium.Env:
    """Return an environment that draws itself, from its id or from a function; raise `InputError` if there is none."""
    if not isinstance(environment, str):
        check_callable("environment", environment, "() -> gymnasium.Env, or the id of one")
        made = environment()
        check(isinstance(made, gymnasium.Env), f"environment made a {type(made).__name__}; allowed: a gymnasium.Env")
        return made
    module, _, name = environment.rpartition(":")
    try:
        if module:
            importlib.import_module(module)
        return gymnasium.make(name, render_mode="rgb_array")
    except Exception as error:  # whatever an environment of somebody else raises when it is made
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise InputError(
            f"environment {environment!r} cannot be made ({reason}); install its package, or check the id"
        ) from error


@dataclass(frozen=True)
class Camera:
    """An environment and how it is seen: images of one side, and state columns where its observation is a vector."""

    env: gymnasium.Env
    side: int

    def __post_init__(self):
        space = self.env.observation_space
        if not self.sees_images:
            drawn = self.env.render_mode == "rgb_array"
            check(
                drawn,
                f"environment shows no images: observations are {shown(space)} and render_mode is not 'rgb_array'",
            )
        check(
            isinstance(self.env.action_space, Box | Discrete),
            f"actions are {shown(self.env.action_space)}; allowed: a box or discrete",
        )

    @property
    def sees_images(self) -> bool:
        """Whether the observation itself is an image, uint8 (H, W, 3)."""
        space = self.env.observation_space
        return isinstance(space, Box) and space.dtype == np.uint8 and len(space.shape) == 3 and space.shape[-1] == 3

    def image(self, observation: Any) -> np.ndarray:
        """Return what is seen now, uint8 (side, side, 3)."""
        frame = np.asarray(observation if self.sees_images else self.env.render())
        good = frame.dtype == np.uint8 and frame.ndim == 3 and frame.shape[-1] == 3
        check(good, f"environment draws {frame.dtype} {frame.shape}; allowed: uint8 (H, W, 3)")
        if frame.shape[:2] == (self.side, self.side):
            return frame.copy()
        return np.asarray(Image.fromarray(frame).resize((self.side, self.side), Image.Resampling.BOX))

    def state(self, observation: Any, info: dict[str, Any]) -> np.ndarray:
        """Return the state, float32 (k,): what the environment calls its state, else an observation of numbers."""
        if "state" in info:
            return np.asarray(info["state"], np.float32).ravel()
        if self.sees_images or not isinstance(self.env.observation_space, Box):
            return np.empty(0, np.float32)
        return np.asarray(observation, np.float32).ravel()

    def action_row(self, action: Any) -> np.ndarray:
        """Return an action as numbers, float32 (A,): of discrete ones a column per choice."""
        space = self.env.action_space
        if isinstance(space, Discrete):
            return np.eye(int(space.n), dtype=np.float32)[int(action) - int(space.start)]
        return np.asarray(action, np.float32).ravel()

    def state_names(self, count: int) -> list[str]:
        """Return the names of state components: those of a world of this project, else by number."""
        spec = getattr(getattr(self.env.unwrapped, "world", None), "spec", None)
        names = list(spec.state_names) if spec is not None else []
        return names if len(names) == count else [f"state_{i}" for i in range(count)]


def _play(camera: Camera, policy: Policy | None, index: int, *, seed: int, max_steps: int) -> Episode:
    """Play one episode; raise `InputError`, with the step, where environment or policy fail."""
    source = np.random.default_rng(stream_seed(seed, "behaviour policy", index))
    camera.env.action_space.seed(int(source.integers(2**31)))
    step = 0
    images: list[np.ndarray] = []
    states: list[np.ndarray] = []
    actions: list[np.ndarray] = []
    try:
        # some environments keep seeds in 32 bits
        observation, info = camera.env.reset(seed=stream_seed(seed, "start of an episode", index) % 2**31)
        images.append(camera.image(observation))
        states.append(camera.state(observation, info))
        ended = False
        while not ended and step < max_steps:
            action = camera.env.action_space.sample() if policy is None else policy(observation, source)
            _check_action(camera.env.action_space, action)
            observation, _, terminated, truncated, info = camera.env.step(action)
            images.append(camera.image(observation))
            states.append(camera.state(observation, info))
            actions.append(camera.action_row(info.get("realised_action", action)))
            ended, step = bool(terminated or truncated), step + 1
    except InputError as error:
        raise InputError(f"episode {index}, step {step}: {error}") from error
    except Exception as error:  # whatever an environment or a policy of somebody else raises
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise InputError(
            f"episode {index}, step {step}: the environment or the policy failed ({reason}); the episodes before are kept"
        ) from error
    table = np.stack(states)
    columns = {name: table[:, i].copy() for i, name in enumerate(camera.state_names(table.shape[1]))}
    return Episode(np.stack(images), np.stack(actions), columns)


def _check_action(space: gymnasium.Space, action: Any) -> None:
    """Raise `InputError` unless an action lies in the space of the environment."""
    if isinstance(space, Box):
        given = np.asarray(action)
        inside = (
            given.shape == space.shape
            and given.dtype.kind in "biuf"
            and bool(np.isfinite(given).all() and (given >= space.low).all() and (given <= space.high).all())
        )
    else:
        inside = space.contains(action)
    check(inside, f"the policy returned {shown(action)}; allowed: an action in {shown(space)}")


def _about(made: gymnasium.Env, environment: object, settings: dict[str, Any]) -> dict[str, Any]:
    spec = made.spec
    named = environment if isinstance(environment, str) else (spec.id if spec else type(made.unwrapped).__name__)
    fps = made.metadata.get("render_fps")
    space = made.action_space
    names = [f"choice_{i}" for i in range(int(space.n))] if isinstance(space, Discrete) else []
    worlds = getattr(getattr(made.unwrapped, "world", None), "spec", None)
    if worlds is not None:
        names = list(worlds.action_names)
    return {
        "units": dict(zip(worlds.state_names, worlds.state_units, strict=True)) if worlds is not None else {},
        "action_names": names,
        "rate_hz": float(fps) if fps else None,
        "made": {"environment": str(named), "gymnasium": gymnasium.__version__} | settings,
    }
