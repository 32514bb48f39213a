"""Wrong answers to the exercises of notebook 04: the mistakes that people make, and what each is told."""

import numpy as np
import torch
from sklearn.linear_model import LinearRegression


MEASURED = {"green_r2": 0.02, "green_stays": "goes", "green_wins": 10}
"""Guess or choice -> what the notebook measures."""


def fitted_on_all_rows(z, y, held_out):
    return LinearRegression().fit(z, y).score(z[held_out], y[held_out])


def fitted_on_the_test_rows(z, y, held_out):
    return LinearRegression().fit(z[held_out], y[held_out]).score(z[held_out], y[held_out])


def scored_on_the_training_rows(z, y, held_out):
    return LinearRegression().fit(z[~held_out], y[~held_out]).score(z[~held_out], y[~held_out])


def sides_swapped(z, y, held_out):
    return LinearRegression().fit(z[held_out], y[held_out]).score(z[~held_out], y[~held_out])


def cut_at_zero(z, y, held_out):
    return max(0.0, LinearRegression().fit(z[~held_out], y[~held_out]).score(z[held_out], y[held_out]))


def always_the_last_rows(z, y, held_out):
    rows = np.arange(len(y)) >= len(y) - held_out.sum()
    return LinearRegression().fit(z[~rows], y[~rows]).score(z[rows], y[rows])


def not_normalised(z, z_train, frames, h):
    return torch.exp(-(torch.cdist(z, z_train) ** 2) / (2 * h**2)) @ frames


def divided_by_the_number(z, z_train, frames, h):
    return torch.exp(-(torch.cdist(z, z_train) ** 2) / (2 * h**2)) @ frames / len(frames)


def distance_not_squared(z, z_train, frames, h):
    return torch.softmax(-torch.cdist(z, z_train) / (2 * h**2), 1) @ frames


def h_not_squared(z, z_train, frames, h):
    return torch.softmax(-(torch.cdist(z, z_train) ** 2) / (2 * h), 1) @ frames


def one_over_zero_far_away(z, z_train, frames, h):
    weights = torch.exp(-(torch.cdist(z, z_train) ** 2) / (2 * h**2))
    return weights @ frames / weights.sum(1, keepdim=True)


def normalised_over_the_wrong_axis(z, z_train, frames, h):
    return torch.softmax(-(torch.cdist(z, z_train) ** 2) / (2 * h**2), 0) @ frames


def only_the_nearest(z, z_train, frames, h):
    return frames[torch.cdist(z, z_train).argmin(1)]


def the_number_itself(z, theta, new_z, new_theta):
    return LinearRegression().fit(z, theta).score(new_z, new_theta)


def brought_to_one_turn(z, theta, new_z, new_theta):
    return LinearRegression().fit(z, theta % (2 * np.pi)).score(new_z, new_theta % (2 * np.pi))


def cosine_alone(z, theta, new_z, new_theta):
    return LinearRegression().fit(z, np.cos(theta)).score(new_z, np.cos(new_theta))


def sum_and_not_mean(z, theta, new_z, new_theta):
    return cosine_alone(z, theta, new_z, new_theta) + LinearRegression().fit(z, np.sin(theta)).score(
        new_z, np.sin(new_theta)
    )


def better_of_both(z, theta, new_z, new_theta):
    sine = LinearRegression().fit(z, np.sin(theta)).score(new_z, np.sin(new_theta))
    return max(cosine_alone(z, theta, new_z, new_theta), sine)


def read_from_the_training_rows(z, theta, new_z, new_theta):
    both = np.stack([np.cos(theta), np.sin(theta)], 1)
    return LinearRegression().fit(z, both).score(z, both)


WRONG = {
    "green_r2": [
        (0.5, "random weights reads about that much"),
        (1, "nothing in the loss asks for it"),
        (-0.2, "-0.2 cannot be; guess a number from 0 to 1"),
        (0.9, "off by 0.88"),
        ("low", "'low' is no number"),
    ],
    "green_stays": [
        ("stays", "training writes over"),
        ("Goes", "choose one of 'stays', 'goes'"),
        (0, "0 is none of the answers"),
        (True, "is none of the answers"),
    ],
    "green_wins": [
        (5, "that would be a coin toss"),
        (0, "one-sided, but to the other side"),
        (11, "11 cannot be; guess a whole number from 0 to 10"),
        (7, "off by 3"),
        (9.5, "9.5 cannot be"),
    ],
    "probe_r2": [
        (fitted_on_all_rows, "has them by heart"),
        (fitted_on_the_test_rows, "has them by heart"),
        (scored_on_the_training_rows, "shuffled targets, of which nothing can be known: expected"),
        (sides_swapped, "shuffled targets, of which nothing can be known: expected"),
        (cut_at_zero, "shuffled targets, of which nothing can be known: expected -"),
        (always_the_last_rows, "shuffled targets, of which nothing can be known: expected"),
    ],
    "kernel_mean": [
        (not_normalised, "the weights of one picture add up to 1"),
        (divided_by_the_number, "the frame itself is by far the nearest"),
        (distance_not_squared, "is the distance squared, and h?"),
        (h_not_squared, "is the distance squared, and h?"),
        (one_over_zero_far_away, "far away from all others, h = 0.3: expected finite numbers, got nan"),
        (normalised_over_the_wrong_axis, "the weights of one picture add up to 1"),
        (only_the_nearest, "all frames count alike then"),
    ],
    "angle_r2": [
        (the_number_itself, "it knows the angle"),
        (brought_to_one_turn, "it knows the angle"),
        (cosine_alone, "take the mean of both"),
        (sum_and_not_mean, "expected 1, got 2"),
        (better_of_both, "take the mean of both"),
        (read_from_the_training_rows, "take the mean of both"),
    ],
}
"""Exercise -> wrong answers, and words of the message about each."""
