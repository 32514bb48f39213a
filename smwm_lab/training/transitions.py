"""The training data of a configuration: pairs or windows of trajectories, on the training side of its split."""

import torch

from smwm_lab.data import StateSplit, sample_transitions, sample_windows, widening_transitions
from smwm_lab.data.widening import distances_from_typical
from smwm_lab.errors import check_instance
from smwm_lab.seeding import generator
from smwm_lab.training.config import TrainConfig
from smwm_lab.worlds import Trajectories, TransitionBatch, make_world


def draw_windows(config: TrainConfig) -> Trajectories:
    """Draw the training data of a configuration: windows of `length` steps with the actions to be learned.

    Where it widens, those that resemble a typical image come first.
    """
    check_instance("config", config, TrainConfig, "preset_config gives one")
    windows = _draw_windows(config)
    if config.widening == 1:
        return windows
    distances = distances_from_typical(make_world(config.world), windows)
    return windows[torch.argsort(distances, stable=True)]


def _draw_windows(config: TrainConfig) -> Trajectories:
    split, stream = config.make_split(), generator(config.seed, "training transitions")
    if config.source == "pairs":
        pairs = _draw_pairs(config, split, stream)
        return Trajectories(torch.stack([pairs.state, pairs.next_state], 1), pairs.action[:, None])
    windows = sample_windows(
        split,
        config.num_transitions // config.length,
        length=config.length,
        episode_length=config.episode_length,
        held_out=False,
        generator=stream,
    )
    assert windows.commands is not None, "windows of a policy have commands"
    return Trajectories(windows.states, windows.commands if config.action_label == "commanded" else windows.actions)


def _draw_pairs(config: TrainConfig, split: StateSplit, stream: torch.Generator) -> TransitionBatch:
    if config.sector == 1:
        return sample_transitions(split, config.num_transitions, held_out=False, generator=stream)
    return widening_transitions(
        split, config.num_transitions, sector=config.sector, opens=config.sector_opens, generator=stream
    )
