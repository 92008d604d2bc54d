from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "serai.bookings"
    label = "bookings"

    def ready(self) -> None:
        from serai.bookings import receivers  # noqa: F401 - registers them
