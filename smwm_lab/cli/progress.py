"""`smwm-lab progress`: which exercises of the course are done."""

import click

from smwm_lab.cli.options import AS_JSON
from smwm_lab.cli.output import print_json, say


@click.command("progress")
@AS_JSON
def command(as_json: bool) -> None:
    """Show which exercises of the course are done on this machine."""
    from smwm_lab.exercises import exercises, progress

    so_far = progress()
    if not as_json:
        say(repr(so_far))
        return
    rows = [
        {"name": each.name, "notebook": each.notebook, "title": each.title, "done": so_far.is_done(each.name)}
        for each in exercises().values()
    ]
    print_json({"done": so_far.num_done, "place": so_far.place, "exercises": rows})
