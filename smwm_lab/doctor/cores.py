"""Processor cores that this process may use."""

import os

from smwm_lab.doctor import container_limits
from smwm_lab.doctor.finding import Finding, ok, warn


def usable_cores() -> float:
    """Return how many cores' worth of time this process gets, by its affinity and by its container."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(affinity, container_limits.cores_allowed() or affinity)


def count_cores() -> Finding:
    """Count the cores; the times in the notebooks are of two."""
    cores = usable_cores()
    found = f"{cores:g} core{'' if cores == 1 else 's'}"
    if cores < 2:
        return warn(found, "expect twice the times that the notebooks name, or share a machine with a neighbour")
    return ok(found)
