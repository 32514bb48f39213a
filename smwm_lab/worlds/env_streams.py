"""Which of several environments draw their random numbers from which stream.

One seed for a batch is one stream for all of its environments, drawn from as a batch. A seed for each is a stream for
each: what happens in one then depends on no other, and equals what a single environment of that seed shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from gymnasium.utils.seeding import np_random
from torch import Generator, Tensor

from smwm_lab.errors import check
from smwm_lab.gates import real_array
from smwm_lab.seeding import generator, require_seed


Seeds = int | list[int | None] | tuple[int | None, ...] | None
"""One for all environments, one for each (None: any), or whatever comes next."""


@dataclass(frozen=True)
class Stream:
    """Environments that draw from one stream."""

    rows: Tensor
    """Their numbers, int64 (k,)."""
    source: np.random.Generator
    """What every new start of all of them takes its stream from."""
    draws: Generator
    """The stream."""

    @classmethod
    def of(cls, rows: Tensor, source: np.random.Generator) -> "Stream":
        """Return a new stream of some environments."""
        return cls(rows, source, generator(int(source.integers(2**63 - 1)), "environment"))

    def without(self, chosen: Tensor) -> "Stream":
        """Return the same stream for those environments that are not chosen, bool (num_envs,)."""
        return Stream(self.rows[~chosen[self.rows]], self.source, self.draws)


def require_seeds(seed: Seeds, num_envs: int) -> None:
    """Raise `InputError` unless seeds are None, a whole number, or a list of one or None per environment."""
    if isinstance(seed, list | tuple):
        check(len(seed) == num_envs, f"seed has {len(seed)} entries for {num_envs} environments; allowed: one for each")
    for each in seed if isinstance(seed, list | tuple) else [seed]:
        if each is not None:
            require_seed(each)


def restarted(streams: list[Stream], chosen: Tensor, seeds: Sequence[int | None]) -> list[Stream]:
    """Return the streams once every chosen environment, bool (num_envs,), draws from a stream of its own seed."""
    kept = [stream.without(chosen) for stream in streams]
    rows = torch.nonzero(chosen)[:, 0]
    own = [Stream.of(row[None], np_random(seeds[int(row)])[0]) for row in rows]
    return [*(stream for stream in kept if len(stream.rows)), *own]


def require_mask(mask: object, num_envs: int) -> np.ndarray:
    """Return which environments start anew, bool (num_envs,); raise `InputError` unless `mask` says so of some."""
    chosen = real_array("reset_mask", mask, num_envs, allowed=f"bool ({num_envs},), True where an episode starts anew")
    check(
        isinstance(mask, np.ndarray) and chosen.dtype == bool and bool(chosen.any()),
        f"reset_mask = {mask} picks nothing; allowed: a numpy array, bool ({num_envs},), True for one or more",
    )
    return chosen
