"""Reads that pages and programs ask for: result lists, the property page, what the home page shows."""

from serai.search.selectors.home import PopularDestination, popular_destinations
from serai.search.selectors.properties import PropertyDetail, find_published, property_detail
from serai.search.selectors.results import Hit, SearchPage, search_properties
from serai.search.selectors.rooms import OfferDetail, RestrictedRates, RoomDetail

__all__ = [
    "Hit",
    "OfferDetail",
    "PopularDestination",
    "PropertyDetail",
    "RestrictedRates",
    "RoomDetail",
    "SearchPage",
    "find_published",
    "popular_destinations",
    "property_detail",
    "search_properties",
]
