"""Packages that come with an extra of this one: asked for before they are imported, so that the answer is one line."""

from importlib.util import find_spec

from smwm_lab.errors import MissingExtra


def require(extra: str, *modules: str) -> None:
    """Raise `MissingExtra` unless all modules are installed; imports none of them.

    >>> require("notebooks", "json")
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise MissingExtra(
            f"{', '.join(missing)} not installed: part of the extra {extra!r}; pip install 'smwm_lab[{extra}]'"
        )
