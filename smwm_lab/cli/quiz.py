"""`smwm-lab quiz`: the questions of a notebook, or of the course, as a page that works without a kernel."""

from pathlib import Path

import click

from smwm_lab.cli.options import AS_JSON
from smwm_lab.cli.output import show


@click.command("quiz")
@click.argument("notebook", metavar="[NN]", required=False)
@click.option("--out", type=Path, metavar="FILE", help="The page; quiz_NN.html in the current folder by default.")
@AS_JSON
def command(notebook: str | None, out: Path | None, as_json: bool) -> None:
    """Write the quiz of notebook NN (00 to 09), without NN that of the whole course (quiz.html), as a page.

    Five or six questions per notebook, an explanation for every answer. The page is one file that loads nothing.
    """
    from smwm_lab.quiz import find_quiz, quiz_page

    number = None if notebook is None else find_quiz(notebook).notebook
    path = Path("quiz.html" if number is None else f"quiz_{number}.html") if out is None else out
    made = quiz_page(number, path)
    facts = {"page": str(made.path), "questions": made.num_questions, "bytes": made.num_bytes}
    show(facts | {"notebooks": list(made.notebooks) if as_json else ", ".join(made.notebooks)}, as_json)
