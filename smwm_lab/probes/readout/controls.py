"""What a readout score must beat: an untrained encoder, and principal components of the raw pixels."""

import numpy as np
import torch
from sklearn.decomposition import PCA
from torch import Tensor

from smwm_lab.errors import check_count, check_instance
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.probes.inputs.encode import CHUNK
from smwm_lab.seeding import stream_seed
from smwm_lab.worlds import World


NUM_PCA_FRAMES = 2000
"""Frames from which the principal components of the pixels are taken (about 100 MB at 64 px)."""


def untrained_model(config: ModelConfig, *, seed: int = 0) -> WorldModel:
    """Return a fresh model of these sizes, in evaluation mode, with weights from a stream of its own.

    >>> untrained_model(ModelConfig(latent_dim=8)).config.latent_dim
    8
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream_seed(seed, "untrained control"))
        return WorldModel(config).eval()


def pixel_pca(
    world: World, state: Tensor, held_out_state: Tensor, *, num_components: int, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return both sets of states as principal components of their raw frames, (n, c) and (m, c).

    The components come from the first 2,000 training frames; seed: of the randomised decomposition.
    """
    check_instance("world", world, World)
    world.require_inside(state)
    world.require_inside(held_out_state)
    fitted_on = state[:NUM_PCA_FRAMES]
    pixels = int(np.prod(world.spec.observation_shape))
    most = min(len(fitted_on), pixels)
    check_count("num_components", num_components, 1, most, f"they come from {len(fitted_on)} frames")
    pca = PCA(num_components, svd_solver="randomized", random_state=stream_seed(seed, "pixel pca") % 2**32)
    pca.fit(_frames(world, fitted_on))
    projected = [
        np.concatenate([pca.transform(_frames(world, part)) for part in side.split(CHUNK)])
        for side in (state, held_out_state)
    ]
    return projected[0].astype(np.float64), projected[1].astype(np.float64)


def _frames(world: World, state: Tensor) -> np.ndarray:
    seen = world.observe(state).flatten(1).float().numpy()  # (n, 3 * H * W)
    return seen / 255 if world.spec.shows_images else seen
