"""`smwm-lab bench`: side-by-side ratios on this machine."""

import click

from smwm_lab.cli.options import AS_JSON
from smwm_lab.cli.output import print_json, say
from smwm_lab.errors import check_choice


@click.command("bench")
@click.argument("name", required=False)
@AS_JSON
def command(name: str | None, as_json: bool) -> None:
    """Measure this machine: side-by-side ratios, all of them or the one called NAME."""
    from smwm_lab.bench import BENCHMARKS
    from smwm_lab.machine import machine_line

    if name is not None:
        check_choice("NAME", name, tuple(BENCHMARKS))
    say(machine_line())
    results = []
    for key in [name] if name else BENCHMARKS:
        results.append(BENCHMARKS[key]())
        say(str(results[-1]))
    if as_json:
        print_json({"machine": machine_line(), "results": [result.to_dict() for result in results]})
