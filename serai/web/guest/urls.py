"""Routes of the guest pages."""

from django.urls import path

from serai.web.guest import (
    checkout,
    choose,
    groups,
    home,
    property_page,
    quote,
    search,
    trip_changes,
    trip_pay,
    trips,
    waiting,
    webhooks,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("suggest/", search.suggest, name="suggest"),
    path("hotels/<slug:slug>/", property_page.property_page, name="property_page"),
    path("hotels/<slug:slug>/reviews/", property_page.property_reviews, name="property_reviews"),
    path("hotels/<slug:slug>/quote/", quote.quote_page, name="quote"),
    path("hotels/<slug:slug>/choose/", choose.choose, name="choose"),
    path("hotels/<slug:slug>/wait/", waiting.wait, name="wait"),
    path("groups/<slug:code>/", groups.group_page, name="group_page"),
    path("holds/", quote.hold_create, name="hold_create"),
    path("checkout/<uuid:checkout_id>/", checkout.checkout_page, name="checkout"),
    path("checkout/<uuid:checkout_id>/return/", checkout.checkout_return, name="checkout_return"),
    path("checkout/<uuid:checkout_id>/abandon/", checkout.checkout_abandon, name="checkout_abandon"),
    path("bookings/<slug:reference>/confirmed/", trips.booking_confirmed, name="booking_confirmed"),
    path("trips/", trips.trips, name="trips"),
    path("trips/waiting/", waiting.waiting, name="waiting"),
    path("trips/waiting/<int:entry_id>/leave/", waiting.waiting_leave, name="waiting_leave"),
    path("trips/<slug:reference>/", trips.trip, name="trip"),
    path("trips/<slug:reference>/cancel/", trip_changes.trip_cancel, name="trip_cancel"),
    path("trips/<slug:reference>/change/", trip_changes.trip_change, name="trip_change"),
    path("trips/<slug:reference>/pay/", trip_pay.trip_pay, name="trip_pay"),
    path("trips/<slug:reference>/paid/", trip_pay.trip_paid, name="trip_paid"),
    path("trips/<slug:reference>/voucher.pdf", trips.trip_voucher, name="trip_voucher"),
    path("trips/<slug:reference>/stay.ics", trips.trip_calendar, name="trip_calendar"),
    path("trips/<slug:reference>/invoices/<int:invoice_id>.pdf", trips.trip_invoice, name="trip_invoice"),
    path("webhooks/<slug:gateway>/", webhooks.payment_webhook, name="payment_webhook"),
]
