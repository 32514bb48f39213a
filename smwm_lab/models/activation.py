"""What follows the last linear layer of the encoder and of the forward model: it sets which latents there can be.

Both use the same one, so that the forward model reaches every latent the encoder can give, and no other.
"""

from collections.abc import Callable

import torch
from torch.nn import functional

from smwm_lab.axes import Latent
from smwm_lab.errors import check_choice


def _identity(z: Latent) -> Latent:
    return z


def _layer_norm(z: Latent) -> Latent:
    return functional.layer_norm(z, z.shape[-1:])


LATENT_ACTIVATIONS: dict[str, Callable[[Latent], Latent]] = {
    "tanh": torch.tanh,
    "identity": _identity,
    "layer_norm": _layer_norm,
}
"""Name -> function. tanh (the paper's toy worlds): each dimension in (-1, 1); identity: any number; layer_norm: mean 0
and variance 1 over the dimensions of each latent, without gain and bias."""


def latent_activation(name: str) -> Callable[[Latent], Latent]:
    """Return the function of a name in `LATENT_ACTIVATIONS`; raise `InputError` for any other name.

    >>> latent_activation("identity")(torch.ones(1, 2))
    tensor([[1., 1.]])
    """
    check_choice("latent_activation", name, tuple(LATENT_ACTIVATIONS))
    return LATENT_ACTIVATIONS[name]
