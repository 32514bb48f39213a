"""The benchmark of a busy machine: its arithmetic, and that no competitor outlives it. How fast it goes is no test."""

import contextlib
import signal
import subprocess
import sys

import psutil
import pytest

from smwm_lab.bench import BENCHMARKS, contention


_STARTER = """
import os, signal
from smwm_lab.bench.contention import competitors
with competitors(2) as started:
    print(*[process.pid for process in started], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_medians_of_both_sides_are_compared_and_only_one_side_has_competitors(monkeypatch):
    rates, running, asked = iter([100.0, 40.0, 90.0, 10.0, 140.0, 50.0]), [0], []

    @contextlib.contextmanager
    def counted(number):
        running[0] += number
        yield
        running[0] -= number

    def rate(work, *, seconds):
        asked.append((work(), running[0], seconds))
        return next(rates)

    monkeypatch.setattr(contention, "competitors", counted)
    monkeypatch.setattr(contention, "rate", rate)
    assert contention.contended_rates(lambda: 32, num_competitors=4) == (40.0, 100.0)
    assert asked == [(32, 0, contention.SECONDS), (32, 4, contention.SECONDS)] * contention.ROUNDS


def test_the_ratio_is_the_share_of_the_rate_alone_and_there_is_one_competitor_per_core(monkeypatch):
    counts = []
    monkeypatch.setattr(contention, "num_cores", lambda: 3)
    monkeypatch.setattr(
        contention, "contended_rates", lambda work, num_competitors: (counts.append(num_competitors) or 400.0, 1000.0)
    )
    result = BENCHMARKS["training_busy"]()
    assert counts == [3] and (result.ours, result.baseline, result.ratio) == (400.0, 1000.0, 0.4)
    assert "3 competing processes" in result.note


def test_competitors_run_while_the_block_does_and_end_with_it_also_after_an_error():
    with pytest.raises(ZeroDivisionError), contention.competitors(2) as started:
        assert len(started) == 2 and all(process.poll() is None for process in started)
        _ = 1 / 0
    assert all(process.returncode is not None for process in started)


def test_a_competitor_that_ended_too_early_is_an_error():
    with (
        pytest.raises(RuntimeError, match="1 of 2 competing processes ended before"),
        contention.competitors(2) as started,
    ):
        started[0].kill()
        started[0].wait()
    assert all(process.returncode is not None for process in started)


def test_competitors_end_by_themselves_when_nobody_is_left_to_end_them():
    starter = subprocess.run([sys.executable, "-c", _STARTER], stdout=subprocess.PIPE, text=True, timeout=300)
    assert starter.returncode == -signal.SIGKILL
    orphans = [psutil.Process(int(pid)) for pid in starter.stdout.split() if psutil.pid_exists(int(pid))]
    _, left = psutil.wait_procs(orphans, timeout=contention.LONGEST_S / 2)
    for process in left:
        process.kill()
    assert len(starter.stdout.split()) == 2 and left == []
