"""The rank panel: seven measures of dimension against the dimension that is known.

Every cloud is measured over seeds and at several sample sizes, so that a number comes with its bias (mean minus true
dimension) and its spread (standard deviation over seeds). Total variance stands beside: no rank depends on scale, so
none shows a collapse.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from smwm_lab.errors import check, check_count, check_counts, check_instance, check_named, shown
from smwm_lab.probes.collapse import spectra
from smwm_lab.probes.collapse.intrinsic_dim import MIN_POINTS, two_nn
from smwm_lab.probes.collapse.synthetic_clouds import SYNTHETIC_CLOUDS, SyntheticCloud
from smwm_lab.probes.inputs.checks import check_rows
from smwm_lab.probes.inputs.encode import held_out_latents
from smwm_lab.probes.inputs.trained import TrainedRun
from smwm_lab.seeding import stream_seed


MEASURES: dict[str, Callable[[np.ndarray], float]] = {
    "effective_rank": spectra.effective_rank,
    "eigen_entropy_rank": spectra.eigen_entropy_rank,
    "rankme": spectra.rankme,
    "participation_ratio": spectra.participation_ratio,
    "stable_rank": spectra.stable_rank,
    "two_nn": two_nn,
    "log_gap_knee": spectra.log_gap_knee,
}
"""Name -> measure of dimension of latents (n, d)."""
SAMPLE_SIZES = (250, 1000)
"""Numbers of latents that each measure is computed on."""


@dataclass(frozen=True, repr=False)
class RankPanel:
    """Measures of dimension of several clouds; prints itself in one line."""

    estimates: pd.DataFrame = field(compare=False)
    """One row per cloud, seed, sample size and measure: cloud, true_dim, seed, rows, total_variance, measure, value."""

    def __repr__(self) -> str:
        parts = ", ".join(f"{name} {value:.2f}" for name, value in self.scores()["factor_off"].items())
        return f"typical factor off the true dimension over {self.estimates['cloud'].nunique()} clouds: {parts}"

    def table(self) -> pd.DataFrame:
        """Return one row per cloud and measure at the largest sample: true_dim, mean, bias, spread, drift, variance.

        bias: mean - true_dim; spread: standard deviation over seeds (NaN for one seed); drift: mean at the largest
        sample minus mean at the smallest.
        """
        keys = ["cloud", "measure"]
        by_rows = self.estimates.groupby([*keys, "rows"], sort=False)["value"].mean().unstack()
        sizes = self.estimates.groupby("cloud")["rows"].transform("max")
        largest = self.estimates[self.estimates["rows"] == sizes].groupby(keys, sort=False)
        table = largest.agg(
            true_dim=("true_dim", "first"),
            mean=("value", "mean"),
            spread=("value", "std"),
            total_variance=("total_variance", "mean"),
        )
        table.insert(2, "bias", table["mean"] - table["true_dim"])
        filled = by_rows.loc[table.index]
        table.insert(4, "drift", filled.ffill(axis=1).iloc[:, -1] - filled.bfill(axis=1).iloc[:, 0])
        return table

    def means(self) -> pd.DataFrame:
        """Return the mean estimates at the largest sample: a row per cloud, a column per measure."""
        return self.table()["mean"].unstack(sort=False)

    def scores(self) -> pd.DataFrame:
        """Return one row per measure: factor_off, spread, drift, right, failed and clouds.

        factor_off: geometric mean over clouds of how many times too large or too small the mean estimate is (clouds
        of dimension 0 have none); spread and drift: means of the table's, relative to the true dimension; right: in
        how many of the clouds the mean estimate rounds to the true dimension; failed: in how many there is none (two-NN
        where points coincide), which the other columns leave out.
        """
        table = self.table().reset_index()
        with np.errstate(divide="ignore"):
            times = (table["mean"] / table["true_dim"]).where(table["true_dim"] > 0)
            table["logarithm"] = np.log(times).abs()
        for column in ("spread", "drift"):
            table[column] = (table[column] / table["true_dim"]).where(table["true_dim"] > 0)
        table["right"] = table["mean"].round() == table["true_dim"]
        table["failed"] = table["mean"].isna()
        columns = {
            "logarithm": "mean",
            "spread": "mean",
            "drift": "mean",
            "right": "sum",
            "failed": "sum",
            "cloud": "count",
        }
        scores = table.groupby("measure", sort=False).agg(columns)
        scores["logarithm"] = np.exp(scores["logarithm"])
        return scores.rename(columns={"logarithm": "factor_off", "cloud": "clouds"})


def rank_panel(
    clouds: Mapping[str, Sequence[np.ndarray]],
    *,
    true_dims: Mapping[str, int],
    sample_sizes: tuple[int, ...] = SAMPLE_SIZES,
    seed: int = 0,
) -> RankPanel:
    """Measure clouds of latents: name -> one array (n, d) per seed of training, say the held-out latents of each run.

    true_dims: name -> known dimension, say `world.spec.controllable_dim`. sample_sizes: rows drawn from each array
    without replacement; a size beyond what an array holds is an error. NaN is an error, a constant latent not.
    """
    check_named("clouds", clouds, (list, tuple))
    check_named("true_dims", true_dims)
    check_counts("sample_sizes", sample_sizes, MIN_POINTS, 10**9)
    rows = []
    for name, arrays in clouds.items():
        check(name in true_dims, f"true_dims has no entry for {name!r}; allowed: one per cloud")
        check_count(f"true_dims[{name!r}]", true_dims[name], 0, 1 << 20)
        check(len(arrays) > 0, f"cloud {name!r} has no arrays; allowed: one per seed")
        for index, array in enumerate(arrays):
            latents = check_rows(array, f"latents of {name!r}", min_rows=max(sample_sizes))
            drawn = np.random.default_rng(stream_seed(seed, f"rank panel {name}", index)).permutation(len(latents))
            for size in sorted(set(sample_sizes)):
                rows += _measured(latents[drawn[:size]], name, true_dims[name], index)
    return RankPanel(pd.DataFrame(rows))


def synthetic_panel(
    clouds: tuple[SyntheticCloud, ...] = SYNTHETIC_CLOUDS,
    *,
    num_seeds: int = 3,
    sample_sizes: tuple[int, ...] = SAMPLE_SIZES,
    seed: int = 0,
) -> RankPanel:
    """Measure clouds of known dimension, drawn afresh for each of `num_seeds` seeds; a few seconds on one core."""
    whole = isinstance(clouds, list | tuple) and len(clouds) > 0 and all(isinstance(c, SyntheticCloud) for c in clouds)
    check(whole, f"clouds = {shown(clouds)} are no known clouds; allowed: one or more of SYNTHETIC_CLOUDS")
    check_count("num_seeds", num_seeds, 1, 10**6)
    check_counts("sample_sizes", sample_sizes, MIN_POINTS, 10**9)
    seeds = [stream_seed(seed, "known clouds", i) for i in range(num_seeds)]
    drawn = {cloud.name: [cloud.sample(max(sample_sizes), seed=one) for one in seeds] for cloud in clouds}
    return rank_panel(drawn, true_dims={c.name: c.true_dim for c in clouds}, sample_sizes=sample_sizes, seed=seed)


def world_panel(
    models: Mapping[str, Sequence[TrainedRun]],
    *,
    num_draws: int = 3,
    sample_sizes: tuple[int, ...] = SAMPLE_SIZES,
    seed: int = 0,
) -> RankPanel:
    """Measure the held-out latents of trained models against the controllable dimension of their worlds.

    models: name -> runs of one world, one per seed of training. Each model is measured on
    `num_draws` draws of states, so that a single one has a spread too: that of the sample. A world of few states
    repeats them in its draws: a single dot has about 80 held-out positions.
    """
    check_named("models", models, (list, tuple))
    check_count("num_draws", num_draws, 1, 10**6)
    check_counts("sample_sizes", sample_sizes, MIN_POINTS, 10**9)
    for name, runs in models.items():
        check(len(runs) > 0, f"models of {name!r} are empty; allowed: one or more runs")
        for run in runs:
            check_instance(f"models[{name!r}]", run, TrainedRun, "fit and load_run give one")
    seeds = [stream_seed(seed, "rank panel draws", i) for i in range(num_draws)]
    clouds = {
        name: [held_out_latents(run, num_states=max(sample_sizes), seed=one) for run in runs for one in seeds]
        for name, runs in models.items()
    }
    true_dims = {name: runs[0].split.world.spec.controllable_dim for name, runs in models.items()}
    return rank_panel(clouds, true_dims=true_dims, sample_sizes=sample_sizes, seed=seed)


def _measured(latents: np.ndarray, name: str, true_dim: int, index: int) -> list[dict[str, object]]:
    shared = {
        "cloud": name,
        "true_dim": true_dim,
        "seed": index,
        "rows": len(latents),
        "total_variance": float(latents.var(0, ddof=1).sum()),
    }
    return [shared | {"measure": measure, "value": function(latents)} for measure, function in MEASURES.items()]
