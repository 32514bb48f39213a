"""The weights of a world model as bytes: float16, little-endian, one tensor after the other, and a header in JSON.

    packed = pack_model(run.model)        packed.header   packed.weights        unpack_model(packed)

`static/model.js` reads the same bytes. What a page computes is compared with `unpack_model(packed)`, the model whose
weights are rounded as those of the page.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from smwm_lab.errors import InputError, check, check_instance
from smwm_lab.models import ModelConfig, WorldModel


HALF = np.dtype("<f2")
"""Two bytes a weight, in the order that every browser has."""
LARGEST = float(np.finfo(HALF).max)
"""Largest weight that float16 holds."""


@dataclass(frozen=True)
class PackedModel:
    """A model as a page carries it."""

    header: dict[str, Any]
    """`config`: sizes of the networks; `tensors`: name, shape and offset (in weights) of each, as JSON values."""
    weights: bytes
    """float16 of all tensors in the order of the header."""

    def __repr__(self) -> str:
        return f"PackedModel({len(self.header['tensors'])} tensors, {len(self.weights):,} bytes)"


def pack_model(model: WorldModel) -> PackedModel:
    """Return a model packed, its weights rounded to float16; those below 6e-8 become 0.

    Raises `InputError` for weights that are NaN or infinite, or too large for float16, and for a forward model that has
    a memory.
    """
    check_instance("model", model, WorldModel)
    _require_plain(model.config)
    tensors, parts, offset = [], [], 0
    for name, value in model.state_dict().items():
        weights = value.detach().cpu().float().numpy()
        largest = float(np.abs(weights).max()) if weights.size else 0.0
        check(
            largest <= LARGEST,
            f"the largest weight of {name} is {largest:g}; allowed: up to {LARGEST:g}, as float16 holds (train anew)",
        )
        tensors.append({"name": name, "shape": list(weights.shape), "offset": offset})
        parts.append(weights.astype(HALF).tobytes())
        offset += weights.size
    return PackedModel({"config": model.config.to_dict(), "tensors": tensors}, b"".join(parts))


def unpack_model(packed: PackedModel) -> WorldModel:
    """Return the model of packed weights, float32, in evaluation mode.

    Raises `InputError` where header and weights do not fit together, or weights are not finite.
    """
    check_instance("packed", packed, PackedModel)
    missing = sorted({"config", "tensors"} - set(packed.header))
    check(not missing, f"header lacks {', '.join(missing)}; allowed: a header as pack_model gives it")
    model = WorldModel(ModelConfig.from_dict(packed.header["config"]))
    wanted = {name: list(value.shape) for name, value in model.state_dict().items()}
    found = {entry["name"]: entry["shape"] for entry in packed.header["tensors"]}
    check(found == wanted, "the tensors of the header are not those of its config; allowed: as pack_model gives them")
    expected = sum(math.prod(shape) for shape in wanted.values()) * HALF.itemsize
    check(
        len(packed.weights) == expected,
        f"weights have {len(packed.weights):,} bytes; allowed: {expected:,}, two for each weight of the header",
    )
    values = np.frombuffer(packed.weights, HALF).astype(np.float32)
    if not np.isfinite(values).all():
        raise InputError("packed weights hold NaN or infinity; allowed: finite numbers (pack the model anew)")
    state = {}
    for entry in packed.header["tensors"]:
        size = math.prod(entry["shape"])
        part = values[entry["offset"] : entry["offset"] + size]
        state[entry["name"]] = torch.from_numpy(part.reshape(entry["shape"]).copy())
    model.load_state_dict(state)
    return model.eval()


def _require_plain(sizes: ModelConfig) -> None:
    """Raise `InputError` for networks that a page does not compute."""
    check(
        sizes.memory == 0,
        f"the forward model looks {sizes.memory} steps back; allowed on a page: one without memory",
    )
    found = (sizes.encoder, sizes.predictor, sizes.inverse_head)
    check(
        sizes.encoder != "vit" and found[1:] == ("mlp", "concat"),
        f"encoder, predictor and inverse_head are {', '.join(found)}; allowed on a page: conv, mlp, concat",
    )
