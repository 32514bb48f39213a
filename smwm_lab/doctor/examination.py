"""All checks in their order, one after the other; what goes wrong in one is its finding."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from smwm_lab.doctor.browsers import find_browser
from smwm_lab.doctor.cores import count_cores
from smwm_lab.doctor.disk import cache_folder, look_at_folder, output_folder
from smwm_lab.doctor.finding import Finding, fail, warn
from smwm_lab.doctor.kernel import start_kernel
from smwm_lab.doctor.memory import measure_memory
from smwm_lab.doctor.packages import look_at_packages
from smwm_lab.doctor.ports import look_at_port
from smwm_lab.doctor.python_version import look_at_python
from smwm_lab.doctor.shipped_runs import read_shipped_runs
from smwm_lab.doctor.short_training import train_shortly
from smwm_lab.doctor.torch_threads import look_at_threads
from smwm_lab.doctor.widget_parts import look_at_widget_parts


TOTAL_S = 55.0
"""Seconds after which no slow check begins, or goes on: nobody waits longer than a minute to learn what is wrong."""
LEAST_S = 5.0
"""Seconds that a slow check needs at least."""


@dataclass(frozen=True)
class Check:
    """A check under its name."""

    name: str
    """As it is printed."""
    look: Callable[..., Finding]
    """What it does; a slow one takes the seconds that it may last."""
    slow: bool = False
    """Whether it takes more than a moment, so that a quick examination leaves it out."""


CHECKS = (
    Check("python", look_at_python),
    Check("packages", partial(look_at_packages, None)),
    Check("extra notebooks", partial(look_at_packages, "notebooks")),
    Check("extra app", partial(look_at_packages, "app")),
    Check("extra dev", partial(look_at_packages, "dev")),
    Check("widgets", look_at_widget_parts),
    Check("memory", measure_memory),
    Check("cores", count_cores),
    Check("disk, cache", partial(look_at_folder, cache_folder)),
    Check("disk, output", partial(look_at_folder, output_folder)),
    Check("browser", find_browser),
    Check("port", look_at_port),
    Check("shipped runs", read_shipped_runs),
    Check("torch threads", look_at_threads),
    Check("kernel", start_kernel, slow=True),
    Check("training", train_shortly, slow=True),
)
"""Cheap ones first, so that what explains a later failure stands above it."""


def examine(*, quick: bool = False, checks: Sequence[Check] | None = None) -> Iterator[tuple[str, Finding]]:
    """Yield name and finding of each check as soon as it is done; an error in a check is a finding too.

    quick: leave out the slow ones, which start a kernel and train. checks: `CHECKS` unless others are given.
    """
    end = time.monotonic() + TOTAL_S
    for check in CHECKS if checks is None else checks:
        if not (quick and check.slow):
            yield check.name, _finding(check, end - time.monotonic())


def _finding(check: Check, left_s: float) -> Finding:
    if check.slow and left_s < LEAST_S:
        return warn(f"left out: what came before took {TOTAL_S - left_s:.0f} s", "end other programs and check again")
    try:
        return check.look(left_s) if check.slow else check.look()
    except ImportError as error:
        return fail(f"cannot be checked: {error}", "mend what the lines about packages say, then check again")
    except Exception as error:  # whatever it is, the person in front of it gets a line and the other checks go on
        return fail(
            f"the check broke off: {type(error).__name__}: {error}", "mend what fails above; if nothing does, report it"
        )
