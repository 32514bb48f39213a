"""Start-goal pairs, drawn once and used for every planner.

From held-out episodes: the goal is the state `goal_offset` primitive steps later in the same episode, so it can be
reached (arXiv 2606.20104). In a world without episodes: any two held-out states.
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from smwm_lab.axes import State, States
from smwm_lab.data import StateSplit, sample_states, sample_windows
from smwm_lab.errors import InputError, check, check_count, check_instance
from smwm_lab.gates import require_floats, require_generator
from smwm_lab.planning.interface.gates import require_same_kind, require_selection
from smwm_lab.worlds import Trajectories, World


BUDGET = 8
"""Actions allowed for a goal anywhere on the canvas."""
GOAL_SEARCH_ACTIONS = 24
"""Actions of the random trajectory that finds a goal where not every state can be reached from every other."""


@dataclass(frozen=True, eq=False, repr=False)
class Tasks:
    """Where to start, where to go, and how many actions that may take."""

    world: World
    start: State
    goal: Float[Tensor, "goal component"]
    budget: int
    """Actions of the model that may be executed."""
    goal_offset: int | None = None
    """Primitive steps between start and goal in the episode they come from; None for goals anywhere."""
    before: Trajectories | None = None
    """What led to the starts, for models with memory: states (n, k + 1, state), the start the last of them, and the
    actions between them; None where an episode begins at its start."""
    hold: int = 1
    """Primitive steps in a row at which the goal must be reached; 1: passing through counts."""

    def __post_init__(self):
        check_instance("world", self.world, World, "make_world gives one")
        for name, state in (("start", self.start), ("goal", self.goal)):
            require_floats(name, state, None, None, empty=True)
            self.world.require_inside(state)
            check(state.dtype == torch.float32, f"{name} are {state.dtype}; allowed: torch.float32")
        check(len(self.start) > 0, "tasks = 0; allowed: 1 or more")
        check(
            self.start.shape == self.goal.shape,
            f"{len(self.start)} starts and {len(self.goal)} goals; allowed: as many of each, of the same world",
        )
        require_same_kind("start", self.start, "goal", self.goal)
        check_count("budget", self.budget, 1, 100_000)
        if self.goal_offset is not None:
            check_count("goal_offset", self.goal_offset, 1, 10**9, "None for goals anywhere")
        steps = self.budget * self.world.frameskip
        check_count("hold", self.hold, 1, steps, "steps in a row, within the budget")
        if self.before is not None:
            check_instance("before", self.before, Trajectories)
            leads = self.before.states.shape[0] == len(self) and torch.equal(self.before.states[:, -1], self.start)
            check(leads, "before does not lead to the starts; allowed: states (n, k + 1, state), the start the last")

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, rows: Tensor | slice) -> "Tasks":
        """Return some tasks; rows: a slice, row numbers, or a mask. Raises `InputError` for rows that there are not."""
        require_selection(rows, len(self))
        before = None if self.before is None else self.before[rows]
        return replace(self, start=self.start[rows], goal=self.goal[rows], before=before)

    def __repr__(self) -> str:
        offset = "goals anywhere" if self.goal_offset is None else f"goals {self.goal_offset} steps away"
        held = "" if self.hold == 1 else f", held for {self.hold} steps"
        return f"Tasks({len(self)}, {offset}{held}, budget {self.budget} actions)"


def tasks_anywhere(split: StateSplit, num_tasks: int, *, generator: Generator, budget: int = BUDGET) -> Tasks:
    """Draw held-out starts and goals anywhere on the canvas.

    Where groups of dots move rigidly a goal must be one that can be reached: there it is where a random walk from the
    start comes to. Raises `InputError` for a world without actions.
    """
    _require_draw(split, num_tasks, generator)
    check_count("budget", budget, 1, 100_000)
    spec = split.world.spec
    check(spec.action_dim > 0, "this world has no actions, so there is nothing to plan; use a controlled one")
    start = sample_states(split, num_tasks, held_out=True, generator=generator, anywhere=True)
    if spec.controllable_dim == sum(spec.controllable):
        goal = sample_states(split, num_tasks, held_out=True, generator=generator, anywhere=True)
    else:
        goal = _walk(split, start, generator)
    return Tasks(split.world, start, goal, budget)


def held_out_tasks(
    split: StateSplit, num_tasks: int, *, goal_offset: int | None, episode_length: int, generator: Generator
) -> Tasks:
    """Draw the tasks of an evaluation: held-out starts and goals that training has never rendered.

    goal_offset: primitive steps between the two in an episode of the behaviour policy; None for goals anywhere.
    episode_length: actions per episode.
    """
    _require_draw(split, num_tasks, generator)
    check_count("episode_length", episode_length, 1, 1_000_000)
    if goal_offset is None:
        return tasks_anywhere(split, num_tasks, generator=generator)
    skip = split.world.frameskip
    ahead = _whole_actions("goal_offset", goal_offset, skip)
    check(
        ahead <= episode_length,
        f"goal_offset = {goal_offset} is longer than any episode; allowed: {skip} to {episode_length * skip} steps",
    )
    windows = sample_windows(
        split, num_tasks, length=ahead, episode_length=episode_length, held_out=True, generator=generator
    )
    return tasks_from_trajectories(split.world, windows.states, num_tasks, goal_offset=goal_offset, generator=generator)


def tasks_from_trajectories(
    world: World, states: States, num_tasks: int, *, goal_offset: int, generator: Generator, budget: int | None = None
) -> Tasks:
    """Draw starts from episodes (episodes, frames, state) with goals `goal_offset` primitive steps later.

    budget: primitive steps, twice the offset by default (the paper's). No pair is drawn twice while there are others.
    Raises `InputError` for an offset longer than the episodes or not of whole actions.
    """
    check_instance("world", world, World, "make_world gives one")
    check_count("tasks", num_tasks, 1, 1_000_000)
    require_generator(generator)
    require_floats("states", states, None, None, world.spec.state_dim)
    skip = world.frameskip
    ahead = _whole_actions("goal_offset", goal_offset, skip)
    allowed = _whole_actions("budget", 2 * goal_offset if budget is None else budget, skip)
    places = states.shape[1] - ahead
    longest = (states.shape[1] - 1) * skip
    check(
        places >= 1,
        f"goal_offset = {goal_offset} is longer than any episode; allowed: {skip} to {longest} steps",
    )
    drawn = torch.randperm(len(states) * places, generator=generator)
    picked = drawn.repeat(-(-num_tasks // len(drawn)))[:num_tasks]
    episode, frame = picked // places, picked % places
    return Tasks(world, states[episode, frame], states[episode, frame + ahead], allowed, goal_offset)


def _require_draw(split: StateSplit, num_tasks: int, generator: Generator) -> None:
    """Raise `InputError` unless tasks can be drawn from a split."""
    check_instance("split", split, StateSplit, "split_by_state gives one; of a run: run.split")
    check_count("tasks", num_tasks, 1, 1_000_000)
    require_generator(generator)


def _whole_actions(name: str, steps: int, skip: int) -> int:
    """Return primitive steps as actions of the model."""
    check_count(name, steps, 1, 10**9, f"primitive steps, a multiple of {skip}")
    check(
        steps >= skip and steps % skip == 0,
        f"{name} = {steps} primitive steps is no whole number of actions; allowed: multiples of {skip}",
    )
    return steps // skip


def _walk(split: StateSplit, start: State, generator: Generator) -> State:
    """Return ends of random trajectories from the starts, drawn again until they are held out, 200 times at most."""
    world = split.world
    goal, missing = start.clone(), torch.ones(len(start), dtype=torch.bool)
    for _ in range(200):
        state = start[missing]
        for _ in range(GOAL_SEARCH_ACTIONS):
            state = world.step(state, world.sample_action(len(state), generator), generator).state
        goal[missing] = state
        missing &= ~split.is_held_out(goal)
        if not bool(missing.any()):
            return goal
    raise InputError(
        f"no held-out goal within {GOAL_SEARCH_ACTIONS} actions of {int(missing.sum())} starts; "
        "use another world or seed"
    )
