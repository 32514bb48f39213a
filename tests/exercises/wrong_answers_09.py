"""Wrong answers to the exercises of notebook 09: the mistakes that people make, and what each is told."""

import numpy as np
import torch


MEASURED = {
    "end_stops": 30.0,
    "steady_cloud": "goes",
    "swing_r2": 0.83,
    "levers_verdict": "healthy",
    "levers_goals": 4,
}
"""Guess or choice -> what the notebook measures."""


def ratio(read, action):
    return (read - action).square().mean() / action.var(0, correction=0).mean()


def both_frames_as_they_are(h, z, z_next, action):
    return ratio(h(z, z_next), action)


def second_frame_exchanged(h, z, z_next, action):
    return ratio(h(z, z_next.roll(1, 0)), action)


def columns_rolled(h, z, z_next, action):
    return ratio(h(z.roll(1, 1), z_next), action)


def first_frame_of_zeros(h, z, z_next, action):
    return ratio(h(torch.zeros_like(z), z_next), action)


def not_divided(h, z, z_next, action):
    return (h(z.roll(1, 0), z_next) - action).square().mean()


def a_number_for_each_component(h, z, z_next, action):
    return (h(z.roll(1, 0), z_next) - action).square().mean(0) / action.var(0, correction=0)


def mean_of_the_ratios(h, z, z_next, action):
    return a_number_for_each_component(h, z, z_next, action).mean()


def rolled_over_all(actions, lengths):
    return np.roll(actions, -1, axis=0)


def only_the_very_last_is_nan(actions, lengths):
    moved = np.roll(actions, -1, axis=0)
    moved[-1] = np.nan
    return moved


def down_and_not_up(actions, lengths):
    moved = np.roll(actions, 1, axis=0)
    moved[np.cumsum(lengths) - 1] = np.nan
    return moved


def first_rows_are_nan(actions, lengths):
    moved = np.roll(actions, -1, axis=0)
    moved[np.cumsum([0, *lengths[:-1]])] = np.nan
    return moved


def last_rows_left_out(actions, lengths):
    return np.delete(actions, np.cumsum([0, *lengths[:-1]]), axis=0)


def columns_moved(actions, lengths):
    moved = np.roll(actions, -1)
    moved[np.cumsum(lengths) - 1] = np.nan
    return moved


def zero_at_the_end(actions, lengths):
    moved = np.roll(actions, -1, axis=0)
    moved[np.cumsum(lengths) - 1] = 0
    return moved


def given_array_changed(actions, lengths):
    actions[:-1] = actions[1:]
    actions[np.cumsum(lengths) - 1] = np.nan
    return actions


WRONG = {
    "end_stops": [
        (0, "nothing keeps the crane away from its ends"),
        (5, "stays near it for some steps"),
        (15, "the share of one of the two commands"),
        (50, "in the middle part of beam and rope"),
        (0.3, "off by 30"),
        ("30 %", "'30 %' is no number"),
    ],
    "steady_cloud": [
        ("stays", "what nobody asks for is let go"),
        ("Goes", "choose one of 'stays', 'goes'"),
        (0, "0 is none of the answers"),
        ("both", "'both' is none of the answers"),
    ],
    "swing_r2": [
        (0, "the commands move it"),
        (1, "nothing asks for the wind in it"),
        (0.5, "off by 0.33"),
        (83, "83 cannot be; guess a number from 0 to 1"),
    ],
    "levers_verdict": [
        ("partly", "both stand in the image"),
        ("collapsed", "anything but one point"),
        ("Healthy", "choose one of 'healthy', 'partly', 'collapsed'"),
        (1, "1 is none of the answers"),
    ],
    "one_frame": [
        (both_frames_as_they_are, "an inverse model that needs both frames: expected"),
        (second_frame_exchanged, "leave z_next as it is"),
        (columns_rolled, "give each transition the first frame of another one"),
        (first_frame_of_zeros, "give each transition the first frame of another one"),
        (not_divided, "an inverse model that needs both frames: expected"),
        (a_number_for_each_component, "expected one number, got shape (2,)"),
        (mean_of_the_ratios, "an inverse model that needs both frames: expected"),
    ],
    "levers_goals": [
        (100, "it reads the levers of the goal image"),
        (50, "half a map of where things are"),
        (30, "off by 26"),
        (101, "101 cannot be; guess a number from 0 to 100"),
    ],
    "actions_up": [
        (rolled_over_all, "row 3, the last of an episode: expected nan, got 9"),
        (only_the_very_last_is_nan, "no action leads there"),
        (down_and_not_up, "row t takes the action that stands beside row t + 1"),
        (first_rows_are_nan, "expected finite numbers, got nan"),
        (last_rows_left_out, "expected an array of shape (9, 2), a row for each that was given, got (6, 2)"),
        (columns_moved, "which it led to"),
        (zero_at_the_end, "row 3, the last of an episode: expected nan, got 0"),
        (given_array_changed, "your function changes its argument; work on a copy"),
    ],
}
"""Exercise -> wrong answers, and words of the message about each."""
