"""`smwm-lab runs`: which runs are on disk, shipped and cached."""

import click

from smwm_lab.cli.options import AS_JSON
from smwm_lab.cli.output import print_json, say


@click.command("runs")
@AS_JSON
def command(as_json: bool) -> None:
    """List the runs on disk, shipped and cached."""
    import pandas as pd

    from smwm_lab.training.run_list import runs_on_disk

    rows = runs_on_disk()
    if as_json:
        print_json({"runs": rows})
    else:
        table = pd.DataFrame(rows).to_string(index=False)
        say(table if rows else "no runs yet; `smwm-lab train single_dot` makes one")
