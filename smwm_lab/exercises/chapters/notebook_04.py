"""Exercises of notebook 04: what is let go, probes that cheat, the angle as a circle, and a picture by neighbours."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from smwm_lab.exercises.compare import same_values
from smwm_lab.exercises.exercise import Choice, Guess, Task


def check_probe(answer: Callable[..., Any]) -> str:
    """Check `probe_r2(z, y, held_out)`, R² of a linear probe on the rows held_out, fitted on the others."""
    chance = np.random.default_rng(2)
    z = chance.normal(size=(120, 20))
    held_out = chance.permutation(120) < 40
    line = z @ chance.normal(size=20) + 3
    cases = (
        ("a target that is a straight line of the latent", line, "it is read fully"),
        (
            "shuffled targets, of which nothing can be known",
            chance.permutation(line),
            "a probe that has seen the rows it is tested on has them by heart; fit it on the others only",
        ),
        (
            "a target with noise",
            line + 2 * chance.normal(size=120),
            "fit on the rows that are not held out, score on those that are",
        ),
    )
    for words, y, why in cases:
        expected = _r2(z[~held_out], y[~held_out], z[held_out], y[held_out])
        same_values(words, answer(z, y, held_out), expected, why=why)
    few = np.arange(120) < 40
    expected = _r2(z[~few], cases[2][1][~few], z[few], cases[2][1][few])
    same_values("the same, other rows held out", answer(z, cases[2][1], few), expected, why="held_out says which rows")
    return "4 cases, also shuffled targets"


def check_kernel_mean(answer: Callable[..., Any]) -> str:
    """Check `kernel_mean(z, z_train, frames, h)`: frames (n, p) weighted by nearness to latents z (m, d): (m, p)."""
    chance = torch.Generator().manual_seed(0)
    z_train, z = torch.randn(30, 3, generator=chance), torch.randn(5, 3, generator=chance)
    frames = torch.rand(30, 7, generator=chance)
    same_values(
        "a wide kernel, h = 1000000",
        answer(z, z_train, frames, 1e6),
        frames.mean(0).expand(5, 7),
        why="all frames count alike then, and the weights of one picture add up to 1",
    )
    same_values(
        "latents of training frames, h = 0.01",
        answer(z_train[:4], z_train, frames, 0.01),
        frames[:4],
        why="the frame itself is by far the nearest",
    )
    for h in (0.3, 1.0):
        same_values(
            f"five latents, h = {h}",
            answer(z, z_train, frames, h),
            _kernel_mean(z, z_train, frames, h),
            why="the weight is exp(-distance² / 2h²): is the distance squared, and h?",
        )
    far = z + 100.0
    same_values(
        "latents far away from all others, h = 0.3",
        answer(far, z_train, frames, 0.3),
        _kernel_mean(far, z_train, frames, 0.3),
        why="every weight is rounded to 0 there; torch.softmax subtracts the largest exponent first",
    )
    return "5 cases, also far away from every training latent"


def check_angle(answer: Callable[..., Any]) -> str:
    """Check `angle_r2(z, theta, new_z, new_theta)`: mean R² of probes of the cosine and of the sine."""
    chance = np.random.default_rng(0)
    theta, new_theta = (chance.uniform(0, 2 * np.pi, size=rows) for rows in (300, 100))
    turned = theta + 2 * np.pi * chance.integers(-2, 3, size=300)
    cases = (
        ("a latent that is the circle (cos θ, sin θ)", theta, lambda t: [np.cos(t), np.sin(t)], "it knows the angle"),
        (
            "the same circle, angles with whole turns added",
            turned,
            lambda t: [np.cos(t), np.sin(t)],
            "350° and -10° are one angle",
        ),
        (
            "a latent that is cos θ alone",
            theta,
            lambda t: [np.cos(t), 0 * t],
            "half of it can be read: take the mean of both",
        ),
        (
            "a latent that goes around twice",
            theta,
            lambda t: [np.cos(2 * t), np.sin(2 * t)],
            "cos θ and sin θ are no straight line of it",
        ),
        ("a latent that is θ itself", theta, lambda t: [t, 0 * t], "it jumps where the angle comes around"),
    )
    for words, angles, latent, why in cases:
        z, new_z = np.stack(latent(angles), 1), np.stack(latent(new_theta), 1)
        parts = [_r2(z, part(angles), new_z, part(new_theta)) for part in (np.cos, np.sin)]
        same_values(words, answer(z, angles, new_z, new_theta), float(np.mean(parts)), tolerance=1e-3, why=why)
    return "5 cases, also whole turns and a latent that goes around twice"


def _r2(z: np.ndarray, y: np.ndarray, new_z: np.ndarray, new_y: np.ndarray) -> float:
    """Return R² of new_y (m,) by a straight line with an intercept fitted on z (n, d) and y (n,)."""
    inputs, new_inputs = (np.hstack([each, np.ones((len(each), 1))]) for each in (z, new_z))
    rest = new_y - new_inputs @ np.linalg.lstsq(inputs, y, rcond=None)[0]
    return float(1 - (rest**2).sum() / ((new_y - new_y.mean()) ** 2).sum())


def _kernel_mean(z: torch.Tensor, z_train: torch.Tensor, frames: torch.Tensor, h: float) -> torch.Tensor:
    """Return frames weighted by nearness, in double precision."""
    distances = (z[:, None].double() - z_train[None].double()).norm(dim=2)
    return torch.softmax(-(distances**2) / (2 * h**2), 1) @ frames.double()


EXERCISES = (
    Guess(
        name="green_r2",
        notebook="04",
        title="how well the random dot is read",
        hints=("Which of the two terms of the loss would miss the green dot?",),
        low=0,
        high=1,
        close=0.1,
        traps={
            0.5: "an encoder with random weights reads about that much; training takes it out",
            1.0: "it is in every picture, but nothing in the loss asks for it",
        },
    ),
    Choice(
        name="green_stays",
        notebook="04",
        title="the random dot without a bill",
        hints=("The inverse term does not charge for the green dot. Does it pay for it?",),
        options={
            "stays": "nothing charges for it, but nothing holds it: training writes over what random weights had",
            "goes": "no price pushes it out; an encoder trained for the action overwrites what nobody asks for",
        },
    ),
    Guess(
        name="green_wins",
        notebook="04",
        title="which dot of a pair is kept",
        hints=("If nothing made the dots differ for the encoder, it would be a coin toss.",),
        low=0,
        high=10,
        close=1,
        whole=True,
        traps={
            5.0: "that would be a coin toss; it is not one, although both stand out alike from the white",
            0.0: "it is one-sided, but to the other side; why, we do not know",
        },
    ),
    Task(
        name="probe_r2",
        notebook="04",
        title="the bug of a probe",
        hints=(
            "Give it shuffled targets, with as many held-out rows as the latent has dimensions.",
            "Which rows does the probe see before it is scored?",
            "~held_out is True where held_out is False.",
        ),
        check=check_probe,
    ),
    Task(
        name="kernel_mean",
        notebook="04",
        title="a picture from its neighbours, written",
        hints=(
            "torch.cdist(z, z_train) has all distances, (m, n).",
            "The weights of each row must add up to 1; weights @ frames then gives all pictures at once.",
            "Far away every exp(...) is 0 and so is their sum; torch.softmax(exponents, 1) does both steps safely.",
        ),
        check=check_kernel_mean,
    ),
    Task(
        name="angle_r2",
        notebook="04",
        title="the bug of an angle",
        hints=(
            "How far apart are 359° and 1°, and how far does the function think they are?",
            "Probe two targets that do not jump when the angle comes around.",
            "np.stack([np.cos(theta), np.sin(theta)], 1) has both; score of two targets is the mean of their R².",
        ),
        check=check_angle,
    ),
)
