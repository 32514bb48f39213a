"""Benchmarks: ratios measured side by side in one process, never timed tests."""

from collections.abc import Callable
from functools import partial

from smwm_lab.bench.contention import bench_contention
from smwm_lab.bench.explorer import bench_explorer, bench_wide_explorer
from smwm_lab.bench.memory import bench_memory
from smwm_lab.bench.planning import bench_inverse_head, bench_planning, bench_planning_together
from smwm_lab.bench.rendering import bench_dots, bench_sprites
from smwm_lab.bench.result import BenchResult
from smwm_lab.bench.training import bench_flops, bench_quality, bench_training


def _bench_lab() -> BenchResult:
    """Import the widgets, which need an extra, only for the benchmark of a widget."""
    from smwm_lab.bench.lab import bench_lab

    return bench_lab()


BENCHMARKS: dict[str, Callable[[], BenchResult]] = {
    "render_dots": bench_dots,
    "render_sprites": bench_sprites,
    "training": bench_training,
    "training_64": partial(bench_training, 64),
    "training_256": partial(bench_training, 256),
    "training_busy": bench_contention,
    "flops": bench_flops,
    "quality": bench_quality,
    "memory": bench_memory,
    "planning": bench_planning,
    "planning_100": bench_planning_together,
    "inverse_head": bench_inverse_head,
    "collapse_lab": _bench_lab,
    "explorer": bench_explorer,
    "explorer_wide": bench_wide_explorer,
}

__all__ = ["BENCHMARKS", "BenchResult"]
