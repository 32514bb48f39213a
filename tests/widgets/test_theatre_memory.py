"""PlannerTheatre with a model that has a memory: what is imagined on the way starts from what was seen on the way."""

import dataclasses

import numpy as np
import torch

from smwm_lab.models import ModelConfig, Past, WorldModel
from smwm_lab.planning import Perception
from smwm_lab.widgets import PlannerTheatre
from smwm_lab.worlds import make_world


def test_a_decision_on_the_way_is_imagined_from_the_frames_and_actions_before_it():
    world = make_world("single_dot")
    sizes = {"side": world.spec.observation_shape[1], "channels": (4,), "latent_dim": 5, "hidden_dim": 8}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = WorldModel(ModelConfig(**sizes, past_frames=2, past_actions=1)).eval()
    session = PlannerTheatre.from_models({"remembering": model}, world=world).session
    small = {"num_samples": 4, "num_iterations": 1, "num_elites": 2}
    session.config = dataclasses.replace(session.config, horizon=3, execute=1, **small)
    session.rewind()
    first = session.decision.plan.actions[:, :1]
    session.step()
    second = session.decision.plan.actions[:, :1]
    session.step()
    assert not session.has_arrived and len(session.passed) == 3
    z = [Perception.through(model, world)(state) for state in session.passed]
    past = Past(torch.stack(z[:2], 1), second)
    decision = session.decision
    with torch.no_grad():
        imagined = model.rollout(z[2], decision.plan.actions, past)
        forgetful = model.rollout(z[2], decision.plan.actions)
    flat = decision.scene.latent_grid.flat
    assert np.allclose(decision.centre_imagined[-1], flat(imagined)[0], atol=1e-4)
    assert not np.allclose(decision.centre_imagined[-1], flat(forgetful)[0], atol=1e-4)
    session.rewind()
    assert session.taken == [] and torch.equal(session.decision.plan.actions[:, :1], first)
