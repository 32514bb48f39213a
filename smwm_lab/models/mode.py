"""Evaluation mode for as long as something is measured or planned; every network is left in the mode it was in."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def evaluating(model: object) -> Iterator[None]:
    """Run a model in evaluation mode and leave each of its networks in the mode it was in; others are left alone.

    In training mode an encoder works in bfloat16 and noise layers draw noise: neither belongs in a measurement.
    """
    networks = list(model.modules()) if isinstance(model, nn.Module) else []
    before = [network.training for network in networks]
    for network in networks:
        network.training = False
    try:
        yield
    finally:
        for network, was_training in zip(networks, before, strict=True):
            network.training = was_training
