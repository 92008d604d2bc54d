"""Writes on rates: nightly prices, and the terms that hosts edit."""
