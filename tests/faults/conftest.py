"""One copy for all fault tests, and Django in this process looking at its database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from tests.faults.site import Site


@pytest.fixture(autouse=True)
def _no_repeated_queries() -> None:
    """Waiting means asking the same thing again and again."""


@pytest.fixture(scope="session")
def running_site() -> Iterator[Site]:
    """The copy, prepared and started; stopped and removed in the end."""
    folder = Path(tempfile.mkdtemp(prefix="serai-faults-"))
    folder.chmod(0o755)
    site = Site(folder / "state")
    try:
        site.prepare()
        site.start()
        yield site
    finally:
        site.stop()
        for path in (site.state.sockets, site.state.data, folder):
            shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def site(running_site: Site, django_db_blocker: pytest.FixtureRequest) -> Iterator[Site]:
    """The copy, whole; models in this process read and write its database."""
    running_site.wait_until_whole()
    settings = connections["default"].settings_dict
    before = {name: settings[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    connections.close_all()
    settings.update(NAME="serai", USER="serai", PASSWORD="", HOST=str(running_site.state.sockets), PORT="")
    try:
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            yield running_site
            connections.close_all()
    finally:
        settings.update(before)
