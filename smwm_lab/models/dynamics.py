"""Forward model g: (z, a) -> z' and inverse model h: (z, z') -> a, both small MLPs (arXiv 2606.20104)."""

import torch
from torch import nn

from smwm_lab.axes import Action, Latent
from smwm_lab.models.activation import latent_activation
from smwm_lab.models.sizes import check_size


def mlp(sizes: list[int]) -> nn.Sequential:
    """Return linear layers of these sizes with ReLU between them."""
    layers: list[nn.Module] = []
    for before, after in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class ForwardModel(nn.Module):
    """(latent + action) -> hidden -> hidden -> latent, then the encoder's last activation; 99,392 parameters at two
    actions.
    """

    def __init__(
        self, action_dim: int, latent_dim: int = 64, hidden_dim: int = 256, depth: int = 2, *, activation: str = "tanh"
    ):
        super().__init__()
        _check_sizes(action_dim, latent_dim, hidden_dim, depth)
        self.activation = latent_activation(activation)
        self.layers = mlp([latent_dim + action_dim, *[hidden_dim] * depth, latent_dim])

    def forward(self, z: Latent, action: Action) -> Latent:
        return self.activation(self.layers(torch.cat([z, action], -1)))


class InverseModel(nn.Module):
    """(latent, next latent) -> hidden -> hidden -> action, linear out; 99,330 parameters at two actions."""

    def __init__(self, action_dim: int, latent_dim: int = 64, hidden_dim: int = 256, depth: int = 2):
        super().__init__()
        _check_sizes(action_dim, latent_dim, hidden_dim, depth)
        self.action_dim = action_dim
        self.layers = mlp([2 * latent_dim, *[hidden_dim] * depth, max(action_dim, 1)])

    def forward(self, z: Latent, z_next: Latent) -> Action:
        return self.layers(torch.cat([z, z_next], -1))[:, : self.action_dim]


def _check_sizes(action_dim: int, latent_dim: int, hidden_dim: int, depth: int) -> None:
    sizes = {"action_dim": action_dim, "latent_dim": latent_dim, "hidden_dim": hidden_dim, "depth": depth}
    for name, value in sizes.items():
        check_size(name, value)
