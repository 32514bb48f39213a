"""Latent models: states to latents, and what an action does there; of a trained model, and of the true state.

    encode(state) -> z = f(o(state))        predict(z, a) -> g(z, a)

`Coordinates` give a state in units of the actions, so that u' = u + a: the latent of an ideal model.
"""

import math
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from smwm_lab.axes import Action, Latent, State
from smwm_lab.errors import check
from smwm_lab.models import WorldModel
from smwm_lab.models.mode import evaluating
from smwm_lab.probes.inputs.encode import encode_states
from smwm_lab.probes.readout.controls import untrained_model
from smwm_lab.seeding import generator
from smwm_lab.worlds import World


NUM_PROBING = 512
"""Transitions from which the effect of the actions is found."""
NEGLIGIBLE = 1e-4
"""Effects below this share of the largest are rounding."""
DECIMALS = 9
"""Decimals that coordinates are rounded to: a multi-threaded LAPACK differs in the last digits from call to call, and
which whole steps end exactly on a border must not depend on that."""


@runtime_checkable
class LatentModel(Protocol):
    """What the measurements of structure need; implement it to measure a dynamics that is no `WorldModel`."""

    def encode(self, state: State) -> Latent:
        """Return the latents of states, CPU."""

    def predict(self, z: Latent, action: Action) -> Latent:
        """Return the guess of the latents after the actions, CPU."""


@dataclass(frozen=True)
class EncoderLatentModel:
    """The frozen encoder and forward model of a world model, through the renderer of its world."""

    model: WorldModel
    """Frozen networks."""
    world: World
    """World whose states are rendered."""

    def encode(self, state: State) -> Latent:
        """Return the latents of rendered states."""
        return encode_states(self.model, self.world, state)

    def predict(self, z: Latent, action: Action) -> Latent:
        """Return the guess of the forward model."""
        device = next(self.model.parameters()).device
        with evaluating(self.model), torch.no_grad():
            return self.model.predict(z.to(device), action.to(device)).cpu()


def untrained_latent_model(model: WorldModel, world: World, *, seed: int = 0) -> EncoderLatentModel:
    """Return the latent model of a fresh network of the same sizes: the floor of every measurement."""
    fresh = untrained_model(model.config, seed=seed)
    return EncoderLatentModel(fresh.to(next(model.parameters()).device), world)


@dataclass(frozen=True)
class Coordinates:
    """Where a state lies in units of the actions: one number u per action component, u' = u + a.

    For the single dot u is the position over 16 px; for a coupled pair it is that of the pair's middle.
    """

    effect: Tensor
    """What a unit action adds to the state, world units, float64 (action, state)."""
    radius: Tensor
    """Period over 2 pi of a coordinate that is an angle, infinite for the others, float64 (action,)."""

    def of(self, state: State) -> Tensor:
        """Return coordinates, float64 (n, action)."""
        return torch.round(state.double() @ torch.linalg.pinv(self.effect), decimals=DECIMALS)

    def embed(self, u: Tensor) -> Tensor:
        """Return points (n, action + angles): an angle u becomes (r cos, r sin), so that near states are near."""
        columns = []
        for value, r in zip(u.unbind(1), self.radius.tolist(), strict=True):
            columns += [r * (value / r).cos(), r * (value / r).sin()] if math.isfinite(r) else [value]
        return torch.stack(columns, 1)

    def unfold(self, points: Tensor) -> Tensor:
        """Return the coordinates (n, action) of embedded points; angles between minus and plus half a period."""
        values, columns = [], iter(points.unbind(1))
        for r in self.radius.tolist():
            first = next(columns)
            values.append(r * torch.atan2(next(columns), first) if math.isfinite(r) else first)
        return torch.stack(values, 1)


def find_coordinates(world: World, *, seed: int = 0) -> Coordinates:
    """Return the coordinates of a world, found by acting in it.

    Raises `InputError` for a world without actions, or in which actions do not add to the state.
    """
    check(world.spec.action_dim > 0, "this world has no actions, so nothing can be equivariant; use a controlled one")
    pairs = world.sample_transitions(NUM_PROBING, generator(seed, "effect of actions"))
    moved = (pairs.next_state - pairs.state).double()
    angles = torch.tensor(world.spec.angles)
    moved[:, angles] = torch.remainder(moved[:, angles] + math.pi, 2 * math.pi) - math.pi
    moved[:, ~torch.tensor(world.spec.controllable)] = 0
    action = pairs.action.double()
    effect = torch.linalg.lstsq(action, moved).solution
    unexplained = (moved - action @ effect).square().sum() / moved.square().sum()
    check(
        float(unexplained) < 1e-3,
        f"actions explain all but {float(unexplained):.3f} of the controlled motion in this world; allowed: all but "
        "0.001 (structure is measured only where actions add to the state)",
    )
    effect[effect.abs() < NEGLIGIBLE * effect.abs().amax(1, keepdim=True)] = 0
    effect = torch.round(effect, decimals=DECIMALS)
    return Coordinates(effect, _radii(effect, angles))


def _radii(effect: Tensor, angles: Tensor) -> Tensor:
    """Return r = 1 / (turn per unit action) for actions that only turn, else infinity."""
    turns, moves = effect[:, angles].abs().sum(1), effect[:, ~angles].abs().sum(1)
    check(bool(((turns == 0) | (moves == 0)).all()), "an action both moves and turns; allowed: one of the two")
    return torch.where(turns > 0, 1 / turns, math.inf)


@dataclass(frozen=True)
class TrueLatentModel:
    """The true controllable coordinates as latents, with their exact dynamics: the reference of measurements."""

    coordinates: Coordinates

    def encode(self, state: State) -> Latent:
        """Return the embedded coordinates of states."""
        return self.coordinates.embed(self.coordinates.of(state))

    def predict(self, z: Latent, action: Action) -> Latent:
        """Return the embedded coordinates after the actions."""
        return self.coordinates.embed(self.coordinates.unfold(z) + action)
