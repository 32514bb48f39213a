"""Claim: `CEM.unguarded` gives, action for action, the plan of stable-worldmodel 0.0.6's CEMSolver.

That package is an optional oracle; without it these tests are skipped and say so.
"""

import contextlib
import io

import gymnasium
import numpy as np
import pytest
import torch

from smwm_lab.planning import CEM, TerminalDistance, plan
from smwm_lab.seeding import generator


TASKS, HORIZON, ACTION_DIM, LATENT_DIM = 3, 5, 10, 16


class TanhDynamics(torch.nn.Module):
    """z' = tanh(A z + B a), in the interface of either side."""

    def __init__(self):
        super().__init__()
        stream = generator(0, "parity")
        self.a = torch.randn(LATENT_DIM, LATENT_DIM, generator=stream) / LATENT_DIM**0.5
        self.b = torch.randn(ACTION_DIM, LATENT_DIM, generator=stream) / ACTION_DIM**0.5

    def rollout(self, z, actions):
        latents = [z]
        for action in actions.unbind(1):
            latents.append(torch.tanh(latents[-1] @ self.a + action @ self.b))
        return torch.stack(latents, 1)

    def get_cost(self, info, candidates):
        shape = candidates.shape[:2]
        z = self.rollout(info["z"][:, :, -1].flatten(0, 1), candidates.flatten(0, 1))[:, -1].unflatten(0, shape)
        return (z - info["goal"][:, :, -1]).square().sum(-1)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("together", [1, TASKS], ids=["one by one", "all together"])
def test_the_unguarded_cem_is_the_published_one(oracle, together):
    model, stream = TanhDynamics(), generator(1, "parity tasks")
    z, goal = (torch.randn(TASKS, LATENT_DIM, generator=stream) for _ in range(2))
    space = gymnasium.spaces.Box(-1, 1, (TASKS, 2), np.float32)
    theirs = oracle.solver.CEMSolver(model=model, batch_size=together, num_samples=300, n_steps=30, topk=30, seed=7)
    theirs.configure(
        action_space=space, n_envs=TASKS, config=oracle.PlanConfig(horizon=5, receding_horizon=5, action_block=5)
    )
    with contextlib.redirect_stdout(io.StringIO()), torch.inference_mode():
        expected = theirs.solve({"z": z[:, None], "goal": goal[:, None]})["actions"]
    draws = torch.Generator().manual_seed(7)
    ours = [
        plan(
            model,
            z[rows],
            TerminalDistance(goal[rows]),
            solver=CEM.unguarded(),
            horizon=HORIZON,
            action_dim=ACTION_DIM,
            generator=draws,
        ).actions
        for rows in torch.arange(TASKS).split(together)
    ]
    torch.testing.assert_close(torch.cat(ours), expected.reshape(TASKS, HORIZON, ACTION_DIM), rtol=0, atol=1e-5)
