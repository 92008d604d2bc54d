"""Quotes: what a stay costs, for whom, on which terms, until when."""

from serai.bookings.quotes.make import check_dates, load_extras, make_quote, quote_offers, tiers_of_offer
from serai.bookings.quotes.quote import SALT, Quote, QuotedRoom, quote_from_json, read_quote
from serai.bookings.quotes.request import RoomRequest, StayRequest, request_rooms, stay_request_from_json

__all__ = [
    "SALT",
    "Quote",
    "QuotedRoom",
    "RoomRequest",
    "StayRequest",
    "check_dates",
    "load_extras",
    "make_quote",
    "quote_from_json",
    "quote_offers",
    "read_quote",
    "request_rooms",
    "stay_request_from_json",
    "tiers_of_offer",
]
