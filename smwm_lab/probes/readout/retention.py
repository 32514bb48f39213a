"""Retention: which state components does the latent carry, and which can merely be decoded from it?

R^2 does not depend on scale: a probe finds a component in a direction with a millionth of the variance. A component
that is carried survives noise. So Gaussian noise is added to the latent, in every direction alike,

    z + nu * s * epsilon,    epsilon ~ N(0, I),    s = total standard deviation = sqrt(trace(Cov z)),

a linear probe is refitted at each noise level, and `survived noise` is the nu at which held-out R^2 falls to 1/2.
Each *single direction* gets standard deviation nu * s, so the number depends neither on the scale of the latent (the
absolute noise stands in the table too) nor on its rotation nor on dead directions beside it. A component alone in one
direction that holds the share p of the total variance has R^2 = p / (p + nu^2) and survives nu = sqrt(p): 1 is the most
there is.

The probe needs no draws: the best linear answer to noisy latents has weights (C + nu^2 s^2 I)^-1 Cov(z, y), which is
ridge regression on the raw latents with penalty n nu^2 s^2, and fresh noise costs nu^2 s^2 |weights|^2 on top of its
error on clean held-out latents. Both are exact in expectation over the noise.

`survived noise` has a cliff at R^2 = 1/2: where the latent holds .51 a + .49 b, a survives and b does not. Two
numbers beside it have none. `alpha` is the amplitude of the component in the best linear direction: that
direction is alpha * component + (1 - alpha) * everything else, in equal units, so that R^2 = alpha^2 / (alpha^2 + (1 -
alpha)^2) at the smallest noise and

    alpha = sqrt(R^2) / (sqrt(R^2) + sqrt(1 - R^2)):    1 alone, 1/2 as strong as the rest, 0 absent.

alpha / (1 - alpha) is its amplitude in units of the noise that the rest is to it. `area` is the mean of R^2 over the
logarithm of the noise, over all levels: 1 for a component that no noise hides.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.integrate import trapezoid
from scipy.linalg import eigh

from smwm_lab.data import StateSplit
from smwm_lab.errors import check, check_instance
from smwm_lab.gates import real_array
from smwm_lab.models import WorldModel
from smwm_lab.probes.inputs.checks import ProbeRows, check_noise, draw_probe_states
from smwm_lab.probes.inputs.encode import encode_states, to_numpy
from smwm_lab.probes.inputs.trained import Trained, model_and_split, require_model
from smwm_lab.probes.readout.bootstrap import interval, resample_counts, resampled_r2, squared_deviation
from smwm_lab.probes.readout.regressors import readout_r2
from smwm_lab.probes.readout.variance_share import variance_share
from smwm_lab.seeding import require_seed


NOISE = tuple(float(nu) for nu in np.geomspace(1e-4, 10, 61))
"""Noise levels nu, relative to the total standard deviation of the training latents."""
HALF = 0.5
"""A component has survived while R^2 is at least this."""
MIN_STD = 1e-6
"""Latents whose total standard deviation is below this share of their size are constant to float32 precision."""


@dataclass(frozen=True)
class Retention:
    """What the latent keeps of one state component."""

    decodable: float
    """Held-out R^2 of the usual linear probe without noise; it standardises, so scale plays no part."""
    survives: float
    """Relative noise nu at which held-out R^2 falls to 1/2; 0 for a component that never reaches 1/2."""
    low: float
    """Lower end of the 95 % bootstrap interval of `survives` over held-out states."""
    high: float
    """Upper end of the 95 % bootstrap interval of `survives` over held-out states."""
    variance_share: float
    """Share of the latents' held-out variance that this component alone accounts for."""
    shuffled_share: float
    """Variance share of the component with its training rows shuffled, mean of 10 shuffles: the floor."""
    r2: np.ndarray = field(compare=False, repr=False)
    """Held-out R^2 at each noise level, float64 (levels,)."""
    alpha: float = field(kw_only=True)
    """Amplitude of the component beside everything else in its best direction, at the smallest noise: 0 to 1."""
    area: float = field(kw_only=True)
    """Mean of R^2 (negative ones count 0) over the logarithm of the noise, 0 to 1."""


@dataclass(frozen=True, repr=False)
class RetentionReport:
    """Retention of every state component; prints itself in one line."""

    components: dict[str, Retention]
    """State component -> what the latent keeps of it."""
    total_std: float
    """Total standard deviation of the training latents, in latent units."""
    noise: tuple[float, ...]
    """Noise levels nu of the curves, relative to `total_std`, rising."""
    untrained: "RetentionReport | None" = None
    """Report of an untrained model on the same states, if one was given: the floor."""

    def __repr__(self) -> str:
        parts = [f"{name} {c.survives:.3g} (R2 {c.decodable:.2f})" for name, c in self.components.items()]
        return f"noise survived, relative to a total std of {self.total_std:.3g}: " + ", ".join(parts)

    @property
    def survives(self) -> dict[str, float]:
        """State component -> relative noise it survives."""
        return {name: c.survives for name, c in self.components.items()}

    @property
    def at_floor(self) -> dict[str, bool]:
        """State component -> whether it survives no more noise than in the untrained model, relative or absolute.

        Empty without an untrained model.
        """
        if self.untrained is None:
            return {}
        floor, scale = self.untrained.survives, self.untrained.total_std
        return {
            name: survives <= floor[name] or survives * self.total_std <= floor[name] * scale
            for name, survives in self.survives.items()
        }

    def table(self) -> pd.DataFrame:
        """Return one row per state component; with an untrained model, its numbers and the verdict `at_floor`.

        survives_absolute is in latent units: a collapsed latent carries little of anything, whatever its shape.
        """
        rows = {}
        for name, c in self.components.items():
            rows[name] = {
                "decodable": c.decodable,
                "survives": c.survives,
                "low": c.low,
                "high": c.high,
                "survives_absolute": c.survives * self.total_std,
                "variance_share": c.variance_share,
                "shuffled_share": c.shuffled_share,
            }
            if self.untrained is not None:
                floor = self.untrained.components[name]
                rows[name] |= {
                    "untrained_decodable": floor.decodable,
                    "untrained_survives": floor.survives,
                    "untrained_survives_absolute": floor.survives * self.untrained.total_std,
                    "at_floor": self.at_floor[name],
                }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("state")

    def curves(self) -> pd.DataFrame:
        """Return held-out R^2, a row per noise level and a column per state component."""
        columns = {name: c.r2 for name, c in self.components.items()}
        return pd.DataFrame(columns, index=pd.Index(self.noise, name="noise"))

    def curve_areas(self) -> pd.DataFrame:
        """Return what has no cliff at R^2 = 1/2, a row per state component: alpha, R^2 at the smallest noise, area.

        With an untrained model, the same of it beside.
        """
        sides = {"": self} | ({} if self.untrained is None else {"untrained_": self.untrained})
        rows = {
            name: {
                f"{side}{key}": value
                for side, report in sides.items()
                for key, value in _without_cliff(report.components[name]).items()
            }
            for name in self.components
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("state")

    def to_dict(self) -> dict[str, object]:
        """Return the table, the areas and the total standard deviation as JSON values."""
        both = self.table().join(self.curve_areas())
        return {"total_std": self.total_std, "components": both.to_dict(orient="index")}


def _without_cliff(kept: Retention) -> dict[str, float]:
    return {"alpha": kept.alpha, "r2_small_noise": float(kept.r2[0]), "area": kept.area}


def amplitude(r2: float) -> float:
    """Return alpha of a held-out R^2, see above; R^2 below 0 counts as 0.

    >>> round(amplitude(0.51**2 / (0.51**2 + 0.49**2)), 6)
    0.51
    """
    r2 = min(max(r2, 0.0), 1.0)
    signal, rest = math.sqrt(r2), math.sqrt(1 - r2)
    return signal / (signal + rest)


def curve_area(noise: tuple[float, ...], r2: np.ndarray) -> float:
    """Return the mean of R^2 over the logarithm of the noise; negative R^2 counts as 0.

    noise: rising levels; r2: (levels,).

    >>> curve_area((0.01, 0.1, 1.0), np.array([1.0, 1.0, 0.0]))
    0.75
    """
    level = np.log(noise)
    return float(trapezoid(r2.clip(0), level) / (level[-1] - level[0]))


def survived_noise(noise: tuple[float, ...], r2: np.ndarray) -> float:
    """Return the noise at which R^2 falls below 1/2, interpolated between levels over the logarithm of the noise.

    noise: rising levels; r2: (levels,). 0 if R^2 is nowhere 1/2; the last level if it never falls below. A curve that
    crosses several times counts until its last crossing.

    >>> round(survived_noise((0.01, 1.0), np.array([1.0, 0.0])), 6)
    0.1
    """
    levels = check_noise(noise, least=1)
    values = real_array("r2", r2, len(levels))
    check(bool(np.isfinite(values).all()), "r2 hold NaN or infinity; allowed: finite numbers")
    return _last_crossing(levels, values)


def _last_crossing(noise: tuple[float, ...], r2: np.ndarray) -> float:
    above = np.flatnonzero(r2 >= HALF)
    if len(above) == 0:
        return 0.0
    last = int(above[-1])
    if last == len(noise) - 1:
        return float(noise[-1])
    part = (r2[last] - HALF) / (r2[last] - r2[last + 1])
    return float(noise[last] * (noise[last + 1] / noise[last]) ** part)


def describe_retention(
    latents: np.ndarray,
    targets: Mapping[str, np.ndarray],
    held_out_latents: np.ndarray,
    held_out_targets: Mapping[str, np.ndarray],
    *,
    noise: tuple[float, ...] = NOISE,
    seed: int = 0,
    untrained: RetentionReport | None = None,
) -> RetentionReport:
    """Measure arrays of latents: training rows (n, d), held-out rows (m, d).

    targets: name -> (n, k) for the training rows, an angle as (cosine, sine), see `table_targets`; held-out likewise.
    noise: rising levels above 0. Constant latents survive nothing. Raises `InputError` for arrays that do not fit.
    """
    noise = check_noise(noise, least=2)
    if untrained is not None:
        check_instance("untrained", untrained, RetentionReport)
    require_seed(seed)
    rows = ProbeRows.of(latents, targets, held_out_latents, held_out_targets)
    std = total_std(rows.latents)
    decodable = readout_r2(rows.latents, rows.targets, rows.held_out_latents, rows.held_out_targets)
    counts = resample_counts(rows.held_out_targets, seed)
    components = {}
    for name, truth in rows.held_out_targets.items():
        error = expected_errors(rows, name, np.array(noise), std)
        deviation = squared_deviation(truth)
        r2 = 1 - error.sum(0) / deviation.sum()
        resampled = [_last_crossing(noise, curve) for curve in resampled_r2(error, deviation, counts)]
        low, high = interval(np.array(resampled))
        share, shuffled = variance_share(rows, name, seed=seed)
        components[name] = Retention(
            decodable=decodable[name],
            survives=_last_crossing(noise, r2),
            low=low,
            high=high,
            variance_share=share,
            shuffled_share=shuffled,
            r2=r2,
            alpha=amplitude(float(r2[0])),
            area=curve_area(noise, r2),
        )
    return RetentionReport(components, std, noise, untrained)


def total_std(latents: np.ndarray) -> float:
    """Return sqrt(trace(Cov z)), or 0 if that is nothing but rounding."""
    std = float(np.sqrt(latents.var(0).sum()))
    size = float(np.sqrt((latents**2).sum(1).mean()))
    return std if std > MIN_STD * size else 0.0


def expected_errors(rows: ProbeRows, name: str, noise: np.ndarray, std: float) -> np.ndarray:
    """Return the expected squared error of each held-out row at each noise level, (m, levels)."""
    answer, truth = rows.targets[name], rows.held_out_targets[name]
    if std == 0:
        return np.repeat(((truth - answer.mean(0)) ** 2).sum(1)[:, None], len(noise), 1)
    centre = rows.latents.mean(0)
    z, held = (rows.latents - centre) / std, (rows.held_out_latents - centre) / std
    variances, directions = eigh(z.T @ z / len(z))
    shared = directions.T @ z.T @ (answer - answer.mean(0)) / len(z)
    held = held @ directions
    errors = []
    for nu in noise:
        weights = shared / (variances.clip(0) + nu**2)[:, None]
        clean = ((truth - answer.mean(0) - held @ weights) ** 2).sum(1)
        errors.append(clean + nu**2 * (weights**2).sum())
    return np.stack(errors, 1)


def retention_report(
    trained: Trained,
    split: StateSplit | None = None,
    *,
    untrained: WorldModel | RetentionReport | None = None,
    seed: int = 0,
    num_train: int = 4000,
    num_test: int = 2000,
) -> RetentionReport:
    """Measure a model on held-out states of its world; probes are refitted on training states at each noise level.

    untrained: a fresh model of the same sizes, `untrained_model(model.config)`, whose numbers then stand beside; or
    its report on the same states, where several models share them.
    """
    model, split = model_and_split(trained, split)
    if untrained is not None and not isinstance(untrained, RetentionReport):
        require_model("untrained", untrained, split.world)
    states = draw_probe_states(split, num_train=num_train, num_test=num_test, seed=seed)

    def measured(by: WorldModel, floor: RetentionReport | None) -> RetentionReport:
        z, held = (to_numpy(encode_states(by, split.world, side)) for side in (states.training, states.held_out))
        return describe_retention(z, states.targets, held, states.held_out_targets, seed=seed, untrained=floor)

    return measured(model, measured(untrained, None) if isinstance(untrained, WorldModel) else untrained)
