"""Dropout from a stream of its own: torch draws it from the global one, which a run neither disturbs nor depends on."""

import contextlib
from collections.abc import Iterator

import torch
from torch import nn

from smwm_lab.seeding import stream_seed


@contextlib.contextmanager
def dropout_stream(device: torch.device, seed: int, name: str, step: int) -> Iterator[None]:
    """Let what is drawn inside come from a stream of one update, and leave the global one as it was."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(stream_seed(seed, name, step))
        yield


def draws_dropout(network: nn.Module) -> bool:
    """Return whether a network draws random numbers while it is trained."""
    return any(isinstance(part, nn.Dropout) and part.p > 0 for part in network.modules())
