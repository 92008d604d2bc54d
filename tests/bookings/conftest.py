"""Services are called again and again here on purpose; pages and offers are watched elsewhere."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories import NOW


@pytest.fixture(autouse=True)
def _no_repeated_queries() -> None:
    """Two calls of one service look like one query per row."""


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """Receivers look at the clock; it shall show the day on which these tests take place."""
    with time_machine.travel(NOW):
        yield
