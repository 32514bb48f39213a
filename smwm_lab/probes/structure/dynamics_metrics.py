"""Metrics of a latent dynamics, each 0 or 1 where an identity of the theory (arXiv 2606.20104) holds exactly.

    equivariance   g(f(o), a) = f(o')                  composition   g(g(z, a1), a2) = g(z, a1 + a2)
    additivity     z' - z = rho(a), whatever z          rollout       g applied t times = f(o_t)

Lengths are root mean squares over rows. Errors are relative, so that a small latent is no advantage; where there
is nothing to relate to (a latent that never moves) they are NaN. A forward model that sends everything to one point has
a composition error of 0: read no metric alone.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import torch
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from smwm_lab.axes import Actions, Latent, Latents
from smwm_lab.errors import check
from smwm_lab.gates import require_alike, require_finite, require_tensor
from smwm_lab.probes.structure.latent_models import LatentModel


KERNEL_WIDTH = 0.1
"""Inverse squared width of the kernel, over standardised inputs."""
KERNEL_RIDGE = 0.1
"""Ridge penalty of the kernel regression."""


def length(rows: Tensor) -> float:
    """Return the root mean square length of rows (n, d).

    >>> length(torch.tensor([[3.0, 4.0], [0.0, 5.0]]))
    5.0
    """
    return float(rows.double().square().sum(1).mean().sqrt())


def spread(z: Latent) -> float:
    """Return the root mean square distance of latents from their mean, sqrt(total variance)."""
    return length(z.double() - z.double().mean(0))


def ratio(value: float, unit: float) -> float:
    """Return value / unit, NaN if the unit is 0."""
    return value / unit if unit > 0 else math.nan


@dataclass(frozen=True)
class Equivariance:
    """How far one step of the forward model ends from where the encoder puts the next observation."""

    per_spread: float
    """Root mean square error over the spread of the latents."""
    per_step: float
    """Root mean square error over that of the true step z' - z; predicting no change gives 1."""


def equivariance(dynamics: LatentModel, z: Tensor, action: Tensor, z_next: Tensor) -> Equivariance:
    """Return the error of one step from latents z (n, d) with actions (n, a) to latents z_next (n, d), row by row."""
    _require_same_rows(z=z, action=action, z_next=z_next)
    error = length(dynamics.predict(z, action).double() - z_next.double())
    step = length(z_next.double() - z.double())
    return Equivariance(ratio(error, spread(z_next)), ratio(error, step))


def composition_error(dynamics: LatentModel, z: Tensor, first: Tensor, second: Tensor) -> float:
    """Return how far two steps end from the one step with the summed action, over the length of that one step.

    z: (n, d); first, second: (n, a), actions whose sum lies in [-1, 1]. 0 for a homomorphism, and also for a
    g that ignores the action and sends every latent to one point.
    """
    _require_same_rows(z=z, first=first, second=second)
    total = first + second
    check(float(total.abs().max()) <= 1 + 1e-6, "first + second leaves the box of actions; allowed: sums in [-1, 1]")
    twice = dynamics.predict(dynamics.predict(z, first), second).double()
    once = dynamics.predict(z, total).double()
    return ratio(length(twice - once), length(once - z.double()))


@dataclass(frozen=True)
class Additivity:
    """How much of the displacement z' - z the action alone explains, held-out; shares of its variance.

    A turn is not additive: for the true pose with its angle as (cos, sin), the linear share is .68.
    """

    linear: float
    """Held-out R^2 of the displacement explained by a linear rho(a)."""
    smooth: float
    """Held-out R^2 of a smooth rho(a): linear, then kernel ridge on its residual; noise can put it below linear."""
    of_state: float
    """Share that state and action explain beyond rho(a): 0 if the displacement does not depend on the state."""


@dataclass(frozen=True, eq=False)
class Displacements:
    """Actions (n, a), coordinates of the states they start from (n, c), and the steps z' - z of the latent (n, d)."""

    action: np.ndarray
    """Actions, (n, a)."""
    place: np.ndarray
    """Coordinates of the states before, (n, c)."""
    step: np.ndarray
    """Displacements of the latent, (n, d)."""


def additivity(fitted_on: Displacements, held_out: Displacements) -> Additivity:
    """Return the shares of the displacement that the action, and beyond it the state, explain on held-out rows."""
    guess = LinearRegression().fit(fitted_on.action, fitted_on.step)
    # three nested regressions of the step: linear in a, smooth in a, smooth in a and state; each fits the last residual
    rest, rest_held_out = (part.step - guess.predict(part.action) for part in (fitted_on, held_out))
    variance = float(((held_out.step - held_out.step.mean(0)) ** 2).sum())
    shares = [ratio(float((rest_held_out**2).sum()), variance)]
    for inputs, inputs_held_out in (
        (fitted_on.action, held_out.action),
        (np.hstack([fitted_on.action, fitted_on.place]), np.hstack([held_out.action, held_out.place])),
    ):
        smooth = _smooth_regressor().fit(inputs, rest)
        rest, rest_held_out = rest - smooth.predict(inputs), rest_held_out - smooth.predict(inputs_held_out)
        shares.append(ratio(float((rest_held_out**2).sum()), variance))
    return Additivity(1 - shares[0], 1 - shares[1], shares[1] - shares[2])


def action_directions(z: Tensor, action: Tensor, z_next: Tensor) -> Tensor:
    """Return the linear rho: what a unit of each action component adds to the latent, float64 (a, d).

    z, z_next: latents (n, d) before and after the actions (n, a).

    >>> a = torch.eye(2)
    >>> action_directions(torch.zeros(2, 2), a, 3 * a - 1)
    tensor([[ 1.5000, -1.5000],
            [-1.5000,  1.5000]], dtype=torch.float64)
    """
    for name, value in {"z": z, "actions": action, "z_next": z_next}.items():
        require_tensor(name, value, "torch.as_tensor gives one; floats (n, columns)")
        floats = value.ndim == 2 and value.is_floating_point()
        check(floats, f"{name} are {value.dtype} {tuple(value.shape)}; allowed: floats (n, columns)")
        require_finite(name, value)
    _require_same_rows(z=z, action=action, z_next=z_next)
    require_alike("z", z, "z_next", z_next)
    fitted = LinearRegression().fit(action.double().numpy(), (z_next.double() - z.double()).numpy())
    return torch.from_numpy(fitted.coef_.reshape(z.shape[1], action.shape[1]).T.copy())  # (d, a) -> (a, d)


@dataclass(frozen=True)
class Rollout:
    """Error of an open-loop rollout at 1, 2, ... T steps, over the spread of the latents."""

    error: np.ndarray = field(compare=False)
    """Error of the forward model at each step, over the spread of the latents, (T,)."""
    stand_still: np.ndarray = field(compare=False)
    """Error of predicting no change at each step, over the spread of the latents, (T,)."""


def rollout_error(dynamics: LatentModel, z: Latents, actions: Actions) -> Rollout:
    """Return the error by horizon, of encoded trajectories z (n, T+1, d) with actions (n, T, a)."""
    check(z.shape[1] == actions.shape[1] + 1, f"{actions.shape[1]} actions need one latent more, not {z.shape[1]}")
    unit = spread(z.flatten(0, 1))
    guess, errors, still = z[:, 0], [], []
    for t, action in enumerate(actions.unbind(1), start=1):
        guess = dynamics.predict(guess, action)
        errors.append(ratio(length(guess.double() - z[:, t].double()), unit))
        still.append(ratio(length(z[:, 0].double() - z[:, t].double()), unit))
    return Rollout(np.array(errors), np.array(still))


def _smooth_regressor() -> Pipeline:
    return make_pipeline(StandardScaler(), KernelRidge(alpha=KERNEL_RIDGE, kernel="rbf", gamma=KERNEL_WIDTH))


def _require_same_rows(**parts: Tensor) -> None:
    rows = {name: len(part) for name, part in parts.items()}
    listed = ", ".join(f"{name} {count}" for name, count in rows.items())
    check(len(set(rows.values())) == 1, f"numbers of rows differ ({listed}); allowed: one row per transition")
    check(min(rows.values()) >= 2, f"{min(rows.values())} row is too few; allowed: 2 or more")
