"""Named random streams from one root seed.

Two streams with different names never share numbers, whatever the seeds: each name is a spawn key of
`numpy.random.SeedSequence`, not an offset (seed + index makes "different" sets overlap).
"""

import hashlib
from numbers import Integral

import numpy as np
import torch

from smwm_lab.errors import check, shown


def _spawn_key(name: str, index: int) -> tuple[int, ...]:
    digest = hashlib.sha256(name.encode()).digest()
    return (*np.frombuffer(digest[:16], dtype=np.uint32).tolist(), index)


def require_seed(seed: object, highest: int = 2**63 - 1) -> None:
    """Raise `InputError` unless a seed is a whole number from 0 to `highest`, one less than a power of 2.

    1.0 and True are no whole numbers.
    """
    whole = isinstance(seed, Integral) and not isinstance(seed, bool)
    allowed = f"allowed: whole numbers from 0 to 2**{highest.bit_length()} - 1"
    check(whole, f"seed = {shown(seed)} is no whole number; {allowed}")
    check(0 <= seed <= highest, f"seed = {seed!r} is out of range; {allowed}")  # type: ignore[operator]


def stream_seed(seed: int, name: str, index: int = 0) -> int:
    """Return a 63-bit seed for the stream `name` (and `index`, say an epoch) of the root `seed`.

    >>> stream_seed(0, "train") != stream_seed(0, "evaluation") != stream_seed(1, "train")
    True
    """
    require_seed(seed)
    sequence = np.random.SeedSequence(int(seed), spawn_key=_spawn_key(name, index))
    return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(1))


def generator(seed: int, name: str, index: int = 0, device: torch.device | str = "cpu") -> torch.Generator:
    """Return a torch generator for the stream `name` of the root `seed`.

    >>> import torch
    >>> torch.equal(torch.rand(3, generator=generator(0, "a")), torch.rand(3, generator=generator(0, "a")))
    True
    """
    return torch.Generator(device).manual_seed(stream_seed(seed, name, index))
