"""Serai: an open-source hotel booking platform."""

__version__ = "0.1.0"
