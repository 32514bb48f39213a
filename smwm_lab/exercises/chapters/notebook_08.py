"""Exercises of notebook 08: an alarm with a floor, a search at a wall, a map of landmarks, scores and their tasks."""

from collections.abc import Callable
from typing import Any

import torch

from smwm_lab.exercises.compare import same_values
from smwm_lab.exercises.exercise import Choice, Guess, NotYet, Task


ONE_EPISODE = torch.tensor([[0, 1, 1, 2, 1]])
BACK_AND_FORTH = torch.tensor([[0, 1, 2], [0, 1, 0], [3, 3, 3]])
EDGES: tuple[tuple[str, torch.Tensor, int, set[tuple[int, int]], str], ...] = (
    (
        "one episode 0 1 1 2 1, min_count = 1",
        ONE_EPISODE,
        1,
        {(0, 1), (1, 2), (2, 1)},
        "an edge leads from where the episode was to where it is one action later; who stays goes nowhere",
    ),
    (
        "episodes 0 1 2, 0 1 0 and 3 3 3, min_count = 1",
        BACK_AND_FORTH,
        1,
        {(0, 1), (1, 2), (1, 0)},
        "nobody went from the last frame of one episode to the first frame of the next",
    ),
    (
        "episodes 0 1 2, 0 1 0 and 3 3 3, min_count = 2",
        BACK_AND_FORTH,
        2,
        {(0, 1)},
        "0 to 1 was seen twice, which is enough for 2; all others once",
    ),
)
"""What it is, labels (episodes, frames), min_count, edges, and what may be the reason for others."""


def check_ways_between(answer: Callable[..., Any]) -> str:
    """Check `ways_between(label, num, min_count)`, 1 where there is an edge from a row to a column, (num, num)."""
    for words, label, min_count, edges, why in EDGES:
        expected = torch.zeros(4, 4)
        for start, end in edges:
            expected[start, end] = 1
        same_values(words, answer(label, 4, min_count), expected, why=why)
    return "3 cases: one way only, within an episode, and seen often enough"


def check_spl(answer: Callable[..., Any]) -> str:
    """Check `spl_of(solved, way, least)`, of 1 or 0, px walked and shortest px, (tasks,) each."""
    cases = {
        "2 straight ways": ([1, 1], [50, 80], [50, 80], 1.0, "the shortest way counts 1"),
        "1 way twice as long as need be": ([1], [100], [50], 0.5, "a long way counts shortest over walked"),
        "1 long way and 1 short one": ([1, 1], [100, 10], [50, 10], 0.75, "each task counts the same, long or short"),
        "1 of 2 solved": ([1, 0], [50, 20], [50, 80], 0.5, "a task that is not solved counts 0, and counts as a task"),
        "a way shorter than the shortest": ([1], [49], [50], 1.0, "nobody earns more than 1; cap it"),
        "a task solved at reset": ([1, 1], [0, 100], [0, 50], 0.75, "no way was needed and none was walked: that is 1"),
    }
    for words, (solved, way, least, expected, why) in cases.items():
        found = answer(*(torch.tensor(values, dtype=torch.float) for values in (solved, way, least)))
        if isinstance(found, torch.Tensor | float) and found != found:
            raise NotYet(f"{words}: expected {expected:g}, got nan; {why}")
        same_values(words, found, expected, why=why)
    return "6 cases, also unsolved, shorter than the shortest, and solved at reset"


def check_goals_ahead(answer: Callable[..., Any]) -> str:
    """Check `goals_ahead(states, *, goal_offset, frameskip)` on two episodes at 5 px a primitive step."""
    march = 25.0 * torch.arange(7)[None, :, None] + torch.tensor([0.0, 1000.0])[:, None, None]
    march = march.expand(2, 7, 2)  # 2 episodes, 7 frames, x and y
    for offset in (25, 5, 30):
        words = f"goal_offset = {offset}, frameskip = 5"
        starts, goals = _two(words, answer(march, goal_offset=offset, frameskip=5))
        expected = march[:, : 7 - offset // 5].flatten(0, 1)
        same_values(
            f"{words}: way from start to goal, px",
            goals - starts,
            torch.full_like(starts, 5.0 * offset),
            why="how many frames does it take to show the actions between them?",
        )
        same_values(f"{words}: starts", starts, expected, why="every frame with a goal in its own episode is a start")
    return "3 offsets; with the bug, 25 steps meant 20, and tasks 5 steps away were solved at reset"


def _two(words: str, found: Any) -> tuple[torch.Tensor, torch.Tensor]:
    whole = isinstance(found, tuple | list) and len(found) == 2
    if not whole or not all(isinstance(each, torch.Tensor) for each in found):
        raise NotYet(f"{words}: expected two tensors, starts and goals, got {type(found).__name__}")
    starts, goals = found
    if starts.shape != goals.shape:
        raise NotYet(f"{words}: expected a goal for each start, got {tuple(starts.shape)} and {tuple(goals.shape)}")
    return starts, goals


EXERCISES = (
    Guess(
        name="lowest_alarm",
        notebook="08",
        title="how low the alarm can get with five pushes",
        hints=(
            "Two pictures show where the blob was and where it is: the sum of five pushes, not their order.",
            "If the pushes were independent, which share of their variance would their sum hold? The rest is lost.",
        ),
        low=0,
        high=1,
        close=0.08,
        traps={
            0.0: "the pictures show only the sum of five pushes; four parts of five leave no trace",
            0.01: "that was for one push between two pictures; here are five, and only their sum is seen",
            0.2: "a fifth is what the sum keeps; the alarm is the share that is lost",
            0.5: "of five pushes only the sum is seen, one direction of five",
            1.0: "1 means that nothing at all is known of the pushes, but their sum can be seen",
        },
    ),
    Choice(
        name="at_the_wall",
        notebook="08",
        title="why a plain search stops at the wall",
        hints=("Would the best of all plans of five actions, in the true world, lead round the wall?",),
        options={
            "model": "then the search in the true world, which knows every wall, would arrive",
            "search": "then more candidates would find the way; but no plan of five actions ends nearer than the wall",
            "cost": "after five actions no place is nearer than the wall, so the best plan is to stand there",
        },
    ),
    Task(
        name="ways_between",
        notebook="08",
        title="edges between landmarks",
        hints=(
            "All the moves of one action: `label[:, :-1]` is where they begin, `label[:, 1:]` where they end.",
            "Count how often each pair is seen, in a table of num by num.",
            "Compare the counts with min_count, and take out the diagonal: staying is no way.",
        ),
        check=check_ways_between,
    ),
    Guess(
        name="behind_the_wall",
        notebook="08",
        title="goals behind the wall, in %",
        hints=("The walker's episode leads from one room to the other. Where was it when its last 100 steps began?",),
        low=0,
        high=100,
        close=12,
        traps={
            50.0: "that would be goals thrown down anywhere; these lie where a walker went that was to leave its room",
            100.0: "a walker that stumbles along for 100 steps may still be in its room",
        },
    ),
    Guess(
        name="luck_in_the_rooms",
        notebook="08",
        title="what random actions reach in two rooms, in %",
        hints=("A task behind the wall needs the door, and then a disc of 16 px in the other room.",),
        low=0,
        high=100,
        close=5,
        traps={
            50.0: "half of the rooms is not half of the tasks: a goal is a disc of 16 px, mostly behind a door",
            20.0: "luck does not find doors: pushes at random lead back and forth",
        },
    ),
    Task(
        name="spl_of",
        notebook="08",
        title="success weighted by the length of the way",
        hints=(
            "One number for each task first: shortest way over the way that was walked.",
            "Which of the two is divided by, if the way is shorter than the shortest? And what is 0 / 0?",
            "Unsolved tasks become 0 before the mean over all tasks is taken.",
        ),
        check=check_spl,
    ),
    Task(
        name="goals_ahead",
        notebook="08",
        title="goals that are not where they should be (a bug)",
        hints=(
            "Call it with states at 0, 25, 50, … px, 5 px a step, and print the first start and its goal.",
            "With goal_offset=5 and frameskip=5 there is one action. How far is the goal from the start?",
            "How many frames does it take to show five actions?",
        ),
        check=check_goals_ahead,
    ),
)
