"""Encoders of observations that are no images: an MLP for vectors, temporal convolutions for windows of a series.

Sensors speak in units of their own, so numbers are standardised first: `adapt`, called once before training, sets
centre and scale of every channel from a sample; both are stored with the weights.
"""

import torch
from torch import Tensor, nn

from smwm_lab.axes import Latent
from smwm_lab.errors import InputError, check
from smwm_lab.gates import require_input
from smwm_lab.models.activation import latent_activation
from smwm_lab.models.dynamics import mlp
from smwm_lab.models.sizes import check_size


SHORTEST_WINDOW = 4
"""Times that a window has at least: two convolutions halve it twice."""
SMALLEST_SCALE = 1e-6
"""Deviation below which a channel counts as constant; it is centred only."""


class NumberEncoder(nn.Module):
    """What encoders of numbers share: standardised input, and latents through the last activation.

    shape: of one observation, (k,) numbers or (channels, time). Takes float32 (batch, *shape); returns float32
    (batch, latent_dim). Raises `InputError` for observations of another shape, dtype or device.
    """

    center: Tensor
    scale: Tensor

    def __init__(self, shape: tuple[int, ...], latent_dim: int, activation: str):
        super().__init__()
        check_size("latent_dim", latent_dim)
        self.shape = shape
        self.activation = latent_activation(activation)
        per_channel = (shape[0], *[1] * (len(shape) - 1))
        self.register_buffer("center", torch.zeros(per_channel))
        self.register_buffer("scale", torch.ones(per_channel))

    @torch.no_grad()
    def adapt(self, observation: Tensor) -> None:
        """Set centre and scale of each channel from a sample of observations (n, *shape), two or more."""
        check(len(observation) > 1, f"{len(observation)} observations to adapt to; allowed: two or more")
        over = (0, *range(2, observation.ndim))  # all but the channels
        deviation, mean = torch.std_mean(observation.float(), over, keepdim=True)
        self.center.copy_(mean[0])
        self.scale.copy_(torch.where(deviation[0] > SMALLEST_SCALE, deviation[0], torch.ones_like(deviation[0])))

    def standardised(self, observation: Tensor) -> Tensor:
        """Return observations with mean 0 and deviation 1 in each channel, as far as the sample was like them."""
        require_input("observations", observation, self.center, None, *self.shape)
        return (observation - self.center) / self.scale


class MlpEncoder(NumberEncoder):
    """Vectors (batch, k) -> hidden -> hidden -> latent, with ReLU between."""

    def __init__(
        self, num_inputs: int, latent_dim: int = 64, hidden_dim: int = 256, depth: int = 2, *, activation: str = "tanh"
    ):
        super().__init__((num_inputs,), latent_dim, activation)
        for name, value in (("hidden_dim", hidden_dim), ("depth", depth)):
            check_size(name, value)
        self.features = mlp([num_inputs, *[hidden_dim] * depth, latent_dim])

    def forward(self, observation: Tensor) -> Latent:
        return self.activation(self.features(self.standardised(observation)))


class SeriesEncoder(NumberEncoder):
    """Windows (batch, channels, time) -> two convolutions over time of stride 2, linear, latent, with ReLU between."""

    def __init__(
        self,
        num_channels: int,
        num_times: int,
        latent_dim: int = 64,
        channels: tuple[int, ...] = (32, 64),
        *,
        activation: str = "tanh",
    ):
        super().__init__((num_channels, num_times), latent_dim, activation)
        check(
            num_times >= SHORTEST_WINDOW,
            f"windows have {num_times} times; allowed: {SHORTEST_WINDOW} or more (or vectors, for the mlp encoder)",
        )
        layers: list[nn.Module] = []
        length = num_times
        for before, after in zip((num_channels, *channels), channels, strict=False):
            layers += [nn.Conv1d(before, after, 5, stride=2, padding=2), nn.ReLU()]
            length = (length + 1) // 2
        self.features = nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels[-1] * length, latent_dim))

    def forward(self, observation: Tensor) -> Latent:
        return self.activation(self.features(self.standardised(observation)))


def require_numbers(shape: tuple[int, ...], axes: int, encoder: str) -> None:
    """Raise `InputError` unless observations have as many axes as an encoder takes."""
    if len(shape) != axes:
        found = f"of shape {shape}" if shape else "images"
        allowed = {1: "vectors (k,)", 2: "windows (channels, time)"}[axes]
        raise InputError(f"encoder {encoder!r} is for {allowed}, observations are {found}; use another encoder")
