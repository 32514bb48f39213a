"""`smwm-lab doctor`: is this machine ready for the course, and what has to be done if not?"""

import sys
import time

import click

from smwm_lab.cli.output import print_json, say


@click.command("doctor")
@click.option("--quick", is_flag=True, help="Leave out the kernel and the training.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one object on stdout: {checks: [{name, status, found, remedy}, ...]}.",
)
def command(quick: bool, as_json: bool) -> None:
    """Check whether this machine is ready for the course: one line each, ok, warn or fail, with what to do.

    Python and packages, widgets, memory, cores, disk, browser, port, shipped runs, threads, a kernel, a short training.
    It takes less than a minute. The status is 1 if anything failed.
    """
    from smwm_lab.doctor import FAIL, STATUSES, examine

    started, rows = time.monotonic(), []
    for name, finding in examine(quick=quick):
        say(f"{finding.status:<4}  {name:<15}  {finding}")
        rows.append({"name": name, "status": finding.status, "found": finding.found, "remedy": finding.remedy})
    counts = {status: sum(row["status"] == status for row in rows) for status in STATUSES}
    listed = ", ".join(f"{count} {status}" for status, count in counts.items())
    say(f"{listed}; {time.monotonic() - started:.0f} s")
    if as_json:
        print_json({"checks": rows})
    sys.exit(1 if counts[FAIL] else 0)
