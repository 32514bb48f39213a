"""Gates of figures: what is drawn is checked first, as matplotlib would draw much of what is wrong without a word."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from smwm_lab.errors import InputError, check, check_counts, check_instance, check_named, shown
from smwm_lab.gates import real_array


def images_of(name: str, value: Any, count: int | None = None) -> np.ndarray:
    """Return images (n, 3, H, W) as an array; raise `InputError` unless there are one or more, `count` if given."""
    images = real_array(name, value, count, 3, None, None, allowed="images (n, 3, H, W)")
    check(len(images) > 0, f"{name} hold no image; allowed: one or more, (n, 3, H, W)")
    return images


def image_of(name: str, value: Any) -> np.ndarray:
    """Return one image (3, H, W) as an array."""
    return real_array(name, value, 3, None, None, allowed="an image (3, H, W)")


def points_of(name: str, value: Any, *lengths: int | None) -> np.ndarray:
    """Return finite numbers as an array; raise `InputError` for others; lengths of the axes, None for any but 0."""
    points = real_array(name, value, *lengths, allowed="finite numbers")
    check(points.size > 0, f"{name} have shape {points.shape}, so they hold nothing; allowed: one or more")
    check(bool(np.isfinite(points).all()), f"{name} hold NaN or infinity; allowed: finite numbers")
    return points


def paths_of(name: str, value: Any) -> dict[str, np.ndarray]:
    """Return named paths, each (n, steps, 2), as arrays."""
    check_named(name, value)
    return {key: points_of(f"{name}[{key!r}]", paths, None, None, 2) for key, paths in value.items()}


def require_columns(name: str, table: Any, *columns: str) -> None:
    """Raise `InputError` unless a value is a table with rows and these columns."""
    check_instance(name, table, pd.DataFrame)
    missing = [column for column in columns if column not in table]
    check(not missing, f"{name} lack the column {', '.join(missing)}; allowed: a table with {', '.join(columns)}")
    check(table.size > 0, f"{name} hold no values; allowed: a table of one or more rows")


def numbers_of(name: str, table: pd.DataFrame) -> np.ndarray:
    """Return the values of a table as floats; raise `InputError` for a table of something else."""
    try:
        return table.to_numpy(float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} hold what is no number ({error}); allowed: numbers") from error


def require_grid(shape: Any, rows: int) -> None:
    """Raise `InputError` unless `shape` is (rows, columns) of as many nodes as there are points."""
    check_counts("shape", shape, 1, 1 << 20)
    fits = len(shape) == 2 and shape[0] * shape[1] == rows
    check(fits, f"shape = {shown(shape)} does not hold {rows} points; allowed: (rows, columns) of a grid of so many")


def require_mapping(name: str, value: Any) -> None:
    """Raise `InputError` unless a value is a mapping; it may be empty."""
    check(isinstance(value, Mapping), f"{name} = {shown(value)} is no dictionary; allowed: name -> value")
