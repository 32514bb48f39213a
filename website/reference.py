"""The API reference: one page per package, which mkdocstrings fills from the docstrings."""

import ast

from repository import ROOT


PACKAGES = (
    "worlds",
    "environments",
    "data",
    "data.recordings",
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
SHADOWED = """<a id="{place}"></a>

::: {place}.{name}
    options:
      show_root_heading: true
      show_root_toc_entry: true
      show_root_full_path: false

"""


def pages() -> dict[str, str]:
    """Return name of the page -> package."""
    return {f"reference/{package}.md": package for package in PACKAGES}


def page_text(package: str) -> str:
    """Return the Markdown of a package's page: a directive that is replaced by its docstring and names."""
    shadowed = "".join(map(SHADOWED.format_map, _shadowed(package)))
    return f"# {package}\n\n::: smwm_lab.{package}\n\n{shadowed}"


def overview() -> str:
    """Return the packages as a table in Markdown, one sentence each."""
    rows = [f"| [{name}]({name}.md) | {_docstring(name).partition(chr(10))[0]} |" for name in PACKAGES]
    return "\n".join(["| package | holds |", "|---|---|", *rows])


def _shadowed(package: str) -> list[dict[str, str]]:
    """Return the public functions that have the name of their module, which mkdocstrings takes for that module."""
    source = ast.parse(_source(package))
    imported = {
        alias.name: node.module for node in source.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    shadowed = [name for name, module in imported.items() if module == f"smwm_lab.{package}.{name}"]
    return [{"place": f"smwm_lab.{package}.{name}", "name": name} for name in sorted(shadowed)]


def _docstring(package: str) -> str:
    """Return the docstring of a package; nothing is imported."""
    return ast.get_docstring(ast.parse(_source(package))) or ""


def _source(package: str) -> str:
    """Return what stands in the `__init__.py` of a package, say of data.recordings."""
    return ROOT.joinpath("smwm_lab", *package.split("."), "__init__.py").read_text(encoding="utf-8")
