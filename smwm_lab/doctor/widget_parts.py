"""The parts of live widgets: they come in several packages, and a browser shows nothing where these disagree."""

from importlib import metadata
from pathlib import Path

from smwm_lab.doctor.finding import Finding, fail, ok
from smwm_lab.doctor.packages import install_command, installed_version, pinned_versions


PARTS = ("jupyterlab", "ipywidgets", "jupyterlab-widgets", "anywidget", "plotly")
"""What the widgets of the course are made of, on the side of Python and on that of the browser."""
FRONT_ENDS = ("jupyterlab-widgets", "anywidget")
"""Packages that bring JavaScript which JupyterLab loads from a folder of the environment."""


def look_at_widget_parts() -> Finding:
    """Compare the generations of the parts with those tested together, and look for their JavaScript."""
    installed, pins = {name: installed_version(name) for name in PARTS}, pinned_versions()
    missing = [name for name, version in installed.items() if version is None]
    if missing:
        return fail(f"missing: {', '.join(missing)}", install_command("notebooks"))
    apart = [f"{name} {v} with a tested {pins[name]}" for name, v in installed.items() if v and _differ(v, pins[name])]
    if apart:
        return fail(f"parts of another generation: {', '.join(apart)}", install_command("notebooks"))
    lost = [name for name in FRONT_ENDS if _has_lost_its_front_end(name)]
    if lost:
        return fail(
            f"the JavaScript of {', '.join(lost)} is not in {' and '.join(map(str, _folders(lost)))}",
            f"pip install --force-reinstall --no-deps {' '.join(f'{name}=={pins[name]}' for name in lost)}",
        )
    return ok(", ".join(f"{name} {version}" for name, version in installed.items()))


def _differ(version: str, pin: str) -> bool:
    """Return whether two versions are of different generations: in their first number, below 1 in their second."""
    length = 2 if pin.startswith("0.") else 1
    return version.split(".")[:length] != pin.split(".")[:length]


def _front_end(name: str) -> list[Path]:
    """Return where the descriptions of a package's JavaScript should be; none if its files are not listed."""
    distribution = metadata.distribution(name)
    listed = [file for file in distribution.files or [] if "labextensions" in file.parts]
    return [Path(str(distribution.locate_file(file))) for file in listed if file.name == "package.json"]


def _has_lost_its_front_end(name: str) -> bool:
    return not all(file.is_file() for file in _front_end(name))


def _folders(names: list[str]) -> list[Path]:
    return [file.parent.resolve() for name in names for file in _front_end(name) if not file.is_file()]
