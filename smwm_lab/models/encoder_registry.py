"""Encoders by name: conv and vit for images, mlp for vectors, series for windows, or any class `package.module:Class`.

A class of your own is made with the `ModelConfig` and maps a batch of observations to float32 (batch, latent_dim):

    class Mine(nn.Module):
        def __init__(self, config: ModelConfig): ...
        def forward(self, observation: Tensor) -> Tensor: ...
"""

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import nn

from smwm_lab.errors import InputError, check
from smwm_lab.models.encoders import ConvEncoder
from smwm_lab.models.number_encoders import MlpEncoder, SeriesEncoder, require_numbers
from smwm_lab.models.vit import vit_encoder


if TYPE_CHECKING:
    from smwm_lab.models.world_model import ModelConfig


def make_encoder(config: "ModelConfig") -> nn.Module:
    """Return the encoder that a configuration names; raise `InputError` for one that does not fit its observations."""
    if config.encoder in ENCODERS:
        return ENCODERS[config.encoder](config)
    return _own_encoder(config)


def _conv(config: "ModelConfig") -> nn.Module:
    check(
        not config.input_shape,
        f"encoder 'conv' is for images, observations are of shape {config.input_shape}; use mlp or series",
    )
    return ConvEncoder(
        config.side,
        config.channels,
        config.latent_dim,
        blank_start=config.blank_start,
        activation=config.latent_activation,
    )


def _mlp(config: "ModelConfig") -> nn.Module:
    require_numbers(config.input_shape, 1, "mlp")
    sizes = (config.latent_dim, config.hidden_dim, config.depth)
    return MlpEncoder(config.input_shape[0], *sizes, activation=config.latent_activation)


def _series(config: "ModelConfig") -> nn.Module:
    require_numbers(config.input_shape, 2, "series")
    num_channels, num_times = config.input_shape
    return SeriesEncoder(num_channels, num_times, config.latent_dim, activation=config.latent_activation)


ENCODERS: dict[str, Callable[["ModelConfig"], nn.Module]] = {
    "conv": _conv,
    "mlp": _mlp,
    "series": _series,
    "vit": vit_encoder,
}
"""Name -> what makes the encoder from a configuration."""


def encoder_for(shape: tuple[int, ...]) -> str:
    """Return the name of the usual encoder of observations of a shape.

    >>> encoder_for((3, 64, 64)), encoder_for((8,)), encoder_for((8, 20))
    ('conv', 'mlp', 'series')
    """
    return {3: "conv", 1: "mlp", 2: "series"}[len(shape)]


def _own_encoder(config: "ModelConfig") -> nn.Module:
    """Import a class, make the encoder, and try it on two observations."""
    text = config.encoder
    module, _, name = text.partition(":")
    check(bool(module and name), f"encoder = {text!r} is unknown; allowed: {', '.join(ENCODERS)}, package.module:Class")
    try:
        encoder = getattr(importlib.import_module(module), name)(config)
    except Exception as error:  # whatever a class of somebody else raises
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise InputError(f"encoder {text!r} cannot be made ({reason}); run from its folder, or mend it") from error
    check(isinstance(encoder, nn.Module), f"encoder {text!r} is a {type(encoder).__name__}; allowed: an nn.Module")
    if not any(parameter.is_meta for parameter in encoder.parameters()):
        _try(encoder, config)
    return encoder


@torch.no_grad()
def _try(encoder: nn.Module, config: "ModelConfig") -> None:
    dtype = torch.float32 if config.input_shape else torch.uint8
    two = torch.zeros(2, *config.observation_shape, dtype=dtype)
    was_training = encoder.training
    encoder.eval()
    try:
        z = encoder(two)
    except Exception as error:  # whatever a class of somebody else raises
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise InputError(
            f"encoder {config.encoder!r} fails on {dtype} {tuple(two.shape)} ({reason}); mend it"
        ) from error
    finally:
        encoder.train(was_training)
    fits = isinstance(z, torch.Tensor) and z.dtype == torch.float32 and z.shape == (2, config.latent_dim)
    found = f"{z.dtype} {tuple(z.shape)}" if isinstance(z, torch.Tensor) else f"a {type(z).__name__}"
    check(fits, f"encoder {config.encoder!r} returned {found}; allowed: float32 (2, {config.latent_dim})")
