"""The API reference: one page per package, which mkdocstrings fills from the docstrings."""

import ast

from repository import ROOT


PACKAGES = (
    "worlds",
    "data",
    "models",
    "objectives",
    "training",
    "probes",
    "planning",
    "viz",
    "widgets",
    "exercises",
    "quiz",
    "live",
)
"""From the ground up."""


def pages() -> dict[str, str]:
    """Return name of the page -> package."""
    return {f"reference/{package}.md": package for package in PACKAGES}


def page_text(package: str) -> str:
    """Return the Markdown of a package's page: its docstring, and a directive that is replaced by its names."""
    first, _, rest = _docstring(package).partition("\n")
    return f"# {package}\n\n{first}\n\n{rest.strip()}\n\n::: smwm_lab.{package}\n"


def overview() -> str:
    """Return the packages as a table in Markdown, one sentence each."""
    rows = [f"| [{name}]({name}.md) | {_docstring(name).partition(chr(10))[0]} |" for name in PACKAGES]
    return "\n".join(["| package | holds |", "|---|---|", *rows])


def _docstring(package: str) -> str:
    """Return the docstring of a package; nothing is imported."""
    source = (ROOT / "smwm_lab" / package / "__init__.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)) or ""
