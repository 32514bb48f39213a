"""Gates for tensors that come from a caller: dtype, shape and device, told in one line before anything is computed.

They look at what a tensor says of itself. Only `require_finite` reads values: on a GPU it waits for
them, so it stands where a caller enters, never inside the training of a batch.
"""

from typing import Any

import torch
from torch import Tensor

from smwm_lab.errors import InputError, check


def require_tensor(name: str, value: Any, remedy: str) -> None:
    """Raise `InputError` unless a value is a torch tensor."""
    if not isinstance(value, Tensor):
        raise InputError(f"{name} are a {type(value).__name__}; allowed: a torch tensor ({remedy})")


def require_images(images: Any, side: int, device: torch.device) -> None:
    """Raise `InputError` unless images are uint8 (n, 3, side, side) on `device`."""
    require_tensor("images", images, f"torch.as_tensor gives one; uint8 (n, 3, {side}, {side})")
    check(
        images.dtype == torch.uint8,
        f"images are {images.dtype}; allowed: torch.uint8, 0 to 255, as worlds draw them (the encoder scales them)",
    )
    check(
        images.ndim == 4 and images.shape[1:] == (3, side, side),
        f"images have shape {tuple(images.shape)}; allowed: (n, 3, {side}, {side}), colours before height and width",
    )
    check(
        images.device == device,
        f"images lie on {images.device}, the networks on {device}; allowed: the same (images.to({str(device)!r}))",
    )


def require_rows(name: str, value: Any, width: int) -> None:
    """Raise `InputError` unless a value is a tensor of floats (n, width)."""
    require_tensor(name, value, f"torch.as_tensor gives one; float32 (n, {width})")
    shape = tuple(value.shape)
    check(value.is_floating_point(), f"{name} are {value.dtype}; allowed: torch.float32")
    check(value.ndim == 2 and shape[1] == width, f"{name} have shape {shape}; allowed: (n, {width}), one row each")


def require_finite(name: str, value: Tensor) -> None:
    """Raise `InputError` if a tensor (n, width) holds NaN or infinity; the first one is named."""
    finite = torch.isfinite(value)
    if not bool(finite.all()):
        row, column = torch.nonzero(~finite)[0].tolist()
        raise InputError(
            f"{name} hold {float(value[row, column])} at row {row}, column {column}; allowed: finite numbers"
        )


def to_unit_range(images: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return images 0..255 as floats in [0, 1], in memory of their own whatever dtype they had.

    >>> images = torch.full((1, 3, 1, 1), 255.0)
    >>> float(to_unit_range(images).max()), float(images.max())
    (1.0, 255.0)
    """
    # `copy` because `to` returns the tensor itself where the dtype fits already, and the scaling is in place
    return images.to(dtype, copy=True).mul_(1 / 255)
