"""What a recording is good for: coverage of actions, dead columns, frames twice, and what two frames tell of an action.

The last is the question of a sensorimotor world model: it learns what recovering the action needs, so where two frames
tell nothing of the action, nothing is learned. What is found is a lower bound: a better reader may find more.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from smwm_lab.data.recordings.recording import Recording
from smwm_lab.data.recordings.row_splits import split_by_episode, split_by_time
from smwm_lab.errors import check_count, check_instance
from smwm_lab.seeding import require_seed, stream_seed


READ_SIDE = 32
"""Side to which images are averaged before a reader looks at them, px."""
NUM_COMPONENTS = 48
"""Principal components of frames and of their differences."""
NUM_MOMENTS = 18
"""Of an image: six of each colour."""
ALPHAS = np.logspace(-4, 4, 9)
DEAD = 1e-9
"""Range at or below which a column counts as constant, as a share of its size."""
AT_ONCE = 64
"""Pairs of observations that are in memory at once."""


@dataclass(frozen=True, eq=False)
class RecordingReport:
    """What `judge_recording` found."""

    actions: pd.DataFrame
    """A row per action component: low, high, mean, deviation, missing (rows without a number), at_limits (share of
    steps at its smallest or largest value), told (R2 on held-out steps of a reader of two frames; at most 1, 0 where it
    knows nothing, NaN where there are too few steps), told_by_states (the same of a reader of two states; NaN without
    state columns that are whole)."""
    states: pd.DataFrame
    """A row per state column: low, high, mean, deviation, missing, at_limits."""
    dead: tuple[str, ...]
    """Action components and state columns that never change."""
    still: float
    """Share of the steps looked at in which the observation does not change at all."""
    repeated: float
    """Share of the rows looked at whose observation occurs at an earlier row too, beside those that stood still."""
    rows_read: int
    """Rows that were looked at."""

    @property
    def told(self) -> float:
        """R2 of the action components that vary, on average: how much of the action two frames tell at least."""
        alive = self.actions[self.actions["deviation"] > 0]
        return float(alive["told"].mean()) if len(alive) else float("nan")

    def warnings(self) -> list[str]:
        """Return what stands in the way of learning from the recording, a line each."""
        found = [f"{name} never changes" for name in self.dead]
        gaps = self.states[self.states["missing"] > 0] if len(self.states) else self.states
        found += [
            f"{name} misses {int(row['missing'])} rows: nothing can be read out there" for name, row in gaps.iterrows()
        ]
        if not len(self.states):
            found.append("no state columns: no probes, and the floor of L_inv/Var(a) is not known")
        if self.still > 0.5:
            found.append(f"in {self.still:.0%} of the steps nothing moves: a frameskip, or another policy, would help")
        if self.told < 0.1:
            found.append("two frames tell next to nothing of the action: what it changes may show in neither, or later")
        if np.isnan(self.told):
            found.append("too few steps to say what two frames tell of the action, or no action varies")
        return found


def judge_recording(recording: Recording, *, most_steps: int = 4000, seed: int = 0) -> RecordingReport:
    """Return what a recording is good for, from at most so many steps drawn at random.

    Readers are fitted on the steps of some episodes and judged on others (on blocks of time where there are few).
    Raises `InputError` for observations that hold NaN or infinity, with the place.
    """
    check_instance("recording", recording, Recording, "open_recording gives one")
    check_count("most_steps", most_steps, 50, 10**6)
    require_seed(seed)
    source = np.random.default_rng(stream_seed(seed, "steps looked at"))
    every = recording.episodes.starts(1)
    starts = np.sort(source.choice(every, min(most_steps, len(every)), replace=False))
    seen = _look(recording, starts)
    known = _rows_of(recording, seed, starts)
    actions = _column_facts(recording.actions[every], recording.action_names)
    actions["told"] = _told(seen.before, seen.after, recording.actions[starts], *known)
    states = pd.DataFrame()
    actions["told_by_states"] = np.nan
    if recording.states:
        table = recording.state_table(np.arange(len(recording)))
        states = _column_facts(table.to_numpy(), tuple(table))
        numbers = table.to_numpy()[:, np.isfinite(table.to_numpy()).all(0)]
        if numbers.shape[1]:
            by_states = _told(numbers[starts], numbers[starts + 1], recording.actions[starts], *known)
            actions["told_by_states"] = by_states
    moving = [each for each, stands in zip(seen.hashes, seen.still, strict=True) if not stands]
    facts = pd.concat([actions, states]) if len(states) else actions
    return RecordingReport(
        actions=actions,
        states=states,
        dead=tuple(str(name) for name, row in facts.iterrows() if row["deviation"] == 0),
        still=float(np.mean(seen.still)),
        repeated=1 - len(set(moving)) / len(moving) if moving else 0.0,
        rows_read=2 * len(starts),
    )


@dataclass(frozen=True, eq=False)
class _Seen:
    """What is kept of pairs of observations, so that these need not be in memory together."""

    before: np.ndarray
    """Features of the first of each pair, float32 (n, k)."""
    after: np.ndarray
    """Features of the second."""
    hashes: list[bytes]
    """Of the first."""
    still: list[bool]
    """Whether both are the same."""


def _look(recording: Recording, starts: np.ndarray) -> _Seen:
    """Return what is kept of the observations at and behind each start; raise `InputError` if they are not finite."""
    before, after, hashes, still = [], [], [], []
    for some in np.array_split(starts, -(-len(starts) // AT_ONCE)):
        pairs = recording.observations.read_windows(some, 2)  # (steps, 2, ...)
        bad = some[~np.isfinite(pairs).reshape(len(pairs), -1).all(1)] if recording.kind != "images" else some[:0]
        if len(bad):
            recording.require_finite(int(bad[0]), int(bad[0]) + 2)
        before.append(_features(pairs[:, 0]))
        after.append(_features(pairs[:, 1]))
        hashes += [hashlib.blake2b(pair[0].tobytes(), digest_size=16).digest() for pair in pairs]
        still += (pairs[:, 0] == pairs[:, 1]).reshape(len(pairs), -1).all(1).tolist()
    return _Seen(np.concatenate(before), np.concatenate(after), hashes, still)


def _rows_of(recording: Recording, seed: int, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which of the steps are for fitting, and which, a quarter, for judging; none if there are too few rows."""
    block = max(2, len(recording) // 40)
    if len(recording.episodes) >= 4:
        split = split_by_episode(recording, seed=seed, fraction=0.25)
    elif len(recording) > 4 * block:
        split = split_by_time(recording, seed=seed, fraction=0.25, block=block, gap=1)
    else:
        return np.zeros(len(starts), bool), np.zeros(len(starts), bool)
    fit, judge = (np.isin(starts, split.starts(1, held_out=side)) for side in (False, True))
    return fit, judge


def _features(observations: np.ndarray) -> np.ndarray:
    """Return observations as rows of numbers, float32 (n, k): images averaged down, behind them their moments.

    The moments, sums of brightness times place to the power 0, 1 and 2 for each colour, move in proportion to whatever
    moves in the image; single pixels do not.
    """
    if observations.ndim != 4:
        return observations.reshape(len(observations), -1).astype(np.float32)
    height, width = observations.shape[1:3]
    tall, wide = max(1, height // READ_SIDE), max(1, width // READ_SIDE)
    cut = observations[:, : height // tall * tall, : width // wide * wide]
    blocks = cut.reshape(len(cut), height // tall, tall, width // wide, wide, 3)
    small = blocks.mean((2, 4), dtype=np.float32) / 255  # (n, rows, columns, 3)
    y, x = (np.linspace(-1, 1, size, dtype=np.float32) for size in small.shape[1:3])
    powers = [(i, j) for i in range(3) for j in range(3 - i)]
    moments = [np.einsum("nyxc,y,x->nc", small, y**i, x**j, optimize=True) for i, j in powers]
    return np.concatenate([small.reshape(len(cut), -1), *moments], 1)


def _column_facts(values: np.ndarray, names: tuple[str, ...]) -> pd.DataFrame:
    """Return facts of the finite numbers in columns (rows, k); deviation 0 if constant, NaN if there is no number."""
    rows = []
    for column in values.T:
        known = column[np.isfinite(column)].astype(np.float64)
        if not len(known):
            rows.append({"missing": len(column)})
            continue
        low, high = known.min(), known.max()
        constant = high - low <= DEAD * max(1, abs(high))
        rows.append(
            {
                "low": low,
                "high": high,
                "mean": known.mean(),
                "deviation": 0 if constant else known.std(),
                "missing": len(column) - len(known),
                "at_limits": ((known == low) | (known == high)).mean(),
            }
        )
    facts = ["low", "high", "mean", "deviation", "missing", "at_limits"]
    return pd.DataFrame(rows, index=pd.Index(names, name="column"), columns=facts, dtype=float)


def _told(before: np.ndarray, after: np.ndarray, actions: np.ndarray, fit: np.ndarray, judge: np.ndarray) -> np.ndarray:
    """Return the R2, at least 0, of a reader of (before, after) for each action component, on the steps to be judged.

    The reader: principal components of where things are and of what changed, linear and through a kernel, then ridge
    regression; of the two the better one. NaN where there are too few steps for both.
    """
    if fit.sum() < 20 or judge.sum() < 5:
        return np.full(actions.shape[1], np.nan)
    parts = []
    for values in (before, after - before):
        reduce = PCA(min(NUM_COMPONENTS, values.shape[1], int(fit.sum())), random_state=0).fit(values[fit])
        parts.append(reduce.transform(values))
        parts.append(values[:, -NUM_MOMENTS:])  # of vectors the last of their numbers once more, which does no harm
    seen = np.concatenate(parts, 1)
    kernel = Nystroem(n_components=min(300, int(fit.sum())), gamma=1 / seen.shape[1], random_state=0)
    readers = (
        make_pipeline(StandardScaler(), RidgeCV(ALPHAS)),
        make_pipeline(StandardScaler(), kernel, RidgeCV(ALPHAS)),
    )
    guesses = [reader.fit(seen[fit], actions[fit]).predict(seen[judge]).reshape(judge.sum(), -1) for reader in readers]
    spread = ((actions[judge] - actions[fit].mean(0)) ** 2).mean(0)
    errors = np.stack([((guess - actions[judge]) ** 2).mean(0) for guess in guesses])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, np.maximum(0, 1 - errors.min(0) / spread), 0.0)
