"""Columns of a table that become a recording: there, each once, numbers, and none missing."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from smwm_lab.errors import InputError, check, shown


def number_columns(table: pd.DataFrame, names: Sequence[str], role: str, *, any_kind: bool = False) -> pd.DataFrame:
    """Return some columns of a table as float64, or as they are; raise `InputError` for the first that will not do.

    any_kind: whether they may be text. What is observed may miss no value; in actions and states a gap is NaN.
    """
    check(
        isinstance(names, list | tuple) and len(names) > 0,
        f"{role} = {shown(names)}; allowed: a list of one or more columns of the table",
    )
    for name in names:
        count = sum(bool(column == name) for column in table.columns)
        check(
            count == 1,
            f"{role}: column {name!r} is {'not' if count == 0 else f'{count} times'} in the table; allowed, each once: "
            f"{shown(list(table.columns))}",
        )
    chosen = table[list(names)]
    if any_kind:
        return chosen
    return pd.DataFrame({name: _numbers(chosen[name], name, role) for name in names})


def _numbers(column: pd.Series, name: str, role: str) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_complex_dtype(column.dtype):
        odd = next((row for row, value in enumerate(column) if isinstance(value, str)), 0)
        raise InputError(
            f"{role}: column {name!r} holds {column.dtype}, "
            f"such as {shown(column.iloc[odd]) if len(column) else 'none'} in row {odd}; "
            "allowed: numbers (encode it, or leave it out)"
        )
    values = column.to_numpy(np.float64, na_value=np.nan)
    gaps = np.flatnonzero(~np.isfinite(values))
    check(
        len(gaps) == 0 or role != "observations",  # of actions the last of an episode may be missing
        f"{role}: column {name!r} holds {values[gaps[0]] if len(gaps) else ''} in row {gaps[0] if len(gaps) else 0} "
        f"({len(gaps)} rows do); allowed: finite numbers (fill the gap, or cut the episode there)",
    )
    return values
