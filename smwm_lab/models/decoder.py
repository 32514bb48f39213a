"""Decoder z -> o, as a probe of a frozen encoder or as a reconstruction term (arXiv 2606.20104)."""

from typing import cast

import torch
from torch import Tensor, nn

from smwm_lab.axes import Image, Latent
from smwm_lab.errors import check, check_count, check_counts
from smwm_lab.gates import require_input
from smwm_lab.models.precision import convolution_precision
from smwm_lab.models.sizes import LARGEST_SIDE, WIDEST_CHANNELS, check_size


WHITE_LOGIT = 3.0


class Decoder(nn.Module):
    """Linear, four 4x4 stride-2 transposed convolutions with ReLU, sigmoid; 560,867 parameters at 64 px.

    blank_start: begin with a white canvas (sigmoid(3) = 0.95), so that the first steps are not spent on learning it,
    which drives latents that are trained along into saturation; False is the usual initialisation.
    Takes float (batch, latent_dim); returns float (batch, 3, side, side) in (0, 1).
    """

    def __init__(
        self,
        side: int = 64,
        latent_dim: int = 64,
        channels: tuple[int, ...] = (128, 128, 64, 32),
        *,
        blank_start: bool = True,
    ):
        super().__init__()
        check_count("side", side, 1, LARGEST_SIDE)
        check_counts("channels", channels, 1, WIDEST_CHANNELS)
        check_size("latent_dim", latent_dim)
        growth = 2 ** len(channels)
        check(side % growth == 0, f"side = {side} px does not fit the decoder; allowed: multiples of {growth} px")
        self.start = (channels[0], side // growth, side // growth)
        self.expand = nn.Linear(latent_dim, channels[0] * (side // growth) ** 2)
        layers: list[nn.Module] = []
        for before, after in zip(channels, (*channels[1:], 3), strict=True):
            layers += [nn.ConvTranspose2d(before, after, 4, stride=2, padding=1), nn.ReLU()]
        self.grow = nn.Sequential(*layers[:-1])
        if blank_start:
            nn.init.constant_(cast(Tensor, self.grow[-1].bias), WHITE_LOGIT)

    def forward(self, z: Latent) -> Image:
        require_input("z", z, self.expand.weight, None, self.expand.in_features)
        start = self.expand(z).unflatten(1, self.start)  # (batch, c * s * s) -> (batch, c, s, s)
        start = start.contiguous(memory_format=torch.channels_last)
        with convolution_precision(self, z.device):
            image = self.grow(start)
        return image.float().sigmoid()
