"""Where the real data lies that nobody here wrote, when it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def real_file(name: str) -> Path:
    """The file, or skip the test with the reason that it is not on this machine."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the real data file {name} is not beside the checkout (../shared/data)")
    return path
