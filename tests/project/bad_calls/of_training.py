"""Bad calls of models, objectives and training."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from examples import ACTION, CONFIG, IMAGES, MODEL, RUN, Z
from kinds import COUNTS, DEVICES, NAMES, NUMBERS, OBJECTS, SEEDS, tensors, without
from table import Table

from smwm_lab.models import ConvEncoder, Decoder, ForwardModel, InverseModel, ModelConfig, WorldModel
from smwm_lab.objectives import (
    Objective,
    ObjectiveConfig,
    SIGRegConfig,
    epps_pulley,
    squared_error,
    weighted_pixel_loss,
)
from smwm_lab.training import (
    TrainConfig,
    TrainingLoop,
    choose_device,
    draw_windows,
    fit,
    list_runs,
    load_or_fit,
    load_run,
    make_objective,
    planning_config,
    preset_config,
    regulariser_objective,
    save_run,
)


FOLDERS: dict[str, Any] = {"a number": 3, "a list": ["runs"], "no path": "\0"}
_scratch = tempfile.TemporaryDirectory()
SCRATCH = Path(_scratch.name)


def add(table: Table) -> None:
    _add_networks(table)
    _add_latents(table)
    _add_objectives(table)
    _add_configurations(table)
    _add_runs(table)


def _add_networks(table: Table) -> None:
    sizes = without(COUNTS, "none")
    channels = {"nothing": None, "text": "ab", "empty": (), "fractions": (1.5, 2), "negative": (-8, 8)}
    table.spoil(WorldModel, {"config": MODEL}, config=OBJECTS | {"a dictionary": MODEL.to_dict()})
    table.spoil(ModelConfig, {"side": 64}, side=COUNTS)
    table.spoil(ModelConfig, {"channels": (8,)}, channels=channels)
    names = {"activation": NAMES}
    table.spoil(ConvEncoder, {"side": 32, "latent_dim": 4}, side=COUNTS, latent_dim=COUNTS, channels=channels, **names)
    table.spoil(Decoder, {"side": 32, "latent_dim": 4}, side=COUNTS, latent_dim=COUNTS, channels=channels)
    both = {"action_dim": sizes, "latent_dim": COUNTS, "hidden_dim": COUNTS, "depth": COUNTS}
    table.spoil(ForwardModel, {"action_dim": 2, "latent_dim": 4}, **both, **names)
    table.spoil(InverseModel, {"action_dim": 2, "latent_dim": 4}, **both)


def _add_latents(table: Table) -> None:
    model = RUN.model
    images = {
        "nothing": None,
        "numpy": IMAGES.numpy(),
        "a list": IMAGES.tolist(),
        "floats": IMAGES.float(),
        "colours last": IMAGES.permute(0, 2, 3, 1),
        "one image": IMAGES[0],
        "other side": IMAGES[:, :, ::2, ::2],
        "without memory": IMAGES.to("meta"),
    }
    table.spoil(model.encode, {"observation": IMAGES}, observation=images)
    z = without(tensors(Z), "NaN", "infinite") | {"float64": Z.double(), "fewer": Z[:2]}
    action = without(tensors(ACTION), "NaN", "infinite") | {"float64": ACTION.double(), "fewer": ACTION[:2]}
    table.spoil(model.predict, {"z": Z, "action": ACTION}, z=z, action=action)
    table.spoil(model.infer_action, {"z": Z, "z_next": Z}, z=z, z_next=z)
    steps = {
        "nothing": None,
        "numpy": ACTION[:, None].numpy(),
        "one step": ACTION,
        "wide": torch.zeros(5, 2, 3),
        "float64": ACTION[:, None].double(),
        "no steps, flat": torch.zeros(5),
        "fewer": ACTION[:2, None],
        "whole numbers": ACTION[:, None].long(),
    }
    table.spoil(model.rollout, {"z": Z, "actions": ACTION[:, None]}, z=z, actions=steps)
    decoder = Decoder(32, 6, (8, 8))
    table.spoil(decoder, {"z": Z}, called="Decoder.forward", z=without(z, "fewer"))


def _add_objectives(table: Table) -> None:
    good = ObjectiveConfig(weights={"forward": 1.0})
    weights = OBJECTS | {"empty": {}, "unknown": {"x": 1.0}, "text": {"forward": "a"}, "negative": {"forward": -1.0}}
    table.spoil(ObjectiveConfig, {"weights": {"forward": 1.0}}, weights=weights, terms=without(OBJECTS, "nothing"))
    table.spoil(SIGRegConfig, {"num_directions": 8}, num_directions=COUNTS)
    models = OBJECTS | {"a class": WorldModel}
    table.spoil(Objective, {"config": good, "model": RUN.model}, config=OBJECTS, model=models)
    negative = {"negative": -1.0}
    objective = Objective(good, RUN.model)
    table.spoil(objective.set_weight, {"name": "forward", "weight": 1.0}, name=NAMES, weight=NUMBERS | negative)
    rows = {"nothing": None, "numpy": Z.numpy(), "a list": Z.tolist(), "other shape": Z[:2], "whole numbers": Z.long()}
    table.spoil(squared_error, {"value": Z, "target": Z}, value=rows, target=rows)
    samples = without(rows, "other shape") | {"flat": Z[0]}
    table.spoil(epps_pulley, {"samples": Z, "num_knots": 5}, samples=samples, num_knots=COUNTS)
    image = torch.rand(2, 3, 8, 8)
    pixels = {"nothing": None, "numpy": image.numpy(), "fewer": image[:1], "uint8": image.byte()}
    table.spoil(weighted_pixel_loss, {"image": image, "target": image}, image=pixels, target=pixels)
    dark = {"image": image, "target": image, "dark_weight": 1.0}
    table.spoil(weighted_pixel_loss, dark, dark_weight=NUMBERS | negative)


def _add_configurations(table: Table) -> None:
    seeds = without(SEEDS, "beyond 64 bits") | {"beyond 63 bits": 2**63}
    for make in (preset_config, planning_config):
        good = {"world": "single_dot", "preset": "smoke", "seed": 0, "budget": 512, "objective": None}
        others = without(OBJECTS, "nothing")
        budgets = without(COUNTS, "nothing")
        table.spoil(make, good, world=NAMES, preset=NAMES, seed=seeds, budget=budgets, objective=others)
    strengths = NUMBERS | {"negative": -1.0}
    table.spoil(make_objective, {"inverse_weight": 1.0, "sigreg": 0.1}, inverse_weight=strengths, sigreg=strengths)
    strength = without(strengths, "nothing")
    table.spoil(regulariser_objective, {"name": "sigreg", "strength": 1.0}, strength=strength)
    table.spoil(regulariser_objective, {"name": "sigreg"}, name=NAMES)
    fields = CONFIG.to_dict()
    table.spoil(TrainConfig.from_dict, {"values": fields}, values=OBJECTS | {"unknown": {"colour": 1}, "empty": {}})
    table.spoil(
        lambda **changes: CONFIG.replace(**changes),
        {"seed": 1},
        called="TrainConfig.replace",
        seed=seeds,
        batch_size=COUNTS,
        learning_rate=NUMBERS,
        held_out_fraction=NUMBERS,
        source=NAMES,
        world=OBJECTS,
        model=OBJECTS,
        objective=OBJECTS,
        sector_opens=OBJECTS,
        widening=NUMBERS,
        widening_opens=OBJECTS,
    )
    table.spoil(draw_windows, {"config": CONFIG}, config=OBJECTS | {"a dictionary": fields})


def _add_runs(table: Table) -> None:
    devices = without(DEVICES, "without memory")
    table.spoil(choose_device, {"name": "cpu"}, name=DEVICES)
    folder = SCRATCH / "run"
    loop = {"config": CONFIG, "device": "cpu", "num_snapshots": 2}
    table.spoil(TrainingLoop, loop, config=OBJECTS, device=DEVICES, num_snapshots=COUNTS)
    trained = {"config": CONFIG, "out": folder, "device": "cpu", "num_snapshots": 2}
    callbacks = {"text": "print", "a number": 3}
    waits = NUMBERS | {"negative": -1.0}
    table.spoil(
        fit,
        trained,
        config=OBJECTS,
        out=FOLDERS,
        device=DEVICES,
        num_snapshots=COUNTS,
        callback=callbacks,
        checkpoint_seconds=waits,
    )
    cached = {"config": CONFIG, "device": "cpu", "cache": SCRATCH / "cache"}
    table.spoil(load_or_fit, cached, config=OBJECTS, device=devices, cache=FOLDERS)
    table.spoil(load_or_fit, cached | {"cache": str(SCRATCH / "cache")}, called="load_or_fit, cache as text")
    absent = {"absent": SCRATCH / "absent", "nothing": None}
    table.spoil(load_run, {"folder": folder, "device": "cpu"}, folder=FOLDERS | absent, device=DEVICES)
    kept = {"run": RUN, "folder": str(SCRATCH / "kept"), "dtype": torch.float32}
    dtypes = {"nothing": None, "text": "float32", "whole numbers": torch.int64, "numpy's": np.float32}
    table.spoil(save_run, kept, run=OBJECTS, folder=FOLDERS | {"nothing": None}, dtype=dtypes)
    table.spoil(list_runs, {"folder": str(SCRATCH)}, folder=FOLDERS | {"nothing": None})
