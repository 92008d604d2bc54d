"""The subcommands of `serai`, a module each, and the ground they stand on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from serai.core.local.progress import Progress


def choose_mode() -> None:
    """Without a mode and a database of its own a command means this folder's demo."""
    if not os.environ.get("DATABASE_URL"):
        os.environ.setdefault("SERAI_MODE", "demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.config.settings")


@contextmanager
def django_ready(holder: str) -> Iterator[None]:
    """Set Django up for a command, on this folder's services or those the environment names.

    Embedded services that do not run yet are started for as long as the body takes; `holder`
    names the command to whoever wants them meanwhile. Use it in `run`, and import what needs
    Django inside of it.
    """
    choose_mode()
    import django

    from serai.core.local.services import services_available
    from serai.core.local.state import LocalState

    with services_available(LocalState.from_environment(), holder=holder):
        django.setup()
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()


def stderr_progress() -> Progress:
    """Progress for commands whose figures go to stdout."""
    import sys

    from rich.console import Console

    from serai.core.local.progress import Progress

    progress = Progress()
    progress.console = Console(highlight=False, soft_wrap=True, file=sys.stderr)
    return progress
