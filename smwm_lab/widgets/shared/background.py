"""Background: work that goes on in a thread and can be paused, continued and stopped at any time.

The work is an iterator; between two of its items it can be halted. The thread ends with the work, with `stop`, and
when the interpreter ends, whichever comes first: it never outlives its program.
"""

import asyncio
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any


class Background:
    """Iterates `work` in a thread of its own.

    on_item: called in that thread with every item that is not None. on_error: called there with the exception that
    ended the work, if one did.
    """

    def __init__(self, work: Iterator, *, on_item: Callable[[Any], None], on_error: Callable[[Exception], None]):
        self._control = _Control()
        self._thread = threading.Thread(
            target=_run, args=(self._control, work, on_item, on_error), name="smwm_lab work", daemon=True
        )
        self._stop = weakref.finalize(self, _stop, self._control, self._thread)  # also when the interpreter ends

    def start(self) -> None:
        """Begin, or go on after a pause."""
        self._control.want("run")
        if self._thread.ident is None:
            self._thread.start()

    def pause(self) -> None:
        """Halt before the next item; returns when the work is at rest."""
        self._control.want("rest")
        if self._thread.ident is not None:
            self._control.wait_for_rest()

    def stop(self) -> None:
        """End the work for good; returns when the thread is gone (at once if called from the thread itself)."""
        self._stop()

    @property
    def is_running(self) -> bool:
        """Whether work goes on."""
        return self._thread.is_alive() and not self._control.is_at_rest

    @property
    def is_over(self) -> bool:
        """Whether the work has ended, by itself, by an error or by `stop`."""
        return self._control.is_over

    def join(self, timeout_s: float) -> None:
        """Wait for the end of the work, at most `timeout_s`."""
        self._thread.join(timeout_s)


class _Control:
    """Which state the thread should have (run, rest or stop), and whether it is at rest."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wanted = "rest"
        self.is_at_rest = True
        self.is_over = False

    def want(self, state: str) -> None:
        with self._changed:
            if self._wanted != "stop":
                self._wanted = state
            if self._wanted == "run" and not self.is_over:
                self.is_at_rest = False
            self._changed.notify_all()

    def wait_for_rest(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.is_at_rest or self._wanted == "run")

    def may_go_on(self) -> bool:
        """Rest while that is wanted; return False if the end is wanted."""
        with self._changed:
            while self._wanted == "rest":
                self.is_at_rest = True
                self._changed.notify_all()
                self._changed.wait()
            self.is_at_rest = self._wanted == "stop"
            return self._wanted == "run"

    def finish(self) -> None:
        with self._changed:
            self.is_at_rest = self.is_over = True
            self._changed.notify_all()


def _run(
    control: _Control, work: Iterator, on_item: Callable[[Any], None], on_error: Callable[[Exception], None]
) -> None:
    try:
        while control.may_go_on():
            try:
                item = next(work)
            except StopIteration:
                return
            if item is not None:
                on_item(item)
    except Exception as error:  # on_error shows it: an exception in a thread is seen nowhere else
        on_error(error)
    finally:
        control.finish()


def _stop(control: _Control, thread: threading.Thread) -> None:
    control.want("stop")
    if thread.ident is not None and thread is not threading.current_thread():
        thread.join()


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that this is called in, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None  # a script or a test: nothing would run a timer
