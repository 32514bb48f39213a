"""Which notebooks to run, and whether the parameters fit them: decided before anything is executed.

papermill only warns about an unknown parameter, and its reader of parameter cells loses values that
contain `=` or `#`; here the cell tagged `parameters` is parsed as Python: assignments of literals.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from smwm_lab import paths
from smwm_lab.errors import InputError, check


INJECTABLE = (bool, int, float, str, list, dict, type(None))
"""Types that papermill writes into a notebook as Python literals."""


@dataclass(frozen=True, kw_only=True, repr=False)
class CourseNotebook:
    """A notebook on disk, read and understood, not yet executed."""

    path: Path
    """Absolute path of the file."""

    source: NotebookNode
    """Its content as it is committed."""

    defaults: dict[str, object]
    """Name -> literal of every parameter in the cell tagged `parameters`, in order."""

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.path.stem

    @property
    def title(self) -> str:
        """First markdown heading, or the name if there is none."""
        lines = (
            line for cell in self.source.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()
        )
        headings = (line.lstrip("#").strip() for line in lines if line.startswith("#"))
        return next(headings, self.name)

    def __repr__(self) -> str:
        return f"CourseNotebook({self.name}, parameters: {', '.join(self.defaults) or 'none'})"


def select_notebooks(notebooks: Sequence[Path | str] | None) -> list[CourseNotebook]:
    """Find and read notebooks.

    Parameters
    ----------
    notebooks
        Paths, file names, or beginnings of names (`02`, `02_training`) of course notebooks;
        None for the whole course in order.

    Returns
    -------
    list of CourseNotebook
        In the order given, each once.

    Raises
    ------
    InputError
        If a notebook does not exist, a beginning fits several, two share a name, or one cannot be read.
    """
    if notebooks is None:
        files = course_files()
        check(bool(files), f"no notebooks named NN_*.ipynb in {paths.notebooks_dir()}")
    else:
        files = list(dict.fromkeys(_find(str(name)) for name in notebooks))
        check(bool(files), "no notebook was named; name one or leave the names out to run all")
    names = [file.stem for file in files]
    for name in names:
        check(names.count(name) == 1, f"two notebooks are called {name!r}; run them into separate folders")
    return [_read(file) for file in files]


def course_files() -> list[Path]:
    """Return the course notebooks, `NN_*.ipynb`, in order."""
    return sorted(paths.notebooks_dir().glob("[0-9][0-9]_*.ipynb"))


def check_parameters(notebook: CourseNotebook, parameters: Mapping[str, object]) -> None:
    """Raise `InputError` for a parameter that the notebook does not have or whose type is not its default's.

    An int is welcome where the default is a float; a default of None accepts every type.
    """
    allowed = ", ".join(notebook.defaults) or "none, it has no cell tagged parameters"
    for name, value in parameters.items():
        check(name in notebook.defaults, f"parameter {name!r} is unknown in {notebook.name}; allowed: {allowed}")
        default = notebook.defaults[name]
        fits = default is None or type(value) is type(default) or (type(default), type(value)) == (float, int)
        check(
            fits and type(value) in INJECTABLE,
            f"parameter {name} = {value!r} of {notebook.name} has type {type(value).__name__}; "
            f"allowed: {type(default).__name__}, such as {default!r}",
        )


def _find(name: str) -> Path:
    """Return the absolute path of the notebook that `name` means."""
    given = Path(name)
    if given.suffix == ".ipynb" and given.is_file():
        return given.resolve()
    course = course_files()
    exact = [file for file in course if name in (file.name, file.stem)]
    found = exact or [file for file in course if name and file.name.startswith(name)]
    existing = ", ".join(file.stem for file in course) or f"none in {paths.notebooks_dir()}"
    check(bool(found), f"notebook {name!r} does not exist; existing: {existing}")
    check(len(found) == 1, f"notebook {name!r} is ambiguous; it fits: {', '.join(file.stem for file in found)}")
    return found[0].resolve()


def _read(path: Path) -> CourseNotebook:
    """Read the notebook at `path`."""
    try:
        source = nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise InputError(f"{path} cannot be read as a notebook: {str(error).splitlines()[0]}") from error
    return CourseNotebook(path=path, source=source, defaults=_literals(source, path.stem))


def _literals(source: NotebookNode, name: str) -> dict[str, object]:
    """Return the assignments of the first cell tagged `parameters`."""
    tagged = (cell.source for cell in source.cells if "parameters" in cell.metadata.get("tags", []))
    literals = {}
    try:
        for line in ast.parse(next(tagged, "")).body:
            match line:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if value is not None:
                    literals[target] = ast.literal_eval(value)
                case ast.AnnAssign(target=ast.Name(id=target), value=value) if value is not None:
                    literals[target] = ast.literal_eval(value)
    except (SyntaxError, ValueError) as error:
        raise InputError(
            f"the cell tagged parameters of {name} may hold assignments of literals only: {error}"
        ) from error
    return literals
