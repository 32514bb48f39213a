"""The nearest rows of a row, among the latents and among the true states, and how many are the same."""

from dataclasses import dataclass

import numpy as np

from smwm_lab.errors import check_count
from smwm_lab.probes import LatentTable


CHUNK = 65_536
"""Rows whose distances are computed at once: a million latents would double their memory."""
TIE = 1e-9
"""Share by which two distances may differ and still be one."""


@dataclass(frozen=True)
class Neighbours:
    """The k nearest rows of a row, the nearest first; the row itself is none of them."""

    latent_rows: np.ndarray
    """Nearest among the latents, int64 (k,)."""
    state_rows: np.ndarray | None
    """Nearest among the true states, int64 (k,); None where those are unknown."""
    are_true: np.ndarray
    """Which of `latent_rows` are as near among the true states as the k nearest there, bool (k,); ties count."""
    are_latent: np.ndarray
    """Which of `state_rows` are as near among the latents as the k nearest there, bool (k,); ties count."""

    def summary(self) -> str:
        """Return the mismatch in words.

        >>> rows, yes = np.array([1, 2]), np.array([True, False])
        >>> Neighbours(rows, rows, yes, yes).summary()
        '1 of 2 latent neighbours is also a true neighbour'
        """
        if self.state_rows is None:
            return "the true states are unknown: neighbours in the latent alone"
        hits, k = int(self.are_true.sum()), len(self.latent_rows)
        return (
            f"{hits} of {k} latent neighbours {'is also a true neighbour' if hits == 1 else 'are also true neighbours'}"
        )


def neighbours(table: LatentTable, row: int, k: int) -> Neighbours:
    """Return the k nearest rows of a row of a table; raise `InputError` unless 1 <= k <= n - 1."""
    check_count("row", row, 0, len(table) - 1)
    check_count("k", k, 1, len(table) - 1, "a row has no more neighbours")
    near = distances(table.latents, row)
    latent_rows = nearest(near, k)
    if not table.has_states:
        return Neighbours(latent_rows, None, np.zeros(k, bool), np.zeros(0, bool))
    true = distances(state_coordinates(table), row)
    state_rows = nearest(true, k)
    are_true = true[latent_rows] <= true[state_rows[-1]] * (1 + TIE)
    are_latent = near[state_rows] <= near[latent_rows[-1]] * (1 + TIE)
    return Neighbours(latent_rows, state_rows, are_true, are_latent)


def state_coordinates(table: LatentTable) -> np.ndarray:
    """Return the states as coordinates whose distances can be compared, float64 (n, m).

    Each component is divided by its standard deviation, so that px and rad weigh the same. An angle is its cosine and
    sine, together of that size: 359 and 1 degree lie side by side. A constant component is left out.
    """
    parts = [np.zeros((len(table), 0))]
    for name, column in table.states.items():
        values = column.to_numpy()
        is_angle = table.units.get(str(name)) == "rad"
        part = np.stack([np.cos(values), np.sin(values)], 1) if is_angle else values[:, None]
        spread = np.sqrt(part.var(0).sum())
        if np.ptp(values) > 0 and spread > 0:
            parts.append(part / spread)
    return np.hstack(parts)


def distances(points: np.ndarray, row: int) -> np.ndarray:
    """Return the distance of each of points (n, m) from one of them, float64 (n,); that of the point itself is inf."""
    parts = (points[start : start + CHUNK] - points[row] for start in range(0, len(points), CHUNK))
    found = np.sqrt(np.concatenate([np.einsum("ij,ij->i", part, part) for part in parts]))
    found[row] = np.inf
    return found


def nearest(found: np.ndarray, k: int) -> np.ndarray:
    """Return where the k smallest of distances (n,) are, smallest first; among equal ones the lower row is first.

    >>> nearest(np.array([2.0, 1.0, np.inf, 1.0]), 2).tolist()
    [1, 3]
    """
    limit = np.partition(found, k - 1)[k - 1]
    within = np.flatnonzero(found <= limit)
    return within[np.argsort(found[within], kind="stable")[:k]]
