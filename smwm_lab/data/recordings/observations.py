"""Observations of a recording: what they may be, and what to do with those that are something else."""

from typing import Any

import numpy as np

from smwm_lab.data.recordings.rows import Rows
from smwm_lab.errors import InputError, check
from smwm_lab.gates import real_array


KINDS = {4: "images", 3: "windows", 2: "vectors"}
"""Axes of the observations -> what they are: uint8 (rows, H, W, 3), floats (rows, channels, time), floats (rows, k)."""
ALLOWED = "allowed: uint8 (rows, H, W, 3), floats (rows, channels, time) or floats (rows, k)"
AT_ONCE = 1 << 22
"""Numbers of which finite ones are looked for at once."""


def as_observations(observations: Any, source: str) -> np.ndarray:
    """Return observations as an array; raise `InputError` for images of mixed sizes, and for what is no array."""
    if isinstance(observations, list | tuple) or getattr(observations, "dtype", None) == np.dtype(object):
        try:
            sizes = sorted({np.shape(each) for each in observations})
        except (TypeError, ValueError) as error:  # ragged inside
            raise InputError(f"{source}: observations are no arrays of one size ({error}); {ALLOWED}") from error
        check(
            len(sizes) < 2,
            f"{source}: observations have {len(sizes)} sizes, such as {sizes[:1]} and {sizes[-1:]}; "
            "allowed: one size (resize them)",
        )
    return real_array("observations", observations, allowed=ALLOWED.removeprefix("allowed: "))


def check_observations(observations: Rows, source: str) -> None:
    """Raise `InputError` unless observations are images, windows or vectors, as `KINDS` has them."""
    shape, dtype = tuple(observations.shape), np.dtype(observations.dtype)
    found = f"{source}: observations are {dtype} {shape}"
    check(len(shape) != 1, f"{found}; {ALLOWED} (observations[:, None] of one number)")
    check(len(shape) in KINDS and min(shape) > 0, f"{found}; {ALLOWED}, none of them 0")
    if len(shape) == 4:
        first = shape[1] in (1, 3) and shape[3] != 3
        check(not first, f"{found}, colours before height and width; {ALLOWED} (images.transpose(0, 2, 3, 1))")
        remedy = "np.repeat(images, 3, axis=3) of one channel, images[..., :3] of four"
        check(shape[3] == 3, f"{found}; {ALLOWED} ({remedy})")
        scaled = "(images * 255).round().astype(np.uint8) of 0 to 1, images.astype(np.uint8) of 0 to 255"
        check(dtype == np.uint8, f"{found}; {ALLOWED} ({scaled})")
        return
    grey = len(shape) == 3 and dtype == np.uint8
    check(not grey, f"{found}, as if grey images; {ALLOWED} (np.repeat(images[..., None], 3, axis=3))")
    check(np.issubdtype(dtype, np.floating), f"{found}; {ALLOWED} (observations.astype(np.float32))")


def not_finite(observations: Rows, start: int, stop: int) -> int | None:
    """Return the first of rows start to stop - 1 that holds NaN or infinity, None if all are finite."""
    step = max(1, AT_ONCE // int(np.prod(observations.shape[1:])))
    for begin in range(start, stop, step):
        values = observations.read_span(begin, min(stop, begin + step))
        bad = np.flatnonzero(~np.isfinite(values).reshape(len(values), -1).all(1))
        if len(bad):
            return begin + int(bad[0])
    return None
