"""Gates for tensors and arrays of a caller: dtype, shape and device, told in one line before anything is computed.

They look at what a tensor says of itself. Only `require_finite` reads values: on a GPU it waits for
them, so it stands where a caller enters, never inside the training of a batch.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from smwm_lab.errors import InputError, check, check_instance, shown


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
    if isinstance(value, Tensor) and value.is_floating_point() and value.ndim == 2 and value.shape[1] == width:
        return  # the message below takes ten times as long as this
    require_tensor(name, value, f"torch.as_tensor gives one; float32 (n, {width})")
    check(value.is_floating_point(), f"{name} are {value.dtype}; allowed: torch.float32")
    raise InputError(f"{name} have shape {tuple(value.shape)}; allowed: (n, {width}), one row each")


def require_floats(name: str, value: Any, *lengths: int | None, empty: bool = False) -> None:
    """Raise `InputError` unless a value is a tensor of floats that holds numbers.

    lengths: of the axes; None for one of any length. empty: whether there may be no number.
    """
    if (
        isinstance(value, Tensor)
        and value.is_floating_point()
        and _has_lengths(value.shape, lengths)
        and not value.is_meta
        and (empty or value.numel())
    ):
        return
    require_tensor(name, value, f"torch.as_tensor gives one; float32 {_axes(lengths)}")
    require_memory(name, value)
    least = "" if empty else ", no axis empty"
    raise InputError(f"{name} are {value.dtype} {tuple(value.shape)}; allowed: torch.float32 {_axes(lengths)}{least}")


def require_input(name: str, value: Any, weight: Tensor, *lengths: int | None) -> None:
    """Raise `InputError` unless a value is a tensor that networks with this weight take: its dtype, its device.

    lengths: of the axes; None for one of any length.
    """
    if (
        isinstance(value, Tensor)
        and value.dtype == weight.dtype
        and value.device == weight.device
        and _has_lengths(value.shape, lengths)
    ):
        return
    wanted = f"{weight.dtype} {_axes(lengths)} on {weight.device}"
    require_tensor(name, value, f"torch.as_tensor gives one; {wanted}")
    raise InputError(f"{name} are {value.dtype} {tuple(value.shape)} on {value.device}; allowed: {wanted}")


def require_memory(name: str, value: Tensor) -> None:
    """Raise `InputError` for a tensor that has a shape and no values."""
    check(not value.is_meta, f"{name} lie on meta, where tensors hold no values; allowed: cpu or a GPU")


def require_as_many(first: str, rows: Tensor, second: str, others: Tensor) -> None:
    """Raise `InputError` unless two tensors have as many rows."""
    if len(rows) != len(others):
        raise InputError(f"{len(rows)} {first} and {len(others)} {second}; allowed: as many of both")


def require_alike(first: str, value: Any, second: str, other: Any) -> None:
    """Raise `InputError` unless two values are tensors of floats of one shape."""
    tensors = isinstance(value, Tensor) and isinstance(other, Tensor)
    if tensors and value.shape == other.shape and value.is_floating_point() and other.is_floating_point():
        return
    for name, each in ((first, value), (second, other)):
        require_tensor(name, each, "torch.as_tensor gives one; floats")
        check(each.is_floating_point(), f"{name} are {each.dtype}; allowed: floats")
    raise InputError(f"{first} have shape {tuple(value.shape)}, {second} {tuple(other.shape)}; allowed: one shape")


def require_generator(generator: Any) -> None:
    """Raise `InputError` unless random numbers can be drawn from `generator`."""
    check_instance("generator", generator, torch.Generator, "torch.Generator().manual_seed(0) gives one")


def real_array(name: str, value: Any, *lengths: int | None, allowed: str = "real numbers") -> np.ndarray:
    """Return a value as an array of real numbers, not copied where it is one; raise `InputError` if it is none.

    Whatever numpy takes as numbers will do, tensors and nested lists too; masked cells, objects, complex numbers,
    dates and text are not numbers. lengths: of the axes, None for one of any length; any shape if there are none.
    """
    masked = isinstance(value, np.ma.MaskedArray) and bool(np.ma.getmaskarray(value).any())
    check(not masked, f"{name} hold masked cells; allowed: {allowed} (fill or drop them)")
    try:
        array = value.detach().cpu().numpy() if isinstance(value, Tensor) else np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{name} are no array ({reason}); allowed: {allowed}") from error
    if array.dtype.kind not in "biuf":
        found = f"hold {array.dtype}" if array.ndim else f"= {shown(value)} are no array"
        raise InputError(f"{name} {found}; allowed: {allowed} (encode or drop what is none)")
    if lengths and not _has_lengths(array.shape, lengths):
        raise InputError(f"{name} have shape {array.shape}; allowed: {_axes(lengths)}")
    return array


def _has_lengths(shape: tuple[int, ...], lengths: tuple[int | None, ...]) -> bool:
    return len(shape) == len(lengths) and all(
        wanted in (None, found) for found, wanted in zip(shape, lengths, strict=True)
    )


def _axes(lengths: tuple[int | None, ...]) -> str:
    """Return lengths as they stand in messages: (n, 3, m)."""
    names = iter("nmklpq")
    text = ", ".join(next(names) if length is None else str(length) for length in lengths)
    return f"({text},)" if len(lengths) == 1 else f"({text})"


def require_finite(name: str, value: Tensor) -> None:
    """Raise `InputError` if a tensor (n, width) holds NaN or infinity, or nothing; the first one is named."""
    require_memory(name, value)
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
