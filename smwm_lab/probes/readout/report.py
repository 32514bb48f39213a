"""Readout scores beside what they must beat, in one table.

A linear R^2 of .96 impresses until an untrained encoder reads .96 as well (a random convolution keeps the position
of a dot). So every score stands beside four controls: an untrained encoder, the principal components of the raw
pixels in as many dimensions, shuffled targets, and the same question at another capacity (linear, MLP, neighbours).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from smwm_lab.data import StateSplit
from smwm_lab.errors import InputError, check, check_choice, check_choices, check_named, shown
from smwm_lab.models import WorldModel
from smwm_lab.probes.inputs.checks import ProbeRows, draw_probe_states
from smwm_lab.probes.inputs.encode import encode_states, to_numpy
from smwm_lab.probes.inputs.trained import Trained, model_and_split, require_model
from smwm_lab.probes.readout.bootstrap import interval, resample_counts, resampled_r2, squared_deviation
from smwm_lab.probes.readout.controls import pixel_pca
from smwm_lab.probes.readout.regressors import NUM_NEIGHBOURS, READOUTS, predict_held_out
from smwm_lab.seeding import stream_seed


SHUFFLED = "shuffled"
"""Name of the control that is always there: the same probe fitted on shuffled targets."""
NUM_SHUFFLES = 3
"""Shuffles averaged, since one may fit held-out states by chance where these are few."""
Features = tuple[np.ndarray, np.ndarray]
"""Training rows and held-out rows of one representation."""


@dataclass(frozen=True)
class ReadoutScore:
    """What one probe reads of one state component."""

    target: str
    """State component that is read."""
    probe: str
    """Kind of the probe: linear, mlp or knn."""
    r2: float
    """R^2 on held-out rows: 1 perfect, 0 no better than their mean."""
    low: float
    """Lower end of the 95 % bootstrap interval over held-out states."""
    high: float
    """Upper end of the 95 % bootstrap interval over held-out states."""
    controls: dict[str, float]
    """Control -> held-out R^2 of the same probe fitted on that control."""


@dataclass(frozen=True, repr=False)
class ReadoutReport:
    """Readout scores of one set of latents; prints itself in one line."""

    scores: tuple[ReadoutScore, ...]
    """A score per state component and kind of probe."""
    num_train: int
    """Rows that the probes were fitted on."""
    num_test: int
    """Held-out rows that they were scored on."""
    latent_dim: int
    """Number of latent columns."""

    def __repr__(self) -> str:
        parts = [f"{s.target} {s.probe} {s.r2:.3f} (best control {max(s.controls.values()):.3f})" for s in self.scores]
        return f"R2 on {self.num_test} held-out states: " + ", ".join(parts)

    def r2(self, target: str, probe: str = "linear") -> float:
        """Return one score."""
        found = {(s.target, s.probe): s.r2 for s in self.scores}
        names = [f"{t} {p}" for t, p in found]
        check_choice("score", f"{target} {probe}", names)
        return found[target, probe]

    def table(self) -> pd.DataFrame:
        """Return one row per state component and probe: r2, its interval, and the same probe on each control."""
        rows = [
            {"state": s.target, "probe": s.probe, "r2": s.r2, "low": s.low, "high": s.high} | s.controls
            for s in self.scores
        ]
        return pd.DataFrame(rows).set_index(["state", "probe"])

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON values."""
        return asdict(self) | {"scores": [asdict(score) for score in self.scores]}


def compare_readouts(
    latents: Features,
    targets: Mapping[str, np.ndarray],
    held_out_targets: Mapping[str, np.ndarray],
    *,
    controls: Mapping[str, Features] | None = None,
    probes: tuple[str, ...] = tuple(READOUTS),
    seed: int = 0,
) -> ReadoutReport:
    """Score arrays of latents: training and held-out rows, (n, d) and (m, d).

    targets: name -> (n, k) for the training rows, an angle as (cosine, sine), see `table_targets`; held-out likewise.
    controls: name -> the same rows in another representation. Shuffled training targets are always a control.
    Each target has a probe of its own. Raises `InputError` for arrays that do not fit together.
    """
    check_choices("probes", probes, tuple(READOUTS))
    training, held_out = _both_sides("latents", latents)
    rows = ProbeRows.of(training, targets, held_out, held_out_targets)
    least = NUM_NEIGHBOURS * 2
    check(len(rows.latents) >= least, f"{len(rows.latents)} training rows are too few; allowed: {least} or more")
    if controls:
        check_named("controls", controls)
    others = {}
    for name, sides in (controls or {}).items():
        training, held_out = _both_sides(f"control {name!r}", sides)
        others[name] = ProbeRows.of(training, targets, held_out, held_out_targets)
    check(SHUFFLED not in others, f"a control named {SHUFFLED!r} is always there; choose another name")
    scores = [_score(rows, others, target, probe, seed) for target in rows.targets for probe in probes]
    return ReadoutReport(tuple(scores), len(rows.latents), len(rows.held_out_latents), rows.latents.shape[1])


def _both_sides(name: str, sides: object) -> Features:
    if not isinstance(sides, list | tuple) or len(sides) != 2:
        raise InputError(
            f"{name} = {shown(sides)} are no pair; allowed: (training rows, held-out rows), (n, d) and (m, d)"
        )
    return sides[0], sides[1]


def _score(rows: ProbeRows, others: dict[str, ProbeRows], target: str, probe: str, seed: int) -> ReadoutScore:
    truth = rows.held_out_targets[target]
    deviation = squared_deviation(truth)
    fitted_on = rows.targets[target]
    drawn = np.random.default_rng(stream_seed(seed, f"shuffled {target}"))

    def errors(source: ProbeRows, answer: np.ndarray) -> np.ndarray:
        made = READOUTS[probe](stream_seed(seed, f"probe {target}") % 2**32)
        guess = predict_held_out(made, source.latents, answer, source.held_out_latents)
        return ((guess - truth) ** 2).sum(1)

    error = errors(rows, fitted_on)
    low, high = interval(resampled_r2(error, deviation, resample_counts(rows.held_out_targets, seed)))
    against = {name: errors(other, fitted_on) for name, other in others.items()}
    against[SHUFFLED] = np.mean([errors(rows, drawn.permutation(fitted_on)) for _ in range(NUM_SHUFFLES)], 0)
    return ReadoutScore(
        target=target,
        probe=probe,
        r2=_r2(error, deviation),
        low=low,
        high=high,
        controls={name: _r2(value, deviation) for name, value in against.items()},
    )


def _r2(error: np.ndarray, deviation: np.ndarray) -> float:
    return float(1 - error.sum() / deviation.sum())


def readout_report(
    trained: Trained,
    split: StateSplit | None = None,
    *,
    untrained: WorldModel,
    seed: int = 0,
    num_train: int = 4000,
    num_test: int = 2000,
    probes: tuple[str, ...] = tuple(READOUTS),
) -> ReadoutReport:
    """Score a model on held-out states of its world, beside an untrained model, raw pixels and shuffled targets.

    untrained: a fresh model of the same sizes, `untrained_model(model.config)`. seed: of the states and the probes.
    Takes about 30 seconds for four state components on one CPU core, 8 with `probes=("linear",)`.
    """
    model, split = model_and_split(trained, split)
    require_model("untrained", untrained, split.world)
    check_choices("probes", probes, tuple(READOUTS))
    states = draw_probe_states(split, num_train=num_train, num_test=num_test, seed=seed)
    sides = states.training, states.held_out

    def encoded(by: WorldModel) -> Features:
        training, held_out = (to_numpy(encode_states(by, split.world, side)) for side in sides)
        return training, held_out

    controls = {
        "untrained": encoded(untrained),
        "pixel_pca": pixel_pca(split.world, *sides, num_components=model.config.latent_dim, seed=seed),
    }
    return compare_readouts(
        encoded(model), states.targets, states.held_out_targets, controls=controls, probes=probes, seed=seed
    )
