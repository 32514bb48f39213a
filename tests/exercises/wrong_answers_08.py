"""Wrong answers to the exercises of notebook 08: the mistakes that people make, and what each is told."""

import torch


MEASURED = {
    "lowest_alarm": 0.78,
    "at_the_wall": "cost",
    "behind_the_wall": 70.0,
    "luck_in_the_rooms": 1.7,
}
"""Guess or choice -> what the notebook measures."""


def counted(before, after, num):
    seen = torch.zeros(num, num)
    for start, end in zip(before.flatten().tolist(), after.flatten().tolist(), strict=True):
        seen[start, end] += 1
    return seen


def without_staying(seen):
    return seen * (1 - torch.eye(len(seen)))


def across_episodes(label, num, min_count):
    frames = label.flatten()
    return without_staying(counted(frames[:-1], frames[1:], num)) >= min_count


def both_ways(label, num, min_count):
    seen = without_staying(counted(label[:, :-1], label[:, 1:], num))
    return (seen + seen.T) >= min_count


def staying_is_a_way(label, num, min_count):
    return counted(label[:, :-1], label[:, 1:], num) >= min_count


def oftener_than_min_count(label, num, min_count):
    return without_staying(counted(label[:, :-1], label[:, 1:], num)) > min_count


def min_count_forgotten(label, num, min_count):
    return without_staying(counted(label[:, :-1], label[:, 1:], num)) > 0


def from_start_to_end(label, num, min_count):
    return without_staying(counted(label[:, :1], label[:, -1:], num)) >= min_count


def columns_and_rows_swapped(label, num, min_count):
    return without_staying(counted(label[:, 1:], label[:, :-1], num)) >= min_count


def solved_ones_only(solved, way, least):
    share = least / torch.maximum(way, least).clamp_min(1e-9)
    share[least == 0] = 1
    return share[solved > 0].mean()


def without_a_cap(solved, way, least):
    return (solved * least / way).mean()


def upside_down(solved, way, least):
    return (solved * way / least).mean()


def ratio_of_sums(solved, way, least):
    return (solved * least).sum() / torch.maximum(way, least).sum()


def nothing_over_nothing(solved, way, least):
    return (solved * least / torch.maximum(way, least)).mean()


def reset_counts_zero(solved, way, least):
    return (solved * least / torch.maximum(way, least).clamp_min(1e-9)).mean()


def success_alone(solved, way, least):
    return solved.mean()


def a_frame_for_each_action(states, *, goal_offset, frameskip):
    windows = states.unfold(1, goal_offset // frameskip, 1)
    return windows[..., 0].flatten(0, 1), windows[..., -1].flatten(0, 1)


def one_frame_too_many(states, *, goal_offset, frameskip):
    windows = states.unfold(1, min(goal_offset // frameskip + 2, states.shape[1]), 1)
    return windows[..., 0].flatten(0, 1), windows[..., -1].flatten(0, 1)


def steps_taken_for_frames(states, *, goal_offset, frameskip):
    windows = states.unfold(1, goal_offset + 1, 1)
    return windows[..., 0].flatten(0, 1), windows[..., -1].flatten(0, 1)


def across_two_episodes(states, *, goal_offset, frameskip):
    frames = states.flatten(0, 1)
    ahead = goal_offset // frameskip
    return frames[:-ahead], frames[ahead:]


def one_task_for_each_episode(states, *, goal_offset, frameskip):
    return states[:, 0], states[:, goal_offset // frameskip]


def goals_alone(states, *, goal_offset, frameskip):
    return states[:, goal_offset // frameskip :].flatten(0, 1)


WRONG = {
    "lowest_alarm": [
        (0.2, "a fifth is what the sum keeps"),
        (0.01, "that was for one push"),
        (1, "their sum can be seen"),
        (0.3, "off by 0.48"),
        (80, "80 cannot be; guess a number from 0 to 1"),
    ],
    "at_the_wall": [
        ("model", "which knows every wall"),
        ("search", "no plan of five actions ends nearer"),
        ("the cost", "choose one of 'model', 'search', 'cost'"),
        (3, "3 is none of the answers"),
    ],
    "ways_between": [
        (across_episodes, "nobody went from the last frame of one episode"),
        (both_ways, "one episode 0 1 1 2 1, min_count = 1: expected 0 at [1, 0], got 1"),
        (staying_is_a_way, "who stays goes nowhere"),
        (oftener_than_min_count, "expected 1 at [0, 1], got 0"),
        (min_count_forgotten, "0 to 1 was seen twice, which is enough for 2; all others once"),
        (from_start_to_end, "one action later"),
        (columns_and_rows_swapped, "from where the episode was to where it is"),
    ],
    "behind_the_wall": [
        (50, "that was to leave its room"),
        (100, "may still be in its room"),
        (0.5, "off by 70"),
        (150, "150 cannot be"),
        ("half", "'half' is no number"),
    ],
    "luck_in_the_rooms": [
        (50, "mostly behind a door"),
        (20, "luck does not find doors"),
        (10, "off by 8.3"),
        (-1, "-1 cannot be"),
    ],
    "spl_of": [
        (solved_ones_only, "counts 0, and counts as a task"),
        (without_a_cap, "nobody earns more than 1"),
        (upside_down, "1 way twice as long as need be: expected 0.5, got 2"),
        (ratio_of_sums, "each task counts the same"),
        (nothing_over_nothing, "a task solved at reset: expected 0.75, got nan"),
        (reset_counts_zero, "no way was needed and none was walked"),
        (success_alone, "shortest over walked"),
    ],
    "goals_ahead": [
        (a_frame_for_each_action, "goal_offset = 25, frameskip = 5: way from start to goal, px: expected 125"),
        (one_frame_too_many, "how many frames does it take"),
        (steps_taken_for_frames, "your function raised RuntimeError"),
        (across_two_episodes, "goal_offset = 25, frameskip = 5: way from start to goal"),
        (one_task_for_each_episode, "starts: expected shape (4, 2), got shape (2, 2)"),
        (goals_alone, "expected two tensors, starts and goals, got Tensor"),
    ],
}
"""Exercise -> wrong answers, and words of the message about each."""
