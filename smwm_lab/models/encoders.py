"""Encoder f: o -> z. Convolutional, the sizes of arXiv 2606.20104's toy worlds by default."""

import torch
from torch import nn

from smwm_lab.axes import Images, Latent
from smwm_lab.errors import check, check_count, check_counts
from smwm_lab.gates import require_images, to_unit_range
from smwm_lab.models.activation import latent_activation
from smwm_lab.models.precision import convolution_precision
from smwm_lab.models.sizes import LARGEST_SIDE, WIDEST_CHANNELS, check_size


class ConvEncoder(nn.Module):
    """3x3 stride-2 convolutions with ReLU, 2x2 max-pool, linear, last activation; 224,384 parameters at 64 px.

    blank_start: set the initial biases so that a white canvas gives activations of 0; False is the usual start.
    activation: a name in `LATENT_ACTIVATIONS`; it sets the range of the latents, (-1, 1) for tanh.
    Takes uint8 (batch, 3, side, side) and scales it to [0, 1], in a copy; returns float32 (batch, latent_dim). Raises
    `InputError` for images of another dtype, shape or device.
    """

    def __init__(
        self,
        side: int = 64,
        channels: tuple[int, ...] = (32, 64, 128),
        latent_dim: int = 64,
        *,
        blank_start: bool = True,
        activation: str = "tanh",
    ):
        super().__init__()
        check_count("side", side, 1, LARGEST_SIDE)
        check_counts("channels", channels, 1, WIDEST_CHANNELS)
        check_size("latent_dim", latent_dim)
        self.side = side
        self.activation = latent_activation(activation)
        shrink = 2 ** (len(channels) + 1)
        check(
            side >= shrink and side % shrink == 0,
            f"side = {side} px does not fit the encoder; allowed: multiples of {shrink} px",
        )
        layers: list[nn.Module] = []
        for before, after in zip((3, *channels), channels, strict=False):
            layers += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.ReLU()]
        self.features = nn.Sequential(*layers, nn.MaxPool2d(2), nn.Flatten())
        self.head = nn.Linear(channels[-1] * (side // shrink) ** 2, latent_dim)
        if blank_start:
            self._ignore_white()

    @torch.no_grad()
    def _ignore_white(self) -> None:
        """Set the biases so that white gives activations of 0 but at the padded border: only what is drawn counts.

        With the usual initial biases the canvas makes up nearly all of every activation, and thousands of steps pass
        before the small differences between images are learned.
        """
        for layer in (*self.features, self.head):
            if isinstance(layer, nn.Conv2d | nn.Linear) and layer.bias is not None:
                layer.bias.zero_()
        first = self.features[0]
        assert isinstance(first, nn.Conv2d) and first.bias is not None
        first.bias.copy_(-first.weight.sum((1, 2, 3)))

    def forward(self, observation: Images) -> Latent:
        require_images(observation, self.side, self.head.weight.device)
        with convolution_precision(self, observation.device):
            half = torch.is_autocast_enabled(observation.device.type)
            dtype = torch.get_autocast_dtype(observation.device.type) if half else torch.float32
            features = self.features(to_unit_range(observation, dtype))
        return self.activation(self.head(features.float()))
