"""Recording from a gymnasium environment: episode after episode into an HDF5 file, each with a seed of its own.

What an environment shows is either its observation, where that is an image, or what `render()` draws; then its
observation, if it is a vector, is kept as state columns. The action is the one that was taken, or the one that became
of it where the environment says so (`info["realised_action"]`).
"""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from tqdm import tqdm

from smwm_lab.data.recordings.collection.camera import Camera, world_spec
from smwm_lab.data.recordings.formats.hdf5_file import read_hdf5
from smwm_lab.data.recordings.formats.hdf5_writer import Episode, RecordingWriter
from smwm_lab.data.recordings.formats.registry import new_hdf5_path
from smwm_lab.errors import InputError, check, check_callable, check_count, check_instance, shown
from smwm_lab.seeding import require_seed, stream_seed
from smwm_lab.worlds import WORLDS
from smwm_lab.worlds.gym_adapter import WorldEnv


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

    Raises `InputError` for what cannot be recorded; where an environment fails on the way, the line says where, and the
    whole episodes before it are in the file.

    Parameters
    ----------
    environment
        A registered id such as `CartPole-v1` (with `module:` before it, that module is imported first), the name of a
        world of this project, or a function that makes the environment with `render_mode="rgb_array"`.
    out
        A name that ends in .h5. A file with fewer episodes, recorded with the same settings, is continued, and so is a
        recording that was interrupted; anything else that is there is refused.
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
    """
    target = new_hdf5_path("out", out)
    for name, value, high in (("episodes", episodes, 10**7), ("max_steps", max_steps, 10**7), ("side", side, 4096)):
        check_count(name, value, 1, high)
    require_seed(seed)
    if policy is not None:
        check_callable("policy", policy, "(observation, numpy generator) -> action")
    _check_free(target, episodes)
    made = make_environment(environment, max_steps)
    try:
        camera = Camera(made, side)
        named = _named(made, environment)
        chosen = "random" if policy is None else getattr(policy, "__qualname__", type(policy).__name__)
        settings = {"max_steps": max_steps, "side": side, "seed": int(seed), "policy": chosen}
        how = {"environment": named, "gymnasium": gymnasium.__version__} | settings
        with RecordingWriter(target, about=camera.about() | {"made": how}, resume=True, most=episodes) as writer:
            todo = range(writer.num_episodes, episodes)
            for index in tqdm(todo, desc=f"recording {named}", unit="ep", disable=not progress):
                writer.add(_play(camera, policy, index, seed=seed, max_steps=max_steps))
    finally:
        made.close()
    return target


def make_environment(environment: str | Callable[[], gymnasium.Env], max_steps: int) -> gymnasium.Env:
    """Return an environment that draws itself, from its id or from a function; raise `InputError` if there is none.

    max_steps: after how many a world of this project says that an episode ends.
    """
    if isinstance(environment, str) and environment in WORLDS:
        return WorldEnv(environment, max_episode_steps=max_steps, render_mode="rgb_array")
    if not isinstance(environment, str):
        check_callable("environment", environment, "() -> gymnasium.Env, or the id of one")
    try:
        made = environment() if callable(environment) else _from_id(environment)
    except Exception as error:  # whatever an environment of somebody else raises when it is made
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise InputError(
            f"environment {shown(environment)} cannot be made ({reason}); allowed: a registered id, module:id, or "
            f"one of {', '.join(WORLDS)}"
        ) from error
    check_instance("what environment() made", made, gymnasium.Env)
    return made


def _from_id(name: str) -> gymnasium.Env:
    module, _, registered = name.rpartition(":")
    if module:
        importlib.import_module(module)
    return gymnasium.make(registered, render_mode="rgb_array")


def _check_free(target: Path, episodes: int) -> None:
    """Raise `InputError` if something is there that holds as many episodes, or is no recording."""
    if not target.exists():
        return
    try:
        there = len(read_hdf5(target).episodes)
    except InputError as error:
        raise InputError(f"{target} exists and is no recording; name another file, or delete it") from error
    check(
        there < episodes,
        f"{target} exists and holds {there} episodes; name another file, delete it, or ask for more episodes",
    )


def _named(made: gymnasium.Env, environment: object) -> str:
    """Return the name under which an environment is remembered."""
    if isinstance(environment, str):
        return environment
    spec = world_spec(made)
    if spec is not None:
        return str(spec.name)
    return made.spec.id if made.spec else type(made.unwrapped).__name__


def _play(camera: Camera, policy: Policy | None, index: int, *, seed: int, max_steps: int) -> Episode:
    """Play one episode; raise `InputError`, with the step, where environment or policy fail."""
    source = np.random.default_rng(stream_seed(seed, "behaviour policy", index))
    camera.env.action_space.seed(int(source.integers(2**31)))
    images: list[np.ndarray] = []
    states: list[np.ndarray] = []
    actions: list[np.ndarray] = []
    try:
        # some environments keep seeds in 32 bits
        observation, info = camera.env.reset(seed=stream_seed(seed, "start of an episode", index) % 2**31)
        images.append(camera.image(observation))
        states.append(camera.state(observation, info))
        ended = False
        while not ended and len(actions) < max_steps:
            action = camera.env.action_space.sample() if policy is None else policy(observation, source)
            camera.check_action(action)
            observation, _, terminated, truncated, info = camera.env.step(action)
            images.append(camera.image(observation))
            states.append(camera.state(observation, info))
            check(
                len(states[-1]) == len(states[0]),
                f"the state has {len(states[-1])} components after {len(states[0])}; allowed: as many throughout",
            )
            actions.append(camera.action_row(info.get("realised_action", action)))
            ended = bool(terminated or truncated)
        table, steps = np.stack(states), np.stack(actions)
    except InputError as error:
        raise InputError(f"episode {index}, step {len(actions)}: {error}") from error
    except Exception as error:  # whatever an environment or a policy of somebody else raises
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise InputError(
            f"episode {index}, step {len(actions)}: the environment or the policy failed ({reason}); the episodes "
            "before are kept"
        ) from error
    columns = {name: table[:, i].copy() for i, name in enumerate(camera.state_names(table.shape[1]))}
    return Episode(np.stack(images), steps, columns)
