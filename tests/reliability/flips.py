"""One flipped bit in anything stored: is it noticed? `python tests/reliability/flips.py --count 500`

Each flip is of one bit of one file of one kind, by chance (every second one in the first or last 512 bytes, where the
structure of a file is), and the damaged thing is read as the library reads it. That is

- refused: `InputError`, one line;
- harmless: what comes out is as it was, because the thing was made anew or the bit says nothing;
- silent: something else comes out;
- a traceback: any other exception.

The status is 1 if there is a silent one, or any traceback.
"""

import argparse
import collections
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from stored_kinds import StoredKind, stored_kinds

from smwm_lab.errors import InputError


EDGE = 512
"""Bytes at both ends of a file that every second flip is in."""


def flip_bit(path: Path, *, at_an_edge: bool, chance: np.random.Generator) -> str:
    """Flip a bit of a file; return which."""
    content = bytearray(path.read_bytes())
    size = len(content)
    place = int(chance.integers(size))
    if at_an_edge:
        offset = int(chance.integers(min(EDGE, size)))
        place = offset if chance.random() < 0.5 else size - 1 - offset
    bit = int(chance.integers(8))
    content[place] ^= 1 << bit
    path.write_bytes(content)
    return f"bit {bit} of byte {place}"


def read_damaged(kind: StoredKind, folder: Path, sound: Any) -> tuple[str, str]:
    """Return what becomes of a damaged thing, and what was said or came out."""
    try:
        found = kind.read(folder)
    except InputError as error:
        return ("refused" if str(error).isprintable() else "traceback"), str(error)
    except Exception as error:  # counting them is what this is for
        return "traceback", f"{type(error).__name__}: {error}"
    return ("harmless" if found == sound else "silent"), str(found)[:300]


def flip_many(count: int, seed: int, work: Path) -> dict[str, collections.Counter[str]]:
    """Flip `count` bits, of all kinds in turn; return kind -> how many were refused, harmless, silent, a traceback."""
    chance = np.random.default_rng(seed)
    kinds = stored_kinds(work / "sources")
    sound = {}
    for number, kind in enumerate(kinds):
        kind.make(work / f"{number}")
        shutil.copytree(work / f"{number}", work / "copy")
        sound[kind.name] = kind.read(work / "copy")
        shutil.rmtree(work / "copy")
    table = {kind.name: collections.Counter() for kind in kinds}
    for number in range(count):
        turn, kind = number % len(kinds), kinds[number % len(kinds)]
        shutil.copytree(work / f"{turn}", work / "copy")
        [path] = (work / "copy").glob(kind.file)
        where = flip_bit(path, at_an_edge=number // len(kinds) % 2 == 1, chance=chance)
        result, told = read_damaged(kind, work / "copy", sound[kind.name])
        table[kind.name][result] += 1
        if result in ("traceback", "silent"):
            print(f"{kind.name}: {where}: {result}: {told}")
        shutil.rmtree(work / "copy")
    return table


def is_sound(table: dict[str, collections.Counter[str]]) -> bool:
    """Return whether nothing was silent, and nothing a traceback."""
    return not any(counts["silent"] or counts["traceback"] for counts in table.values())


def main() -> int:
    """Flip bits, print a table, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        table = flip_many(asked.count, asked.seed, Path(work))
    results = ("refused", "harmless", "silent", "traceback")
    print(f"{'':34}" + "".join(f"{result:>10}" for result in results))
    for name, counts in table.items():
        print(f"{name:34}" + "".join(f"{counts[result]:10}" for result in results))
    return 0 if is_sound(table) else 1


if __name__ == "__main__":
    sys.exit(main())
