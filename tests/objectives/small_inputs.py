"""What the tests of objectives share: a model of a few weights, and normal numbers."""

import torch

from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.seeding import generator


SMALL = ModelConfig(side=16, channels=(4,), latent_dim=6, hidden_dim=8)


def small_model() -> WorldModel:
    """The same weights every time; the global random state stays as it is."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return WorldModel(SMALL)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    """Standard normal numbers, the same every time."""
    return torch.randn(*shape, generator=generator(seed, "normal"))
