"""Forward model g: (z, a) -> z' and inverse model h: (z, z') -> a, both small MLPs (arXiv 2606.20104).

With memory g also takes the latents and actions before: (z, a, past) -> z'.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from smwm_lab.axes import Action, Latent
from smwm_lab.errors import check_choice
from smwm_lab.models.activation import latent_activation
from smwm_lab.models.past import Past
from smwm_lab.models.sizes import check_past, check_size


def mlp(sizes: list[int]) -> nn.Sequential:
    """Return linear layers of these sizes with ReLU between them."""
    layers: list[nn.Module] = []
    for before, after in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class ForwardModel(nn.Module):
    """(latent + action) -> hidden -> hidden -> latent, then the encoder's last activation; 99,392 parameters at two
    actions.

    past_frames, past_actions: how many latents and actions before now it takes too; all are one long input.
    """

    def __init__(
        self,
        action_dim: int,
        latent_dim: int = 64,
        hidden_dim: int = 256,
        depth: int = 2,
        *,
        activation: str = "tanh",
        past_frames: int = 0,
        past_actions: int = 0,
    ):
        super().__init__()
        _check_sizes(action_dim, latent_dim, hidden_dim, depth)
        check_past(past_frames, past_actions)
        self.activation = latent_activation(activation)
        num_inputs = (1 + past_frames) * latent_dim + (1 + past_actions) * action_dim
        self.layers = mlp([num_inputs, *[hidden_dim] * depth, latent_dim])

    def forward(self, z: Latent, action: Action, past: Past | None = None) -> Latent:
        before = [] if past is None else [past.latents.flatten(1), past.actions.flatten(1)]
        return self.activation(self.layers(torch.cat([z, action, *before], -1)))


class InverseModel(nn.Module):
    """(latent, next latent) -> hidden -> hidden -> action, linear out; 99,330 parameters at two actions.

    head: a name in `INVERSE_HEADS`, what it sees of the two.
    """

    def __init__(
        self, action_dim: int, latent_dim: int = 64, hidden_dim: int = 256, depth: int = 2, *, head: str = "concat"
    ):
        super().__init__()
        _check_sizes(action_dim, latent_dim, hidden_dim, depth)
        check_choice("inverse_head", head, tuple(INVERSE_HEADS))
        self.action_dim = action_dim
        latents, self.seen = INVERSE_HEADS[head]
        self.layers = mlp([latents * latent_dim, *[hidden_dim] * depth, max(action_dim, 1)])

    def forward(self, z: Latent, z_next: Latent) -> Action:
        return self.layers(self.seen(z, z_next))[:, : self.action_dim]


def _both(z: Latent, z_next: Latent) -> Tensor:
    return torch.cat([z, z_next], -1)


def _difference(z: Latent, z_next: Latent) -> Tensor:
    return z_next - z


INVERSE_HEADS: dict[str, tuple[int, Callable[[Tensor, Tensor], Tensor]]] = {
    "concat": (2, _both),
    "difference": (1, _difference),
}
"""Name -> how many latents wide the input of h is, and what makes it. concat (the paper's): both latents; difference:
z' - z alone, so that an action means the same displacement of the latent everywhere."""


def _check_sizes(action_dim: int, latent_dim: int, hidden_dim: int, depth: int) -> None:
    sizes = {"action_dim": action_dim, "latent_dim": latent_dim, "hidden_dim": hidden_dim, "depth": depth}
    for name, value in sizes.items():
        check_size(name, value)
