"""What a count of successes is worth: Wilson's interval, and the exact paired test of two methods."""

from dataclasses import dataclass

from scipy.stats import binomtest
from torch import Tensor

from smwm_lab.errors import check


def wilson(successes: int, num_tasks: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a success rate.

    >>> [round(bound, 3) for bound in wilson(100, 100)]
    [0.963, 1.0]
    """
    check(num_tasks > 0, "tasks = 0; allowed: 1 or more")
    found = binomtest(successes, num_tasks).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)


@dataclass(frozen=True)
class PairedComparison:
    """Two methods on the same tasks; prints itself in one line."""

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
    """Compare two methods by which of the same tasks they solved, bool (n,) each.

    >>> import torch
    >>> print(compare_paired(torch.tensor([True] * 6), torch.tensor([False] * 6)))
    +1.000 (6 tasks only by the first, 0 only by the second, p = 0.031)
    """
    check(first.shape == second.shape, f"{len(first)} and {len(second)} tasks; allowed: the same tasks for both")
    check(len(first) > 0, "tasks = 0; allowed: 1 or more")
    both, neither = int((first & second).sum()), int((~first & ~second).sum())
    only_first, only_second = int((first & ~second).sum()), int((~first & second).sum())
    discordant = only_first + only_second
    p_value = float(binomtest(only_first, discordant).pvalue) if discordant else 1.0
    return PairedComparison(both, only_first, only_second, neither, p_value)
