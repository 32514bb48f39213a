"""Packed weights: claims proved here.

- What is unpacked is what was packed, rounded to float16; packing it again changes nothing.
- The bytes are little-endian float16 where the header says, as a browser reads them.
- Weights that float16 cannot hold, and bytes that do not fit their header, are one clear line.
"""

import dataclasses
import json
import struct

import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.live import PackedModel, pack_model, unpack_model
from smwm_lab.live.pack import LARGEST
from smwm_lab.models import ModelConfig, WorldModel


SMALL = ModelConfig(side=16, channels=(4, 6), latent_dim=5, hidden_dim=7, action_dim=2)


@pytest.fixture
def model() -> WorldModel:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return WorldModel(SMALL).eval()


def test_what_is_unpacked_is_what_was_packed_rounded_to_float16(model):
    again = unpack_model(pack_model(model))
    assert again.config == model.config and not again.training
    for name, value in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], value.half().float()), name
    assert pack_model(again) == pack_model(unpack_model(pack_model(again))), "rounding twice is rounding once"


def test_the_rounded_model_is_near_the_model(model):
    images = torch.randint(0, 256, (8, 3, 16, 16), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    with torch.no_grad():
        off = (unpack_model(pack_model(model)).encode(images) - model.encode(images)).abs().max()
    assert 0 < float(off) < 1e-2


def test_the_header_says_where_each_weight_is(model):
    packed = pack_model(model)
    header = json.loads(json.dumps(packed.header))
    assert ModelConfig.from_dict(header["config"]) == SMALL
    assert len(packed.weights) == 2 * sum(value.numel() for value in model.state_dict().values())
    entry = next(each for each in header["tensors"] if each["name"] == "inverse_model.layers.2.weight")
    value = model.state_dict()["inverse_model.layers.2.weight"]
    last = entry["offset"] + value.numel() - 1
    [stored] = struct.unpack_from("<e", packed.weights, 2 * last)
    assert entry["shape"] == [7, 7] and stored == float(value[-1, -1].half())


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (float("nan"), "the largest weight of encoder.head.bias is nan"),
        (float("inf"), "is inf; allowed: up to 65504"),
        (65536.0, "is 65536; allowed: up to 65504, as float16 holds"),
    ],
)
def test_a_weight_that_float16_cannot_hold_is_named(model, weight, message):
    with torch.no_grad():
        model.encoder.head.bias[1] = weight
    with pytest.raises(InputError, match=message):
        pack_model(model)


def test_the_largest_and_the_smallest_weights_survive(model):
    with torch.no_grad():
        model.encoder.head.bias[:3] = torch.tensor([LARGEST, -LARGEST, 1e-9])
    bias = unpack_model(pack_model(model)).encoder.head.bias[:3]
    assert bias.tolist() == [LARGEST, -LARGEST, 0.0]


def broken(packed: PackedModel, how: str) -> PackedModel:
    header = json.loads(json.dumps(packed.header))
    match how:
        case "cut":
            return dataclasses.replace(packed, weights=packed.weights[:-2])
        case "nan":
            return dataclasses.replace(packed, weights=b"\xff\x7f" + packed.weights[2:])
        case "renamed":
            header["tensors"][0]["name"] = "encoder.nothing"
        case "reshaped":
            header["tensors"][0]["shape"] = [1]
        case "headless":
            del header["tensors"]
    return dataclasses.replace(packed, header=header)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("cut", r"weights have [\d,]+ bytes; allowed: [\d,]+, two for each weight"),
        ("nan", "packed weights hold NaN or infinity"),
        ("renamed", "the tensors of the header are not those of its config"),
        ("reshaped", "the tensors of the header are not those of its config"),
        ("headless", "header lacks tensors"),
    ],
)
def test_bytes_that_do_not_fit_their_header_are_refused(model, how, message):
    packed = pack_model(model)
    unpack_model(packed)
    with pytest.raises(InputError, match=message):
        unpack_model(broken(packed, how))
