"""`smwm-lab report`: the collapse report of a run folder."""

from pathlib import Path

import click

from smwm_lab.cli.options import AS_JSON, STRICT, importable
from smwm_lab.cli.output import show


@click.command("report")
@click.argument("run_folder", metavar="RUN", type=Path)
@click.option("--world", help="package.module:World of a run whose world is not registered.", callback=importable)
@STRICT
@AS_JSON
def command(run_folder: Path, world: str | None, strict: bool, as_json: bool) -> None:
    """Print the collapse report of the run in folder RUN."""
    from smwm_lab.cli.trained import finish, run_facts
    from smwm_lab.training import load_run
    from smwm_lab.worlds import resolve_world

    if world is not None:
        resolve_world(world)  # a run is read with the configuration class of its world
    trained = load_run(run_folder)
    facts = run_facts(trained)
    show(facts, as_json)
    finish(trained, facts, strict=strict)
