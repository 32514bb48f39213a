"""Peak memory of a quick training, measured in a process of its own."""

import json
import subprocess
import sys

from smwm_lab.bench.result import BenchResult


_MEASURE = """
import json, pathlib, resource, sys
def peak():  # GB; ru_maxrss would count the parent process too, where there is /proc it need not be asked
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024 / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9
from smwm_lab.training import fit, preset_config
imported = peak()
fit(preset_config("single_dot", "quick", budget=int(sys.argv[1])))
json.dump({"imported": imported, "peak": peak()}, sys.stdout)
"""


def bench_memory(budget: int = 30_000) -> BenchResult:
    """Peak resident memory of training single_dot at quick, in GB, against float32 frames kept in memory.

    The paper's public code keeps 250,000 pairs as float32 frames: 250000 * 2 * 3 * 64 * 64 * 4 bytes = 24.6 GB.
    """
    command = [sys.executable, "-c", _MEASURE, str(budget)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout)
    frames = 250_000 * 2 * 3 * 64 * 64 * 4 / 1e9
    note = f"float32 frames of 250,000 pairs (imports alone: {measured['imported']:.2f} GB)"
    return BenchResult("peak memory", measured["peak"], frames, "GB", frames / measured["peak"], note)
