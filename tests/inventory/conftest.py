"""Services are called again and again here on purpose; pages and offers are watched elsewhere."""

import pytest


@pytest.fixture(autouse=True)
def _no_repeated_queries() -> None:
    """Two calls of one service look like one query per row."""
