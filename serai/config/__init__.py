"""Wiring. Importing the settings also makes our Celery application the one that tasks belong to."""

from serai.config.celery import app as celery_app

__all__ = ["celery_app"]
