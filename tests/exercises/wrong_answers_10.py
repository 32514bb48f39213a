"""Wrong answers to the exercises of notebook 10: the mistakes that people make, and what each is told."""

import torch


MEASURED = {
    "look_alike": 25.8,
    "why_flat": "product",
    "one_frame_success": 71.0,
    "three_frames_success": 92.0,
    "frames_or_actions": "actions",
}
"""Guess or choice -> what the notebook measures."""


def the_alarm_itself(alarm, floor):
    return alarm


def the_difference(alarm, floor):
    return alarm - floor


def over_the_floor(alarm, floor):
    return (alarm - floor) / floor if floor else alarm


def what_is_read(alarm, floor):
    return min(1.0, (1 - alarm) / (1 - floor))


def below_nothing(alarm, floor):
    return (alarm - floor) / (1 - floor)


def wrapping_around(latents, t, num):
    return torch.stack([latents[:, t - back] for back in range(num, 0, -1)], 1)


def newest_first(latents, t, num):
    return torch.stack([latents[:, max(t - back, 0)] for back in range(1, num + 1)], 1)


def with_frame_t(latents, t, num):
    return torch.stack([latents[:, max(t - back, 0)] for back in range(num - 1, -1, -1)], 1)


def zeros_before(latents, t, num):
    rows = [latents[:, t - back] if t >= back else torch.zeros_like(latents[:, 0]) for back in range(num, 0, -1)]
    return torch.stack(rows, 1)


def only_what_is_there(latents, t, num):
    return latents[:, max(t - num, 0) : t]


WRONG = {
    "look_alike": [
        (0, "they move already"),
        (46, "the joints are damped"),
        (0.45, "degrees, not radians"),
        (90, "off by 64"),
        (200, "200 cannot be"),
    ],
    "lost_share": [
        (the_alarm_itself, "at its floor a model reads all"),
        (the_difference, "alarm 1, floor .8: expected 1, got 0.2"),
        (over_the_floor, "alarm 1, floor .8: expected 1, got 0.25"),
        (what_is_read, "all that could be read is lost"),
        (below_nothing, "nothing is lost then, never less"),
    ],
    "why_flat": [
        ("data", "so it holds enough"),
        ("weight", "a factor does not help"),
        ("the data", "choose one of 'data', 'weight', 'product'"),
        (0, "0 is none of the answers"),
    ],
    "one_frame_success": [
        (10, "one frame tells the pose"),
        (100, "swings past"),
        (50, "off by 21"),
        (101, "101 cannot be"),
    ],
    "three_frames_success": [
        (50, "most of what one frame lacked"),
        (71, "published for one frame"),
        (30, "off by 62"),
        (-5, "-5 cannot be"),
    ],
    "frames_or_actions": [
        ("frames", "two poses tell a mean speed"),
        ("same", "a push is known exactly, a pose is not"),
        ("both", "choose one of 'frames', 'actions', 'same'"),
        (2, "2 is none of the answers"),
    ],
    "frames_before": [
        (wrapping_around, "before the first frame stands the first frame"),
        (newest_first, "oldest first"),
        (with_frame_t, "frames 2 and 3"),
        (zeros_before, "t = 1, num = 2"),
        (only_what_is_there, "expected shape (2, 2, 1)"),
    ],
}
"""Exercise -> wrong answers, and words of the message about each."""
