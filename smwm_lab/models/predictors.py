"""Forward models by name: mlp, the paper's, and adaln, a transformer over latents."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from torch import nn

from smwm_lab.errors import check
from smwm_lab.models.adaln import AdaLNPredictor
from smwm_lab.models.dynamics import ForwardModel


if TYPE_CHECKING:
    from smwm_lab.models.world_model import ModelConfig


def _mlp(config: "ModelConfig") -> nn.Module:
    return ForwardModel(
        config.action_dim,
        config.latent_dim,
        config.hidden_dim,
        config.depth,
        activation=config.latent_activation,
        past_frames=config.past_frames,
        past_actions=config.past_actions,
    )


def _adaln(config: "ModelConfig") -> nn.Module:
    check(
        config.past_actions == config.past_frames,
        f"predictor 'adaln' takes an action with each latent: past_frames = {config.past_frames}, past_actions = "
        f"{config.past_actions}; allowed: as many of both",
    )
    return AdaLNPredictor(
        config.adaln,
        config.action_dim,
        config.latent_dim,
        past_frames=config.past_frames,
        activation=config.latent_activation,
    )


PREDICTORS: dict[str, Callable[["ModelConfig"], nn.Module]] = {"mlp": _mlp, "adaln": _adaln}
"""Name -> what makes the forward model from a configuration."""
