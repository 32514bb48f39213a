"""`smwm-lab report`: the collapse report of a run folder."""

from pathlib import Path

import click

from smwm_lab.cli.options import AS_JSON
from smwm_lab.cli.output import show


@click.command("report")
@click.argument("run_folder", metavar="RUN", type=Path)
@AS_JSON
def command(run_folder: Path, as_json: bool) -> None:
    """Print the collapse report of the run in folder RUN."""
    from smwm_lab.cli.trained import run_facts
    from smwm_lab.training import load_run

    show(run_facts(load_run(run_folder)), as_json)
