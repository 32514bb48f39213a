"""Exercises of notebook 00: how many directions, what a small loss says, and the share of variance."""

from collections.abc import Callable
from typing import Any

import torch

from smwm_lab.exercises.compare import same_values
from smwm_lab.exercises.exercise import Choice, Guess, Task


def check_share(answer: Callable[..., Any]) -> str:
    """Check `share_in(z, k)`, the share of the variance of latents z, (n, d), in its k strongest directions."""
    chance = torch.Generator().manual_seed(0)
    scales = torch.tensor([3.0, 2.0, 1.0, 0.5])
    turned = torch.linalg.qr(torch.randn(4, 4, generator=chance)).Q
    z = torch.randn(400, 4, generator=chance) * scales
    z = (z - z.mean(0)) @ turned
    for far, words in ((0.0, "a cloud around the origin"), (50.0, "the same cloud, moved away from the origin")):
        for k in (1, 2, 4):
            eigenvalues = torch.linalg.eigvalsh(torch.cov(z.T)).flip(0)
            expected = float(eigenvalues[:k].sum() / eigenvalues.sum())
            same_values(
                f"{words}, k = {k}",
                answer(z + far, k),
                expected,
                tolerance=1e-3,
                why="variance is taken around the mean"
                if far
                else "eigenvalues of the covariance are variances, singular values are their roots",
            )
    return "6 cases, also for a cloud away from the origin"


EXERCISES = (
    Guess(
        name="directions",
        notebook="00",
        title="how many directions carry variance",
        hints=("How many numbers say where the dot is?",),
        low=1,
        high=64,
        close=0,
        whole=True,
        traps={
            64.0: "64 is the length of the latent; nothing makes the model use all of it",
            1.0: "one direction cannot hold two coordinates apart",
            4.0: "the action has two numbers, and so has the position that it changes",
        },
    ),
    Choice(
        name="lower_loss",
        notebook="00",
        title="which model has the lower forward loss",
        hints=("What does the forward model have to predict when all latents are the same?",),
        options={
            "healthy": "it predicts something that changes, which is harder than predicting a constant",
            "collapsed": "all its latents are nearly one point, so predicting the next one is easy",
            "equal": "the loss is a squared distance of latents, and shrinks with them",
        },
    ),
    Task(
        name="share_in",
        notebook="00",
        title="share of variance in k directions",
        hints=(
            "Subtract the mean first: variance is what is left.",
            "The variances along the strongest directions are the squared singular values of the centred latents.",
            "torch.linalg.svdvals returns the largest first; divide the sum of the first k squares by that of all.",
        ),
        check=check_share,
    ),
)
