"""Exercises of notebook 01: what the action explains, what happens at a wall, and two ways in which test data leak."""

from collections.abc import Callable
from typing import Any

import torch

from smwm_lab.data import StateSplit, split_by_region, split_by_state
from smwm_lab.exercises.compare import same_values
from smwm_lab.exercises.exercise import Guess, Task
from smwm_lab.seeding import generator
from smwm_lab.worlds import TransitionBatch, make_world


SHARE_OF_16 = "the answer is an action again: how far the dot went, in px, over 16"
SHORTENED = "its centre stays between 2 and 61 px; a wall shortens the step, and only along its own axis"
STEPS = (
    ("in the middle", (31, 40), (0.5, -0.25), SHARE_OF_16),
    ("3 px before the right wall", (58, 30), (1, 0.5), SHORTENED),
    ("1 px before the lower wall", (30, 60), (0.25, 0.75), SHORTENED),
    ("3 px before the left wall", (5, 30), (-1, -0.5), SHORTENED),
    ("on the upper wall", (30, 2), (0.5, -0.5), SHORTENED),
    ("in a corner", (61, 2), (1, -1), SHORTENED),
)
"""Words, position in px, action, and what may be the reason of a wrong answer."""


def check_realised_action(answer: Callable[..., Any]) -> str:
    """Check `realised_action(position, action)`, both (n, 2), against the world itself."""
    world = make_world("single_dot")
    for words, place, asked, why in STEPS:
        position, action = torch.tensor([place]).float(), torch.tensor([asked]).float()
        expected = world.step(position, action, generator(0, "hidden")).action
        same_values(f"a dot {words}", answer(position, action), expected, why=why)
    position = world.sample_state(300, generator(0, "start"), anywhere=True)
    action = world.sample_action(300, generator(0, "asked"))
    expected = world.step(position, action, generator(0, "hidden")).action
    same_values("300 dots at once", answer(position, action), expected, why=SHORTENED)
    return "the world does the same with 306 dots, at all four walls"


def check_training_pairs(answer: Callable[..., Any]) -> str:
    """Check `training_pairs(split, pairs)`, bool (n,): which pairs have both ends on the training side."""
    world = make_world("single_dot")
    pairs = world.sample_transitions(2000, generator(0, "pairs"))
    splits: dict[str, StateSplit] = {
        "held-out cells": split_by_state(world, seed=3),
        "a held-out quarter": split_by_region(world, {"red_x": (0, 31), "red_y": (0, 31)}),
    }
    for name, split in splits.items():
        for words, some, why in _kinds_of_pairs(split, pairs):
            expected = split.is_training(some.state) & split.is_training(some.next_state)
            same_values(f"{name}: {words}", answer(split, some), expected, why=why)
    return "no picture of a held-out state gets in, and nothing else is left out"


def _kinds_of_pairs(split: StateSplit, pairs: TransitionBatch) -> list[tuple[str, TransitionBatch, str]]:
    """Return pairs by where their ends are, in words, and what may be the reason of a wrong answer."""
    starts, ends = split.is_training(pairs.state), split.is_training(pairs.next_state)
    hidden, hidden_next = split.is_held_out(pairs.state), split.is_held_out(pairs.next_state)
    border = ~(starts | hidden) | ~(ends | hidden_next)  # on neither side
    unseen = "training shows the pictures of both ends"
    kinds = [
        ("pairs that start and end in training states", starts & ends, "these may be shown"),
        ("pairs that end in a held-out state", starts & hidden_next, unseen),
        ("pairs that start in a held-out state", hidden & ends, unseen),
        ("pairs that start and end in held-out states", hidden & hidden_next, "none of their pictures may be shown"),
        ("pairs with an end at the border", border, "what is not held out is not yet training; ask is_training"),
    ]
    return [(words, pairs[rows], why) for words, rows, why in kinds if rows.any()]


EXERCISES = (
    Guess(
        name="explained_changes",
        notebook="01",
        title="how many of ten changes the action tells",
        hints=(
            "Go through the five dots: does anything in the action say where this one goes?",
            "Each dot changes in x and in y. The two dots of the pair move alike.",
        ),
        low=0,
        high=10,
        close=0,
        whole=True,
        traps={
            6.0: "six numbers describe the action, but two of them move two dots each",
            10.0: "the random dot moves too, but no action says where",
            5.0: "five dots move, each in x and in y, and one of them at random",
            4.0: "the pair obeys as well: both of its dots, in x and in y",
        },
    ),
    Guess(
        name="controllable_dims",
        notebook="01",
        title="controllable dimensions of three dots",
        hints=("Which of the three dots can an action move, and along how many axes?",),
        low=0,
        high=6,
        close=0,
        whole=True,
        traps={
            6.0: "six is the number of state components; two of the three dots do not listen",
            4.0: "the random dot moves, but no action moves it",
            1.0: "one dot obeys, but it obeys in x and in y",
            3.0: "that counts dots, not directions, and two of them do not listen",
        },
    ),
    Task(
        name="realised_action",
        notebook="01",
        title="the action that happened at a wall",
        hints=(
            "An action of 1 asks for 16 px. Where would the dot arrive if there were no wall?",
            "The radius is 2 px and pixels are numbered from 0 to 63: which positions can a centre have?",
            "Keep where it arrives within those limits (`clamp`), and see how far it came from where it was.",
        ),
        check=check_realised_action,
    ),
    Guess(
        name="seed_plus_index",
        notebook="01",
        title="how much of a test set training has seen",
        hints=("Which seeds draw the training samples, from which to which? And which the test samples?",),
        low=0,
        high=100,
        close=2,
        traps={
            0.0: "the two first seeds differ, but sample i of the test has the seed of sample i + 999 of training",
            50.0: "count the seeds: training used 42 to 3041, the test 1041 to 1540",
            33.0: "that is where the test begins within training; it also ends within it",
            17.0: "that is the share of training that the test repeats, and not the other way round",
        },
    ),
    Task(
        name="training_pairs",
        notebook="01",
        title="a filter that lets test pictures in",
        hints=(
            "How many pictures does one pair show to the model?",
            "A pair is `pairs.state`, `pairs.action`, `pairs.next_state`; which of them did the filter ask about?",
        ),
        check=check_training_pairs,
    ),
)
