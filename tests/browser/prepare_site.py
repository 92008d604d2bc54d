"""Prepare a small demo for the journeys, in the state folder that the environment names."""

from __future__ import annotations

from serai.commands import django_ready
from serai.commands.prepare import collect_static, migrate
from serai.core.local.progress import Progress
from serai.core.local.state import LocalState

HOTELS = 24
CODE, EXTRA = "JOURNEY", "Picnic for the journey"


def main() -> None:
    """Migrate, collect static files and fill the database with a few hotels."""
    progress = Progress()
    with django_ready("browser journeys"):
        migrate(progress)
        collect_static(LocalState.from_environment(), progress)
        from serai.demo import seed

        seed.run(progress, hotels=HOTELS)
        add_offers()


def add_offers() -> None:
    """What journeys ask for at every hotel: an offer with a code, and something to add to a stay."""
    from serai.properties.models import Property
    from serai.rates.models import Extra, Promotion

    hotels = list(Property.objects.all())
    Promotion.objects.bulk_create(
        Promotion(property=hotel, name="Journey", code=CODE, value=1000) for hotel in hotels
    )
    Extra.objects.bulk_create(
        Extra(property=hotel, name=EXTRA, amount_minor=150_000, max_quantity=4) for hotel in hotels
    )


# The seed draws its pictures in processes that import this file anew.
if __name__ == "__main__":
    main()
