"""Is the latent space faithful? The theory of arXiv 2606.20104 measured on a model, its floor and the true state.

Everything starts from held-out states. One-step measurements lie in the region of i.i.d. pairs, chains of two
actions keep their middle there; distances and rollouts cover the whole canvas, where a model of i.i.d. pairs has
never started from.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from smwm_lab.axes import Action, State
from smwm_lab.data import StateSplit, sample_states, sample_transitions
from smwm_lab.errors import check, check_count
from smwm_lab.probes.inputs.encode import to_numpy
from smwm_lab.probes.inputs.trained import Trained, model_and_split, require_actions
from smwm_lab.probes.structure.dynamics_metrics import (
    Additivity,
    Displacements,
    Equivariance,
    Rollout,
    additivity,
    composition_error,
    equivariance,
    rollout_error,
    spread,
)
from smwm_lab.probes.structure.geometry import (
    Conditioning,
    DistanceRanks,
    action_jacobian,
    conditioning,
    distance_ranks,
)
from smwm_lab.probes.structure.latent_models import (
    Coordinates,
    EncoderLatentModel,
    LatentModel,
    TrueLatentModel,
    find_coordinates,
    untrained_latent_model,
)
from smwm_lab.seeding import generator
from smwm_lab.worlds import Trajectories, TransitionBatch


NUM_JACOBIANS, NUM_PLACES, NUM_TRAJECTORIES = 100, 300, 200
"""States for the Jacobian, states for distances, and trajectories for rollouts."""
MAX_CHAIN_DRAWS = 200
"""Batches drawn before pairs of actions that keep within the start region are given up."""


@dataclass(frozen=True, repr=False)
class Structure:
    """Measurements of one latent model; prints itself in one line."""

    spread: float
    """Root mean square distance of held-out latents from their mean; 0 is collapse."""
    equivariance: Equivariance
    """Error of one step of the forward model."""
    composition: float
    """Distance of two steps from the one step with the summed action, over the length of that one step."""
    additivity: Additivity
    """Share of the displacement that the action alone explains."""
    conditioning: Conditioning
    """How evenly the latent follows the controllable directions."""
    distances: DistanceRanks
    """How well latent distances order true distances."""
    rollout: Rollout
    """Error of open-loop rollouts by number of steps."""

    def __repr__(self) -> str:
        return (
            f"equivariance {self.equivariance.per_step:.3f} | composition {self.composition:.3f} | "
            f"additivity {self.additivity.linear:.3f} | condition {self.conditioning.median:.2f} | "
            f"distance rank {self.distances.pooled:.3f} | rollout({len(self.rollout.error)}) "
            f"{self.rollout.error[-1]:.3f} | spread {self.spread:.2g}"
        )

    def values(self) -> dict[str, float]:
        """Return the measurements by name, as the rows of a table."""
        horizon = len(self.rollout.error)
        return {
            "spread of the latents": self.spread,
            "equivariance error / spread": self.equivariance.per_spread,
            "equivariance error / step": self.equivariance.per_step,
            "composition error / step": self.composition,
            "additivity R2, linear": self.additivity.linear,
            "additivity R2, smooth": self.additivity.smooth,
            "share due to the state": self.additivity.of_state,
            "condition number, median": self.conditioning.median,
            "condition number, 90 %": self.conditioning.high,
            "distance rank correlation": self.distances.pooled,
            "the same, worst tenth of goals": self.distances.worst_goal,
            "rollout error / spread, 1 step": float(self.rollout.error[0]),
            f"rollout error / spread, {horizon} steps": float(self.rollout.error[-1]),
            f"standing still / spread, {horizon} steps": float(self.rollout.stand_still[-1]),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return every measurement but the pairs of distances as JSON values; NaN and infinity become None."""
        values = asdict(self)
        del values["distances"]["pairs"]
        return _as_json(values)


IDEAL = ("any > 0", "0", "0", "0", "1", "1", "0", "1", "1", "1", "1", "0", "0", "any")
"""What a perfect latent model shows, in the order of `Structure.values`; where an angle is controlled, not even the
true state is additive."""


@dataclass(frozen=True, repr=False)
class StructureReport:
    """A model beside its floor, the same network untrained, and its reference, the true state as latent."""

    model: Structure
    """Of the trained model."""
    untrained: Structure
    """Of the same networks with fresh weights: the floor."""
    true_state: Structure
    """Of the true controllable coordinates as latents: the reference."""

    def __repr__(self) -> str:
        return repr(self.model)

    def table(self) -> pd.DataFrame:
        """Return one row per measurement, with floor and reference."""
        columns = {"model": self.model, "untrained": self.untrained, "true state": self.true_state}
        table = pd.DataFrame({name: structure.values() for name, structure in columns.items()})
        return table.assign(ideal=IDEAL).rename_axis("measure")

    def to_dict(self) -> dict[str, object]:
        """Return all three as JSON values."""
        return {name: getattr(self, name).to_dict() for name in ("model", "untrained", "true_state")}


@dataclass(frozen=True)
class Chains:
    """States and two actions each, whose sum lies in the box of actions."""

    state: State
    """States before the first action, (n, state)."""
    first: Action
    """First actions, (n, action)."""
    second: Action
    """Second actions, (n, action); the sum with the first lies in [-1, 1]."""


@dataclass(frozen=True)
class StructureSample:
    """What all latent models of one comparison are measured on."""

    split: StateSplit
    """Which states are held out."""
    coordinates: Coordinates
    """Controllable coordinates of the world, in units of the actions."""
    fitted_on: TransitionBatch
    """Training transitions that additivity is fitted on."""
    held_out: TransitionBatch
    """Transitions with both ends held out."""
    chains: Chains
    """Pairs of actions in a row, for composition."""
    places: State
    """Held-out states anywhere in the frame, (n, state), between which distances are ranked."""
    trajectories: Trajectories
    """Random actions from held-out states anywhere; later states may lie on either side of the split."""


def structure_sample(
    split: StateSplit, *, seed: int = 0, num_transitions: int = 1000, horizon: int = 8
) -> StructureSample:
    """Draw what structure is measured on; raises `InputError` for a world without actions."""
    check_count("num_transitions", num_transitions, 50, 20_000)
    check_count("horizon", horizon, 1, 1000)
    coordinates = find_coordinates(split.world, seed=seed)
    draw = {
        side: sample_transitions(
            split, num_transitions, held_out=side == "held-out", generator=generator(seed, f"{side} structure")
        )
        for side in ("training", "held-out")
    }
    places = sample_states(
        split, NUM_PLACES + NUM_TRAJECTORIES, held_out=True, generator=generator(seed, "places"), anywhere=True
    )
    return StructureSample(
        split=split,
        coordinates=coordinates,
        fitted_on=draw["training"],
        held_out=draw["held-out"],
        chains=_chains(split, coordinates, num_transitions, seed),
        places=places[:NUM_PLACES],
        trajectories=_trajectories(split, places[NUM_PLACES:], horizon, seed),
    )


def measure_structure(latent_model: LatentModel, sample: StructureSample) -> Structure:
    """Return the measurements of one latent model; half a second and 10,000 encoded images at default sizes."""
    z_fit, z_fit_next = _encode_ends(latent_model, sample.fitted_on)
    z, z_next = _encode_ends(latent_model, sample.held_out)
    chains, trajectories = sample.chains, sample.trajectories
    z_trajectories = latent_model.encode(trajectories.states.flatten(0, 1)).unflatten(0, trajectories.states.shape[:2])
    jacobian = action_jacobian(
        latent_model, sample.coordinates, sample.split.world, sample.held_out.state[:NUM_JACOBIANS]
    )
    reference = TrueLatentModel(sample.coordinates)
    return Structure(
        spread=spread(z),
        equivariance=equivariance(latent_model, z, sample.held_out.action, z_next),
        composition=composition_error(latent_model, latent_model.encode(chains.state), chains.first, chains.second),
        additivity=additivity(
            _displacements(sample.coordinates, sample.fitted_on, z_fit_next - z_fit),
            _displacements(sample.coordinates, sample.held_out, z_next - z),
        ),
        conditioning=conditioning(jacobian),
        distances=distance_ranks(latent_model.encode(sample.places), reference.encode(sample.places)),
        rollout=rollout_error(latent_model, z_trajectories, trajectories.actions),
    )


def structure_report(
    trained: Trained, split: StateSplit | None = None, *, seed: int = 0, num_transitions: int = 1000, horizon: int = 8
) -> StructureReport:
    """Measure a model on its world beside an untrained one and the true state.

    split: that of the run, so that held-out states are those that training never saw. seed: of samples and floor.
    Raises `InputError` for a world without actions, or a model of other actions than the world's or with memory.
    """
    model, split = model_and_split(trained, split)
    require_actions("trained", model, split.world)
    check(
        model.config.memory == 0,
        f"the forward model looks {model.config.memory} steps back, and structure is what one latent and one action "
        "give; allowed: a model without memory (its encoder stage alone)",
    )
    sample = structure_sample(split, seed=seed, num_transitions=num_transitions, horizon=horizon)
    return StructureReport(
        model=measure_structure(EncoderLatentModel(model, split.world), sample),
        untrained=measure_structure(untrained_latent_model(model, split.world, seed=seed), sample),
        true_state=measure_structure(TrueLatentModel(sample.coordinates), sample),
    )


def _encode_ends(latent_model: LatentModel, batch: TransitionBatch) -> tuple[Tensor, Tensor]:
    z, z_next = latent_model.encode(torch.cat([batch.state, batch.next_state])).chunk(2)
    return z, z_next


def _displacements(coordinates: Coordinates, batch: TransitionBatch, step: Tensor) -> Displacements:
    place = coordinates.embed(coordinates.of(batch.state))
    return Displacements(*(to_numpy(part) for part in (batch.action, place, step)))


def _chains(split: StateSplit, coordinates: Coordinates, n: int, seed: int) -> Chains:
    """Draw held-out states and pairs of actions; the first keeps within the region that states start from."""
    stream = generator(seed, "chains")
    straight = torch.isinf(coordinates.radius)
    parts: list[Chains] = []
    for _ in range(MAX_CHAIN_DRAWS):
        state = sample_states(split, n, held_out=True, generator=stream)
        first, second = (split.world.sample_action(n, stream) for _ in range(2))
        # flipping the second action where the sum would leave the box keeps its distribution symmetric around 0
        second = torch.where((first + second).abs() > 1, -second, second)
        u = coordinates.of(state)
        middle = u + first
        inside = (middle >= u.amin(0)) & (middle <= u.amax(0)) | ~straight
        keep = inside.all(1)
        parts.append(Chains(state[keep], first[keep], second[keep]))
        if sum(len(part.state) for part in parts) >= n:
            break
    joined = (torch.cat(column)[:n] for column in zip(*((p.state, p.first, p.second) for p in parts), strict=True))
    chains = Chains(*joined)
    check(len(chains.state) >= 2, "no two actions in a row stay where states start; allowed: a larger start region")
    return chains


def _trajectories(split: StateSplit, start: State, horizon: int, seed: int) -> Trajectories:
    stream = generator(seed, "walks")
    states, actions = [start], []
    for _ in range(horizon):
        done = split.world.step(states[-1], split.world.sample_action(len(start), stream), stream)
        states.append(done.state)
        actions.append(done.action)
    return Trajectories(torch.stack(states, 1), torch.stack(actions, 1))


def _as_json(value: Any) -> Any:
    """Return nested dictionaries, arrays and floats as JSON values."""
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | list):
        return [_as_json(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
