"""Windows cut out of episodes, on one side of a split: what sequences are trained and judged on.

An episode wanders through training cells and held-out cells alike, so whole episodes cannot be disjoint frame by
frame. Two rules make what matters disjoint. A training window has *every* frame on the training side. A held-out
window comes from an episode of its own and has its *first and last* frame on the held-out side: these are the start
and the goal that a model is shown in an evaluation, and neither has ever been rendered in training.
"""

import math

import torch
from torch import Generator

from smwm_lab.data.splits import StateSplit, require_draw
from smwm_lab.errors import check, check_count
from smwm_lab.worlds.transitions import Trajectories


_MAX_EPISODES = 1 << 14
"""Largest number of episodes drawn at once."""
_ENOUGH = 1 << 19
"""Episodes after which a split that gave nothing is given up."""


def sample_windows(
    split: StateSplit, n: int, *, length: int, episode_length: int, held_out: bool, generator: Generator
) -> Trajectories:
    """Draw n windows of `length` steps out of episodes of `episode_length` steps. CPU tensors.

    held_out: False cuts episodes into windows side by side and keeps those that lie on the training side with every
    frame; True keeps at most one window per episode, with its first and its last frame on the held-out side. No window
    reaches beyond the end of its episode.
    Raises `InputError` for counts that are no whole numbers above 0, where a window is longer than an episode, or
    where nothing lies on the side asked for.

    >>> from smwm_lab.data import split_by_state
    >>> from smwm_lab.worlds import make_world
    >>> split = split_by_state(make_world("single_dot"), seed=0)
    >>> task = sample_windows(split, 3, length=5, episode_length=20, held_out=True, generator=torch.Generator())
    >>> task.states.shape, bool(split.is_training(task.states[:, -1]).any())
    (torch.Size([3, 6, 2]), False)
    """
    require_draw(split, n, generator)
    check_count("episode_length", episode_length, 1, 10**9)
    check_count("length", length, 1, episode_length, "a window fits into its episode")

    def cut(episodes: Trajectories) -> Trajectories:
        if held_out:
            return _cut_held_out(split, episodes, length, generator)
        return _cut_training(split, episodes, length)

    parts: list[Trajectories] = []
    drawn = kept = 0
    while kept < n:
        episodes = split.world.sample_trajectories(_next_draw(n, kept, drawn), episode_length, generator)
        parts.append(cut(episodes))
        drawn, kept = drawn + len(episodes), kept + len(parts[-1])
        check(
            kept > 0 or drawn < _ENOUGH,
            f"{split.key} leaves no window of {length} steps on one side of this world; "
            "allowed: a shorter window, or another split",
        )
    columns = zip(*((part.states, part.actions, part.commands) for part in parts), strict=True)
    return Trajectories(*(torch.cat(column)[:n] for column in columns))


def _next_draw(n: int, kept: int, drawn: int) -> int:
    """Return how many episodes to draw next: what is missing over the windows per episode so far, within bounds."""
    if not kept:
        return min(256 + drawn, _MAX_EPISODES)
    return min(math.ceil(1.1 * (n - kept) * drawn / kept) + 16, _MAX_EPISODES)


def _cut_training(split: StateSplit, episodes: Trajectories, length: int) -> Trajectories:
    pieces = _pieces(episodes, length, stride=length)
    flat = Trajectories(*(column.flatten(0, 1) for column in pieces))  # (episodes * windows, frames or steps, ...)
    trained = split.is_training(flat.states.flatten(0, 1)).view(len(flat), -1).all(1)  # (episodes * windows,)
    return flat[trained & episodes.holds(length)[:, ::length].flatten()]


def _cut_held_out(split: StateSplit, episodes: Trajectories, length: int, generator: Generator) -> Trajectories:
    pieces = _pieces(episodes, length, stride=1)
    ends = pieces[0][:, :, [0, -1]]  # (episodes, windows, 2, state)
    good = split.is_held_out(ends.flatten(0, 2)).view(*ends.shape[:3]).all(2)  # (episodes, windows)
    good &= episodes.holds(length)
    # one window per episode, any of the good ones: two of one episode would be nearly the same task
    episode = good.any(1).nonzero()[:, 0]
    drawn = torch.rand(good.shape, generator=generator).masked_fill(~good, -1.0)[episode].argmax(1)
    return Trajectories(*(column[episode, drawn] for column in pieces))


def _pieces(episodes: Trajectories, length: int, stride: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return states, actions and commands as (episodes, windows, frames or steps, components)."""
    assert episodes.commands is not None, "episodes of a policy have commands"
    sizes = ((episodes.states, length + 1), (episodes.actions, length), (episodes.commands, length))
    states, actions, commands = (column.unfold(1, size, stride).movedim(-1, 2) for column, size in sizes)
    return states, actions, commands
