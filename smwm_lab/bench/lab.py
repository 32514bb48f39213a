"""The cost of monitoring: training with CollapseLab's readings and figure against the same training without."""

from collections.abc import Callable

from smwm_lab.bench.result import BenchResult, rate
from smwm_lab.widgets import CollapseLab
from smwm_lab.widgets.collapse_lab.session import CollapseLabSession


ROUNDS, SECONDS = 3, 3.0
"""Turns of each side, and seconds of a turn, in which several readings fall."""


def bench_lab(world: str = "distractor") -> BenchResult:
    """Transitions per second of CollapseLab's run, with readings drawn as often as they come, and without either.

    All in one thread, so that drawing takes its time from training; in a kernel it may find a core of its own.
    """
    lab = CollapseLab(world=world)
    watched, unwatched = _watched(lab), _unwatched(CollapseLabSession(lab.session.config))
    pairs = [(rate(watched, seconds=SECONDS), rate(unwatched, seconds=SECONDS)) for _ in range(ROUNDS)]
    ours, bare = max(fast for fast, _ in pairs), max(slow for _, slow in pairs)
    lab.close()
    return BenchResult("CollapseLab", ours, bare, "transitions/s", ours / bare, "the same training, not looked at")


def _watched(lab: CollapseLab) -> Callable[[], int]:
    def step() -> int:
        before = lab.session.transitions
        lab.advance()
        return lab.session.transitions - before

    return step


def _unwatched(session: CollapseLabSession) -> Callable[[], int]:
    snapshots = iter(session.loop)

    def step() -> int:
        before = session.transitions
        next(snapshots)
        return session.transitions - before

    return step
