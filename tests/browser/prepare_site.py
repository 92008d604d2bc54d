"""Prepare a small demo for the journeys, in the state folder that the environment names."""

from __future__ import annotations

from serai.commands import django_ready
from serai.commands.prepare import collect_static, migrate
from serai.core.local.progress import Progress
from serai.core.local.state import LocalState

HOTELS = 24


def main() -> None:
    """Migrate, collect static files and fill the database with a few hotels."""
    progress = Progress()
    with django_ready("browser journeys"):
        migrate(progress)
        collect_static(LocalState.from_environment(), progress)
        from serai.demo import seed

        seed.run(progress, hotels=HOTELS)


# The seed draws its pictures in processes that import this file anew.
if __name__ == "__main__":
    main()
