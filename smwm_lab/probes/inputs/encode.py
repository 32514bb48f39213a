"""From states to latents: the one place where probes run a frozen encoder."""

import numpy as np
import torch
from torch import Tensor

from smwm_lab.axes import Latent, State
from smwm_lab.data import StateSplit, sample_states
from smwm_lab.errors import check, check_instance
from smwm_lab.gates import require_tensor
from smwm_lab.models import WorldModel
from smwm_lab.models.mode import evaluating
from smwm_lab.probes.inputs.trained import Trained, model_and_split, require_model
from smwm_lab.seeding import generator
from smwm_lab.worlds import World


CHUNK = 256
"""Images rendered and encoded at once: rendering all of them would fill the memory."""


@torch.no_grad()
def encode_states(model: WorldModel, world: World, state: State) -> Latent:
    """Return the latents of rendered states, float32 (n, latent_dim) on the CPU, in exact float32 arithmetic.

    The model is run in evaluation mode and left in the mode it was in.
    """
    check_instance("world", world, World)
    require_model("model", model, world)
    world.require_states(state)
    check(len(state) > 0, "states have no rows; allowed: one or more")
    device = next(model.parameters()).device
    with evaluating(model):
        parts = [model.encode(world.observe(part.to(device))).cpu() for part in state.split(CHUNK)]
    return torch.cat(parts)


def held_out_latents(
    trained: Trained, split: StateSplit | None = None, *, num_states: int, seed: int = 0
) -> np.ndarray:
    """Return the latents of held-out states of the model's world, float64 (num_states, latent_dim).

    A world of few states repeats them: a single dot has under a hundred held-out positions.
    """
    model, split = model_and_split(trained, split)
    state = sample_states(split, num_states, held_out=True, generator=generator(seed, "held-out probe states"))
    return to_numpy(encode_states(model, split.world, state))


def to_numpy(values: Tensor) -> np.ndarray:
    """Return a tensor as float64 numpy array."""
    require_tensor("values", values, "torch.as_tensor gives one")
    return values.detach().cpu().double().numpy()
