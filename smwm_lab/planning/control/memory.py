"""What an agent remembers of its way here, for a model with memory: frames at every action, and the actions."""

from collections.abc import Sequence

import torch
from torch import Tensor

from smwm_lab.models import Past
from smwm_lab.planning.control.perception import Perception


def recent_past(perception: Perception, states: Sequence[Tensor], actions: Sequence[Tensor]) -> Past | None:
    """Return the past of the last of some states, as far back as the model looks; None for one without memory.

    states: (n, state) each, from the start of the episode on; actions: (n, action) each, between them. Before the start
    stands the start, with actions of 0; at the start itself the answer is None, which means the same.
    """
    num_latents, num_actions = perception.past_frames, perception.past_actions
    if max(num_latents, num_actions) == 0 or not actions:
        return None
    earlier = [perception(states[max(len(states) - 1 - back, 0)]) for back in range(num_latents, 0, -1)]
    taken = [
        actions[-back] if back <= len(actions) else torch.zeros_like(actions[0]) for back in range(num_actions, 0, -1)
    ]
    count, width = actions[0].shape
    latent_dim = (earlier[0] if earlier else perception(states[-1][:1])).shape[1]
    device = perception.device
    return Past(
        torch.stack(earlier, 1) if earlier else torch.zeros(count, 0, latent_dim, device=device),
        torch.stack(taken, 1).to(device) if taken else torch.zeros(count, 0, width, device=device),
    )
