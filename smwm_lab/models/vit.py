"""ViT encoder: an image in patches, through a transformer, to one latent; by default as in LeWorldModel, at 224 px.

The token that sums up the image (CLS) goes through a projector with batch normalisation.
"""

from typing import TYPE_CHECKING

import torch
from torch import nn

from smwm_lab.axes import Images, Latent
from smwm_lab.config import Config, config
from smwm_lab.errors import check, check_range
from smwm_lab.gates import require_images, to_unit_range
from smwm_lab.models.activation import latent_activation


if TYPE_CHECKING:
    from smwm_lab.models.world_model import ModelConfig


MOST_PATCHES = 4096
"""Patches of an image, at most: attention compares each with each."""


@config
class ViTConfig(Config):
    """Sizes of a vision transformer; the defaults are those of ViT-Tiny with patches of 14 px."""

    patch: int = 14
    """Side of a patch, px."""
    width: int = 192
    """Numbers per token."""
    depth: int = 12
    """Number of layers."""
    heads: int = 3
    """Attention heads of a layer; the width is a multiple of it."""
    mlp_dim: int = 768
    """Width of the hidden layer between two attentions."""
    projector_dim: int = 2048
    """Width of the hidden layer of the projector."""

    def __post_init__(self):
        check_range("patch", self.patch, 1, 256)
        check_range("width", self.width, 1, 4096)
        check_range("depth", self.depth, 1, 64)
        check_range("heads", self.heads, 1, 256)
        check_range("mlp_dim", self.mlp_dim, 1, 16384)
        check_range("projector_dim", self.projector_dim, 1, 16384)
        check(
            self.width % self.heads == 0,
            f"width = {self.width} is no multiple of heads = {self.heads}; allowed: equal shares for all heads",
        )


class ViTEncoder(nn.Module):
    """Patches + position, transformer layers, CLS -> projector -> latent.

    Takes uint8 (batch, 3, side, side); returns float32 (batch, latent_dim). Raises `InputError` for images of another
    dtype, shape or device.
    """

    def __init__(self, sizes: ViTConfig, side: int, latent_dim: int, *, activation: str = "tanh"):
        super().__init__()
        check(
            side % sizes.patch == 0,
            f"side = {side} px does not fit patches of {sizes.patch} px; allowed: a multiple, or another vit.patch",
        )
        num_patches = (side // sizes.patch) ** 2
        check_range("patches of an image", num_patches, 1, MOST_PATCHES, "larger patches make fewer")
        self.side = side
        self.activation = latent_activation(activation)
        self.patches = nn.Conv2d(3, sizes.width, sizes.patch, stride=sizes.patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, sizes.width))
        self.position = nn.Parameter(torch.empty(1, num_patches + 1, sizes.width))
        nn.init.trunc_normal_(self.position, std=0.02)
        layer = nn.TransformerEncoderLayer(
            sizes.width,
            sizes.heads,
            sizes.mlp_dim,
            dropout=0.0,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        last = nn.LayerNorm(sizes.width)
        self.layers = nn.TransformerEncoder(layer, sizes.depth, last, enable_nested_tensor=False)
        self.projector = nn.Sequential(
            nn.Linear(sizes.width, sizes.projector_dim),
            nn.BatchNorm1d(sizes.projector_dim),
            nn.GELU(),
            nn.Linear(sizes.projector_dim, latent_dim),
        )

    def forward(self, observation: Images) -> Latent:
        require_images(observation, self.side, self.position.device)
        patches = self.patches(to_unit_range(observation) * 2 - 1)
        tokens = patches.flatten(2).transpose(1, 2)  # (batch, width, rows, columns) -> (batch, rows * columns, width)
        tokens = torch.cat([self.cls.expand(len(tokens), -1, -1), tokens], 1) + self.position
        return self.activation(self.projector(self.layers(tokens)[:, 0]))


def vit_encoder(config: "ModelConfig") -> nn.Module:
    """Return the encoder of a configuration; raise `InputError` for observations that are no images."""
    check(
        not config.input_shape,
        f"encoder 'vit' is for images, observations are of shape {config.input_shape}; use mlp or series",
    )
    return ViTEncoder(config.vit, config.side, config.latent_dim, activation=config.latent_activation)
