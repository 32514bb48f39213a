"""Recording from a gymnasium environment: episode after episode into an HDF5 file, each with a seed of its own.

What an environment shows is either its observation, where that is an image, or what `render()` draws; then its
observation, if it is a vector, is kept as state columns. The action is the one that was taken, or the one that became
of it where the environment says so (`info["realised_action"]`).
"""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gymnasium
from tqdm import tqdm

from smwm_lab.data.recordings.collection.camera import Camera, world_spec
from smwm_lab.data.recordings.collection.play import Play, Policy
from smwm_lab.data.recordings.formats.hdf5_file import read_hdf5
from smwm_lab.data.recordings.formats.hdf5_writer import RecordingWriter
from smwm_lab.data.recordings.formats.registry import new_hdf5_path
from smwm_lab.environments import SIMULATORS, Simulator, make_simulator, may_name_simulator
from smwm_lab.errors import InputError, check, check_callable, check_count, check_instance, shown
from smwm_lab.seeding import require_seed
from smwm_lab.worlds import WORLDS
from smwm_lab.worlds.gym_adapter import WorldEnv


def collect(
    environment: str | Callable[[], gymnasium.Env],
    out: Path | str,
    *,
    episodes: int,
    max_steps: int = 200,
    side: int = 64,
    policy: Policy | None = None,
    seed: int = 0,
    every: int | None = None,
    options: Mapping[str, Any] | None = None,
    progress: bool = True,
) -> Path:
    """Record episodes of an environment, and return the path of the file.

    Raises `InputError` for what cannot be recorded; where an environment fails on the way, the line says where, and the
    whole episodes before it are in the file.

    Parameters
    ----------
    environment
        A registered id such as `CartPole-v1` (with `module:` before it, that module is imported first), a simulator
        such as `reacher` (or `module:Class`), the name of a world of this project, or a function that makes the
        environment with `render_mode="rgb_array"`.
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
        That of the simulator, or random actions of the environment's space, if None.
    seed
        Each episode has a seed of its own, drawn from this one and its number, whatever happened before.
    every
        Steps of the environment in a row, whose actions stand side by side: frames between are not drawn, and what is
        left at the end of an episode goes. If None, 1; of a simulator as many as are one action of a model.
    options
        What each reset is asked for: of a simulator `{"near_home": share}`, starts near its home pose alone.
    """
    target = new_hdf5_path("out", out)
    for name, value, high in (("episodes", episodes, 10**7), ("max_steps", max_steps, 10**7), ("side", side, 4096)):
        check_count(name, value, 1, high)
    require_seed(seed)
    if policy is not None:
        check_callable("policy", policy, "(observation, numpy generator) -> action")
    _check_free(target, episodes)
    made = make_environment(environment, max_steps, side)
    try:
        camera = Camera(made, side)
        own = made.unwrapped if isinstance(made.unwrapped, Simulator) else None
        if own is not None:
            policy = policy or own.behaviour_policy()
            every = own.facts.frameskip if every is None else every
        play = Play(camera, policy, int(seed), max_steps, 1 if every is None else every, dict(options or {}))
        named = _named(made, environment)
        about = camera.about(play.every) | {"made": _how(named, own, play)}
        with RecordingWriter(target, about=about, resume=True, most=episodes) as writer:
            todo = range(writer.num_episodes, episodes)
            for index in tqdm(todo, desc=f"recording {named}", unit="ep", disable=not progress):
                writer.add(play.episode(index))
    finally:
        made.close()
    return target


def make_environment(environment: str | Callable[[], gymnasium.Env], max_steps: int, side: int = 64) -> gymnasium.Env:
    """Return an environment that draws itself, from its id or from a function; raise `InputError` if there is none.

    max_steps: after how many a world of this project says that an episode ends. side: of the frames of a simulator, px.
    """
    if isinstance(environment, str) and may_name_simulator(environment):
        return make_simulator(environment, side=side)
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
            f"one of {', '.join((*SIMULATORS, *WORLDS))}"
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


def _how(named: str, own: Simulator | None, play: Play) -> dict[str, Any]:
    """Return how a recording is made, as JSON values; own: the simulator, if it is one."""
    policy = play.policy
    chosen = "random" if policy is None else getattr(policy, "__qualname__", type(policy).__name__)
    how: dict[str, Any] = {"environment": named, "gymnasium": gymnasium.__version__}
    how |= {"max_steps": play.max_steps, "side": play.camera.side, "seed": play.seed, "policy": chosen}
    how |= {"every": play.every} if play.every > 1 or own is not None else {}
    how |= {"options": play.options} if play.options else {}
    return how | ({"frameskip": own.facts.frameskip, "versions": own.facts.versions()} if own is not None else {})
