"""Columns of words beside latents: categories, names, labels of any kind, as text."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from smwm_lab.errors import check


MISSING = "(missing)"
"""Stands where a cell is empty."""


def split_columns(states: pd.DataFrame | None) -> tuple[pd.DataFrame | None, dict[str, np.ndarray]]:
    """Return the columns of numbers, and those of words: name -> text (n,).

    Columns of text, categories and truth values are words. No columns of numbers are None: states that are unknown.
    What is no table comes back as it is, for whoever checks it.
    """
    if not isinstance(states, pd.DataFrame) or not len(states.columns) or states.columns.nlevels > 1:
        return states, {}
    are_words = [_holds_words(states.iloc[:, i]) for i in range(states.shape[1])]
    names = [str(name) for name in states.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    check(not twice, f"two columns of the states are called {', '.join(twice)}; rename one (1 and '1' are one name)")
    words = {name: as_words(states.iloc[:, i]) for i, name in enumerate(names) if are_words[i]}
    numbers = states.loc[:, [not word for word in are_words]]
    return (numbers if len(numbers.columns) else None), words


def as_words(column: pd.Series) -> np.ndarray:
    """Return a column as text, (n,), one line each; empty cells say so.

    >>> as_words(pd.Series(["a b", None])).tolist()
    ['a b', '(missing)']
    """
    codes, names = pd.factorize(column)  # an empty cell has the code -1, the last
    return np.array([*(" ".join(str(name).split()) for name in names), MISSING])[codes]


def check_lengths(words: Mapping[str, np.ndarray], rows: int) -> None:
    """Raise `InputError` unless each column of words has as many rows as there are latents."""
    for name, column in words.items():
        check(
            len(column) == rows, f"{rows} latents and {len(column)} rows of states ({name!r}); allowed: as many of both"
        )


def rows_with(words: Mapping[str, np.ndarray], numbers: pd.DataFrame, query: str) -> np.ndarray:
    """Return the rows in which something was found, int64 (k,).

    In words a part is enough, in whatever case; a number is found if it is the one asked for, to its four digits.
    """
    wanted = query.strip().casefold()
    found = np.zeros(len(numbers), bool)
    for column in words.values():
        names, codes = np.unique(column, return_inverse=True)
        found |= np.array([wanted in str(name).casefold() for name in names])[codes]
    number = _number(wanted)
    if number is not None:
        found |= np.isclose(numbers.to_numpy(), number, rtol=5e-5, atol=0).any(1)
    return np.flatnonzero(found) if wanted else np.array([], int)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None  # a word


def _holds_words(column: pd.Series) -> bool:
    types = pd.api.types
    kind = column.dtype
    return types.is_bool_dtype(kind) or isinstance(kind, pd.CategoricalDtype) or types.infer_dtype(column) == "string"
