"""The benchmark of LatentExplorer runs in a process of its own, small here, and says what it measured."""

import pytest

from smwm_lab.bench import BENCHMARKS
from smwm_lab.bench.explorer import bench_explorer


@pytest.mark.parametrize("pictured", [False, True])
def test_it_opens_goes_to_a_point_selects_and_tells_memory(pictured):
    found = bench_explorer(500, 6, allowed_s=30.0, pictured=pictured)
    assert found.ratio == pytest.approx(30.0 / found.ours) and found.ours > 0
    assert "500 x 6, peak 0." in found.note and "a selection" in found.note
    assert {"explorer", "explorer_wide"} <= set(BENCHMARKS)
