"""Numbers as people see them: one number out of whatever a notebook has, and with few digits."""

import math

import numpy as np
import torch

from smwm_lab.errors import InputError, shown


def as_number(field: str, value: object) -> float:
    """Return a number, or the one number of a tensor or array; raise `InputError` for anything else.

    True and False are no numbers here: a claim about one shows nothing.
    """
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(())[()]
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise InputError(f"{field} = {shown(value)} is no number; allowed: one number, or a tensor of one")
    return value if isinstance(value, int) else float(value)


def rounded(value: float, digits: int = 2) -> str:
    """Return a number with few significant digits, whole numbers and thousands in full.

    >>> [rounded(value) for value in (0.7134, 12, 0.00412, 20000.4, 1.0, 2.96, 99.7)]
    ['0.71', '12', '0.0041', '20,000', '1', '3', '100']
    """
    if not math.isfinite(value):
        return str(value)
    shortened = float(f"{value:.{digits}g}")  # 99.7 becomes 100, which has more digits
    if isinstance(value, int) or abs(shortened) >= 10**digits:
        return f"{value:,.0f}"
    return f"{shortened:.{digits}g}" if value else "0"
