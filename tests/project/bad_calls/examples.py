"""What documented calls are made of: small, and made once."""

import numpy as np
import pandas as pd
import torch

from smwm_lab.data import sample_states, split_by_state
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.seeding import generator
from smwm_lab.training import Run, preset_config
from smwm_lab.worlds import make_world


MODEL = ModelConfig(channels=(8, 8, 8), latent_dim=6, hidden_dim=16)
WORLD = make_world("single_dot")
MOVING = make_world("distractor")
"""A world that draws random numbers in every step."""
SPLIT = split_by_state(WORLD, seed=0)
OTHER_SPLIT = split_by_state(make_world("sprite_xyt"), seed=0)
CONFIG = preset_config("single_dot", "smoke").replace(model=MODEL)


def a_run() -> Run:
    """Return a run as if it had been trained."""
    model = WorldModel(MODEL).eval()
    model.training_split = CONFIG.make_split().key
    metrics = pd.DataFrame({"transitions": [0, 32], "forward": [1.0, 0.5], "inverse": [1.0, 0.5]})
    return Run(CONFIG, model, metrics, {"seconds": 0.0, "transitions": 32, "device": "cpu"})


RUN = a_run()
RUN_OF_ANOTHER_WORLD = Run(preset_config("distractor", "smoke").replace(model=MODEL), RUN.model, RUN.metrics, {})
STATE = sample_states(SPLIT, 5, held_out=False, generator=generator(0, "example states"))
ACTION = WORLD.sample_action(5, generator(0, "example actions"))
IMAGES = WORLD.observe(STATE)
with torch.no_grad():
    Z = RUN.model.encode(IMAGES)
_drawn = np.random.default_rng(0)
LATENTS = _drawn.normal(size=(60, 3))
STATES = pd.DataFrame({"x": LATENTS[:, 0] * 2 + 1, "y": _drawn.normal(size=60)})
TARGETS = {"x": LATENTS[:, :1] * 2 + 1}
HELD_LATENTS = _drawn.normal(size=(40, 3))
HELD_TARGETS = {"x": HELD_LATENTS[:, :1] * 2 + 1}
