"""One progress bar: on stderr in a terminal, a widget in Jupyter with ipywidgets, silent where output is captured."""

import sys
from importlib.util import find_spec

from tqdm.std import tqdm as TextBar


def is_interactive_notebook() -> bool:
    """Return whether a person sits at this Jupyter kernel.

    Headless runners (papermill, nbval, nbconvert) send their cells with allow_stdin = False.
    """
    kernel = _kernel()
    return kernel is not None and bool(getattr(kernel, "_allow_stdin", False))


def _kernel() -> object | None:
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None)


def progress_bar(total: int, label: str) -> TextBar:
    """Return a tqdm bar over `total` transitions that suits the place where it is shown."""
    options = {"total": total, "desc": label, "unit": " transitions", "unit_scale": True}
    if is_interactive_notebook() and find_spec("ipywidgets"):
        from tqdm.notebook import tqdm as WidgetBar

        return WidgetBar(**options)
    pause = 0.2 if sys.stderr.isatty() else 10.0
    return TextBar(**options, file=sys.stderr, mininterval=pause, disable=_kernel() is not None)
