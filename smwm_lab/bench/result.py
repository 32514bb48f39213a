"""Result of a benchmark: two numbers measured side by side in one process, and their ratio."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class BenchResult:
    """One row of the table of benchmarks."""

    name: str
    """What was measured."""
    ours: float
    """Our number, in `unit`."""
    baseline: float
    """Number of the baseline, in `unit`."""
    unit: str
    """Unit of both numbers, such as pairs/s."""
    ratio: float
    """Factor by which ours is better than the baseline, or the share of a ceiling that it reaches."""
    note: str
    """What the baseline is."""

    def __str__(self) -> str:
        figures = f"{self.ours:>12,.4g}  {self.baseline:>12,.4g}  {self.unit:<14} x{self.ratio:<8.3g}"
        return f"{self.name:<18} {figures} {self.note}"

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return asdict(self)


def paired_rates(ours: Callable[[], int], baseline: Callable[[], int], *, rounds: int = 5) -> tuple[float, float]:
    """Return the best rates of both over several short rounds in turn, so that a busy machine slows both alike."""
    pairs = [(rate(ours, seconds=0.8), rate(baseline, seconds=0.8)) for _ in range(rounds)]
    return max(fast for fast, _ in pairs), max(slow for _, slow in pairs)


def rate(work: Callable[[], int], *, seconds: float = 1.5) -> float:
    """Return units of work per second: `work` does some and returns how many; it is warmed up once."""
    work()
    done, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        done += work()
    return done / elapsed
