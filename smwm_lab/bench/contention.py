"""Training on a busy machine: throughput beside one competing process per core, against the same training alone."""

import contextlib
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator

import torch

from smwm_lab.bench.result import BenchResult, rate
from smwm_lab.bench.training import our_update
from smwm_lab.machine import num_cores
from smwm_lab.training import preset_config


ROUNDS, SECONDS = 3, 3.0
"""Turns of each side, and seconds of a turn: many time slices of the scheduler."""
LONGEST_S = 60.0
"""When a competitor ends by itself, in seconds, should nobody be left to end it."""
_COMPETE = """
import os, sys, time
parent, end = int(sys.argv[1]), time.monotonic() + float(sys.argv[2])
while os.getppid() == parent and time.monotonic() < end:
    sum(range(10_000))
"""


def bench_contention() -> BenchResult:
    """Transitions per second on single_dot beside one busy process per core, against the same training alone.

    Turn by turn in one process, the median of each side. A fair scheduler leaves training about half of the cores, so a
    ratio near 0.5 is a good one.
    """
    update = our_update(preset_config("single_dot"), torch.device("cpu"))
    busy, alone = contended_rates(update, num_competitors=num_cores())
    threads = torch.get_num_threads()
    note = f"the same alone ({threads} thread{'s' * (threads > 1)}, {num_cores()} competing processes)"
    return BenchResult("training, busy", busy, alone, "transitions/s", busy / alone, note)


def contended_rates(work: Callable[[], int], *, num_competitors: int) -> tuple[float, float]:
    """Return the median rate of `work` beside busy processes and alone, measured in turn."""
    busy, alone = [], []
    for _ in range(ROUNDS):
        alone.append(rate(work, seconds=SECONDS))
        with competitors(num_competitors):
            busy.append(rate(work, seconds=SECONDS))
    return statistics.median(busy), statistics.median(alone)


@contextlib.contextmanager
def competitors(number: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start processes that keep a core busy each; they are ended with the block, or when this process is gone.

    Raises `RuntimeError` if one ended before the block did: what was measured beside it says nothing.
    """
    # -S -E: no site-packages and no environment, so that they compete from their first moment
    command = [sys.executable, "-S", "-E", "-c", _COMPETE, str(os.getpid()), str(LONGEST_S)]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(number):
            started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        yield started
        ended = sum(process.poll() is not None for process in started)
        if ended:
            raise RuntimeError(f"{ended} of {number} competing processes ended before the measurement did")
    finally:
        for process in started:
            process.kill()
            process.wait()
