"""`smwm-lab export`: the networks of a run in a folder that opens without this package."""

from pathlib import Path

import click

from smwm_lab.cli.options import importable
from smwm_lab.cli.output import say


@click.command("export")
@click.argument("run_folder", metavar="RUN", type=Path)
@click.argument("folder", metavar="DIR", type=Path)
@click.option("--format", default="torch", show_default=True, help="torch, or onnx (needs the extra onnx).")
@click.option("--world", help="package.module:World of a run whose world is not registered.", callback=importable)
def command(run_folder: Path, folder: Path, format: str, world: str | None) -> None:
    """Write the networks of RUN into DIR, for a program without this package.

    torch: weights, sizes, and a loader that needs torch and safetensors alone. onnx: a file per network.
    """
    from smwm_lab.training import export_model, load_run
    from smwm_lab.worlds import resolve_world

    if world is not None:
        resolve_world(world)
    where = export_model(load_run(run_folder), folder, format=format)
    if format == "onnx":
        say(f"wrote {where}: encoder.onnx and forward_model.onnx open in onnxruntime")
    else:
        say(f"wrote {where}: python -c \"from load_model import load_model; print(load_model('.'))\" works there")
