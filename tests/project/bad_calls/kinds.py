"""Bad values by kind: what is wrong -> a value that is wrong in this way and in no other."""

import math
from typing import Any

import numpy as np
import torch

from smwm_lab.models import ModelConfig, WorldModel


SEEDS: dict[str, Any] = {
    "a fraction": 1.5,
    "text": "a",
    "a truth value": True,
    "negative": -1,
    "beyond 64 bits": 2**64,
    "nothing": None,
    "NaN": math.nan,
    "a list": [1],
}
COUNTS: dict[str, Any] = {
    "none": 0,
    "negative": -1,
    "a fraction": 1.5,
    "text": "a",
    "a truth value": True,
    "nothing": None,
    "NaN": math.nan,
    "a list": [1],
}
NUMBERS: dict[str, Any] = {"text": "a", "nothing": None, "NaN": math.nan, "a list": [1.0], "complex": 1j}
NAMES: dict[str, Any] = {"unknown": "nonsense", "empty": "", "nothing": None, "a number": 3, "a list": ["x"]}
DEVICES: dict[str, Any] = {
    "an absent GPU": "cuda:99",
    "an absent GPU as a device": torch.device("cuda:99"),
    "no device": "gpu",
    "empty": "",
    "a number": 3,
    "nothing": None,
    "a list": ["cpu"],
    "without memory": "meta",
}
GENERATORS: dict[str, Any] = {"nothing": None, "a seed": 0, "numpy's": np.random.default_rng(0)}
OBJECTS: dict[str, Any] = {"nothing": None, "text": "nonsense", "a number": 3, "a list": [1, 2]}
"""What is of the wrong class wherever an object of ours is wanted."""


def tensors(good: torch.Tensor) -> dict[str, Any]:
    """Return what is no batch of float32 rows (n, d) like `good`."""
    nan, far = good.clone(), good.clone()
    nan[0, 0], far[0, 0] = math.nan, math.inf
    return {
        "nothing": None,
        "numpy": good.numpy(),
        "a list": good.tolist(),
        "flat": good[0],
        "three axes": good[None],
        "wide": torch.cat([good, good], 1),
        "narrow": good[:, :-1],
        "whole numbers": good.long(),
        "without memory": good.to("meta"),
        "NaN": nan,
        "infinite": far,
    }


def floats(good: torch.Tensor) -> dict[str, Any]:
    """Return what is no float32 tensor with the axes of `good`, two or more, and finite."""
    nan, far = (good.clone(memory_format=torch.contiguous_format) for _ in range(2))
    nan.view(-1)[0], far.view(-1)[0] = math.nan, math.inf
    return {
        "nothing": None,
        "text": "nonsense",
        "a number": 3.0,
        "numpy": good.numpy(),
        "a list": good.tolist(),
        "an axis less": good[0],
        "an axis more": good[None],
        "wide": torch.cat([good, good], -1),
        "narrow": good[..., :-1],
        "no rows": good[:0],
        "fewer": good[:1],
        "whole numbers": good.long(),
        "truth values": good > 0,
        "complex": good.to(torch.complex64),
        "float64": good.double(),
        "without memory": good.to("meta"),
        "NaN": nan,
        "infinite": far,
    }


def rows_of(count: int) -> dict[str, Any]:
    """Return what chooses no rows among `count`."""
    return {
        "nothing": None,
        "text": "first",
        "a fraction": 1.5,
        "a list": [0],
        "numpy": np.array([0]),
        "fractions": torch.tensor([0.5]),
        "a short mask": torch.ones(count - 1, dtype=torch.bool),
        "a long mask": torch.ones(count + 1, dtype=torch.bool),
        "two axes": torch.zeros(1, 1, dtype=torch.int64),
        "out of range": torch.tensor([count]),
        "far below": torch.tensor([-count - 1]),
        "without memory": torch.tensor([0], device="meta"),
        "a slice of texts": slice("a", "b"),
    }


def without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the kinds but some."""
    return {name: value for name, value in values.items() if name not in names}


def arrays(good: np.ndarray) -> dict[str, Any]:
    """Return what is no array of finite real numbers (n, d)."""
    nan, far, objects = good.copy(), good.copy(), good.astype(object)
    nan[0, 0], far[0, 0], objects[0, 0] = math.nan, math.inf, "x"
    return {
        "nothing": None,
        "text": "latents",
        "a number": 3.0,
        "flat": good[0],
        "three axes": good[None],
        "no rows": good[:0],
        "no columns": good[:, :0],
        "ragged": [[1.0, 2.0], [3.0]],
        "NaN": nan,
        "infinite": far,
        "complex": good + 1j,
        "objects": objects,
        "text cells": good.astype(str),
        "masked": np.ma.masked_greater(good, float(np.median(good))),
        "dates": good.astype("datetime64[s]"),
    }


def models(config: ModelConfig) -> dict[str, Any]:
    """Return what is no model that a probe can look at in the world of `config`."""
    broken = WorldModel(config)
    with torch.no_grad():
        broken.encoder.head.weight[0, 0] = math.nan
    other_side = WorldModel(config.replace(side=32))
    return OBJECTS | {"a class": WorldModel, "a configuration": config, "NaN weights": broken, "other side": other_side}
