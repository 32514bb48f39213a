"""TaskManifest: the tasks of an evaluation in a simulator, frozen in a file, so that everybody solves the same ones.

Episodes are played from fresh seeds, that no recording shares; a goal is the state some steps later in the same
episode. Pairs that are solved at the start are left out.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from smwm_lab.environments import Simulator, make_simulator
from smwm_lab.errors import InputError, check, check_count, check_instance
from smwm_lab.files import as_path, write_text
from smwm_lab.gates import real_array
from smwm_lab.json_files import read_json_object
from smwm_lab.planning.control.tasks import Tasks
from smwm_lab.seeding import require_seed, stream_seed
from smwm_lab.worlds import Trajectories, World


LARGEST = 1 << 26
"""Bytes of a manifest at most."""
KIND = "tasks in a simulator"
"""What a manifest says it is."""
LEAD = 10
"""Steps of the simulator before a start that a manifest tells."""
BUDGET = 50
"""Steps of the simulator that a task may take, as in arXiv 2606.20104."""
TRIALS = 100
"""Episodes tried at most for a pair that is not solved at the start."""


@dataclass(frozen=True, eq=False, repr=False)
class TaskManifest:
    """Tasks with where they come from; `hash` tells one from another."""

    environment: str
    versions: dict[str, str]
    """Packages that decided what happened in the episodes -> version."""
    seed: int
    policy: str
    """What chose the actions of the episodes."""
    goal_offset: int
    """Steps of the simulator from start to goal."""
    budget: int
    """Steps of the simulator that a task may take."""
    max_steps: int
    """Steps of an episode."""
    episode: tuple[int, ...]
    """Number of the episode of each task; with `seed` it decides the episode."""
    start_row: tuple[int, ...]
    """Step of the episode at which a task starts."""
    goal_row: tuple[int, ...]
    """Step of the episode at which its goal lies."""
    start: tuple[tuple[float, ...], ...] = field(default=())
    """States to start from, float32."""
    goal: tuple[tuple[float, ...], ...] = field(default=())
    """States to reach, float32."""
    before_states: tuple[tuple[tuple[float, ...], ...], ...] = field(default=())
    """The `LEAD` states before each start, oldest first, float32: for models with memory."""
    before_actions: tuple[tuple[tuple[float, ...], ...], ...] = field(default=())
    """The actions taken there, float32; the last leads to the start."""

    def __len__(self) -> int:
        return len(self.episode)

    def __repr__(self) -> str:
        return (
            f"TaskManifest({len(self)} tasks in {self.environment}, goals {self.goal_offset} steps away, {self.hash})"
        )

    @property
    def hash(self) -> str:
        """SHA-256 of all that it holds, 64 hexadecimal digits."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def tasks(self, world: World, count: int | None = None) -> Tasks:
        """Return the first `count` tasks, all if None, in the world of the same simulator."""
        made_for = getattr(world.config, "environment", None)
        check(
            made_for == self.environment,
            f"these tasks are of {self.environment}, the world is {made_for or type(world).__name__}; use a manifest "
            "of its own",
        )
        some = len(self) if count is None else count
        check_count("tasks", some, 1, len(self), "as many as the manifest holds")
        skip = world.frameskip
        check(
            self.budget % skip == 0,
            f"a budget of {self.budget} steps is no whole number of actions of {skip}; allowed: another frameskip",
        )
        start, goal = (torch.tensor(states[:some], dtype=torch.float32) for states in (self.start, self.goal))
        return Tasks(world, start, goal, self.budget // skip, self.goal_offset, self._before(start, skip))

    def _before(self, start: torch.Tensor, skip: int) -> Trajectories | None:
        """Return what led to the starts, by actions of `skip` steps; None where a manifest does not tell enough."""
        told = len(self.before_states[0]) if self.before_states else 0
        if told < skip:
            return None
        count, whole = len(start), told - told % skip
        led = torch.tensor(self.before_states[:count])[:, -whole::skip]  # (n, LEAD, s) -> (n, whole / skip, s)
        taken = torch.tensor(self.before_actions[:count])[:, -whole:]
        return Trajectories(torch.cat([led, start[:, None]], 1), taken.unflatten(1, (-1, skip)).flatten(2))

    def write(self, path: Path | str) -> Path:
        """Write it to a file that does not exist yet, and return its path."""
        target = as_path("manifest", path)
        check(not target.exists(), f"{target} exists; a manifest is written once: name another file")
        target.parent.mkdir(parents=True, exist_ok=True)
        write_text(target, json.dumps({"kind": KIND} | asdict(self) | {"hash": self.hash}, indent=1) + "\n")
        return target

    @classmethod
    def read(cls, path: Path | str) -> "TaskManifest":
        """Return the manifest in a file; raise `InputError` if it is none, or was changed after it was written."""
        source = as_path("manifest", path)
        remedy = "bring back the file as it was written, or make another"
        values = read_json_object(source, largest=LARGEST, remedy=remedy)
        kind, told = values.pop("kind", None), values.pop("hash", None)
        check(kind == KIND, f"{source} is no manifest of tasks (its kind is {kind!r}); {remedy}")
        try:
            found = cls(**{name: _as_tuples(value) for name, value in values.items()})
            columns = (found.start, found.goal, found.goal_row, found.before_states, found.before_actions)
            whole = found.hash == told and {*map(len, columns)} == {len(found)}
        except (TypeError, ValueError) as error:
            raise InputError(f"{source} is no manifest of tasks ({error}); {remedy}") from error
        check(whole, f"{source} was changed after it was written; {remedy}")
        return found


def make_manifest(
    environment: str,
    num_tasks: int,
    *,
    seed: int = 0,
    goal_offset: int = 25,
    budget: int = BUDGET,
    max_steps: int = 200,
) -> TaskManifest:
    """Return tasks in a simulator, one from each of as many fresh episodes of its behaviour policy.

    goal_offset, budget, max_steps: in steps of the simulator. Raises `InputError` where a hundred episodes give no pair
    that is unsolved at the start.
    """
    check_count("tasks", num_tasks, 1, 1_000_000)
    require_seed(seed)
    check_count("goal_offset", goal_offset, 1, max_steps - LEAD, "steps, inside an episode")
    check_count("budget", budget, 1, 1_000_000)
    simulator = make_simulator(environment)
    policy = simulator.behaviour_policy()
    columns: list[tuple[Any, ...]] = []
    episode = tried = 0
    while len(columns) < num_tasks:
        row, states, actions = _episode(simulator, seed, episode, goal_offset, max_steps)
        start, goal, led = states[row], states[row + goal_offset], slice(row - LEAD, row)
        if simulator.goal_distance(start[None], goal[None])[0] > simulator.facts.success_radius:
            told = (start, goal, states[led], actions[led])
            columns.append((episode, row, row + goal_offset, *(_as_tuples(each.tolist()) for each in told)))
            tried = 0
        episode, tried = episode + 1, tried + 1
        check(tried <= TRIALS, f"{environment}: {TRIALS} episodes give no pair {goal_offset} steps apart that is "
              "unsolved at the start; allowed: a larger goal_offset")  # fmt: skip
    names = ("episode", "start_row", "goal_row", "start", "goal", "before_states", "before_actions")
    return TaskManifest(
        environment=environment,
        versions=simulator.facts.versions(),
        seed=int(seed),
        policy="random" if policy is None else getattr(policy, "__qualname__", type(policy).__name__),
        goal_offset=goal_offset,
        budget=budget,
        max_steps=max_steps,
        **dict(zip(names, zip(*columns, strict=True), strict=True)),
    )


def manifest_at(path: Path, environment: str, num_tasks: int, *, seed: int) -> TaskManifest:
    """Return the manifest in a file, made and written if it is not there."""
    check_instance("manifest", path, Path)
    if not path.exists():
        make_manifest(environment, num_tasks, seed=seed).write(path)
    return TaskManifest.read(path)


def _episode(
    simulator: Simulator, seed: int, index: int, offset: int, max_steps: int
) -> tuple[int, np.ndarray, np.ndarray]:
    """Return a row to start from, the states of an episode up to its goal, (row + offset + 1, state), and the actions
    between them, (row + offset, action), float32.
    """
    source = np.random.default_rng(stream_seed(seed, "policy of an episode of tasks", index))
    policy = simulator.behaviour_policy()
    row = int(source.integers(LEAD, max_steps - offset + 1))
    start = stream_seed(seed, "start of an episode of tasks", index) % 2**31
    observation, info = simulator.reset(seed=start)
    states, actions = [info["state"]], []
    for _ in range(row + offset):
        action: Any = (
            source.uniform(-1, 1, simulator.facts.action_dim) if policy is None else policy(observation, source)
        )
        observation, _, _, _, info = simulator.step(action)
        states.append(info["state"])
        actions.append(np.asarray(action))
    told = (real_array("states", np.stack(states)), real_array("actions", np.stack(actions)))
    return row, told[0].astype(np.float32), told[1].astype(np.float32)


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value
