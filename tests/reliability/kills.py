"""Killed at any moment: does the next start go on? `python tests/reliability/kills.py` kills at every moment there is.

A moment is before or after a call that changes the disk (a file opened to be written, written, flushed, moved, removed,
a folder made), in whatever module; a write is also cut in half. A child process leaves there without a farewell
(`os._exit`), then another does the same work once more. That is

- done: it comes to the end, with what an undisturbed one brings, and nothing half-written or locked stays;
- refused: it says in one line what to delete, and after that it comes to the end;
- a dead end: anything else.

The status is 1 if there is a dead end.
"""

import argparse
import collections
import os
import re
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canned_execution import contents, run_canned, write_sources
from stored_kinds import quietly, stop_in_the_middle
from tiny_run import facts_of, tiny_config

from smwm_lab import locks
from smwm_lab.errors import InputError
from smwm_lab.files import is_leftover
from smwm_lab.locks import is_lock
from smwm_lab.probes.projection.projection import project
from smwm_lab.training import fit


KILLED, DONE, REFUSED, FAILED = 77, 0, 3, 4
"""Exit statuses of the children."""
REMEDY = re.compile(r"delete the (file|folder)|choose (?:a new|another) folder")


@dataclass(frozen=True)
class Work:
    """Something that changes the disk."""

    name: str
    begin: Callable[[Path], object]
    """Prepares a folder before the work that is killed."""
    do: Callable[[Path], Any]
    """The work; returns what is compared."""


def works(sources: Path) -> list[Work]:
    """Return what is killed; `sources` is a folder in which notebooks may lie."""
    notebooks = write_sources(sources)

    def train(folder: Path) -> dict[str, Any]:
        return facts_of(quietly(lambda: fit(tiny_config(), out=folder, checkpoint_seconds=0.0)))

    def leave_a_checkpoint_beside_a_finished_run(folder: Path) -> None:
        stop_in_the_middle(folder)
        kept = (folder / "checkpoint.safetensors").read_bytes()
        train(folder)
        (folder / "checkpoint.safetensors").write_bytes(kept)

    def run_notebooks(folder: Path) -> dict[str, bytes]:
        run_canned(notebooks, folder)
        return contents(folder)

    def spoil_a_page(folder: Path) -> None:
        run_notebooks(folder)
        (folder / "html" / "00_first.html").write_bytes(b"")

    def store_a_projection(folder: Path) -> str:
        import numpy as np

        return str(project(np.random.default_rng(0).normal(size=(40, 3)), store=folder).points)

    return [
        Work("a training", lambda folder: None, train),
        Work("a training that goes on", stop_in_the_middle, train),
        Work("a finished run", leave_a_checkpoint_beside_a_finished_run, train),
        Work("notebooks", lambda folder: None, run_notebooks),
        Work("notebooks, resumed", spoil_a_page, run_notebooks),
        Work("a projection", lambda folder: None, store_a_projection),
    ]


class Moments:
    """Counts the moments of a work below a folder, and leaves the process at one of them."""

    def __init__(self, folder: Path, last: int | None):
        self.folder, self.last, self.count = str(folder.resolve()), last, 0

    def watch(self) -> None:
        """Put a moment before and after every call that changes the disk."""
        for name in ("fsync", "replace", "unlink", "mkdir", "rmdir"):
            setattr(os, name, self._around(getattr(os, name)))
        os.open = self._around(os.open, lambda path, flags=0, *_, **__: flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR))
        Path.write_bytes = self._in_halves(Path.write_bytes)

    def _around(self, call: Callable, counts: Callable = lambda *_, **__: True) -> Callable:
        def watched(*args: Any, **options: Any) -> Any:
            if not (self._is_here(args[0]) and counts(*args, **options)):
                return call(*args, **options)
            self._moment()
            try:
                return call(*args, **options)
            finally:
                self._moment()

        return watched

    def _in_halves(self, call: Callable) -> Callable:
        def watched(path: Path, content: bytes) -> int:
            if not self._is_here(path):
                return call(path, content)
            self._moment()
            call(path, content[: len(content) // 2])
            self._moment()
            return call(path, content)

        return watched

    def _is_here(self, place: Any) -> bool:
        name = os.readlink(f"/proc/self/fd/{place}") if isinstance(place, int) else os.path.abspath(place)
        return name.startswith(self.folder)

    def _moment(self) -> None:
        self.count += 1
        if self.count == self.last:
            os._exit(KILLED)


def in_a_child(act: Callable[[], int], said: Path) -> int:
    """Do something in a child process; return its status. A traceback goes into the file `said`."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = FAILED
        try:
            status = act()
        except InputError as error:
            said.write_text(str(error))
            status = REFUSED if str(error).isprintable() else FAILED
        except BaseException:
            said.write_text(traceback.format_exc())
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def count_moments(work: Work, place: Path) -> int:
    """Return how many moments a work has."""

    def act() -> int:
        work.begin(place / "folder")
        moments = Moments(place, None)
        moments.watch()
        work.do(place / "folder")
        watched, moments.folder = moments.count, "nothing more is counted"
        (place / "count").write_text(str(watched))
        return DONE

    status = in_a_child(act, place / "said")
    if status != DONE:
        raise RuntimeError((place / "said").read_text())
    return int((place / "count").read_text())


def kill_at(work: Work, moment: int, place: Path) -> tuple[str, str]:
    """Kill a work at a moment and do it again; return what came of that, and what was said."""
    folder, said = place / "folder", place / "said"

    def killed() -> int:
        work.begin(folder)
        Moments(folder, moment).watch()
        work.do(folder)
        return DONE

    def again() -> int:
        locks.STALE_SECONDS = 0.5  # a lock that was killed before it held a name is waited for as long
        found = work.do(folder)
        (place / "found").write_text(repr(found))
        return DONE

    if in_a_child(killed, said) != KILLED:
        return "dead end", f"it was not killed at moment {moment}: {said.read_text() if said.exists() else ''}"
    status, result = in_a_child(again, said), "done"
    if status == REFUSED:
        result = "refused"
        if not _follow(said.read_text(), folder):
            return "dead end", said.read_text()
        status = in_a_child(again, said)
    if status != DONE:
        return "dead end", said.read_text()
    debris = [str(path) for path in folder.rglob("*") if is_leftover(path) or is_lock(path)]
    return ("dead end", f"{debris} stays") if debris else (result, (place / "found").read_text())


def _follow(line: str, folder: Path) -> bool:
    """Do what a line says; return whether it says what to do."""
    remedy = REMEDY.search(line)
    if remedy is None:
        return False
    if remedy[1] == "file":
        named = [path for path in folder.rglob("*") if path.is_file() and str(path) in line]
        if len(named) != 1:
            return False
        named[0].unlink()
    else:
        shutil.rmtree(folder)
    return True


def kill_many(count: int | None, place: Path) -> Iterator[tuple[str, int, str, str]]:
    """Kill at `count` moments, evenly over all of all works, or at every one; yield work, moment, result and words."""
    kinds = works(place / "sources")
    moments = [(work, moment) for work in kinds for moment in range(1, 1 + _counted(work, place))]
    step = 1 if count is None else max(1, len(moments) / count)
    expected = {work.name: _undisturbed(work, place) for work in kinds}
    for number in range(round(len(moments) / step)):
        work, moment = moments[int(number * step)]
        here = Path(tempfile.mkdtemp(dir=place))
        result, words = kill_at(work, moment, here)
        if result != "dead end" and words != expected[work.name]:
            result, words = "dead end", "what came out differs from that of an undisturbed work"
        yield work.name, moment, result, words
        shutil.rmtree(here)


def _counted(work: Work, place: Path) -> int:
    return count_moments(work, Path(tempfile.mkdtemp(dir=place)))


def _undisturbed(work: Work, place: Path) -> str:
    """Return what an undisturbed work brings."""
    here = Path(tempfile.mkdtemp(dir=place))

    def act() -> int:
        work.begin(here / "folder")
        (here / "found").write_text(repr(work.do(here / "folder")))
        return DONE

    if in_a_child(act, here / "said") != DONE:
        raise RuntimeError((here / "said").read_text())
    return (here / "found").read_text()


def main() -> int:
    """Kill, print a table, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, help="how many moments, evenly chosen; all if left out")
    asked = parser.parse_args()
    table: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as place:
        for name, moment, result, words in kill_many(asked.count, Path(place).resolve()):
            table[name][result] += 1
            if result == "dead end":
                print(f"{name}, moment {moment}: {words}")
    for name, counts in table.items():
        print(f"{name:26} done {counts['done']:4}  refused {counts['refused']:4}  dead ends {counts['dead end']:4}")
    return 1 if any(counts["dead end"] for counts in table.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
