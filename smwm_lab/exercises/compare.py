"""Comparing what a learner's function returned with what it should have: shape, kind, finiteness, first difference."""

import numpy as np
import torch

from smwm_lab.exercises.exercise import NotYet


def same_values(what: str, found: object, expected: object, *, tolerance: float = 1e-4, why: str = "") -> None:
    """Raise `NotYet` unless `found` is a tensor, array or number of the shape and values of `expected`.

    Parameters
    ----------
    what
        What is compared, for the message, such as "the loss of two equal latents".
    found
        What the learner's function returned.
    expected
        Tensor, array or number.
    tolerance
        Largest difference allowed, absolute, beside the same share of the expected value.
    why
        What may be the reason, said behind a difference of values.
    """
    ours, theirs = _array(what, expected), _array(what, found)
    if theirs.shape != ours.shape:
        raise NotYet(f"{what}: expected {_shape(ours)}, got {_shape(theirs)}")
    if not np.isfinite(theirs).all():
        raise NotYet(f"{what}: expected finite numbers, got {_first(theirs, np.asarray(~np.isfinite(theirs)))}")
    apart = np.asarray(np.abs(theirs - ours) > tolerance * (1 + np.abs(ours)))
    if apart.any():
        reason = f"; {why}" if why else ""
        raise NotYet(f"{what}: expected {_first(ours, apart)}, got {_first(theirs, apart)}{reason}")


def _array(what: str, value: object) -> np.ndarray:
    if value is None:
        raise NotYet(f"{what}: the function returned None; is `return` missing?")
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().double().numpy()
    if isinstance(value, np.ndarray | list | tuple | int | float | np.number) and not isinstance(value, bool):
        try:
            return np.asarray(value, dtype=float)
        except (TypeError, ValueError) as error:
            raise NotYet(f"{what}: expected numbers, got {type(value).__name__} of something else") from error
    raise NotYet(f"{what}: expected a tensor or a number, got {type(value).__name__}")


def _shape(array: np.ndarray) -> str:
    return f"shape {array.shape}" if array.shape else "one number"


def _first(array: np.ndarray, where: np.ndarray) -> str:
    """Return the first of the marked values, with its place if there are several values."""
    place = tuple(int(each) for each in np.argwhere(where)[0])
    return f"{array[place]:.4g}" + (f" at {list(place)}" if place else "")
