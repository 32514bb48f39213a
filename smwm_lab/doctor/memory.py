"""Memory that is free now."""

import psutil

from smwm_lab.doctor import container_limits
from smwm_lab.doctor.finding import Finding, fail, ok, warn


GB = 1e9
LEAST, COMFORTABLE = 1.0, 3.0
"""GB. One kernel with torch takes half of one, JupyterLab a little; three notebooks stay open in practice."""


def measure_memory() -> Finding:
    """Measure the memory that can still be taken, by the machine or, if that is less, by the container."""
    limits = [psutil.virtual_memory().available, container_limits.memory_left()]
    free = min(limit for limit in limits if limit is not None) / GB
    found = f"{free:.1f} GB free of {psutil.virtual_memory().total / GB:.1f} GB"
    if free < LEAST:
        return fail(found, f"{LEAST:g} GB is needed for one notebook: close other programs, or use a larger machine")
    if free < COMFORTABLE:
        return warn(found, "keep one notebook open at a time, and shut its kernel down before the next")
    return ok(found)
