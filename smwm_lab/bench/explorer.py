"""LatentExplorer of very many latents: seconds until it is there, and peak memory, in a process of its own."""

import json
import subprocess
import sys
from functools import partial

from smwm_lab.bench.result import BenchResult


MOST_GB = 4.0
"""Memory that a laptop can spare."""
_MEASURE = """
import json, pathlib, resource, sys, time
import numpy as np, pandas as pd
from smwm_lab.widgets import LatentExplorer
rows, width, pictured = map(int, sys.argv[1:])
def peak():  # GB; ru_maxrss would count the parent process too, where there is /proc it need not be asked
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024 / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9
class Frames:
    def __len__(self):
        return rows
    def __getitem__(self, chosen):
        grey = (np.asarray(chosen) % 256).astype(np.uint8)
        return np.broadcast_to(grey[:, None, None, None], (len(grey), 3, 64, 64))
drawn = np.random.default_rng(0)
latents = drawn.standard_normal((rows, width), np.float32)
states = pd.DataFrame({"x": latents[:, 0], "kind": np.array(["a", "b"])[drawn.integers(0, 2, rows)]})
began = time.perf_counter()
shown = LatentExplorer.from_arrays(latents, states, Frames() if pictured else None)
opened = time.perf_counter() - began
began = time.perf_counter()
shown.row.value = rows // 2
went = time.perf_counter() - began
began = time.perf_counter()
shown.keep.value = (0.0, 1.0)
selected = time.perf_counter() - began
assert len(shown.selection) and not shown.has_error
json.dump({"opened": opened, "went": went, "selected": selected, "peak": peak()}, sys.stdout)
"""


def bench_explorer(
    rows: int = 1_000_000, width: int = 64, *, allowed_s: float = 60.0, pictured: bool = False
) -> BenchResult:
    """Seconds until LatentExplorer is there, against those allowed; the note tells of memory and of single steps.

    pictured: with observations made when they are looked at.
    """
    command = [sys.executable, "-c", _MEASURE, str(rows), str(width), str(int(pictured))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout)
    note = (
        f"allowed; {rows:,} x {width}, peak {measured['peak']:.2f} of {MOST_GB:.0f} GB, to another point "
        f"{measured['went']:.2f} s, a selection {measured['selected']:.2f} s"
    )
    return BenchResult("explorer", measured["opened"], allowed_s, "s", allowed_s / measured["opened"], note)


bench_wide_explorer = partial(bench_explorer, 100_000, 768, allowed_s=30.0, pictured=True)
"""The same of wide latents with observations."""
