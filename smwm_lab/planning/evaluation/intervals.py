"""What success rates are worth: of one model on its tasks, and of a method over seeds of training.

One model      the task is the unit: Wilson's interval, and the exact paired test on the same tasks.
A method       the seed is the unit: tasks of one model stand or fall together, so an interval that counts them as
               independent is too narrow, and a test on them far too sure (Agarwal et al. 2021, arXiv 2108.13264).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.stats import binomtest, permutation_test
from scipy.stats import t as student
from torch import Tensor

from smwm_lab.errors import InputError, check, check_count
from smwm_lab.gates import real_array, require_memory, require_tensor


MOST_DEALS = 200_000
"""Ways to deal rates to two methods that are all looked at (ten seeds each: 184,756); beyond it a sample of them."""


def wilson(successes: int, num_tasks: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of the success rate of one model.

    >>> [round(bound, 3) for bound in wilson(100, 100)]
    [0.963, 1.0]
    """
    check_count("tasks", num_tasks, 1, 10**12)
    check_count("successes", successes, 0, num_tasks, "as many as there are tasks at most")
    found = binomtest(successes, num_tasks).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)


def seed_interval(rates: Sequence[float], tasks_per_seed: int) -> tuple[float, float]:
    """Return the 95 % interval of a method's success rate from the rates of its seeds, 0 to 1 each.

    Wilson's interval with two changes. The number of tasks is divided by how much more the seeds differ than chance
    among equal seeds would make them (at least by 1), and the quantile is Student's for as many seeds: wide for few.
    Of one seed Wilson's, which says nothing of other seeds.

    >>> [round(bound, 2) for bound in seed_interval([1.0, 1.0, 1.0, 1.0, 1.0], 100)]
    [0.98, 1.0]
    >>> [round(bound, 2) for bound in seed_interval([1.0, 1.0, 1.0, 1.0, 0.36], 100)]
    [0.36, 0.99]
    """
    shares = _numbers_of_seeds("rates", rates)
    outside = shares[(shares < 0) | (shares > 1)]
    check(not len(outside), f"rates hold {outside[:1]}; allowed: shares, 0 to 1")
    check_count("tasks per seed", tasks_per_seed, 1, 10**12)
    if len(rates) == 1:
        return wilson(round(rates[0] * tasks_per_seed), tasks_per_seed)
    rate, count = float(np.mean(rates)), len(rates) * tasks_per_seed
    by_chance = rate * (1 - rate) / tasks_per_seed  # variance of the rate of a seed, were all seeds equal
    spread = float(np.var(rates, ddof=1))
    independent = count / max(1.0, spread / by_chance) if by_chance > 0 else count
    z = float(student.ppf(0.975, len(rates) - 1)) ** 2
    centre, half = rate + z / (2 * independent), np.sqrt(z * (rate * (1 - rate) + z / (4 * independent)) / independent)
    return tuple(float((centre + sign * half) / (1 + z / independent)) for sign in (-1, 1))  # type: ignore[return-value]


def compare_seeds(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the two-sided p-value of the difference of two methods' mean rates, a rate per seed.

    Exact permutation test: of all ways to deal the rates to two methods, the share with as large a difference. With
    five seeds each it is .008 at least, with three .1: no number of tasks makes it smaller. It is 1
    where either has one seed.

    >>> round(compare_seeds([0.9, 0.92, 0.91, 0.95, 0.93], [0.7, 0.72, 0.75, 0.69, 0.71]), 4)
    0.0079
    """
    for name, rates in (("first", first), ("second", second)):
        _numbers_of_seeds(name, rates)
    if min(len(first), len(second)) == 1 or np.ptp([*first, *second]) == 0:
        return 1.0  # a single seed has no spread to compare with; nor is there one where all rates are equal
    found = permutation_test(
        (np.array(first), np.array(second)),
        lambda one, other, axis: one.mean(axis) - other.mean(axis),
        vectorized=True,
        n_resamples=MOST_DEALS,
        rng=np.random.default_rng(0),
    )
    return min(1.0, float(found.pvalue))


def _numbers_of_seeds(name: str, numbers: Sequence[float]) -> np.ndarray:
    """Return finite numbers, one per seed, as an array; raise `InputError` if they are none."""
    array = real_array(name, numbers, None)
    check(len(array) > 0, f"{name} hold no seed, seeds = 0; allowed: 1 or more")
    check(bool(np.isfinite(array).all()), f"{name} hold NaN or infinity; allowed: finite numbers, one per seed")
    return array


@dataclass(frozen=True)
class PairedComparison:
    """Two planners or models on the same tasks; prints itself in one line. It says nothing of other seeds."""

    both: int
    only_first: int
    only_second: int
    neither: int
    p_value: float
    """Exact McNemar test: chance of so unequal a split of the tasks that only one solves, were they equally good."""

    @property
    def difference(self) -> float:
        """Success of the first minus that of the second."""
        return (self.only_first - self.only_second) / (self.both + self.only_first + self.only_second + self.neither)

    def __str__(self) -> str:
        return (
            f"{self.difference:+.3f} ({self.only_first} tasks only by the first, "
            f"{self.only_second} only by the second, "
            f"p = {self.p_value:.2g})"
        )


def compare_paired(first: Tensor, second: Tensor) -> PairedComparison:
    """Compare two planners or models by which of the same tasks they solved, bool (n,) each.

    >>> import torch
    >>> print(compare_paired(torch.tensor([True] * 6), torch.tensor([False] * 6)))
    +1.000 (6 tasks only by the first, 0 only by the second, p = 0.031)
    """
    for name, solved in (("first", first), ("second", second)):
        _require_solved(name, solved)
    check(first.shape == second.shape, f"{len(first)} and {len(second)} tasks; allowed: the same tasks for both")
    check(len(first) > 0, "tasks = 0; allowed: 1 or more")
    check(first.device == second.device, f"first lie on {first.device}, second on {second.device}; allowed: one device")
    both, neither = int((first & second).sum()), int((~first & ~second).sum())
    only_first, only_second = int((first & ~second).sum()), int((~first & second).sum())
    discordant = only_first + only_second
    p_value = float(binomtest(only_first, discordant).pvalue) if discordant else 1.0
    return PairedComparison(both, only_first, only_second, neither, p_value)


def _require_solved(name: str, solved: Tensor) -> None:
    """Raise `InputError` unless a value says of every task whether it was solved."""
    require_tensor(name, solved, "torch.as_tensor gives one; bool (tasks,)")
    require_memory(name, solved)
    if solved.dtype != torch.bool or solved.ndim != 1:
        raise InputError(f"{name} are {solved.dtype} {tuple(solved.shape)}; allowed: torch.bool (tasks,)")
