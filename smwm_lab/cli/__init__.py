"""The command line `smwm-lab`, also `python -m smwm_lab`: one file per command.

With --json one object goes to stdout and nothing else; everything for people goes to stderr.
Exit status: 0 success, 2 bad arguments or input, 1 failure.
"""

import sys

import click

from smwm_lab.cli import (
    app,
    bench,
    course,
    data,
    doctor,
    export,
    live,
    notebooks,
    plan,
    progress,
    quiz,
    report,
    results,
    runs,
    ship,
    study,
    train,
)
from smwm_lab.cli.output import say
from smwm_lab.errors import InputError, NonFiniteLoss


COMMANDS = (
    train,
    data,
    plan,
    report,
    runs,
    ship,
    export,
    study,
    results,
    bench,
    course,
    progress,
    quiz,
    notebooks,
    live,
    app,
    doctor,
)
"""One file per command; what a command needs is imported when it is called."""
ALIASES = {"run": "notebooks"}
"""Names that still work, and what they mean."""


class _Commands(click.Group):
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, ALIASES.get(cmd_name, cmd_name))


@click.group(cls=_Commands)
def commands() -> None:
    """Train, probe and teach Sensorimotor World Models (arXiv 2606.20104)."""


for module in COMMANDS:
    commands.add_command(module.command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status; every error a person can cause is one line."""
    try:
        commands.main(args=arguments, prog_name="smwm-lab", standalone_mode=False)
    except InputError as error:
        _leave(2, str(error))
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        sys.exit(2)
    except click.ClickException as error:
        _leave(2, f"{error.format_message()} See smwm-lab --help.")
    except NonFiniteLoss as error:
        _leave(1, str(error))
    except (click.Abort, KeyboardInterrupt):
        _leave(1, "interrupted; what was finished is kept")


def _leave(status: int, message: str) -> None:
    say(f"smwm-lab: {message}")
    sys.exit(status)
