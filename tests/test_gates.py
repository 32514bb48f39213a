"""Gates for tensors of callers: claims proved here.

- Images of another dtype, layout, size or device, and what is no tensor, are one line; no call changes its argument.
- States and actions that are not finite, of another width or number, or no tensors, are one line: `step`, `observe`
  and both sides of every split, in every world.
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


_WORLDS = """
import json
import numpy as np, torch
from smwm_lab.data import split_by_region, split_by_state
from smwm_lab.errors import InputError
from smwm_lab.seeding import generator
from smwm_lab.worlds import WORLDS, make_world

def tried(call):
    try:
        call()
    except InputError as error:
        return str(error)
    return "accepted"

found = {}
for name in ("single_dot", "distractor", "sprite_xyt", "two_room"):
    world = make_world(name)
    spec = world.spec
    draw = generator(0, "test")
    state, action = world.sample_state(3, draw), world.sample_action(3, draw)
    splits = [split_by_state(world, seed=0), split_by_region(world, {spec.state_names[0]: (20.0, 30.0)})]
    nan, wide = torch.full_like(state, float("nan")), torch.cat([state, state], 1)
    step = lambda s, a: tried(lambda: world.step(s, a, draw))
    found[name] = {
        "step, NaN actions": step(state, torch.full_like(action, float("nan"))),
        "step, infinite actions": step(state, torch.full_like(action, float("inf"))),
        "step, NaN states": step(nan, action),
        "step, wide states": step(wide, action),
        "step, wide actions": step(state, torch.cat([action, action], 1)),
        "step, one state": step(state[:1], action),
        "step, one action": step(state, action[:1]),
        "step, flat": step(state[0], action[0]),
        "step, whole numbers": step(state.long(), action),
        "step, numpy": step(state.numpy(), action.numpy()),
        "step, another device": step(state, action.to("meta")),
        "observe, NaN": tried(lambda: world.observe(nan)),
        "observe, wide": tried(lambda: world.observe(wide)),
        "observe, flat": tried(lambda: world.observe(state[0])),
        "observe, numpy": tried(lambda: world.observe(state.numpy())),
    }
    for i, split in enumerate(splits):
        for side in (split.is_training, split.is_held_out):
            for kind, value in (("NaN", nan), ("wide", wide), ("narrow", state[:, :1]), ("list", state.tolist())):
                found[name][f"split {i}, {side.__name__}, {kind}"] = tried(lambda: side(value))
    found[name]["works"] = "allowed: " if world.step(state, action, draw).state.isfinite().all() else "accepted"
print(json.dumps(found))
"""


def test_what_is_no_state_or_action_is_one_line_in_every_world():
    done = subprocess.run([sys.executable, "-c", _WORLDS], capture_output=True, text=True, check=True, timeout=300)
    for world, calls in json.loads(done.stdout).items():
        for call, message in calls.items():
            assert message != "accepted" and "allowed: " in message and "\n" not in message, (world, call, message)


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
