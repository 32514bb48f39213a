"""Exercises of notebook 03: what a dead latent still tells, who collapses, a variance term, and a rank."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from smwm_lab.exercises.compare import same_values
from smwm_lab.exercises.exercise import Choice, Guess, NotYet, Task


def check_r2_in_noise(answer: Callable[..., Any]) -> str:
    """Check `r2_in_noise(z, place, noise)`: R² of a line that reads places, (n,), from noisy latents, (n, d)."""
    chance = torch.Generator().manual_seed(0)
    place = torch.rand(400, generator=chance)
    latents = torch.stack([place, 0.3 * torch.rand(400, generator=chance)], 1) @ torch.tensor([[2.0, 1.0], [-1.0, 2.0]])
    noise = 0.01 * torch.randn(400, 2, generator=chance)
    same_values(
        "without noise",
        answer(latents, place, torch.zeros_like(noise)),
        _r2(latents, place),
        why="a straight line reads this place without an error",
    )
    for size, words in ((1.0, "healthy latents"), (0.03, "latents that shrank to 3 %"), (1e-3, "dead latents")):
        same_values(
            f"{words}, noise of 0.01",
            answer(size * latents, place, noise),
            _r2(size * latents + noise, place),
            tolerance=5e-3,
            why="the noise is small beside healthy latents and large beside dead ones: does a step hide their size?",
        )
    return "healthy latents survive the noise, dead ones do not"


def _r2(z: Tensor, place: Tensor) -> float:
    design = torch.cat([z, torch.ones(len(z), 1)], 1).double()
    rest = place.double() - design @ torch.linalg.lstsq(design, place.double()[:, None]).solution[:, 0]
    return float(1 - rest.var() / place.double().var())


def check_variance_hinge(answer: Callable[..., Any]) -> str:
    """Check `variance_hinge(z)`: mean over dimensions of max(0, 1 - sqrt(variance + 1e-4)), variances over n - 1."""
    shape = torch.tensor([-1.0, 0.0, 1.0])[:, None]  # variance 1 over n - 1
    cases = (
        ("deviations of 1", shape.expand(3, 4), "these are wide enough and cost nothing; variances are over n - 1"),
        ("deviations of 0.5", 0.5 * shape.expand(3, 4), "1 minus the deviation, which is the root of the variance"),
        ("deviations of 3", 3 * shape.expand(3, 4), "what is wider than 1 costs nothing: no less than 0"),
        (
            "one wide and three narrow dimensions",
            shape * torch.tensor([9.0, 0.1, 0.2, 0.3]),
            "each dimension by itself",
        ),
        ("a cloud far from the origin", 0.5 * shape.expand(3, 4) + 7, "variance is taken around the mean"),
        (
            "collapsed latents",
            torch.zeros(8, 4),
            "without 1e-4 inside the root its slope at 0 is NaN, and nothing could be learned",
        ),
    )
    for words, z, why in cases:
        same_values(words, answer(z), (1 - (z.var(0) + 1e-4).sqrt()).clamp_min(0).mean(), tolerance=1e-3, why=why)
    return "6 clouds, wide, narrow, mixed, far away and collapsed"


def check_effective_rank(answer: Callable[..., Any]) -> str:
    """Check `entropy_rank(variances)`: exp of the entropy of the shares of variances, (d,), some of which may be 0."""
    cases = (
        ([1.0, 1.0, 1.0, 1.0], "four equal variances", "exp of the entropy, by the natural logarithm, is 4"),
        ([2.0, 2.0], "two equal variances of 2", "shares add up to 1: divide by the sum first"),
        ([3.0, 1.0], "variances of 3 and 1", "minus the sum of p log p, and exp of it"),
        ([1.0, 1.0, 0.0, 0.0], "two equal variances and two of 0", "0 log 0 counts as 0, and the computer says NaN"),
        ([3e-9, 1e-9], "variances of 3e-9 and 1e-9", "nothing may be added to the variances: a rank is blind to scale"),
    )
    for variances, words, why in cases:
        values = torch.tensor(variances)
        shares = values[values > 0] / values.sum()
        found = answer(values)
        if isinstance(found, Tensor) and bool(found.isnan().any()):
            raise NotYet(f"{words}: the rank is NaN; 0 log 0 counts as 0, and the computer says NaN")
        same_values(words, found, (-(shares * shares.log()).sum()).exp(), why=why)
    return "5 spectra, with directions of variance 0, and a tiny one"


EXERCISES = (
    Choice(
        name="dead_readout",
        notebook="03",
        title="what a probe reads from a dead latent",
        hints=("What happens to a linear probe's weights if the latents are a thousand times smaller?",),
        options={
            "nothing": "the latents are a tiny cloud but no single point, and a probe stretches it to any size",
            "something": "R² is blind to scale: the probe stretches what is left of the differences",
        },
    ),
    Task(
        name="r2_in_noise",
        notebook="03",
        title="a readout that is not blind to scale",
        hints=(
            "Print the deviation of z before and after each line: which line makes healthy and dead latents alike?",
            "Noise of a fixed size asks how large the differences of latents are. What happens to that size before?",
        ),
        check=check_r2_in_noise,
    ),
    Guess(
        name="candidates_collapsed",
        notebook="03",
        title="how many of six candidates collapse",
        hints=("Which of them give the encoder a reason to keep different pictures apart?",),
        low=0,
        high=6,
        close=0,
        whole=True,
        traps={
            0.0: "a slow or detached target works in image recognition, with augmentations and normalisation beside it",
            1.0: "stop-gradient and the slow target are alike in this: neither asks for different latents",
            5.0: "SIGReg, VICReg and reconstruction keep pictures apart as well as the inverse term does",
            3.0: "two of them have nothing that keeps latents apart; each of the others has a term for it",
        },
    ),
    Choice(
        name="fewest_directions",
        notebook="03",
        title="who keeps two directions and little else",
        hints=("Which term is content once the two numbers of the action can be told?",),
        options={
            "inverse": "it asks for what tells the action, which is two numbers, and for nothing else",
            "SIGReg": "it asks for variance in every direction alike",
            "VICReg": "it asks each dimension for a deviation of 1, and that they do not repeat each other",
            "reconstruction": "pixels of a dot bend through many directions as it moves, and it asks for all of them",
        },
    ),
    Guess(
        name="scaled_columns",
        notebook="03",
        title="what changes if latents are a thousand times larger",
        hints=("Ranks are computed from shares. What becomes of a share if everything is multiplied by one number?",),
        low=0,
        high=5,
        close=0,
        whole=True,
        traps={
            0.0: "total variance is the one that sees it, by a factor of a million",
            5.0: "four of them are computed from shares, which stay as they are",
            2.0: "RankMe does not subtract the mean, but it divides by the sum, as the others do",
        },
    ),
    Task(
        name="variance_hinge",
        notebook="03",
        title="VICReg's variance term",
        hints=(
            "z.var(0) is the variance of each dimension, over n - 1.",
            "Its root with 1e-4 added is the deviation; the cost of a dimension is what it lacks to 1.",
            "Costs below 0 count as 0: `clamp_min` or `torch.relu`; then the mean over dimensions.",
        ),
        check=check_variance_hinge,
    ),
    Task(
        name="effective_rank",
        notebook="03",
        title="the rank that entropy gives",
        hints=(
            "First turn variances into shares p that add up to 1.",
            "The entropy is minus the sum of p log p; directions of variance 0 add nothing to it.",
            "Leave out the shares that are 0 before you take the logarithm, and return exp of the entropy.",
        ),
        check=check_effective_rank,
    ),
)
