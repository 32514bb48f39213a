"""Which device a run uses."""

import re

import torch

from smwm_lab.errors import InputError, shown


def choose_device(name: torch.device | str = "auto") -> torch.device:
    """Return the device of a name: auto, cpu, cuda or cuda:N; 'auto' takes CUDA where there is one.

    A device in place of its name is returned as it is. Raises `InputError` for any other name, and for a device that
    is not there.

    >>> choose_device("cpu")
    device(type='cpu')
    """
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    there = ["auto", "cpu", *(f"cuda:{i}" for i in range(count))]
    if not isinstance(name, str | torch.device):
        raise InputError(f"device = {shown(name)} is no device; allowed: {', '.join(there)}")
    name = str(name)
    if name == "auto":
        return torch.device("cuda" if count else "cpu")
    number = re.fullmatch(r"cuda(?::(\d+))?", name)
    if name == "cpu" or (number and int(number[1] or 0) < count):
        return torch.device(name)
    raise InputError(f"device = {name!r} is not there; allowed: {', '.join(there)}")
