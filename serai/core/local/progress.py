"""Telling a person what is going on: a moving line in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rich.console import Console
from rich.status import Status

PLAIN_SECONDS = 5.0


class Progress:
    """Steps with their duration. Output that nobody reads any more is not an error."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self._status: Status | None = None
        self._last_plain = 0.0

    def say(self, text: str = "") -> None:
        """Print a line."""
        # The terminal may have been closed while we still have processes to stop.
        with suppress(OSError):
            self.console.print(text, markup=False)
            sys.stdout.flush()

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Show `text` while the body runs, and how long it took when it succeeded."""
        started = time.monotonic()
        self._last_plain = started
        if not self.console.is_terminal:
            self.say(f"{text} …")
            yield
            self.say(f"  done in {time.monotonic() - started:.1f} s")
            return
        with self.console.status(f"{text} …") as status:
            self._status = status
            try:
                yield
            finally:
                self._status = None
        self.say(f"✓ {text} ({time.monotonic() - started:.1f} s)")

    def update(self, text: str, *, done: int = 0, total: int = 0) -> None:
        """Refine the running step: `text`, and how much of it is done."""
        shown = f"{text} ({done:,} of {total:,})" if total else text
        if self._status is not None:
            self._status.update(f"{shown} …")
        elif time.monotonic() - self._last_plain >= PLAIN_SECONDS:
            self._last_plain = time.monotonic()
            self.say(f"  {shown}")
