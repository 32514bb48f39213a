"""`smwm-lab export`: the networks of a run in a folder that opens without this package."""

from pathlib import Path

import click

from smwm_lab.cli.options import importable
from smwm_lab.cli.output import say


@click.command("export")
@click.argument("run_folder", metavar="RUN", type=Path)
@click.argument("folder", metavar="DIR", type=Path)
@click.option("--world", help="package.module:World of a run whose world is not registered.", callback=importable)
def command(run_folder: Path, folder: Path, world: str | None) -> None:
    """Write the networks of RUN into DIR: weights, sizes, and a loader that needs torch and safetensors alone."""
    from smwm_lab.training import export_model, load_run
    from smwm_lab.worlds import resolve_world

    if world is not None:
        resolve_world(world)
    where = export_model(load_run(run_folder), folder)
    say(f"wrote {where}: python -c \"from load_model import load_model; print(load_model('.'))\" works there")
