from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "serai.bookings"
    label = "bookings"
