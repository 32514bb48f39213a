"""Two processes want one run at once: is it made once, and whole? `python tests/reliability/pairs.py --count 300`

Both are children of one process that has loaded everything and trained nothing; a pipe that is closed starts both in
the same moment. Each calls `load_or_fit` of one configuration with one new cache, and counts its updates.

- once: together they made the updates of one run, and both hold it;
- twice: both made it;
- damaged: one failed, or they hold different runs, or something half-written or locked stays.

The status is 1 if any pair is not of the first kind.
"""

import argparse
import collections
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

from stored_kinds import quietly
from tiny_run import stored_facts_of, tiny_config

from smwm_lab.files import is_leftover
from smwm_lab.locks import is_lock
from smwm_lab.training import TrainingLoop, load_or_fit, load_run


def run_pair(cache: Path, seed: int) -> tuple[str, str]:
    """Start two processes on one run; return what came of it, and why."""
    start, go = os.pipe()
    children = [_start(cache, seed, f"{number}", start, go) for number in range(2)]
    os.close(start)
    os.close(go)
    statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    said = [(cache / f"{number}").read_text() for number in range(2) if (cache / f"{number}").exists()]
    if statuses != [0, 0]:
        return "damaged", " ".join(said)
    updates, facts = zip(*(line.split("\n", 1) for line in said), strict=True)
    config = tiny_config(seed)
    folder = cache / config.fingerprint()
    debris = [path.name for path in folder.iterdir() if is_leftover(path) or is_lock(path)]
    stored = repr(_comparable(stored_facts_of(load_run(folder))))
    if debris or set(facts) != {stored}:
        return "damaged", f"{debris} stays; {facts} and {stored}"
    made = sum(map(int, updates))
    return ("once", "") if made == config.num_steps else ("twice", f"{made} updates for {config.num_steps}")


def _start(cache: Path, seed: int, name: str, start: int, go: int) -> int:
    """Start a child that waits until the pipe is closed, then wants the run; return its number."""
    child = os.fork()
    if child != 0:
        return child
    status = 1
    try:
        os.close(go)
        os.read(start, 1)
        updates = []
        update = TrainingLoop._update
        TrainingLoop._update = lambda loop: (updates.append(1), update(loop))[1]
        run = quietly(lambda: load_or_fit(tiny_config(seed), cache=cache))
        (cache / name).write_text(f"{len(updates)}\n{_comparable(stored_facts_of(run))!r}")
        status = 0
    except BaseException:
        (cache / name).write_text(traceback.format_exc())
    finally:
        os._exit(status)


def _comparable(facts: dict[str, object]) -> dict[str, object]:
    """Leave out what a table rounds when it is written."""
    return {key: value for key, value in facts.items() if key != "metrics"}


def main() -> int:
    """Run pairs, print a table, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=3)
    asked = parser.parse_args()
    results: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as place:
        for number in range(asked.count):
            cache = Path(place, f"{number}")
            cache.mkdir()
            result, why = run_pair(cache, seed=number % 2)
            results[result] += 1
            if why:
                print(f"pair {number}: {result}: {why}")
            shutil.rmtree(cache)
    print(f"{asked.count} pairs: {results['once']} once, {results['twice']} twice, {results['damaged']} damaged")
    return 0 if results["once"] == asked.count else 1


if __name__ == "__main__":
    sys.exit(main())
