"""What all widgets share: a status line, a static twin, and a copy that works without a kernel.

A front end with a kernel shows the widget; GitHub, papermill's output and nbval show the static twin (`snapshot`); a
reader without Jupyter opens the page (`to_html`).
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from smwm_lab.errors import InputError, check
from smwm_lab.files import as_path, write_text
from smwm_lab.viz.description import describe
from smwm_lab.viz.png import figure_png
from smwm_lab.viz.theme import ALARM, INK
from smwm_lab.widgets.shared.page import embedded_image, html_page


MAX_BYTES = 5_000_000
"""Largest exported page."""


class Panel(ipywidgets.VBox):
    """An interactive panel with a status line below its children.

    A subclass passes its children to `__init__`, implements `snapshot`, and gives the content of its exported page
    in `_html_body`. Callbacks that may meet bad input are wrapped in `guarded`.
    """

    title = "Panel"
    """Heading of the exported page."""
    _is_quiet = False

    def __init__(self, children: Sequence[ipywidgets.Widget] = ()):
        self.status = ipywidgets.HTML(layout={"min_height": "2em"})
        self.status.add_class("smwm-status")
        super().__init__([*children, self.status])

    def say(self, text: str) -> None:
        """Show a line of plain text in the status line."""
        self._show(text, INK)

    def say_error(self, text: str) -> None:
        """Show an error in the status line, in colour and with the word `error`."""
        self._show(f"error: {text}", ALARM)

    @property
    def has_error(self) -> bool:
        """Whether the status line shows an error."""
        return self.status.style.text_color == ALARM

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Show an `InputError` of the block in the status line instead of raising it; the panel stays usable.

        An error shown before is cleared first. Any other exception is shown too, and raised: it is a defect.
        """
        if self.has_error:
            self.say("")
        try:
            yield
        except InputError as error:
            self.say_error(str(error))
        except Exception as error:
            self.say_error(f"{type(error).__name__}: {error}")
            raise

    def on_change(self, control: ipywidgets.Widget, trait: str, method: Callable[[Any], None]) -> None:
        """Call method(change) whenever a trait of a control changes, except inside `quietly`."""
        control.observe(lambda change: None if self._is_quiet else method(change), trait)

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Let the block set controls without the callbacks of `on_change`."""
        self._is_quiet = True
        try:
            yield
        finally:
            self._is_quiet = False

    def snapshot(self) -> Figure:
        """Return the static twin: a figure of what the panel shows now."""
        raise NotImplementedError

    def to_html(self, path: Path | str) -> Path:
        """Write a page that shows the panel without a kernel or a network, and return its path.

        One self-contained file of 5 MB at most, whole or not at all. Raises `InputError` if it cannot be written.
        """
        path = as_path("path", path)
        page = html_page(self.title, self._html_body())
        size = len(page.encode())
        check(size <= MAX_BYTES, f"the page of {self!r} would have {size:,} bytes; allowed: {MAX_BYTES:,} (show less)")
        write_text(path, page)
        return path

    def _html_body(self) -> str:
        """Return the content of the exported page below its heading: the static twin, unless a subclass has more."""
        figure = self.snapshot()
        return embedded_image(figure_png(figure), f"{self.title}: {describe(figure)}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**options) or {}
        return {**bundle, "text/plain": repr(self), "image/png": figure_png(self.snapshot())}

    def _show(self, text: str, colour: str) -> None:
        self.status.style.text_color = colour
        self.status.value = escape(text, quote=False)


def guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a method of a `Panel`, a callback say, so that its `InputError`s land in the status line."""

    @functools.wraps(method)
    def shown(panel: Panel, *args: Any, **options: Any) -> Any:
        with panel.reporting():
            return method(panel, *args, **options)

    return shown


def check_session(panel: Panel, session: object, kind: type, *makers: str) -> None:
    """Raise `InputError` unless a panel is given its session; makers: class methods that take what else was given."""
    name = type(panel).__name__
    wanted = " or ".join(f"{name}.{maker}" for maker in makers)
    check(isinstance(session, kind), f"{name} was given a {type(session).__name__}; use {wanted}")
