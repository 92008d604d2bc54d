from django.apps import AppConfig


class RatesConfig(AppConfig):
    name = "serai.rates"
    label = "rates"

    def ready(self) -> None:
        from serai.rates import listing_checks  # noqa: F401
