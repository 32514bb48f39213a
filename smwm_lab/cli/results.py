"""`smwm-lab results`: docs/results.md, rendered from the tables that commands left in data/."""

from pathlib import Path

import click

from smwm_lab.cli.output import say


@click.command("results")
@click.option("--out", type=Path, help="Markdown file; docs/results.md by default.")
def command(out: Path | None) -> None:
    """Render the page of results from data/results, data/studies, data/reference and docs/results.template.md."""
    from smwm_lab.studies.results import write_results

    say(f"wrote {write_results(out)}")
