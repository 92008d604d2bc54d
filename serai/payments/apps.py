from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "serai.payments"
    label = "payments"

    def ready(self) -> None:
        from serai.payments import receivers  # noqa: F401 - registers them
