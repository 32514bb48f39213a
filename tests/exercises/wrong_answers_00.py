"""Wrong answers to the exercises of notebook 00: the mistakes that people make, and what each is told."""

import torch


MEASURED = {"directions": 2, "lower_loss": "collapsed"}
"""Guess or choice -> what the notebook measures."""


def not_centred(z, k):
    values = torch.linalg.svdvals(z) ** 2
    return values[:k].sum() / values.sum()


def not_squared(z, k):
    values = torch.linalg.svdvals(z - z.mean(0))
    return values[:k].sum() / values.sum()


def smallest_first(z, k):
    values = torch.linalg.eigvalsh(torch.cov(z.T))
    return values[:k].sum() / values.sum()


def share_of_each(z, k):
    values = torch.linalg.svdvals(z - z.mean(0)) ** 2
    return values[:k] / values.sum()


def coordinates_and_not_directions(z, k):
    values = z.var(0).sort(descending=True).values
    return values[:k].sum() / values.sum()


WRONG = {
    "directions": [
        (64, "64 is the length of the latent"),
        (1, "one direction cannot hold two coordinates"),
        (2.5, "2.5 cannot be; guess a whole number from 1 to 64"),
        ("two", "'two' is no number"),
        (0, "0 cannot be"),
        (17, "off by 15"),
    ],
    "lower_loss": [
        ("healthy", "harder than predicting a constant"),
        ("equal", "shrinks with them"),
        (0, "0 is none of the answers"),
        ("Collapsed", "choose one of 'healthy', 'collapsed', 'equal'"),
    ],
    "share_in": [
        (not_centred, "moved away from the origin, k = 1: expected"),
        (not_squared, "singular values are their roots"),
        (smallest_first, "around the origin, k = 1: expected"),
        (share_of_each, "expected one number, got shape (1,)"),
        (coordinates_and_not_directions, "around the origin, k = 1: expected"),
    ],
}
"""Exercise -> wrong answers, and words of the message about each."""
