"""Loads an exported sensorimotor world model (arXiv 2606.20104) with torch and safetensors alone.

model = load_model("folder"): encode(observation) -> z, predict(z, a) -> z', infer_action(z, z') -> a. Where past_frames
or past_actions are above 0, predict also takes the latents (n, past_frames, latent_dim) and the actions
(n, past_actions, action_dim) before, oldest first.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn


def mlp(*sizes: int) -> nn.Sequential:
    """Return linear layers with ReLU between them."""
    layers = [layer for pair in zip(sizes, sizes[1:], strict=False) for layer in (nn.Linear(*pair), nn.ReLU())]
    return nn.Sequential(*layers[:-1])


class PlainModel(nn.Module):
    """Encoder f of images uint8 (n, 3, side, side), forward model g and inverse model h; actions in [-1, 1]."""

    def __init__(
        self,
        side: int,
        channels: list[int],
        latent_dim: int,
        hidden_dim: int,
        depth: int,
        action_dim: int,
        latent_activation: str,
        past_frames: int = 0,
        past_actions: int = 0,
        inverse_head: str = "concat",
    ):
        super().__init__()
        layers = [
            layer
            for pair in zip((3, *channels), channels, strict=False)
            for layer in (nn.Conv2d(*pair, 3, stride=2, padding=1), nn.ReLU())
        ]
        flat = channels[-1] * (side // 2 ** (len(channels) + 1)) ** 2
        hidden = [hidden_dim] * depth
        self.encoder = nn.ModuleDict(
            {"features": nn.Sequential(*layers, nn.MaxPool2d(2), nn.Flatten()), "head": nn.Linear(flat, latent_dim)}
        )
        inputs = (1 + past_frames) * latent_dim + (1 + past_actions) * action_dim
        self.forward_model = nn.ModuleDict({"layers": mlp(inputs, *hidden, latent_dim)})
        self.inverse_model = nn.ModuleDict(
            {"layers": mlp((1 + (inverse_head == "concat")) * latent_dim, *hidden, max(action_dim, 1))}
        )
        self.inverse_head = inverse_head
        norm = nn.LayerNorm(latent_dim, elementwise_affine=False)
        self.last: nn.Module = {"tanh": nn.Tanh(), "identity": nn.Identity(), "layer_norm": norm}[latent_activation]
        self.action_dim, self.past_frames, self.past_actions = action_dim, past_frames, past_actions

    def encode(self, observation: Tensor) -> Tensor:
        """Return latents (n, latent_dim)."""
        return self.last(self.encoder["head"](self.encoder["features"](observation.float() / 255)))

    def predict(
        self, z: Tensor, action: Tensor, past_latents: Tensor | None = None, past_actions: Tensor | None = None
    ) -> Tensor:
        """Return the next latents (n, latent_dim) after actions (n, action_dim); without a past z begins an episode."""
        inputs = [z, action]
        if self.past_frames:
            standing = z[:, None].expand(-1, self.past_frames, -1)
            inputs.append((standing if past_latents is None else past_latents).flatten(1))
        if self.past_actions:
            none = action.new_zeros(len(action), self.past_actions, self.action_dim)
            inputs.append((none if past_actions is None else past_actions).flatten(1))
        return self.last(self.forward_model["layers"](torch.cat(inputs, -1)))

    def infer_action(self, z: Tensor, z_next: Tensor) -> Tensor:
        """Return the actions (n, action_dim) between latents."""
        seen = torch.cat([z, z_next], -1) if self.inverse_head == "concat" else z_next - z
        return self.inverse_model["layers"](seen)[:, : self.action_dim]


def load_model(folder: Path | str) -> PlainModel:
    """Return the model in a folder, in evaluation mode."""
    model = PlainModel(**json.loads((Path(folder) / "model.json").read_text(encoding="utf-8"))["sizes"])
    model.load_state_dict(load_file(Path(folder) / "weights.safetensors"))
    return model.eval()
