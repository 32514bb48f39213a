"""The machine in one line, because a time without its machine says nothing."""

import os
import platform
from pathlib import Path

import torch


def num_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine_line() -> str:
    """Return processor, usable cores, GPU if any, Python and torch in one line."""
    gpu = [torch.cuda.get_device_name()] if torch.cuda.is_available() else []
    parts = [
        _processor(),
        f"{num_cores()} cores",
        *gpu,
        f"Python {platform.python_version()}",
        f"torch {torch.__version__}",
    ]
    return ", ".join(parts)


def _processor() -> str:
    """Return the processor's name as Linux names it, else as the platform does."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
