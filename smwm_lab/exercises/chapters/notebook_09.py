"""Exercises of notebook 09: what ends of a beam hide, what is let go, an action in the image, actions one row late."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from smwm_lab.exercises.compare import same_values
from smwm_lab.exercises.exercise import Choice, Guess, NotYet, Task


def _by_difference(z: Tensor, z_next: Tensor) -> Tensor:
    """An inverse model that needs both frames: what became of the first two numbers."""
    return z_next[:, :2] - z[:, :2]


def _by_second_frame(z: Tensor, z_next: Tensor) -> Tensor:
    """An inverse model that finds the action written in the second frame."""
    return z_next[:, 2:4]


def _by_half(z: Tensor, z_next: Tensor) -> Tensor:
    """One that reads the first component of the action as it should, and the second in the second frame."""
    return torch.stack([_by_difference(z, z_next)[:, 0], _by_second_frame(z, z_next)[:, 1]], 1)


READERS = {
    "an inverse model that needs both frames": (
        _by_difference,
        "give each transition the first frame of another one, z.roll(1, 0), and leave z_next as it is",
    ),
    "an inverse model that reads the action in the second frame": (
        _by_second_frame,
        "it does not look at the first frame, so nothing is lost; is it the first frame that you exchange?",
    ),
    "one that needs both frames for one of two components": (
        _by_half,
        "mean over both components: of the squared errors above, of the variances below",
    ),
}
"""What is asked about -> an inverse model, and why the answer may be another one."""


def check_one_frame(answer: Callable[..., Any]) -> str:
    """Check `one_frame(h, z, z_next, action)`, L_inv / Var(a) where each first frame is that of the row before."""
    chance = torch.Generator().manual_seed(0)
    z = torch.randn(40, 6, generator=chance)
    action = torch.rand(40, 2, generator=chance) * torch.tensor([2.0, 1.0])
    z_next = torch.cat([z[:, :2] + action, action, z[:, 4:]], 1)
    for words, (reader, why) in READERS.items():
        read = reader(z.roll(1, 0), z_next)
        expected = (read - action).square().mean() / action.var(0, correction=0).mean()
        same_values(words, answer(reader, z, z_next, action), expected, tolerance=1e-3, why=why)
    return "3 cases: both frames needed, one frame enough, and one of each"


LENGTHS = (4, 3, 2)
"""Rows of the episodes that are asked about."""


def check_actions_up(answer: Callable[..., Any]) -> str:
    """Check `actions_up(actions, lengths)`: each action one row up, within its episode, and NaN in its last row."""
    actions = np.arange(1.0, 19.0).reshape(9, 2)
    found = answer(actions, list(LENGTHS))
    if not isinstance(found, np.ndarray) or found.shape != actions.shape:
        shape = found.shape if isinstance(found, np.ndarray) else type(found).__name__
        raise NotYet(f"expected an array of shape {actions.shape}, a row for each that was given, got {shape}")
    last = np.cumsum(LENGTHS) - 1
    inner = np.setdiff1d(np.arange(9), last)
    same_values(
        "rows with another one behind them in their episode",
        found[inner],
        actions[inner + 1],
        why="row t takes the action that stands beside row t + 1, which it led to",
    )
    if not np.isnan(found[last]).all():
        row = int(last[~np.isnan(found[last]).all(1)][0])
        raise NotYet(
            f"row {row}, the last of an episode: expected nan, got {found[row, 0]:g}; what would come next belongs to "
            "another episode, and no action leads there"
        )
    return "3 episodes of 4, 3 and 2 rows"


EXERCISES = (
    Guess(
        name="end_stops",
        notebook="09",
        title="commands that an end cuts short, in %",
        hints=("A command is 4 px long in the mean, the beam 40 px; and there are two commands, with two ends each.",),
        low=0,
        high=100,
        close=8,
        traps={
            0.0: "commands are random, so nothing keeps the crane away from its ends",
            5.0: "a crane that was pushed against an end stays near it for some steps, and is pushed again",
            15.0: "that is about the share of one of the two commands",
            50.0: "it is in the middle part of beam and rope for most of the time",
        },
    ),
    Choice(
        name="steady_cloud",
        notebook="09",
        title="a cloud that anybody can predict",
        hints=("Which of the two losses would be larger, if the latent knew nothing of the cloud?",),
        options={
            "stays": "it costs nothing to keep, but neither loss is any better for it: what nobody asks for is let go",
            "goes": "neither loss asks for it, and an encoder that is trained for something else writes over it",
        },
    ),
    Guess(
        name="swing_r2",
        notebook="09",
        title="R² of the swing",
        hints=("A part of it is the last command's, but the command can be read from the trolley as well.",),
        low=0,
        high=1,
        close=0.15,
        traps={
            0.0: "the commands move it, and where the load hangs is a part of what the image shows of them",
            1.0: "nothing asks for the wind in it",
        },
    ),
    Choice(
        name="levers_verdict",
        notebook="09",
        title="a verdict on a model that reads levers",
        hints=("The verdict knows nothing but how well h reads the action.",),
        options={
            "healthy": "h reads every action, and the verdict asks for nothing else",
            "partly": "that would need an action that h does not read; both stand in the image",
            "collapsed": "that would need actions that h does not read; its latent is anything but one point",
        },
    ),
    Task(
        name="one_frame",
        notebook="09",
        title="what h reads from the second frame alone",
        hints=(
            "z.roll(1, 0) moves every row down by one, so that each transition gets the first frame of another.",
            "L_inv is the mean of (h(z, z') - a)² over all numbers; Var(a) the mean of action.var(0, correction=0).",
        ),
        check=check_one_frame,
    ),
    Guess(
        name="levers_goals",
        notebook="09",
        title="goals of the model that reads levers, of 100",
        hints=("A goal image shows where trolley and load should be. What does this model look at in it?",),
        low=0,
        high=100,
        close=10,
        traps={
            100.0: "it reads which command was given; asked for a goal, it reads the levers of the goal image",
            50.0: "half a success would need half a map of where things are",
        },
    ),
    Task(
        name="actions_up",
        notebook="09",
        title="actions that stand one row late (a bug)",
        hints=(
            "Print what it returns for two episodes of two rows, actions 1, 2, 3, 4. Which number should not be there?",
            "np.roll knows nothing of episodes: where does the first action of the second one go?",
            "np.cumsum(lengths) - 1 are the last rows of the episodes.",
        ),
        check=check_actions_up,
    ),
)
