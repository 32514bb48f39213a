"""Exercises of notebook 10: two arms that look alike, what is lost of an action, a plateau, and what came before."""

from collections.abc import Callable
from typing import Any

import torch

from smwm_lab.exercises.compare import same_values
from smwm_lab.exercises.exercise import Choice, Guess, Task


def check_lost_share(answer: Callable[..., Any]) -> str:
    """Check `lost_share(alarm, floor)`: which share of what could be read is not read, 0 to 1."""
    cases = {
        "alarm 1, floor .8": (1.0, 0.8, 1.0, "1 is what a collapsed model has: all that could be read is lost"),
        "alarm .8, floor .8": (0.8, 0.8, 0.0, "at its floor a model reads all that two images tell"),
        "alarm .85, floor .8": (0.85, 0.8, 0.25, "from floor to 1 is what could be read; how far up is the alarm?"),
        "alarm .3, floor 0": (0.3, 0.0, 0.3, "where everything can be read, the alarm itself is the share"),
        "alarm .78, floor .8": (
            0.78,
            0.8,
            0.0,
            "an estimate may fall below its floor; nothing is lost then, never less",
        ),
    }
    for words, (alarm, floor, expected, why) in cases.items():
        same_values(words, answer(alarm, floor), expected, tolerance=1e-6, why=why)
    return "5 cases, from all to nothing, and an alarm below its floor"


def check_frames_before(answer: Callable[..., Any]) -> str:
    """Check `frames_before(latents, t, num)`: the frames before frame t of each episode, (episodes, num, latent)."""
    latents = torch.arange(1.0, 13.0).reshape(2, 6, 1)
    cases = (
        (4, 2, [[[3.0], [4.0]], [[9.0], [10.0]]], "the two frames before frame 4 are frames 2 and 3, oldest first"),
        (1, 2, [[[1.0], [1.0]], [[7.0], [7.0]]], "before the first frame stands the first frame, repeated"),
        (0, 2, [[[1.0], [1.0]], [[7.0], [7.0]]], "nothing came before frame 0: it is repeated"),
        (5, 3, [[[3.0], [4.0], [5.0]], [[9.0], [10.0], [11.0]]], "frame t itself is not before t"),
    )
    for t, num, expected, why in cases:
        same_values(f"t = {t}, num = {num}", answer(latents, t, num), torch.tensor(expected), why=why)
    return "4 cases; with the bug, an arm that has just begun remembered how its episode would end"


EXERCISES = (
    Guess(
        name="look_alike",
        notebook="10",
        title="how far two arms that look alike come apart, in degrees",
        hints=(
            "2 rad/s one way and 2 rad/s the other, for a fifth of a second: how far without any friction?",
            "The joints are damped, so take about half of that. One radian is 57 degrees.",
        ),
        low=0,
        high=180,
        close=8,
        traps={
            0.0: "nothing pushes them, but they move already, and one image does not show it",
            46.0: "that is 2 · 2 rad/s · .2 s without friction; the joints are damped",
            0.45: "degrees, not radians",
        },
    ),
    Task(
        name="lost_share",
        notebook="10",
        title="the alarm beside its floor",
        hints=(
            "What can be read at all is 1 − floor. What of it is not read is alarm − floor.",
            "Divide one by the other, and keep the result from falling below 0.",
        ),
        check=check_lost_share,
    ),
    Choice(
        name="why_flat",
        notebook="10",
        title="why training without a curriculum stays where it is",
        hints=("The same data, in another order, are learned in a minute. What does the order change?",),
        options={
            "data": "the same recording is learned once its windows come in another order, so it holds enough",
            "weight": "λ of .1, 10 and 100 all stay there: a factor does not help where there is no gradient",
            "product": "a turn is a product of what two images show, and at 0 times 0 no gradient points anywhere",
        },
    ),
    Guess(
        name="one_frame_success",
        notebook="10",
        title="tasks solved from one frame by the paper's protocol, in %",
        hints=("The published mean of five seeds is 71; the floor is near 10. Ours is smaller and refitted.",),
        low=0,
        high=100,
        close=10,
        traps={
            10.0: "that is about what random actions reach; one frame tells the pose, and that is worth a lot",
            100.0: "the arm arrives with a velocity that nobody saw, and swings past",
        },
    ),
    Guess(
        name="three_frames_success",
        notebook="10",
        title="tasks solved with three frames and the actions between them, in %",
        hints=("Published with history 3: 95.",),
        low=0,
        high=100,
        close=8,
        traps={50.0: "velocities are most of what one frame lacked", 71.0: "that is published for one frame"},
    ),
    Choice(
        name="frames_or_actions",
        notebook="10",
        title="past frames or past actions",
        hints=(
            "In section 1 the arm came 26 degrees far and not 46. For how long does it remember a push?",
            "Two poses tell the mean speed between them. Is that the speed at the end?",
        ),
        options={
            "frames": "two poses tell a mean speed between them, as far as images tell a pose, and not that at the end",
            "actions": "the joints are damped: what speed there is comes from the last pushes, which are known exactly",
            "same": "both tell something of the speed, but not equally much: a push is known exactly, a pose is not",
        },
    ),
    Task(
        name="frames_before",
        notebook="10",
        title="a memory that remembers the future (a bug)",
        hints=(
            "Call it with latents 1, 2, 3, … and t = 1. What does Python make of `latents[:, -1]`?",
            "Before the start stands the start: which row is it, whatever t is?",
        ),
        check=check_frames_before,
    ),
)
