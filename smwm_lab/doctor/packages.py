"""Installed packages beside those that the project, or one of its extras, needs, in the versions it was tested with."""

import re
import tomllib
from importlib import metadata

from smwm_lab import paths
from smwm_lab.doctor.finding import Finding, fail, ok, warn


PURPOSES = {
    "notebooks": "the notebooks, the widgets and `make run` need it",
    "app": "`make app` and `smwm-lab app` need it",
    "dev": "`make test` and `make handout` need it",
}
"""Extra -> what does not work without it."""
NEEDED = ("notebooks",)
"""Extras without which the course does not work; without the others a part of it does not."""


def look_at_packages(extra: str | None) -> Finding:
    """Compare the packages of an extra, or those that are always needed, with what is installed.

    Missing ones are a failure where the course needs them. Another version is a warning: it may work, but it is not
    what was tested.
    """
    if extra == "dev" and paths.CHECKOUT is None:
        return ok("not needed: it serves a checkout of the project, and this is an installed package")
    pins = pinned_versions()
    installed = {name: installed_version(name) for name in required_names(extra)}
    missing = [name for name, version in installed.items() if version is None]
    if missing:
        judge = fail if extra is None or extra in NEEDED else warn
        why = f" ({PURPOSES[extra]})" if extra else ""
        return judge(f"missing: {', '.join(missing)}{why}", install_command(extra))
    other = {name: version for name, version in installed.items() if version not in (None, pins.get(name, version))}
    if other:
        shown = ", ".join(f"{name} {version} (tested: {pins[name]})" for name, version in other.items())
        return warn(shown, f"if something fails: {install_command(extra)}")
    return ok(f"{len(installed)} package{'' if len(installed) == 1 else 's'} in the tested versions")


def install_command(extra: str | None) -> str:
    """Return the command that installs an extra, or what is always needed, in the tested versions."""
    brackets = f"[{extra}]" if extra else ""
    if paths.CHECKOUT is not None:
        return f"pip install -e '.{brackets}' -c constraints.txt in {paths.CHECKOUT} (or: make distclean setup)"
    return f"pip install 'smwm_lab{brackets}' -c {paths.ROOT / 'constraints.txt'}"


def installed_version(name: str) -> str | None:
    """Return the version of an installed package without its build, 2.13.0 for 2.13.0+cpu; None if it is missing."""
    try:
        return metadata.version(name).partition("+")[0]
    except metadata.PackageNotFoundError:
        return None


def pinned_versions() -> dict[str, str]:
    """Return package -> tested version, from the list that comes with the project."""
    lines = (paths.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = (line.partition("==") for line in lines if line and not line.startswith("#"))
    return {normal_name(name): version for name, _, version in pins}


def required_names(extra: str | None) -> list[str]:
    """Return the packages that the project needs itself (None), or that an extra adds: not those of a smaller extra.

    Of a checkout they stand in pyproject.toml, of an installed package in its metadata.
    """
    if paths.CHECKOUT is not None:
        project = tomllib.loads((paths.CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        lines = project["optional-dependencies"][extra] if extra else project["dependencies"]
    else:
        lines = [line for line in metadata.requires("smwm_lab") or [] if _extra_of(line) == extra]
    names = [normal_name(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in lines]
    return [name for name in names if name != "smwm-lab"]


def normal_name(name: str) -> str:
    """Return a package name in the one spelling that PEP 503 gives it.

    >>> normal_name("Jupyter_Core")
    'jupyter-core'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def _extra_of(line: str) -> str | None:
    """Return the extra for which a requirement of the metadata holds, None for one that always does."""
    found = re.search(r"extra == ['\"]([\w-]+)['\"]", line)
    return found[1] if found else None
