"""`smwm-lab ship`: make the trained runs that come with the project."""

import click

from smwm_lab.cli.options import DEVICE
from smwm_lab.cli.output import say
from smwm_lab.errors import check_choice
from smwm_lab.paths import require_checkout


@click.command("ship")
@click.argument("names", nargs=-1)
@click.option("--prune", is_flag=True, help="Remove finished runs there that have left the list.")
@DEVICE
def command(names: tuple[str, ...], prune: bool, device: str) -> None:
    """Make the trained runs that come with the project, NAMES or all, where they are missing from data/runs.

    Runs there that have left the list are named, and removed with --prune; other folders are left alone.
    """
    require_checkout("smwm-lab ship")
    from smwm_lab.training import choose_device
    from smwm_lab.training.pretrained import remove_unlisted, ship, shipped_configs, unlisted_runs

    for name in names:
        check_choice("NAMES", name, tuple(shipped_configs()))
    for name in names or shipped_configs():
        say(f"{name:<22} {ship(name, device=choose_device(device)).path}")
    if prune:
        for folder in remove_unlisted():
            say(f"removed {folder}: no longer in the list")
    else:
        for folder in unlisted_runs():
            say(f"{folder} is no longer in the list; `smwm-lab ship --prune` removes it")
