"""Single pages that compute or ask in the reader's browser: widgets, live pages and quizzes, and the page "Try it".

Widgets and live pages are taken from a folder (`build.py` makes them); quizzes need no training and are made here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from repository import ROOT

from smwm_lab.quiz.page import quiz_html
from smwm_lab.quiz.registry import quizzes
from smwm_lab.runner.png import png_description
from smwm_lab.runner.widget_pages import LIVE_WORLDS
from smwm_lab.widgets.gallery import GALLERY


FIGURES = {
    "WorldPlayer": "01_player",
    "CollapseLab": "03_lab",
    "LatentExplorer": "05_explorer",
    "ProbeBench": "05_bench",
    "PlannerTheatre": "07_theatre",
}
"""Widget -> the figure of the course that shows it."""
KINDS = {
    "widget": (
        "Widgets",
        "The widgets of the notebooks as pages that need no kernel: sliders, hover and recordings work, nothing is "
        "computed anew.",
    ),
    "live": (
        "Live pages",
        "Here a trained model itself computes, in your browser, on what you do: move things, drag a latent, ask for a "
        "plan, add noise, change the weights.",
    ),
    "quiz": ("Quizzes", "Five or six questions on each notebook; every answer is explained, right or wrong."),
}
"""Kind -> its heading and what it is."""
ENTRANCE = """[Read the notebooks](notebooks/index.md) · [try the models in your browser](try/index.md) ·
[results](docs/results.md) · [glossary](docs/glossary.md) · [for teachers](docs/teaching/README.md)

## Two commands"""
BODY = "<body>\n"
"""Where the way back is put into a single page."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A single page of the site, there or left out."""

    name: str
    """Of its file, without the ending."""
    kind: str
    """One of `KINDS`."""
    title: str
    sentence: str
    """What a reader can do with it."""
    read: Callable[[], str] | None
    """Returns the whole page; None where it is not part of this copy of the site."""
    mark: str
    """What the code of a notebook to which it belongs contains; for a quiz the number of its notebook."""

    @property
    def address(self) -> str:
        """Path on the site."""
        return f"try/{self.name}.html"

    @property
    def is_made(self) -> bool:
        """Whether it is part of this copy of the site."""
        return self.read is not None

    def html(self) -> str:
        """Return the page with a way back to the site in front."""
        assert self.read is not None
        back = '<nav aria-label="site"><a href="index.html">← all things to try</a></nav>\n'
        return self.read().replace(BODY, BODY + back, 1)


def all_things(folder: Path, *, with_live_pages: bool) -> list[Thing]:
    """Return widgets, live pages and quizzes; folder: where the pages of the first two lie, if they were made."""

    def reader(name: str) -> Callable[[], str] | None:
        file = folder / f"{name}.html"
        return (lambda: file.read_text(encoding="utf-8")) if file.is_file() else None

    widgets = [
        Thing(name=name, kind="widget", title=name, sentence=item.summary, read=reader(name), mark=f"{name}(")
        for name, item in GALLERY.items()
    ]
    live = [
        Thing(
            name=f"live_{world}",
            kind="live",
            title=f"live {world.replace('_', ' ')}",
            sentence=f"A model of the world {world} that computes in the page.",
            read=reader(f"live_{world}") if with_live_pages else None,
            mark=f'"{world}"',
        )
        for world in LIVE_WORLDS
    ]
    return [*widgets, *live, *_quizzes()]


def figures() -> dict[str, Path]:
    """Return address on the site -> file, of the figures that show widgets."""
    return {f"figures/{name}.png": ROOT / "figures" / f"{name}.png" for name in FIGURES.values()}


def of_notebook(things: Sequence[Thing], number: str, code: str) -> list[Thing]:
    """Return the things of a notebook that are made: its quiz, and what its code names."""
    return [
        thing
        for thing in things
        if thing.is_made and (thing.mark == number if thing.kind == "quiz" else thing.mark in code)
    ]


def overview(things: Sequence[Thing]) -> str:
    """Return the content of the page "Try it" in Markdown."""
    parts = []
    for kind, (heading, words) in KINDS.items():
        some = [thing for thing in things if thing.kind == kind]
        made = "\n".join(_card(thing) for thing in some if thing.is_made)
        left_out = ", ".join(thing.title for thing in some if not thing.is_made)
        parts += [f"## {heading}", words]
        parts += [f'<div class="things">\n{made}\n</div>'] if made else []
        parts += [f"Left out of this copy of the site: {left_out}. `make site` makes them."] if left_out else []
    return "\n\n".join(parts)


def with_entrance(markdown: str) -> str:
    """Return the README with the ways into the site before its commands."""
    return markdown.replace("## Two commands", ENTRANCE, 1)


def _quizzes() -> list[Thing]:
    chapters = quizzes()
    whole = Thing(
        name="quiz",
        kind="quiz",
        title="quiz of the course",
        sentence=f"All {sum(len(each.questions) for each in chapters.values())} questions on one page.",
        read=lambda: quiz_html("Quiz of the course", tuple(chapters.values())),
        mark="",
    )
    parts = [
        Thing(
            name=f"quiz_{number}",
            kind="quiz",
            title=f"quiz {number}",
            sentence=f"{chapter.title} ({len(chapter.questions)} questions)",
            read=lambda chapter=chapter: quiz_html(f"Quiz {chapter.notebook}: {chapter.title}", (chapter,)),
            mark=number,
        )
        for number, chapter in chapters.items()
    ]
    return [whole, *parts]


def _card(thing: Thing) -> str:
    """Return a thing as a link with its sentence, and its figure where there is one."""
    figure, image = FIGURES.get(thing.name), ""
    if figure:
        words = png_description((ROOT / "figures" / f"{figure}.png").read_bytes())
        image = f'<img src="../figures/{figure}.png" alt="{escape(words)}">'
    return (
        f'<div class="thing"><p><a href="{thing.name}.html">{escape(thing.title)}</a><br>{escape(thing.sentence)}</p>'
        f"{image}</div>"
    )
