"""Print how every bad call of the table ends, as JSON; the shape checks of the tests must not be installed here."""

import importlib
import json
import sys

from table import Table


PARTS = (
    "of_worlds",
    "of_training",
    "of_planning",
    "of_evaluation",
    "of_probes",
    "of_figures",
    "of_widgets",
    "of_recordings",
)


def main(parts: list[str]) -> None:
    table = Table()
    for part in parts or PARTS:
        importlib.import_module(part).add(table)
    print(json.dumps(table.outcomes()))


if __name__ == "__main__":
    main(sys.argv[1:])
