"""`smwm-lab notebooks`: execute course notebooks into pages and figures, or in place."""

import json
import sys
from pathlib import Path

import click
from click.core import ParameterSource

from smwm_lab.cli.options import PRESET
from smwm_lab.cli.output import say
from smwm_lab.errors import InputError, check, check_choice, check_range


@click.command("notebooks")
@click.argument("notebooks", nargs=-1)
@PRESET
@click.option("--out", type=Path, default=Path("out/run"), show_default=True, help="Folder for all that is written.")
@click.option("--figures", type=Path, help="Folder for the figures; OUT/figures by default.")
@click.option("-p", "parameter", multiple=True, metavar="NAME=VALUE", help="A parameter of the notebooks; repeatable.")
@click.option("--jobs", default=1, show_default=True, help="Notebooks executed at once.")
@click.option("--timeout", default=900, show_default=True, help="Seconds one cell may take; raise it for paper.")
@click.option("--resume", is_flag=True, help="Skip what is complete and unchanged.")
@click.option("--in-place", is_flag=True, help="Rewrite the notebooks themselves, with their own parameters.")
@click.pass_context
def command(
    context: click.Context,
    notebooks: tuple[str, ...],
    preset: str,
    out: Path,
    figures: Path | None,
    parameter: tuple[str, ...],
    jobs: int,
    timeout: int,
    resume: bool,
    in_place: bool,
) -> None:
    """Execute NOTEBOOKS headlessly (names such as 02; all by default): notebooks, HTML pages, index, figures.

    A run of all of them also writes the widgets, and live pages of trained models, as pages that work without a kernel.
    """
    from smwm_lab.runner import execute_in_place, gallery_pages, live_pages, run_notebooks

    values = _checked_parameters(preset, parameter)
    if in_place:
        _refuse_beside_in_place(context, "out", "figures", "jobs", "resume")
        done = execute_in_place(notebooks or None, parameters=values, timeout_s=timeout, echo=say)
    else:
        done = run_notebooks(
            notebooks or None,
            out=out,
            parameters=values,
            figures=figures,
            jobs=jobs,
            resume=resume,
            timeout_s=timeout,
            widget_pages=[] if notebooks else [*gallery_pages(values), *live_pages(values)],
            echo=say,
        )
    say(str(done))
    sys.exit(0 if done.ok else 1)


def _checked_parameters(preset: str, pairs: tuple[str, ...]) -> dict[str, object]:
    """Return the parameters of the notebooks; those given by -p win over --preset."""
    from smwm_lab.training import PRESETS

    values: dict[str, object] = {"preset": preset} | _parse_parameters(pairs)
    check_choice("preset", str(values["preset"]), PRESETS)
    seed = values.get("seed", 0)
    if type(seed) is not int:
        raise InputError(f"seed = {seed!r} is no whole number; allowed: 0 to {2**63 - 1}")
    check_range("seed", seed, 0, 2**63 - 1)
    return values


def _parse_parameters(pairs: tuple[str, ...]) -> dict[str, object]:
    """Return NAME=VALUE pairs with JSON values; text that is not JSON is taken as it is."""
    values: dict[str, object] = {}
    for pair in pairs:
        name, sign, text = pair.partition("=")
        check(bool(sign and name), f"parameter {pair!r} is not of the form NAME=VALUE")
        try:
            values[name] = json.loads(text)
        except ValueError:
            values[name] = text
    return values


def _refuse_beside_in_place(context: click.Context, *options: str) -> None:
    """Raise `InputError` if an option was given that has no meaning with --in-place."""
    given = [f"--{name}" for name in options if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    check(not given, f"{', '.join(given)} cannot be combined with --in-place, which rewrites the notebooks themselves")
