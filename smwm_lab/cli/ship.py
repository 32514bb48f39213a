"""`smwm-lab ship`: make the trained runs that come with the project."""

import click

from smwm_lab.cli.options import DEVICE
from smwm_lab.cli.output import say
from smwm_lab.errors import check_choice
from smwm_lab.paths import require_checkout


@click.command("ship")
@click.argument("names", nargs=-1)
@DEVICE
def command(names: tuple[str, ...], device: str) -> None:
    """Make the trained runs that come with the project, NAMES or all, where they are missing from data/runs.

    Without NAMES, folders there that are not in the list are removed.
    """
    require_checkout("smwm-lab ship")
    from smwm_lab.training import choose_device
    from smwm_lab.training.pretrained import remove_unlisted, ship, shipped_configs

    for name in names:
        check_choice("NAMES", name, tuple(shipped_configs()))
    for name in names or shipped_configs():
        say(f"{name:<22} {ship(name, device=choose_device(device)).path}")
    for folder in [] if names else remove_unlisted():
        say(f"removed {folder}: no longer in the list")
