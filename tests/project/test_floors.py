"""Claims about how the project is built, kept by reading its source: modules import only from lower floors, files
and functions stay small, names say something, nothing is pickled, nothing reads the global random state, nothing
prints but the command line, and no file knows the machine it was written on."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import smwm_lab
from smwm_lab import paths


PACKAGE = Path(smwm_lab.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
GROUND = (
    "errors",
    "axes",
    "config",
    "paths",
    "seeding",
    "files",
    "checksums",
    "gates",
    "json_files",
    "locks",
    "sealed",
    "machine",
    "extras",
    "version",
)
ENTRY = ("studies", "runner", "bench", "doctor", "cli", "__main__")
FLOORS = (
    {name: 0 for name in GROUND}
    | {
        "worlds": 1,
        "environments": 2,
        "data": 2,
        "models": 3,
        "objectives": 4,
        "probes": 5,
        "training": 6,
        "planning": 7,
        "viz": 8,
        "widgets": 9,
        "exercises": 9,
        "live": 9,
        "quiz": 9,
    }
    | {name: 10 for name in ENTRY}
)
ROOMS = {name: "ground" for name in GROUND} | {name: "entry" for name in ENTRY} | {"live": "widgets", "quiz": "widgets"}
ROOMS |= {"environments": "data"}
"""Modules of one floor see each other only inside one package; the ground and the entry are one room each, live pages
and quizzes share the frame of a page with the widgets, and what is recorded are environments."""
NEVER = [
    ("probes", "training"),
    ("planning", "training"),
    ("models", "worlds"),
    ("data", "models"),
    ("environments", "data"),
    ("widgets", "live"),
    ("widgets", "quiz"),
    ("live", "quiz"),
    ("quiz", "live"),
]
"""Who must not import whom, whatever the floors say."""
MAX_FILE_LINES, MAX_FUNCTION_LINES = 320, 45

each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def room(path: Path) -> str:
    """The top-level name a file belongs to; '' for the package itself."""
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """Top-level names of smwm_lab that a module imports anywhere, also inside functions."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            at_root = node.module == "smwm_lab"
            found |= {f"smwm_lab.{alias.name}" for alias in node.names} if at_root else {node.module}
    inside = {name.split(".")[1] for name in found if name.startswith("smwm_lab.")}
    return inside - {"__version__"}


def dotted(node: ast.AST) -> str:
    """The name a call or attribute is written with, 'np.random.rand', or '' if it is not a plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def test_there_is_something_to_check():
    assert len(MODULES) > 30 and {"worlds", "models", "training"} <= {room(path) for path in MODULES}


@each_module
def test_a_module_imports_only_from_lower_floors(path):
    here = room(path)
    if here == "":
        return  # it imports nothing at run time, see below
    assert here in FLOORS, f"{here} has no floor: give it one here and in its docstring"
    for other in imported_rooms(path) - {here}:
        same_room = ROOMS.get(here, here) == ROOMS.get(other, other)
        assert FLOORS[other] < FLOORS[here] or same_room, f"{here} must not import {other}"
        assert (here, other) not in NEVER, f"{here} must not import {other}"


def test_the_package_root_imports_nothing_of_the_package_at_run_time():
    """What stands under TYPE_CHECKING is for type checkers; the rest is fetched when it is used."""
    root = tree(PACKAGE / "__init__.py")
    typing_only = [node for node in root.body if isinstance(node, ast.If) and dotted(node.test) == "TYPE_CHECKING"]
    imports = {id(node) for node in ast.walk(root) if isinstance(node, ast.ImportFrom) and "smwm_lab" in node.module}
    assert imports == {id(node) for block in typing_only for node in block.body}


@each_module
def test_a_module_says_in_its_first_line_what_it_is(path):
    """The floor of a package stands here and in CONTRIBUTING, not in every file."""
    first = (ast.get_docstring(tree(path)) or "").split("\n")[0]
    assert first.endswith((".", ":", "?")) and not re.match(r"Floor \d", first), f"it starts with {first[:40]!r}"


@each_module
def test_files_and_functions_stay_small(path):
    """A function is counted below its docstring, if it has one."""
    length = len(path.read_text(encoding="utf-8").splitlines())
    assert length <= MAX_FILE_LINES, f"{length} lines: an idea wants its own room"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            has_text = ast.get_docstring(node) is not None
            lines = node.end_lineno - (node.body[0].end_lineno if has_text else node.lineno - 1)
            assert lines <= MAX_FUNCTION_LINES, f"{node.name} has {lines} lines"


@each_module
def test_names_say_something_and_hide_no_standard_module(path):
    name = path.parent.name if path.stem == "__init__" else path.stem
    assert not re.fullmatch(r"_?(utils?|helpers?|common|misc|tools|data2|tmp|info)", name)
    assert name not in sys.stdlib_module_names or name == "__main__"


@each_module
def test_public_functions_and_classes_are_documented(path):
    """Methods that implement an interface carry the docstring of the interface."""
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


@each_module
def test_nothing_prints_but_the_command_line_and_the_exercises(path):
    if room(path) not in ("cli", "__main__", "exercises"):
        assert not [call.lineno for call in calls(path) if dotted(call.func) in ("print", "pprint", "sys.stdout.write")]


@each_module
def test_nothing_is_pickled(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(import|from) (pickle|cPickle|dill|cloudpickle|joblib|shelve|marshal)\b", text, re.M)
    assert not re.search(r"\btorch\.(load|save)\(|\bread_pickle\(|\.to_pickle\(|allow_pickle", text)


SEEDED = {"np.random.default_rng", "np.random.SeedSequence", "np.random.Generator", "np.random.PCG64"}
TORCH_DRAWS = {"rand", "randn", "randint", "randperm", "normal", "multinomial", "bernoulli", "poisson"}
NO_GENERATOR = {"torch.rand_like", "torch.randn_like", "torch.randint_like", "torch.seed", "torch.cuda.manual_seed"}
IN_PLACE = {"normal_", "uniform_", "random_", "bernoulli_", "exponential_", "cauchy_", "log_normal_", "geometric_"}


def global_random_calls(source: ast.Module) -> list[str]:
    """Calls that read or set a global random state; torch.manual_seed is allowed under torch.random.fork_rng."""
    forked = {
        id(inner)
        for node in ast.walk(source)
        if isinstance(node, ast.With) and any("fork_rng" in ast.dump(item.context_expr) for item in node.items)
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(source):
        if not isinstance(node, ast.Call) or id(node) in forked:
            continue
        name = dotted(node.func).replace("numpy.", "np.")
        last = node.func.attr if isinstance(node.func, ast.Attribute) else name
        explicit = any(keyword.arg == "generator" for keyword in node.keywords)
        draws = name in {f"torch.{draw}" for draw in TORCH_DRAWS} or last in IN_PLACE
        unseeded = name == "np.random.default_rng" and not node.args
        if (
            (name.startswith("np.random.") and name not in SEEDED)
            or unseeded
            or (draws and not explicit)
            or name in NO_GENERATOR | {"torch.manual_seed"}
            or name.startswith("random.")
        ):
            found.append(f"line {node.lineno}: {name or last}")
    return found


@each_module
def test_the_global_random_state_is_never_touched(path):
    assert not global_random_calls(tree(path))


@pytest.mark.parametrize(
    "source",
    [
        "np.random.seed(0)",
        "numpy.random.rand(3)",
        "np.random.default_rng()",
        "torch.rand(3)",
        "torch.manual_seed(0)",
        "x.normal_()",
        "random.random()",
        "torch.randn_like(x)",
        "torch.randperm(5, device=d)",
    ],
)
def test_the_check_of_random_calls_can_fail(source):
    assert global_random_calls(ast.parse(source))
    assert not global_random_calls(ast.parse("torch.rand(3, generator=g); np.random.default_rng(3)"))
    assert not global_random_calls(ast.parse("with torch.random.fork_rng():\n  torch.manual_seed(0)"))


FORBIDDEN = {
    "a folder of one machine": re.compile(r"(?<![\w.~*$}])/(tmp|root|work|home|Users)/(?!\*)"),
    "the address of a package index": re.compile(r"--(extra-)?index-url|download\.pytorch\.org|files\.pythonhosted"),
    "a conflict left by a merge": re.compile(r"^(<{7}|>{7}) ", re.M),
}


def tracked_files() -> list[Path]:
    """Files in git or about to be; skips with a reason where there is no git."""
    try:
        asked = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=paths.ROOT, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"the list of tracked files needs a git checkout: {error}")
    return [paths.ROOT / name for name in asked.stdout.decode().split("\0") if name]


def test_no_file_knows_the_machine_it_was_written_on():
    found = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # an image or weights; or deleted and not yet committed
        found += [f"{path.relative_to(paths.ROOT)}: {what}" for what, words in FORBIDDEN.items() if words.search(text)]
    assert not found


def test_the_check_of_machine_words_can_fail():
    machine, index, merge = FORBIDDEN.values()
    assert machine.search("open('/" + "tmp/x')") and machine.search(" /" + "home/me/run")
    assert not machine.search("https://host/" + "work/") and not machine.search("data/" + "tmp/")
    assert index.search("--index" + "-url x") and merge.search("<" * 7 + " HEAD")
