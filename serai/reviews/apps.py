from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "serai.reviews"
    label = "reviews"
