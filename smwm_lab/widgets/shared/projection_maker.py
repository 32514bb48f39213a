"""Projections that take a while, made in a thread one after the other, so that a widget stays usable meanwhile.

One at a time: numba's loops, which UMAP runs, may not be entered from two threads at once.
"""

import asyncio
import time
from collections.abc import Callable, Iterator

from smwm_lab.widgets.shared.background import Background


Wanted = tuple[str, int]
"""Name and dimensions of a projection."""


class ProjectionMaker:
    """Calls make(name, dim) in a thread, and on_end(what was made, the error if there was one) in the event loop.

    What runs cannot be broken off, only left to itself: its end is told all the same.
    """

    def __init__(
        self, make: Callable[[str, int], object], *, on_end: Callable[[Wanted, Exception | None], None]
    ) -> None:
        self._make, self._on_end = make, on_end
        self._began = 0.0
        self._background: Background | None = None
        self.now: Wanted | None = None  # what is being made

    @property
    def seconds(self) -> float:
        """How long it has been made."""
        return time.monotonic() - self._began

    def start(self, wanted: Wanted) -> None:
        """Begin; called in the event loop, while nothing else is being made."""
        loop = asyncio.get_running_loop()

        def tell(error: Exception | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._end, error)

        self.now, self._began = wanted, time.monotonic()
        self._background = Background(self._work(wanted), on_item=lambda _: tell(None), on_error=tell)
        self._background.start()

    def _work(self, wanted: Wanted) -> Iterator[bool]:
        self._make(*wanted)
        yield True

    def _end(self, error: Exception | None) -> None:
        done, self.now = self.now, None
        assert done is not None
        self._on_end(done, error)
