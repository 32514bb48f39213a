"""Claims: our TwoRoom moves like `swm/TwoRoom-v1` of stable-worldmodel, step for step, in the open, at every wall and
at the door; its frame at 224 px is ours; its scripted policy is ours. CONTRIBUTING says how to get that package; these
tests skip, saying so, without it."""

import importlib.util

import numpy as np
import pytest
import torch

from smwm_lab.seeding import generator
from smwm_lab.worlds import TwoRoomConfig, make_world


if importlib.util.find_spec("stable_worldmodel") is None:
    pytest.skip("stable-worldmodel is not installed (CONTRIBUTING, Oracle)", allow_module_level=True)

OURS = make_world(TwoRoomConfig(image_side=224, frameskip=1))


@pytest.fixture(scope="module")
def theirs():
    """The environment; the two compiled operators that a CPU torch lacks are declared before its first import."""
    library = torch.library.Library("torchvision", "DEF")
    if not hasattr(torch.ops.torchvision, "nms"):
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    from stable_worldmodel.envs.two_room import TwoRoomEnv

    env = TwoRoomEnv()
    env.reset(seed=0)
    yield env
    library._destroy()


def step_theirs(env, state: torch.Tensor, action: torch.Tensor) -> torch.Tensor:
    after = []
    for here, push in zip(state, action, strict=True):
        env._set_state(here.tolist())
        env.step(push.numpy())
        after.append(env.agent_position)
    return torch.stack(after)


def compare(env, state: torch.Tensor, action: torch.Tensor) -> torch.Tensor:
    """Assert equal next states; return ours. A step that ends on an edge to the last digit may go either way."""
    ours, other = OURS.step(state, action, generator(0, "x")).state, step_theirs(env, state, action)
    y = (state[:, 1] + 5 * action[:, 1].clamp(-1, 1)).clamp(21, 203)
    x = (state[:, 0] + 5 * action[:, 0].clamp(-1, 1)).clamp(21, 203)
    edges = [(y, 33.25), (y, 64.75), (x, 100.0), (x, 124.0)]
    on_edge = torch.stack([(value - edge).abs() < 1e-4 for value, edge in edges]).any(0)
    assert on_edge.float().mean() < 0.01
    assert torch.allclose(ours[~on_edge], other[~on_edge], atol=1e-4)
    return ours


def around(low: tuple[float, float], high: tuple[float, float], n: int, stream: torch.Generator) -> torch.Tensor:
    low, high = torch.tensor(low), torch.tensor(high)
    return low + torch.rand(n, 2, generator=stream) * (high - low)


PLACES = {
    "anywhere": ((14, 14), (209, 209)),
    "left border": ((14, 14), (27, 209)),
    "right border": ((197, 14), (209, 209)),
    "top border": ((14, 14), (209, 27)),
    "bottom border": ((14, 197), (209, 209)),
    "wall from the left": ((94, 70), (101, 203)),
    "wall from the right": ((123, 70), (130, 203)),
    "wall above the door": ((94, 21), (130, 33)),
    "door": ((94, 34), (130, 64)),
    "upper edge of the door": ((94, 28), (130, 38)),
    "lower edge of the door": ((94, 60), (130, 70)),
    "inside the wall": ((101, 66), (123, 200)),
}


@pytest.mark.parametrize("place", PLACES)
def test_steps_end_alike(theirs, place):
    """Actions up to 1.5 long per axis, so that they are clamped now and then."""
    stream = generator(0, place)
    state = around(*PLACES[place], 600, stream)
    action = (torch.rand(600, 2, generator=stream) * 2 - 1) * 1.5
    ours = compare(theirs, state, action)
    if place.startswith("wall from"):
        assert ((ours[:, 0] == 99.5) | (ours[:, 0] == 124.5)).sum() > 100, "the wall was never met"
    if place == "door":
        assert ((state[:, 0] < 112) & (ours[:, 0] > 112)).sum() > 10, "nobody went through"
    if place.endswith("border"):
        assert ((ours == 21) | (ours == 203)).any(1).sum() > 100, "the border was never met"


def test_a_long_walk_ends_alike(theirs):
    """2,000 steps, ours and theirs each from where it came itself."""
    stream = generator(0, "walk")
    here = torch.tensor([[60.0, 112.0]])
    theirs._set_state(here[0].tolist())
    crossings = 0
    for t in range(2000):
        push = torch.randn(1, 2, generator=stream) + torch.tensor([[0.3 if t % 400 < 200 else -0.3, -0.1]])
        side = float(here[0, 0]) < 112
        here = OURS.step(here, push, stream).state
        theirs.step(push[0].numpy())
        assert torch.allclose(here[0], theirs.agent_position, atol=2e-3)
        crossings += side != (float(here[0, 0]) < 112)
    assert crossings > 0


def test_goals_are_reached_alike(theirs):
    stream = generator(0, "goals")
    state, goal = around(*PLACES["anywhere"], 300, stream), around(*PLACES["anywhere"], 300, stream)
    goal[:200] = state[:200] + torch.randn(200, 2, generator=stream) * 12
    told = []
    for here, there in zip(state, goal, strict=True):
        theirs._set_state(here.tolist())
        theirs.target_position = there
        told.append(theirs.step(np.zeros(2, np.float32))[2])
    path = OURS.primitive_states(state, torch.zeros(300, 2))
    reached = ((path[:, -1] - goal).norm(dim=1) < 16).tolist()
    assert reached == told and 50 < sum(told) < 250


def test_frames_are_alike(theirs):
    """Theirs is cut down to whole numbers, ours is rounded: they differ by one level at most."""
    state = OURS.sample_state(20, generator(0, "frames"))
    for here, ours in zip(state, OURS.observe(state), strict=True):
        theirs._set_state(here.tolist())
        frame = torch.from_numpy(theirs.render().copy()).permute(2, 0, 1)
        assert (frame.int() - ours.int()).abs().max() <= 1


def test_the_scripted_policy_is_alike(theirs):
    """Without noise, where neither sits on the wall's middle nor just where the door counts as near."""
    from stable_worldmodel.envs.two_room import ExpertPolicy

    world = make_world(TwoRoomConfig(frameskip=1, policy_noise=0.0))
    stream = generator(0, "policy")
    state, goal = world.sample_state(300, stream), 14 + 195 * torch.rand(300, 2, generator=stream)
    ours = world.scripted_action(state, goal, stream)
    policy = ExpertPolicy(action_noise=0.0)
    policy.set_env(theirs)
    given = {"state": state.numpy(), "goal_state": goal.numpy()}
    for row in range(300):
        one = {key: value[row] for key, value in given.items()}
        action = np.asarray(policy.get_action(one)).reshape(-1)[:2]
        assert np.allclose(action, ours[row].numpy(), atol=1e-5)
