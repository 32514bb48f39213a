"""The verdict on a run: healthy, partly or collapsed, by how much of each action the inverse model fails to read.

    lost = (L_inv/Var(a) - floor) / (1 - floor),    per action component

The floor is what nobody could read: in two rooms five pushes leave a trace only by their sum, so even the true states
give .8 of the variance away. `inverse_floor` measures it by the best readout of the action from the true states.

What is judged is what the model's own h reads. A fresh network may read more of the same latent, and h reads nothing
before it is trained: a verdict speaks of the run, it does not say that the latent holds no trace of an action.
"""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from smwm_lab.data import StateSplit, sample_transitions
from smwm_lab.probes.inputs.encode import to_numpy
from smwm_lab.probes.readout.regressors import linear_readout, mlp_readout, predict_held_out
from smwm_lab.seeding import generator, stream_seed
from smwm_lab.worlds import TransitionBatch, World


HEALTHY, PARTLY, COLLAPSED = "healthy", "partly", "collapsed"
MOSTLY_READ = 0.25
"""Healthy while no component has lost more. At .25 three quarters of the variance are read, R^2 = .75; the trained runs
that come with the project lose at most .04 of a component, in two rooms .16 (there the floor is known to some .03)."""
LOST = 0.9
"""A component is lost from here on. A constant encoder loses 1 and so does the plateau at the start of training; .9
leaves room for what some hundred held-out transitions add or take by chance."""
FLOOR_COUNTS = 0.05
"""A floor up to this is rounding of its own readout and taken for 0."""
UNREADABLE = 0.95
"""A component with a higher floor can be read by nobody, and is not judged."""
NUM_FLOOR = 4000
"""Training transitions that the readout of the floor is fitted on."""


def share_lost(ratio: float, floor: float) -> float:
    """Return which share of the readable variance of an action component is not read: 0 none, 1 all.

    ratio: L_inv/Var(a) of the component; floor: the smallest that can be reached.

    >>> share_lost(0.9, floor=0.8)
    0.5
    """
    floor = floor if floor > FLOOR_COUNTS else 0.0
    return float(round((ratio - floor) / (1 - floor), 12))


def lost_components(ratios: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """Return action component -> share lost; components that nobody can read are left out.

    floors: by component; 0 where one is missing.
    """
    readable = {name: ratio for name, ratio in ratios.items() if floors.get(name, 0.0) < UNREADABLE}
    return {name: share_lost(ratio, floors.get(name, 0.0)) for name, ratio in readable.items()}


def verdict(ratios: Mapping[str, float], floors: Mapping[str, float]) -> str | None:
    """Return healthy, partly or collapsed; None where there is no action to judge by.

    ratios: action component -> L_inv/Var(a); floors: likewise, see `inverse_floor`. A NaN ratio counts as lost.

    >>> [verdict({"dx": dx, "dy": dy}, {}) for dx, dy in ((0.01, 0.02), (0.01, 1.0), (0.99, 1.0))]
    ['healthy', 'partly', 'collapsed']
    """
    lost = list(lost_components(ratios, floors).values())
    if not lost:
        return None
    if all(share <= MOSTLY_READ for share in lost):
        return HEALTHY
    return PARTLY if any(share < LOST for share in lost) else COLLAPSED


def mean_floor(floors: Mapping[str, float]) -> float | None:
    """Return the mean over the action components of what can be reached; None where nothing is known."""
    return sum(floors.values()) / len(floors) if floors else None


def judgement(ratios: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, object]:
    """Return the verdict and what it rests on as JSON values; NaN becomes None."""

    def valid(values: Mapping[str, float]) -> dict[str, float | None]:
        return {name: value if math.isfinite(value) else None for name, value in values.items()}

    return {
        "verdict": verdict(ratios, floors),
        "inverse_over_variance_by_action": valid(ratios),
        "inverse_floor": mean_floor(floors),
        "lost_by_action": valid(lost_components(ratios, floors)),
    }


def inverse_floor(split: StateSplit, test: TransitionBatch, *, seed: int = 0) -> dict[str, float]:
    """Return action component -> the smallest L_inv/Var(a) that a readout of the true states reaches, 0 to 1.

    test: held-out transitions, those that a model is judged on. A linear readout and, where that leaves more than .05
    of any component, an MLP answer from the state and its displacement; both are fitted on training transitions. A few
    milliseconds where actions add to the state, some seconds elsewhere, once for the same rows. Empty in a world
    without actions, and in a recording without state columns, where nobody knows.
    """
    world = split.world
    if world.spec.action_dim == 0 or not world.targets(test.state):
        return {}
    fitted_on = sample_transitions(split, NUM_FLOOR, held_out=False, generator=generator(seed, "inverse floor"))
    fitted = _true_states(world, fitted_on), to_numpy(fitted_on.action)
    sides = *fitted, _true_states(world, test), to_numpy(test.action)
    best = _best_readout(tuple(_Rows.of(side) for side in sides), stream_seed(seed, "inverse floor") % 2**32)
    return dict(zip(world.spec.action_names, best, strict=True))


@dataclass(frozen=True)
class _Rows:
    """An array that can be looked up."""

    content: bytes
    shape: tuple[int, ...]
    dtype: str

    @classmethod
    def of(cls, rows: np.ndarray) -> "_Rows":
        return cls(rows.tobytes(), rows.shape, rows.dtype.str)

    def array(self) -> np.ndarray:
        return np.frombuffer(self.content, self.dtype).reshape(self.shape)


@functools.lru_cache(maxsize=16)
def _best_readout(sides: tuple[_Rows, ...], seed: int) -> tuple[float, ...]:
    """Return the smaller ratio of two readouts per action; the models of a process that see the same rows share it."""
    *fitted, truth = (side.array() for side in sides)
    best = np.minimum(_ratio(predict_held_out(linear_readout(), *fitted), truth), 1.0)
    if best.max() > FLOOR_COUNTS:
        best = np.minimum(best, _ratio(predict_held_out(mlp_readout(seed), *fitted), truth))
    return tuple(best.tolist())


def _true_states(world: World, transitions: TransitionBatch) -> np.ndarray:
    """Return all that two observations can say of an action: where it began and by how much the state changed.

    One image shows no velocity: where images are seen, components in units per second are left out.
    """
    units = dict(zip(world.spec.state_names, world.spec.state_units, strict=True))
    seen = [not (world.spec.shows_images and unit.endswith("/s")) for unit in units.values()]
    names = {name for name, shown in zip(units, seen, strict=True) if shown}
    targets = [to_numpy(value) for name, value in world.targets(transitions.state).items() if name in names]
    moved = to_numpy(world.displacement(transitions.state, transitions.next_state))[:, seen]
    return np.hstack([*targets, moved])


def _ratio(guess: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return ((guess - truth) ** 2).mean(0) / truth.var(0)
