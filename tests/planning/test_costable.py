"""Our networks behind stable-worldmodel's `get_cost`. Claims proved here:

- The cost is that of our own planning: squared distance of the last imagined latent from the goal.
- Only the last frame and the first candidate's are looked at; channels first or last, bytes or shares are the same.
- Its CEM solver and ours choose the same actions (with the optional oracle).
- What is no image is refused in one line.
"""

import contextlib
import io

import gymnasium
import numpy as np
import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.planning import CEM, TerminalDistance, plan
from smwm_lab.planning.models.costable import CostModel
from smwm_lab.seeding import generator
from smwm_lab.worlds import make_world


BATCH, CANDIDATES, HORIZON = 2, 6, 3


@pytest.fixture(scope="module")
def model():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return WorldModel(ModelConfig(channels=(8, 16)))


def frames(seed):
    world, stream = make_world("single_dot"), generator(seed, "frames")
    return world.observe(world.sample_state(BATCH, stream))  # uint8 (batch, 3, 64, 64)


def asked(pixels, goal, candidates=CANDIDATES):
    """What a solver hands over: a time of two, the first of them black, and a row per candidate."""
    told = {}
    for name, images in (("pixels", pixels), ("goal", goal)):
        two = torch.stack([torch.zeros_like(images), images], 1)
        told[name] = two[:, None].expand(-1, candidates, *two.shape[1:])
    return told


def test_the_cost_is_the_distance_of_where_the_actions_lead(model):
    pixels, goal = frames(0), frames(1)
    actions = torch.rand(BATCH, CANDIDATES, HORIZON, 2, generator=generator(0, "actions")) * 2 - 1
    found = CostModel(model).get_cost(asked(pixels, goal), actions)
    with torch.no_grad():
        z, z_goal = model.encode(pixels), model.encode(goal)
        for row in range(BATCH):
            ends = model.rollout(z[row].expand(CANDIDATES, -1), actions[row])[:, -1]
            assert torch.allclose(found[row], (ends - z_goal[row]).square().sum(-1), atol=1e-5)
    assert found.std() > 0 and torch.equal(found, CostModel(model).criterion(asked(pixels, goal), actions))


def test_layout_and_scale_of_images_make_no_difference(model):
    pixels, goal, actions = frames(0), frames(1), torch.zeros(BATCH, CANDIDATES, HORIZON, 2)
    cost = CostModel(model)
    usual = cost.get_cost(asked(pixels, goal), actions)
    last = {name: images.movedim(-3, -1).numpy() for name, images in asked(pixels, goal).items()}
    shares = {name: images / 255 for name, images in asked(pixels, goal).items()}
    large = {name: images.repeat_interleave(2, -1).repeat_interleave(2, -2) for name, images in shares.items()}
    for told in (last, shares, large):
        assert torch.allclose(cost.get_cost(told, actions), usual, atol=1e-5)


def test_a_published_solver_plans_with_our_networks_as_ours_does(model, oracle):
    pixels, goal = frames(0), frames(1)
    theirs = oracle.solver.CEMSolver(model=CostModel(model), batch_size=1, num_samples=64, n_steps=4, topk=8, seed=7)
    space = gymnasium.spaces.Box(-1, 1, (BATCH, 2), np.float32)
    theirs.configure(
        action_space=space, n_envs=BATCH, config=oracle.PlanConfig(horizon=5, receding_horizon=5, action_block=1)
    )
    told = {"pixels": pixels.movedim(1, -1)[:, None], "goal": goal.movedim(1, -1)[:, None]}
    with contextlib.redirect_stdout(io.StringIO()), torch.inference_mode():
        expected = theirs.solve(told)["actions"]
    draws, solver = torch.Generator().manual_seed(7), CEM.unguarded(num_samples=64, num_iterations=4, num_elites=8)
    for row in range(BATCH):
        with torch.no_grad():
            z, z_goal = (model.encode(images[row : row + 1]) for images in (pixels, goal))
        ours = plan(model, z, TerminalDistance(z_goal), solver=solver, horizon=5, action_dim=2, generator=draws).actions
        torch.testing.assert_close(ours[0], expected[row].reshape(5, 2), rtol=0, atol=1e-4)


def test_what_is_no_image_is_refused_in_one_line(model):
    cost, actions, good = CostModel(model), torch.zeros(BATCH, CANDIDATES, HORIZON, 2), asked(frames(0), frames(1))
    for told, message in (
        ({"pixels": good["pixels"]}, "info_dict has no 'goal'"),
        (good | {"goal": good["goal"][:, 0]}, "goal are torch.uint8 .*allowed: images"),
        (good | {"pixels": good["pixels"].float() - 100}, r"outside \[0, 1\] \(normalised\?\)"),
    ):
        with pytest.raises(InputError, match=message) as caught:
            cost.get_cost(told, actions)
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="allowed: one that sees images"):
        CostModel(WorldModel(ModelConfig(encoder="mlp", input_shape=(4,))))
