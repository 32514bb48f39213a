"""Threads of torch beside the cores that they get."""

import os

import psutil

from smwm_lab.doctor.cores import usable_cores
from smwm_lab.doctor.finding import Finding, ok, warn


CROWDED = 1.5
"""Processes that want to run, per core, above which threads that wait for each other lose most of their time."""


def look_at_threads() -> Finding:
    """Compare the number of threads with the cores, and both with what else is running."""
    import torch

    from smwm_lab.models.precision import has_native_bfloat16

    threads, cores, load = torch.get_num_threads(), usable_cores(), psutil.getloadavg()[0]
    speed = "" if has_native_bfloat16(torch.device("cpu")) else ", no native bfloat16 (training is slower)"
    found = f"torch {torch.__version__}, {threads} thread{'' if threads == 1 else 's'} on {cores:g} cores{speed}"
    if threads > max(1, cores):
        fitting = max(1, int(cores))
        return warn(f"{found}: they wait for each other", f"set OMP_NUM_THREADS={fitting} before Python starts")
    if threads > 1 and load > CROWDED * cores:
        return warn(
            f"{found}, load {load:.1f}: the machine is busy", "end other programs, or set OMP_NUM_THREADS=1 meanwhile"
        )
    policy = os.environ.get("OMP_WAIT_POLICY", "PASSIVE").upper()
    if policy != "PASSIVE":
        return warn(f"{found}, OMP_WAIT_POLICY={policy}: waiting threads spin", "unset OMP_WAIT_POLICY")
    return ok(found)
