"""Background: claims proved here, without waiting for anything by the clock.

- Work goes on only between start and pause, ends with stop, with itself, or with its error, which is told.
- A program whose work never ends can end.
"""

import itertools
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from smwm_lab.widgets.shared.background import Background


LIMIT_S = 60
"""Nothing here takes long: this only ends a test that hangs."""


class Counted:
    """Counts what a background hands over, and lets a test wait for the n-th."""

    def __init__(self) -> None:
        self.items: list[int] = []
        self.errors: list[Exception] = []
        self._changed = threading.Condition()

    def take(self, item: int) -> None:
        with self._changed:
            self.items.append(item)
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.items) >= count, LIMIT_S)


@pytest.fixture
def counted() -> Counted:
    return Counted()


def background(work: Iterator, counted: Counted) -> Background:
    return Background(work, on_item=counted.take, on_error=counted.errors.append)


def test_work_rests_until_it_is_started_and_while_it_is_paused(counted):
    running = background(itertools.count(), counted)
    assert not running.is_running and counted.items == []
    running.start()
    counted.wait_for(3)
    assert running.is_running
    running.pause()
    assert not running.is_running and not running.is_over
    so_far = len(counted.items)
    running.start()
    counted.wait_for(so_far + 3)
    running.stop()
    assert running.is_over and not running.is_running
    assert counted.items == list(range(len(counted.items))), "nothing was lost and nothing came twice"


def test_a_pause_returns_only_when_nothing_is_being_done(counted):
    begun, may_end = threading.Event(), threading.Event()

    def work() -> Iterator[int]:
        yield 0
        begun.set()
        may_end.wait(LIMIT_S)
        yield 1
        yield from itertools.count(2)

    running = background(work(), counted)
    running.start()
    assert begun.wait(LIMIT_S)
    pausing = threading.Thread(target=running.pause)
    pausing.start()
    pausing.join(0.2)
    assert pausing.is_alive(), "an item is being made"
    may_end.set()
    pausing.join(LIMIT_S)
    assert not pausing.is_alive() and counted.items == [0, 1], "the item under way was finished, no other begun"
    running.stop()


def test_items_that_are_none_are_only_chances_to_pause(counted):
    running = background(iter([None, 1, None, 2]), counted)
    running.start()
    running.join(LIMIT_S)
    assert counted.items == [1, 2] and running.is_over and not counted.errors


def test_an_error_ends_the_work_and_is_told(counted):
    def work() -> Iterator[int]:
        yield 1
        raise ArithmeticError("broken")

    running = background(work(), counted)
    running.start()
    running.join(LIMIT_S)
    assert running.is_over and [str(error) for error in counted.errors] == ["broken"]
    running.pause()
    running.start()
    running.stop()


def test_stop_before_start_and_twice(counted):
    running = background(itertools.count(), counted)
    running.stop()
    running.stop()
    running.start()
    running.join(LIMIT_S)
    assert counted.items == []


def test_a_program_ends_although_its_work_would_not():
    code = (
        "import itertools, threading\n"
        "from smwm_lab.widgets.shared.background import Background\n"
        "begun = threading.Event()\n"
        "b = Background(itertools.count(), on_item=lambda i: begun.set(), on_error=print)\n"
        "b.start(); begun.wait(); print('end of the program')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "end of the program\n", "")
