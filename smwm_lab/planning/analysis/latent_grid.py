"""The canvas as an agent sees it: one body at every place, the plane of these latents, and the way back."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from smwm_lab.axes import State
from smwm_lab.planning.control.perception import Perception
from smwm_lab.planning.interface.gates import require_finite_tasks
from smwm_lab.worlds import World
from smwm_lab.worlds.bodies import Body


NUM_PLACES = 24
"""Places along each axis."""
NUM_NEAREST = 4
Points = Float[np.ndarray, "*row 2"]


@dataclass(frozen=True, eq=False, repr=False)
class LatentGrid:
    """Places of a body, and what the agent makes of them."""

    places: Float[Tensor, "place 2"]
    """Where the body can be, world units."""
    latents: Float[Tensor, "place latent"]
    axes: Float[Tensor, "latent 2"]
    """Orthonormal: the principal plane, turned so that x and y lie as in the world as far as they can."""

    @classmethod
    def from_perception(cls, perception: Perception, world: World, body: Body, state: State) -> "LatentGrid":
        """Look at a state (1, state) with the body everywhere it can stay; raise `InputError` for NaN latents."""
        everywhere = _everywhere(world, body, state)
        latents = perception(everywhere).detach().cpu()
        require_finite_tasks(latents, "the latents of the canvas")
        places = everywhere[:, list(body.columns)]
        return cls(places, latents, _plane(latents, places))

    def __repr__(self) -> str:
        return f"LatentGrid({len(self.places)} places)"

    def flat(self, latents: Float[Tensor, "*row latent"]) -> Points:
        """Return latents in the plane, around the middle of the canvas."""
        return ((latents.detach().cpu() - self.latents.mean(0)) @ self.axes).numpy()

    def read(self, latents: Float[Tensor, "*row latent"]) -> Points:
        """Return the places that latents look like: mean of the nearest ones, weighted by 1 / squared distance.

        Between two places of the grid that is right to about a quarter of their distance.
        """
        rows = latents.detach().cpu().flatten(0, -2)
        near = torch.cdist(rows, self.latents).topk(NUM_NEAREST, 1, largest=False)
        weights = 1 / near.values.square().clamp_min(1e-12)
        weights = weights / weights.sum(1, keepdim=True)
        places = (weights[..., None] * self.places[near.indices]).sum(1)
        return places.unflatten(0, latents.shape[:-1]).numpy()


def _everywhere(world: World, body: Body, state: State) -> Float[Tensor, "place component"]:
    """Return the state with the body on a grid of whole places, without those where it cannot stay."""
    columns, spec = list(body.columns), world.spec
    ticks = [torch.linspace(spec.state_low[c], spec.state_high[c], NUM_PLACES).round() for c in columns]
    places = torch.cartesian_prod(
        *(tick.clamp(spec.state_low[c], spec.state_high[c]) for tick, c in zip(ticks, columns, strict=True))
    )
    found = body.place(state.expand(len(places), -1), places)
    inside = ((found >= torch.tensor(spec.state_low)) & (found <= torch.tensor(spec.state_high))).all(1)
    found = torch.unique(found[inside], dim=0)
    rest = world.step(found, torch.zeros(len(found), spec.action_dim), torch.Generator().manual_seed(0)).state
    controlled = torch.tensor(spec.controllable)[columns]  # a coordinate that moves by itself does not count
    stays = ((rest - found)[:, columns].abs() * controlled).amax(1) < 1e-3
    return found[stays]


def _plane(latents: Tensor, places: Tensor) -> Tensor:
    """Return (latent, 2) orthonormal axes of the principal plane, turned towards the axes of the places."""
    centred = (latents - latents.mean(0)).double()
    axes = torch.linalg.svd(centred, full_matrices=False).Vh[:2].T
    left, _, right = torch.linalg.svd((centred @ axes).T @ (places - places.mean(0)).double())
    return (axes @ left @ right).float()
