"""Exercises of notebook 07: what a search does and costs, what a score is worth, and bugs of published planners."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from scipy.stats import t as student

from smwm_lab.exercises.compare import same_values
from smwm_lab.exercises.exercise import Choice, Guess, NotYet, Task


WAYS = {
    "a way that arrives at once": torch.tensor([[2.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),
    "a way that arrives with the last step": torch.tensor([[2.0, 1.0], [2.0, 1.0], [2.0, 1.0], [0.0, 0.0]]),
    "a way that ends beside the goal": torch.tensor([[3.0, 4.0], [2.0, 2.0], [1.0, 2.0]]),
}
"""Latents z_0 to z_T, (T + 1, 2), seen from the goal."""
SQUARED = "a distance is squared and summed over the numbers of a latent, without a root or a mean"
SUMMED = "the path is the sum over z_1 to z_T, the last one too; z_0 is where the plan begins, and no plan changes it"
WEIGHTED = "each of the two costs has its weight"


def check_plan_cost(answer: Callable[..., Any]) -> str:
    """Check `plan_cost(z, goal, terminal, path)` of latents z, (T + 1, d), and a goal, (d,)."""
    goal = torch.tensor([5.0, -1.0])
    for (terminal, path), why in (((1.0, 0.0), SQUARED), ((0.0, 1.0), SUMMED), ((1.0, 0.1), WEIGHTED)):
        for words, seen_from_goal in WAYS.items():
            squared = seen_from_goal.square().sum(1)
            same_values(
                f"{words}, terminal = {terminal:g}, path = {path:g}",
                answer(seen_from_goal + goal, goal, terminal, path),
                terminal * squared[-1] + path * squared[1:].sum(),
                why=why,
            )
    return "9 cases: three ways, by their end, by all of their steps, and by both"


def check_interval(answer: Callable[..., Any]) -> str:
    """Check `interval(solved)`, low and high of the mean success from 0 and 1, (seeds, tasks)."""
    five = _solved([95, 90, 92, 40, 88], tasks=100)
    cases = {
        "5 seeds, 100 tasks of each": (
            five,
            "the tasks of a seed share one model, so there are 5 independent numbers, wherever n stands",
        ),
        "the same 5 seeds, 400 tasks of each": (
            five.repeat(1, 4),
            "more tasks are no more models: the interval stays as it was",
        ),
        "3 seeds, 10 tasks of each": (_solved([9, 6, 8], tasks=10), "is everything counted over seeds, n - 1 as well?"),
    }
    for words, (solved, why) in cases.items():
        low, high = _pair(words, answer(solved))
        rates = solved.mean(1)
        half = float(student.ppf(0.975, len(rates) - 1) * rates.std() / len(rates) ** 0.5)
        same_values(f"{words}, low", low, rates.mean() - half, tolerance=1e-3, why=why)
        same_values(f"{words}, high", high, rates.mean() + half, tolerance=1e-3, why=why)
    return "3 cases: the seed is the unit, and more tasks of a seed change nothing"


def check_two_bugs(answer: Callable[..., Any]) -> str:
    """Check `short_cem(cost_of, mean, *, num_elites, generator)`: what it judges, and that one elite is enough."""
    inside, outside = torch.tensor([[0.6, -0.3], [0.1, 0.4]]), torch.tensor([[2.6, -2.4]])
    judged: list[torch.Tensor] = []
    found = _searched(answer, outside, judged, num_elites=10)
    farthest = max(float(candidates.abs().max()) for candidates in judged)
    if farthest > 1:
        raise NotYet(
            f"bug, actions that nobody can execute: the cost was asked about an action of {farthest:.2f}, "
            "expected -1 to 1; what is judged must be what can be done"
        )
    same_values("a goal out of reach", found, outside.clamp(-1, 1), tolerance=0.15, why="the nearest plan is a corner")
    judged.clear()
    found = _searched(answer, inside, judged, num_elites=1)
    if not found.isfinite().all():
        raise NotYet(
            "bug, a plan from a single elite: expected finite numbers, got nan; what does the deviation divide by?"
        )
    if float(judged[-1].std(0).max()) == 0:
        raise NotYet(
            "bug, a plan from a single elite: expected plans that differ in every round, got one plan 64 times in the "
            "last; the deviation of one elite is 0, and a search without deviation stands still"
        )
    why = "are the elites the plans of lowest cost, and is the result their mean?"
    same_values("a goal in reach, 1 elite", found, inside, tolerance=0.35, why=why)
    same_values(
        "a goal in reach, 10 elites", _searched(answer, inside, judged, num_elites=10), inside, tolerance=0.15, why=why
    )
    return "both bugs are gone: what is judged can be executed, and one elite is enough"


def _searched(
    answer: Callable[..., Any], target: torch.Tensor, judged: list[torch.Tensor], *, num_elites: int
) -> torch.Tensor:
    """Return the plan of a search for a target, (steps, 2); what was judged is appended to `judged`."""

    def cost_of(candidates: torch.Tensor) -> torch.Tensor:
        judged.append(candidates.clone())
        return (candidates - target).square().flatten(1).sum(1)

    chance = torch.Generator().manual_seed(0)
    found = answer(cost_of, torch.zeros_like(target), num_elites=num_elites, generator=chance)
    if not isinstance(found, torch.Tensor) or found.shape != target.shape:
        shape = tuple(found.shape) if isinstance(found, torch.Tensor) else type(found).__name__
        raise NotYet(f"expected a plan, a tensor of shape {tuple(target.shape)}, got {shape}")
    if not judged:
        raise NotYet("expected that plans are judged with cost_of, got a plan without a question")
    return found


def _solved(counts: list[int], *, tasks: int) -> torch.Tensor:
    """Return 1 for each solved task and 0 for the others, (seeds, tasks)."""
    return (torch.arange(tasks) < torch.tensor(counts)[:, None]).float()


def _pair(words: str, found: Any) -> tuple[object, object]:
    is_pair = isinstance(found, tuple | list | torch.Tensor | np.ndarray) and np.shape(found)[:1] == (2,)
    if not is_pair:
        raise NotYet(f"{words}: expected two numbers, low and high, got {type(found).__name__}")
    return found[0], found[1]


EXERCISES = (
    Guess(
        name="actions_to_goal",
        notebook="07",
        title="how many actions a plan needs",
        hints=("An action moves along both axes at once, so the longer of the two ways decides.",),
        low=1,
        high=20,
        close=0,
        whole=True,
        traps={
            2.0: "two actions go 32 px along an axis at most, and the goal is 42 px off",
            4.0: "the straight line is 57 px, but a diagonal action is longer than 16 px: 16 along each axis",
            5.0: "42 and 38 px are covered at the same time, not one after the other",
            6.0: "42 and 38 px are covered at the same time, not one after the other",
        },
    ),
    Guess(
        name="imagined_steps",
        notebook="07",
        title="how many steps a search imagines",
        hints=("Every plan of every round is imagined from its first action to its last.",),
        low=1,
        high=1_000_000,
        close=0,
        whole=True,
        traps={
            200.0: "that is the plans of one round",
            800.0: "that is the steps of one round, and there are eight",
            1600.0: "that is the plans; each of them is imagined over four actions",
            640.0: "all 200 plans are imagined, before anyone knows which are the best 20",
        },
    ),
    Choice(
        name="settled_first",
        notebook="07",
        title="which action of a plan is settled first",
        hints=("In how many of the summed distances does the first action have a part, in how many the last?",),
        options={
            "first": "all that comes later starts from where it leads, so the cost shows it most clearly",
            "last": "it decides the end alone; until the others are settled, even what it should do is open",
        },
    ),
    Guess(
        name="luck_on_the_canvas",
        notebook="07",
        title="what random actions reach on the open canvas, in %",
        hints=("A goal is a disc of 2 px on a canvas of 64 px; eight actions pass eight places.",),
        low=0,
        high=100,
        close=5,
        traps={
            0.0: "a few goals lie so near that any stumbling passes over them",
            50.0: "luck is no coin here: of the whole canvas only a disc of 2 px counts",
        },
    ),
    Task(
        name="seeds_as_unit",
        notebook="07",
        title="an interval that is too sure (a bug)",
        hints=(
            "Print `len(rates)` for five seeds of a hundred tasks. How many models were trained?",
            "If a model is bad, all its tasks suffer together. What is one independent experiment here?",
            "First make one number of each row; the formula below stays as it is.",
        ),
        check=check_interval,
    ),
    Choice(
        name="more_care",
        notebook="07",
        title="planning anew after every action, for a cost at the end",
        hints=(
            "The plan must be there after five actions. Which of the five is executed before the next plan is made?",
        ),
        options={
            "better": "more looks are more care, but each look again allows five actions until the end",
            "equal": "the first plan and those after it are not the same: each of them moves the end on by one action",
            "worse": "each new plan has five actions until the end, so there is never a hurry",
        },
    ),
    Task(
        name="plan_cost",
        notebook="07",
        title="cost of the end and cost of the way",
        hints=(
            "First the squared distance of every latent from the goal: one number for each of z_0 to z_T.",
            "The end is the last of them; the path is the sum of all but the first.",
        ),
        check=check_plan_cost,
    ),
    Task(
        name="two_bugs",
        notebook="07",
        title="a short search (two bugs)",
        hints=(
            "Ask for a goal that is far away, and print the largest action that `cost_of` is asked about. What would "
            "the world do with it?",
            "Print `std` after the first round with one elite. What does it divide by?",
            "A deviation of exactly 0 ends the search. What would keep a little of it, in every round?",
        ),
        check=check_two_bugs,
    ),
)
