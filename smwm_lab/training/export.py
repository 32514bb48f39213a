"""export_model: the networks of a run in a folder that opens without this package, for torch or as ONNX."""

import json
from pathlib import Path
from typing import Any

from smwm_lab.errors import check, check_choice, check_instance
from smwm_lab.files import as_path, asset, write_text
from smwm_lab.models import ModelConfig
from smwm_lab.training import plain_loader
from smwm_lab.training.onnx_export import require_onnx, write_onnx
from smwm_lab.training.runs import Run, write_tensors
from smwm_lab.worlds import world_name


LOADER, MODEL, WEIGHTS = "load_model.py", "model.json", "weights.safetensors"
"""Files of the folder."""
SIZES = ("side", "channels", "latent_dim", "hidden_dim", "depth", "action_dim", "latent_activation")
LATER = ("past_frames", "past_actions", "inverse_head")
"""Fields of `ModelConfig` that the loader builds the networks from; the second where they are not the usual ones."""
FORMATS = ("torch", "onnx")


def export_model(run: Run, folder: Path | str, *, format: str = "torch") -> Path:
    """Write the networks of a run into a folder and return it.

    format: torch (weights, sizes, and a loader that needs torch and safetensors alone) or onnx (encoder.onnx,
    forward_model.onnx and inverse_model.onnx, for onnxruntime and others; needs the extra `onnx`). `model.json` says
    what actions and state components are called, in which units, and by which values actions are scaled. Raises
    `InputError` unless the folder is empty or new, and for an encoder other than conv and a predictor other than mlp.
    """
    check_instance("run", run, Run, "load_run gives one")
    check_choice("format", format, FORMATS)
    target = as_path("folder", folder)
    free = not target.exists() or (target.is_dir() and not any(target.iterdir()))
    check(free, f"{target} holds something; allowed: a new or empty folder")
    sizes = run.model.config
    check(sizes.encoder == "conv", f"the encoder is {sizes.encoder!r}; allowed here: conv (take the run's own weights)")
    check(
        sizes.predictor == "mlp",
        f"the predictor is {sizes.predictor!r}; allowed here: mlp (take the run's own weights)",
    )
    if format == "onnx":
        require_onnx()
        check(sizes.memory == 0, "the forward model has a memory; allowed for onnx: none (export it for torch)")
        target.mkdir(parents=True, exist_ok=True)
        write_onnx(_plain(run), target, side=sizes.side, latent_dim=sizes.latent_dim)
    else:
        write_tensors(target / WEIGHTS, dict(run.model.state_dict()))
        write_text(target / LOADER, asset("smwm_lab.training", "plain_loader.py"))
    write_text(target / MODEL, json.dumps(_facts(run), indent=1) + "\n")
    return target


def _plain(run: Run) -> plain_loader.PlainModel:
    """Return the networks of a run as those of the loader, on the CPU."""
    model = plain_loader.PlainModel(**_sizes(run.model.config))
    model.load_state_dict({name: value.cpu() for name, value in run.model.state_dict().items()})
    return model.eval()


def _sizes(sizes: ModelConfig) -> dict[str, Any]:
    values, usual = sizes.to_dict(), ModelConfig().to_dict()
    return {name: values[name] for name in (*SIZES, *LATER) if name in SIZES or values[name] != usual[name]}


def _facts(run: Run) -> dict[str, Any]:
    spec = run.world.spec
    return {
        "sizes": _sizes(run.model.config),
        "world": world_name(run.config.world),
        "observation": "uint8 (n, 3, side, side), RGB, 0 to 255",
        "actions": list(spec.action_names),
        "states": dict(zip(spec.state_names, spec.state_units, strict=True)),
        "settings_of_the_world": run.config.world.to_dict(),
        "objective": run.config.objective.to_dict(),
        "seed": run.config.seed,
        "source": "arXiv 2606.20104",
    }
