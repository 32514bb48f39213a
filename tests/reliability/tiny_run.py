"""The smallest run there is: a dot on 16 x 16 px, two batches, networks of a few thousand weights."""

import hashlib
import json
from typing import Any

import torch._dynamo  # noqa: F401 - the first optimiser imports it, for seconds; here all children of a script have it

from smwm_lab.training import Run, TrainConfig, preset_config


def tiny_config(seed: int = 0) -> TrainConfig:
    """Return its configuration."""
    smoke = preset_config("single_dot", "smoke", seed=seed)
    return smoke.replace(
        world=smoke.world.replace(side=16, radius=1, max_step=2, margin=3, min_distance=3),
        model=smoke.model.replace(side=16, channels=(8, 8), latent_dim=4, hidden_dim=16),
        batch_size=8,
        budget=16,
    )


def facts_of(run: Run) -> dict[str, Any]:
    """Return everything that a run holds but times and the commit of the moment: equal facts, equal run."""
    manifest = {key: value for key, value in run.manifest.items() if key not in ("seconds", "sha256", "git_commit")}
    return {
        "config": run.config.to_dict(),
        "weights": _weights_digest(run),
        "metrics": run.metrics.drop(columns="seconds").to_dict(),
        "manifest": json.dumps(manifest, sort_keys=True),
    }


def stored_facts_of(run: Run) -> dict[str, Any]:
    """Return everything that a run holds, times too."""
    return {**facts_of(run), "times": run.metrics["seconds"].tolist(), "whole manifest": json.dumps(run.manifest)}


def _weights_digest(run: Run) -> str:
    digest = hashlib.sha256()
    for name, value in sorted(run.model.state_dict().items()):
        digest.update(name.encode() + value.contiguous().numpy().tobytes())
    return digest.hexdigest()
