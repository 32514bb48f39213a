"""Arguments and options that several commands share."""

import sys
from pathlib import Path

import click


def importable(context: click.Context, parameter: click.Parameter, world: str | None) -> str | None:
    """Return WORLD as given; modules of the current folder can be imported for package.module:World."""
    here = str(Path.cwd())
    if world is not None and ":" in world and here not in sys.path:
        sys.path.insert(0, here)
    return world


WORLD = click.argument("world", callback=importable)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
PRESET = click.option("--preset", default="quick", show_default=True, help="smoke (seconds), quick, paper (a GPU).")
SEED = click.option("--seed", default=0, show_default=True, help="Root of all random streams.")
DEVICE = click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
STRICT = click.option("--strict", is_flag=True, help="Exit with status 1 if an action is not read.")
