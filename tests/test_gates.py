"""Gates for tensors of callers: claims proved here.

- Images of another dtype, layout, size or device, and what is no tensor, are one line; no call changes its argument.
- Images are scaled once, in memory of their own, whatever their dtype.

The calls run in a process of their own: the shape checks of this one would refuse the arguments first.
"""

import json
import subprocess
import sys

import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.gates import require_images, to_unit_range


_CALLS = """
import json, sys
import numpy as np, torch
from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig, WorldModel

def tried(call):
    try:
        call()
    except InputError as error:
        return str(error)
    return "accepted"

model = WorldModel(ModelConfig())
floats = torch.full((2, 3, 64, 64), 100.0)
found = {
    "float32": tried(lambda: model.encode(floats)),
    "unit range": tried(lambda: model.encode(torch.rand(2, 3, 64, 64))),
    "encoder": tried(lambda: model.encoder(floats)),
    "int64": tried(lambda: model.encode(torch.zeros(2, 3, 64, 64, dtype=torch.int64))),
    "colours last": tried(lambda: model.encode(torch.zeros(2, 64, 64, 3, dtype=torch.uint8))),
    "side": tried(lambda: model.encode(torch.zeros(2, 3, 32, 32, dtype=torch.uint8))),
    "one image": tried(lambda: model.encode(torch.zeros(3, 64, 64, dtype=torch.uint8))),
    "numpy": tried(lambda: model.encode(np.zeros((2, 3, 64, 64), dtype=np.uint8))),
    "list": tried(lambda: model.encode([[1, 2]])),
    "device": tried(lambda: model.encode(torch.zeros(2, 3, 64, 64, dtype=torch.uint8, device="meta"))),
    "unchanged": bool((floats == 100).all()),
}
print(json.dumps(found))
"""


def test_only_images_as_worlds_draw_them_are_encoded_and_none_is_changed():
    done = subprocess.run([sys.executable, "-c", _CALLS], capture_output=True, text=True, check=True, timeout=300)
    found = json.loads(done.stdout)
    assert found.pop("unchanged"), "encode scaled the caller's tensor in place"
    for name, message in found.items():
        assert message != "accepted" and "allowed: " in message and "\n" not in message, (name, message)
    assert found["encoder"] == found["float32"] and "images are torch.float32" in found["float32"]
    assert "(2, 64, 64, 3)" in found["colours last"] and "ndarray" in found["numpy"] and "meta" in found["device"]


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32, torch.float64])
def test_images_are_scaled_in_memory_of_their_own(dtype):
    images = torch.full((2, 3, 4, 4), 51, dtype=dtype)
    scaled = to_unit_range(images)
    assert scaled.dtype == torch.float32 and torch.equal(scaled, torch.full((2, 3, 4, 4), 51.0).mul(1 / 255))
    assert bool((images == 51).all())


def test_no_images_at_all_pass_the_gate():
    require_images(torch.zeros(0, 3, 64, 64, dtype=torch.uint8), 64, torch.device("cpu"))
    with pytest.raises(InputError, match="images lie on cpu, the networks on meta"):
        require_images(torch.zeros(1, 3, 64, 64, dtype=torch.uint8), 64, torch.device("meta"))
