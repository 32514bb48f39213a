"""The collapse report: what the latent keeps, and by which measures a collapse shows.

Everything is measured on held-out states. `inverse_over_variance` needs actions and no labels of the state: a constant
encoder leaves the inverse model with the mean action, so L_inv = Var(a) and the ratio is 1 (arXiv 2606.20104). Read by
the model's own h: a fresh network may read more of the same latent, and an h that nothing trains reads none.
"""

import math
from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd
import torch

from smwm_lab.data import StateSplit, sample_states, sample_transitions, sample_windows
from smwm_lab.errors import check_count
from smwm_lab.models import Past, WorldModel
from smwm_lab.probes.collapse import spectra
from smwm_lab.probes.collapse.verdict import inverse_floor, judgement, lost_components, mean_floor, verdict
from smwm_lab.probes.inputs.checks import check_rows
from smwm_lab.probes.inputs.encode import encode_states, to_numpy
from smwm_lab.probes.inputs.trained import Trained, model_and_split, require_actions
from smwm_lab.probes.readout.regressors import readout_r2
from smwm_lab.seeding import generator
from smwm_lab.worlds import TransitionBatch


NUM_TRANSITIONS = 2000
"""Held-out transitions that are measured by default."""
NUM_PROBE_STATES = 4000
"""Training states that the linear probes are fitted on."""


@dataclass(frozen=True, repr=False)
class CollapseReport:
    """Held-out measurements of one model; prints itself in one line."""

    inverse_over_variance: float
    """Held-out L_inv / Var(a): 0 perfect, 1 as bad as the mean action; NaN in a world without actions."""
    forward_loss: float
    """Held-out L_fwd, mean squared error of the predicted latents; 0 in a collapsed model too. For a forward model with
    memory of the last step of windows whose first and last state are held out."""
    total_variance: float
    """Sum of the covariance eigenvalues of the latents."""
    evr_true_dim: float
    """Share of the variance in as many directions as the world has controllable dimensions."""
    elbow: float
    """Covariance eigenvalue number `true_dim` over the next one: how sharply the spectrum falls there."""
    eigen_entropy_rank: float
    """Exp of the entropy of the covariance eigenvalues."""
    effective_rank: float
    """Exp of the entropy of the singular values of the centred latents (Roy & Vetterli 2007)."""
    rankme: float
    """Exp of the entropy of the singular values of the latents, not centred (arXiv 2210.02885)."""
    participation_ratio: float
    """(Sum of covariance eigenvalues)^2 / sum of their squares."""
    true_dim: int
    """Controllable dimensions of the world (1 is used for a world without control)."""
    probe_r2: dict[str, float]
    """State component -> held-out R^2 of a linear probe of it."""
    spectrum: np.ndarray = field(compare=False)
    """Covariance eigenvalues, largest first, (latent_dim,)."""
    variance_per_dim: np.ndarray = field(compare=False)
    """Variance of each latent dimension, (latent_dim,)."""
    inverse_over_variance_by_action: dict[str, float] = field(default_factory=dict)
    """Action component -> held-out L_inv / Var(a) of it alone; empty where no model was measured."""
    floor_by_action: dict[str, float] = field(default_factory=dict)
    """Action component -> the smallest ratio that a readout of the true states reaches; empty where it is unknown."""

    @property
    def inverse_floor(self) -> float | None:
        """Mean over the action components of the smallest reachable L_inv / Var(a); None where it is unknown."""
        return mean_floor(self.floor_by_action)

    @property
    def verdict(self) -> str | None:
        """`healthy`, `partly` or `collapsed`, as `collapse.verdict` defines them; None without actions to judge by."""
        return verdict(self.inverse_over_variance_by_action, self.floor_by_action)

    @property
    def lost_by_action(self) -> dict[str, float]:
        """Action component -> share of its readable variance that h does not read: 0 none, 1 all."""
        return lost_components(self.inverse_over_variance_by_action, self.floor_by_action)

    def __repr__(self) -> str:
        r2 = " ".join(f"{name} {value:.3f}" for name, value in self.probe_r2.items()) or "of unknown states"
        return (
            f"L_inv/Var(a) {self.inverse_over_variance:.4f} | variance {self.total_variance:.2g} | "
            f"EVR({self.true_dim}) {self.evr_true_dim:.3f} | elbow {self.elbow:.1f} | "
            f"entropy rank {self.eigen_entropy_rank:.2f} | R2 {r2}"
        )

    def to_dict(self) -> dict[str, object]:
        """Return the scalar measurements as JSON values; NaN becomes None."""
        left_out = ("spectrum", "variance_per_dim", "true_dim", "inverse_over_variance_by_action", "floor_by_action")
        values = {k: v for k, v in asdict(self).items() if k not in left_out}
        return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in values.items()}

    def judgement(self) -> dict[str, object]:
        """Return the verdict and what it rests on, JSON values: L_inv / Var(a) by action, its floor, the share lost."""
        return judgement(self.inverse_over_variance_by_action, self.floor_by_action)

    def table(self) -> pd.DataFrame:
        """Return the measurements with what a collapsed and an ideal latent would show."""
        d = self.true_dim
        rows = [
            ("L_inv / Var(a)", self.inverse_over_variance, "1", "0"),
            ("L_fwd", self.forward_loss, "0", "0"),
            ("total variance", self.total_variance, "0", "of order 1"),
            (f"sum of EVR, {d} directions", self.evr_true_dim, "any", "1"),
            (f"elbow after {d} directions", self.elbow, "any", "large"),
            ("entropy rank of eigenvalues", self.eigen_entropy_rank, "any", f"{d}"),
            ("effective rank", self.effective_rank, "any", f"{d}"),
            ("RankMe (not centred)", self.rankme, "any", "-"),
            ("participation ratio", self.participation_ratio, "any", f"{d}"),
        ]
        rows += [(f"linear probe R2 of {name}", value, "any", "1") for name, value in self.probe_r2.items()]
        return pd.DataFrame(rows, columns=["measure", "value", "if collapsed", "ideal"]).set_index("measure")


def collapse_report(
    trained: Trained,
    split: StateSplit | None = None,
    *,
    seed: int = 0,
    num_transitions: int = NUM_TRANSITIONS,
    judge: bool = True,
) -> CollapseReport:
    """Measure a model on held-out transitions of its world; probes are fitted on training states.

    Takes about a second on two CPU cores at the default of 2,000 transitions. In a small discrete world many of them
    start from the same state: single_dot has about 80 held-out start positions. Where actions alias, the reachable
    floor takes a second or two more; judge=False leaves it out, and floors count as 0.
    """
    model, split = model_and_split(trained, split)
    world = split.world
    require_actions("trained", model, world)
    test = _held_out(split, num_transitions, seed)
    fitted_on = sample_states(split, NUM_PROBE_STATES, held_out=False, generator=generator(seed, "probe states"))
    z, z_next = (encode_states(model, world, state) for state in (test.state, test.next_state))
    z_fit = encode_states(model, world, fitted_on)
    inverse, by_action, forward = _losses(model, z, z_next, test.action)
    if model.config.memory:
        forward = _forward_with_past(model, split, num_transitions, seed)
    fit, asked = ({name: to_numpy(v) for name, v in world.targets(state).items()} for state in (fitted_on, test.state))
    r2 = readout_r2(to_numpy(z_fit), fit, to_numpy(z), asked) if fit else {}  # {}: nobody recorded the state
    return describe_latents(
        to_numpy(z),
        true_dim=max(1, world.spec.controllable_dim),
        inverse_over_variance=inverse,
        forward_loss=forward,
        probe_r2=r2,
        inverse_over_variance_by_action=dict(zip(world.spec.action_names, by_action, strict=True)),
        floor_by_action=inverse_floor(split, test, seed=seed) if judge else {},
    )


def judge(
    trained: Trained, split: StateSplit | None = None, *, seed: int = 0, num_transitions: int = NUM_TRANSITIONS
) -> dict[str, object]:
    """Return `CollapseReport.judgement` of a model without measuring the rest: equal arguments, equal values."""
    model, split = model_and_split(trained, split)
    test = _held_out(split, num_transitions, seed)
    z, z_next = (encode_states(model, split.world, state) for state in (test.state, test.next_state))
    _, by_action, _ = _losses(model, z, z_next, test.action)
    ratios = dict(zip(split.world.spec.action_names, by_action, strict=True))
    return judgement(ratios, inverse_floor(split, test, seed=seed))


def _held_out(split: StateSplit, n: int, seed: int) -> TransitionBatch:
    return sample_transitions(split, n, held_out=True, generator=generator(seed, "held-out transitions"))


def describe_latents(
    latents: np.ndarray,
    *,
    true_dim: int,
    inverse_over_variance: float = math.nan,
    forward_loss: float = math.nan,
    probe_r2: dict[str, float] | None = None,
    inverse_over_variance_by_action: dict[str, float] | None = None,
    floor_by_action: dict[str, float] | None = None,
) -> CollapseReport:
    """Return the report of an array of latents (n, d); what needs a model is passed in, if known."""
    latents = check_rows(latents, "latents")
    check_count("true_dim", true_dim, 1, 1 << 20)
    eigenvalues = spectra.spectrum(latents)
    return CollapseReport(
        inverse_over_variance=inverse_over_variance,
        forward_loss=forward_loss,
        total_variance=float(eigenvalues.sum()),
        evr_true_dim=float(spectra.explained_variance_ratio(eigenvalues)[:true_dim].sum()),
        elbow=spectra.elbow_ratio(eigenvalues, true_dim) if true_dim < len(eigenvalues) else math.nan,
        eigen_entropy_rank=spectra.eigen_entropy_rank(latents),
        effective_rank=spectra.effective_rank(latents),
        rankme=spectra.rankme(latents),
        participation_ratio=spectra.participation_ratio(latents),
        true_dim=true_dim,
        probe_r2=probe_r2 or {},
        spectrum=eigenvalues,
        variance_per_dim=latents.var(0, ddof=1),
        inverse_over_variance_by_action=inverse_over_variance_by_action or {},
        floor_by_action=floor_by_action or {},
    )


@torch.no_grad()
def _losses(
    model: WorldModel, z: torch.Tensor, z_next: torch.Tensor, action: torch.Tensor
) -> tuple[float, list[float], float]:
    """Return (L_inv / Var(a), the same of each action component, L_fwd) of latents on the CPU."""
    device = next(model.parameters()).device
    z, z_next, action = z.to(device), z_next.to(device), action.to(device)
    forward = (model.predict(z, action) - z_next).square().mean()
    if action.shape[1] == 0:
        return math.nan, [], float(forward)
    error, variance = (model.infer_action(z, z_next) - action).square(), action.var(0, correction=0)
    inverse = error.mean() / variance.mean()
    return float(inverse), (error.mean(0) / variance).tolist(), float(forward)


@torch.no_grad()
def _forward_with_past(model: WorldModel, split: StateSplit, n: int, seed: int) -> float:
    """Return L_fwd of a forward model with memory: of the last step of held-out windows, with the true past."""
    memory = model.config.memory
    stream = generator(seed, "held-out windows")
    test = sample_windows(split, n, length=memory + 1, episode_length=memory + 1, held_out=True, generator=stream)
    device = next(model.parameters()).device
    z = encode_states(model, split.world, test.states.flatten(0, 1)).unflatten(0, test.states.shape[:2]).to(device)
    actions = test.actions.to(device)
    sizes = {"num_latents": model.past_frames, "num_actions": model.past_actions}
    predicted = model.predict(z[:, memory], actions[:, memory], Past.within(z, actions, memory, **sizes))
    return float((predicted - z[:, -1]).square().mean())
