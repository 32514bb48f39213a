"""AdaLN predictor: a transformer over the latents of now and before, steered by the actions (LeWorldModel).

Every latent is a token. Its action sets shift, scale and gate of each layer at that token (adaptive layer norm), and
all gates start at 0, so that a new network lets latents pass (DiT, arXiv 2212.09748).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from smwm_lab.axes import Action, Latent
from smwm_lab.config import Config, config
from smwm_lab.errors import check, check_range
from smwm_lab.models.activation import latent_activation
from smwm_lab.models.past import Past


@config
class AdaLNConfig(Config):
    """Sizes of an AdaLN predictor; the defaults are those of LeWorldModel."""

    depth: int = 6
    """Number of layers."""
    heads: int = 16
    """Attention heads of a layer."""
    head_dim: int = 64
    """Numbers per head."""
    mlp_dim: int = 2048
    """Width of the hidden layer between two attentions."""
    dropout: float = 0.1
    """Share of the numbers that training leaves out after attention and in the hidden layer."""

    def __post_init__(self):
        check_range("depth", self.depth, 1, 64)
        check_range("heads", self.heads, 1, 256)
        check_range("head_dim", self.head_dim, 1, 1024)
        check_range("mlp_dim", self.mlp_dim, 1, 16384)
        check_range("dropout", self.dropout, 0.0, 0.9)


class AdaLNPredictor(nn.Module):
    """(latents of before and now, with the action at each) -> latent, then the encoder's last activation.

    past_frames: how many latents before now it takes, each with its action. A token sees itself and what was before.
    """

    def __init__(
        self, sizes: AdaLNConfig, action_dim: int, latent_dim: int, *, past_frames: int = 0, activation: str = "tanh"
    ):
        super().__init__()
        check(action_dim > 0, "predictor 'adaln' is steered by actions, this world has none; use predictor 'mlp'")
        self.activation = latent_activation(activation)
        self.embed = nn.Sequential(nn.Linear(action_dim, latent_dim), nn.SiLU(), nn.Linear(latent_dim, latent_dim))
        self.position = nn.Parameter(torch.empty(1, past_frames + 1, latent_dim))
        nn.init.trunc_normal_(self.position, std=0.02)
        self.blocks = nn.ModuleList([_Block(sizes, latent_dim) for _ in range(sizes.depth)])
        self.last = nn.Sequential(nn.LayerNorm(latent_dim), nn.Linear(latent_dim, latent_dim))

    def forward(self, z: Latent, action: Action, past: Past | None = None) -> Latent:
        tokens, actions = z[:, None], action[:, None]
        if past is not None:
            tokens, actions = torch.cat([past.latents, tokens], 1), torch.cat([past.actions, actions], 1)
        tokens, condition = tokens + self.position, self.embed(actions)
        for block in self.blocks:
            tokens = block(tokens, condition)
        return self.activation(self.last(tokens[:, -1]))


class _Block(nn.Module):
    """Attention and hidden layer, each behind a norm that the condition shifts and scales, and a gate of its own."""

    def __init__(self, sizes: AdaLNConfig, width: int):
        super().__init__()
        self.heads, self.dropout = sizes.heads, sizes.dropout
        inner = sizes.heads * sizes.head_dim
        shift = nn.Linear(width, 6 * width)
        nn.init.zeros_(shift.weight)
        nn.init.zeros_(shift.bias)
        self.steer = nn.Sequential(nn.SiLU(), shift)
        self.to_heads, self.from_heads = nn.Linear(width, 3 * inner), nn.Linear(inner, width)
        drop = nn.Dropout(sizes.dropout)
        self.mlp = nn.Sequential(nn.Linear(width, sizes.mlp_dim), nn.GELU(), drop, nn.Linear(sizes.mlp_dim, width))

    def forward(self, tokens: Tensor, condition: Tensor) -> Tensor:
        shift, scale, gate, shift_mlp, scale_mlp, gate_mlp = self.steer(condition).chunk(6, -1)
        tokens = tokens + gate * self._attend(_norm(tokens) * (1 + scale) + shift)
        return tokens + gate_mlp * self.mlp(_norm(tokens) * (1 + scale_mlp) + shift_mlp)

    def _attend(self, tokens: Tensor) -> Tensor:
        heads = self.to_heads(tokens).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        query, key, value = heads  # each (batch, head, token, head_dim)
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        seen = self.from_heads(seen.transpose(1, 2).flatten(2))  # (batch, head, token, k) -> (batch, token, width)
        return functional.dropout(seen, self.dropout, self.training)


def _norm(tokens: Tensor) -> Tensor:
    return functional.layer_norm(tokens, tokens.shape[-1:])
