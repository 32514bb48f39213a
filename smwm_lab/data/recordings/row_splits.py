"""Splits of a recording: whole episodes, or blocks of time, that are trained on or held out.

Disjoint by construction: a row lies on one side, and a window counts only if all its rows do. Whether two rows show the
same frame is another question, which `shared_frames` answers.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from smwm_lab.data.recordings.recording import Recording
from smwm_lab.errors import check, check_count, check_instance, check_range
from smwm_lab.seeding import require_seed, stream_seed


@dataclass(frozen=True, eq=False)
class RowSplit:
    """Which rows of a recording may occur in training, and which are held out; some may be neither."""

    recording: Recording
    training: np.ndarray
    """Bool (rows,)."""
    held_out: np.ndarray
    """Bool (rows,); no row is on both sides."""
    key: str
    """What the rule is, as text."""

    def rows(self, *, held_out: bool) -> np.ndarray:
        """Return the rows of a side, rising, int64 (n,)."""
        return np.flatnonzero(self.held_out if held_out else self.training)

    def starts(self, length: int, *, held_out: bool) -> np.ndarray:
        """Return the rows from which `length` steps stay inside one episode and on a side, int64 (n,)."""
        side = self.held_out if held_out else self.training
        starts = self.recording.episodes.starts(length)
        inside = np.concatenate([[0], np.cumsum(side)])
        whole = inside[starts + length + 1] - inside[starts] == length + 1
        return starts[whole]


def split_by_episode(recording: Recording, *, seed: int, fraction: float = 0.1) -> RowSplit:
    """Return the split that holds out a share of the episodes, one at least; another seed holds out others.

    Raises `InputError` for a recording of one episode: `split_by_time` divides that.

    >>> recording = Recording.from_arrays(np.zeros((40, 2)), np.zeros((40, 1)), lengths=[10] * 4)
    >>> split = split_by_episode(recording, seed=0, fraction=0.25)
    >>> len(split.rows(held_out=True)), len(split.rows(held_out=False))
    (10, 30)
    """
    _check(recording, seed, fraction)
    count = len(recording.episodes)
    check(count > 1, f"{recording.source} has one episode, so none can be held out; use split_by_time")
    order = np.random.default_rng(stream_seed(seed, "held-out episodes")).permutation(count)
    chosen = np.zeros(count, bool)
    chosen[order[: min(count - 1, max(1, round(fraction * count)))]] = True
    held_out = np.repeat(chosen, recording.episodes.lengths)
    return RowSplit(recording, ~held_out, held_out, f"episodes, seed {seed}, fraction {fraction:g}")


def split_by_time(
    recording: Recording, *, seed: int, fraction: float = 0.1, block: int = 100, gap: int = 5
) -> RowSplit:
    """Return the split that holds out blocks of time, the same share of them in all episodes together.

    block: rows of a block; gap: rows on both sides of a held-out block that are on neither side, as what follows each
    other is nearly the same. Raises `InputError` where there are fewer than two blocks.
    """
    _check(recording, seed, fraction)
    check_count("block", block, 2, 10**9)
    check_count("gap", gap, 0, 10**6)
    lengths = recording.episodes.lengths
    blocks = [np.arange(length) // block for length in lengths]
    first = np.concatenate([[0], np.cumsum([each[-1] + 1 for each in blocks])])
    of_row = np.concatenate([each + begin for each, begin in zip(blocks, first, strict=False)])
    count = int(first[-1])
    check(
        count > 1,
        f"{recording.source} has {len(recording)} rows, one block of {block}; allowed: a block below {len(recording)}",
    )
    order = np.random.default_rng(stream_seed(seed, "held-out blocks")).permutation(count)
    held_out = np.isin(of_row, order[: min(count - 1, max(1, round(fraction * count)))])
    near = _widened(held_out, recording.episodes.of_rows(np.arange(len(recording))), gap)
    check(
        not near.all(),
        f"{recording.source}: with block = {block}, gap = {gap} nothing is left to train on; allowed: smaller ones",
    )
    key = f"time, seed {seed}, fraction {fraction:g}, blocks of {block}, gap {gap}"
    return RowSplit(recording, ~near, held_out, key)


def shared_frames(split: RowSplit, *, most_rows: int = 20_000) -> float:
    """Return the share of held-out rows whose observation, byte by byte, occurs in training too.

    0 where everything held out is new. At most so many rows of each side are looked at, evenly spaced.
    """
    check_instance("split", split, RowSplit, "split_by_episode gives one")
    check_count("most_rows", most_rows, 1, 10**8)
    trained, held_out = (_hashes(split, held_out=side, most_rows=most_rows) for side in (False, True))
    known = set(trained)
    return float(np.mean([each in known for each in held_out])) if held_out else 0.0


def _hashes(split: RowSplit, *, held_out: bool, most_rows: int) -> list[bytes]:
    rows = split.rows(held_out=held_out)
    rows = rows[:: max(1, -(-len(rows) // most_rows))]
    found = []
    for some in np.array_split(rows, max(1, len(rows) // 256)):
        found += [
            hashlib.blake2b(each.tobytes(), digest_size=16).digest() for each in split.recording.observations.read(some)
        ]
    return found


def _widened(rows: np.ndarray, episode: np.ndarray, gap: int) -> np.ndarray:
    """Return the rows and those of their episodes that are `gap` or fewer away."""
    wide = rows.copy()
    for shift in range(1, gap + 1):
        same = episode[shift:] == episode[:-shift]
        wide[shift:] |= rows[:-shift] & same
        wide[:-shift] |= rows[shift:] & same
    return wide


def _check(recording: object, seed: int, fraction: float) -> None:
    check_instance("recording", recording, Recording, "open_recording gives one")
    require_seed(seed)
    check_range("fraction", fraction, 0.001, 0.5)
