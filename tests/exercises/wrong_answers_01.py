"""Wrong answers to the exercises of notebook 01: the mistakes that people make, and what each is told."""

import torch


MEASURED = {"explained_changes": 8, "controllable_dims": 2, "seed_plus_index": 100.0}
"""Guess or choice -> what the notebook measures."""


def what_was_asked_for(position, action):
    return action


def where_it_arrives(position, action):
    return (position + 16 * action).clamp(2, 61)


def pixels_and_no_action(position, action):
    return (position + 16 * action).clamp(2, 61) - position


def without_the_radius(position, action):
    return ((position + 16 * action).clamp(0, 63) - position) / 16


def only_the_far_walls(position, action):
    return ((position + 16 * action).clamp(max=61) - position) / 16


def cancelled_at_a_wall(position, action):
    arrived = position + 16 * action
    return action * ((arrived >= 2) & (arrived <= 61)).all(1, keepdim=True)


def only_the_start(split, pairs):
    return split.is_training(pairs.state)


def only_the_end(split, pairs):
    return split.is_training(pairs.next_state)


def one_end_is_enough(split, pairs):
    return split.is_training(pairs.state) | split.is_training(pairs.next_state)


def whatever_is_not_held_out(split, pairs):
    return ~split.is_held_out(pairs.state) & ~split.is_held_out(pairs.next_state)


def the_pairs_themselves(split, pairs):
    return pairs[split.is_training(pairs.state) & split.is_training(pairs.next_state)]


def and_between_tensors(split, pairs):
    return split.is_training(pairs.state) and split.is_training(pairs.next_state)


def the_other_side(split, pairs):
    return ~(split.is_training(pairs.state) & split.is_training(pairs.next_state))


def without_the_action(split, pairs):
    return split.is_training(torch.cat([pairs.state, pairs.next_state]))


WRONG = {
    "explained_changes": [
        (6, "two of them move two dots each"),
        (10, "the random dot moves too"),
        (5, "one of them at random"),
        (4, "the pair obeys as well"),
        (7, "off by 1"),
        (11, "guess a whole number from 0 to 10"),
    ],
    "controllable_dims": [
        (6, "six is the number of state components"),
        (4, "no action moves it"),
        (1, "in x and in y"),
        (3, "counts dots, not directions"),
        ("(2,)", "is no number"),
    ],
    "realised_action": [
        (what_was_asked_for, "a dot 3 px before the right wall: expected 0.1875 at [0, 0], got 1"),
        (where_it_arrives, "in the middle: expected 0.5 at [0, 0], got 39 at [0, 0]; the answer is an action again"),
        (pixels_and_no_action, "got 8 at [0, 0]; the answer is an action again"),
        (without_the_radius, "its centre stays between 2 and 61 px"),
        (only_the_far_walls, "a dot 3 px before the left wall: expected -0.1875"),
        (cancelled_at_a_wall, "a wall shortens the step, and only along its own axis"),
    ],
    "seed_plus_index": [
        (0, "has the seed of sample i + 999 of training"),
        (50, "training used 42 to 3041"),
        (33, "it also ends within it"),
        (17, "the share of training that the test repeats"),
        (101, "101 cannot be"),
        (1, "off by 99"),
    ],
    "training_pairs": [
        (only_the_start, "pairs that end in a held-out state: expected 0 at [0], got 1"),
        (only_the_end, "pairs that start in a held-out state: expected 0 at [0], got 1"),
        (one_end_is_enough, "training shows the pictures of both ends"),
        (whatever_is_not_held_out, "what is not held out is not yet training"),
        (the_pairs_themselves, "expected a tensor or a number, got TransitionBatch"),
        (and_between_tensors, "your function raised RuntimeError: Boolean value of Tensor"),
        (the_other_side, "start and end in training states: expected 1 at [0], got 0"),
        (without_the_action, "expected shape"),
    ],
}
"""Exercise -> wrong answers, and words of the message about each."""
