"""Routes of the host pages."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path

from serai.web.host import (
    assignment,
    booking_changes,
    bookings,
    calendar,
    calendar_night,
    day_use,
    details,
    extras,
    folio,
    groups,
    guest_prices,
    home,
    photos,
    plans,
    policies,
    policy_pages,
    promotions,
    rates,
    relocate,
    review,
    room_numbers,
    room_plan,
    rooms,
    taxes,
    team,
    waiting,
    why,
)

STEP_VIEWS: dict[str, Callable[..., HttpResponseBase]] = {
    "details": details.edit_details,
    "place": details.edit_place,
    "photos": photos.edit_photos,
    "amenities": details.edit_amenities,
    "rooms": rooms.list_rooms,
    "rates": rates.edit_rates,
    "policies": policies.edit_policies,
    "review": review.review_listing,
}


def edit_step(request: HttpRequest, property_id: int, step: str) -> HttpResponseBase:
    """A step of the listing by its name."""
    if step not in STEP_VIEWS:
        raise Http404
    return STEP_VIEWS[step](request, property_id=property_id)


BOOKING = "bookings/<str:reference>/"
PROPERTY = "properties/<int:property_id>/"
RATES = f"{PROPERTY}rates/"
PLAN, POLICY = f"{RATES}plans/<int:plan_id>/", f"{RATES}policies/<int:policy_id>/"
PROMOTION, EXTRA = f"{RATES}promotions/<int:promotion_id>/", f"{RATES}extras/<int:extra_id>/"

urlpatterns = [
    path("", home.host_home, name="host_home"),
    path("cities/", details.city_suggestions, name="host_cities"),
    path("bookings/", bookings.list_bookings, name="host_bookings"),
    path("bookings/<str:reference>/", bookings.show_booking, name="host_booking"),
    path("bookings/<str:reference>/rooms/<int:stay_id>/", assignment.edit_assignment, name="host_assignment"),
    path(f"{BOOKING}folio/payment/", folio.record_payment, name="host_folio_payment"),
    path(f"{BOOKING}folio/charge/", folio.record_charge, name="host_folio_charge"),
    path(
        f"{BOOKING}folio/<uuid:payment_id>/hand-back/", folio.hand_payment_back, name="host_folio_hand_back"
    ),
    path(f"{BOOKING}invoices/new/", folio.new_invoice, name="host_invoice_new"),
    path(f"{BOOKING}invoices/<int:invoice_id>.pdf", folio.download_invoice, name="host_invoice_pdf"),
    path(f"{BOOKING}invoices/<int:invoice_id>/credit/", folio.credit_invoice, name="host_invoice_credit"),
    path("bookings/<str:reference>/change/", booking_changes.change_for_guest, name="host_booking_change"),
    path("bookings/<str:reference>/rooms/", booking_changes.drop_rooms, name="host_booking_rooms"),
    path("bookings/<str:reference>/departure/", booking_changes.leave_early, name="host_booking_departure"),
    path("bookings/<str:reference>/<slug:action>/", bookings.move_booking, name="host_booking_move"),
    path("properties/new/", details.new_property, name="host_property_new"),
    path(PROPERTY, review.open_property, name="host_property"),
    path(f"{PROPERTY}calendar/", calendar.show_calendar, name="host_calendar"),
    path(f"{PROPERTY}calendar/night/", calendar_night.show_night, name="host_calendar_night"),
    path(f"{PROPERTY}calendar/undo/", calendar.undo_change, name="host_calendar_undo"),
    path(f"{PROPERTY}room-plan/", room_plan.show_plan, name="host_room_plan"),
    path(f"{PROPERTY}room-plan/share/", room_plan.share_rooms, name="host_room_plan_share"),
    path(f"{PROPERTY}day-use/", day_use.new_day_use, name="host_day_use"),
    path(f"{PROPERTY}groups/", groups.list_groups, name="host_groups"),
    path(f"{PROPERTY}groups/new/", groups.new_group, name="host_group_new"),
    path(f"{PROPERTY}groups/<int:block_id>/", groups.show_group, name="host_group"),
    path(f"{PROPERTY}groups/<int:block_id>/change/", groups.edit_group, name="host_group_change"),
    path(f"{PROPERTY}groups/<int:block_id>/release/", groups.end_group, name="host_group_release"),
    path(f"{PROPERTY}waiting/", waiting.list_waiting, name="host_waiting"),
    path(f"{PROPERTY}relocate/", relocate.list_unplaced, name="host_relocate"),
    path(f"{PROPERTY}relocate/<int:unplaced_id>/place/", relocate.place, name="host_relocate_place"),
    path(
        f"{PROPERTY}relocate/<int:unplaced_id>/elsewhere/", relocate.elsewhere, name="host_relocate_elsewhere"
    ),
    path(f"{PROPERTY}why/", why.ask_why, name="host_why"),
    path(f"{PROPERTY}team/", team.team, name="host_team"),
    path(f"{PROPERTY}team/<int:membership_id>/", team.change_member, name="host_team_role"),
    path(f"{PROPERTY}team/<int:membership_id>/remove/", team.drop_member, name="host_team_remove"),
    path(f"{PROPERTY}preview/", review.preview_property, name="host_property_preview"),
    path(f"{PROPERTY}submit/", review.submit_property, name="host_property_submit"),
    path(f"{PROPERTY}photos/grid/", photos.photo_grid, name="host_photo_grid"),
    path(f"{PROPERTY}photos/<int:photo_id>/", photos.edit_photo, name="host_photo"),
    path(f"{PROPERTY}photos/<int:photo_id>/order/", photos.order_photo, name="host_photo_order"),
    path(f"{PROPERTY}photos/<int:photo_id>/remove/", photos.remove_photo, name="host_photo_remove"),
    path(f"{PROPERTY}rooms/numbers/", room_numbers.list_numbers, name="host_room_numbers"),
    path(f"{PROPERTY}rooms/numbers/<int:room_id>/", room_numbers.edit_number, name="host_room_number"),
    path(f"{PROPERTY}rooms/new/", rooms.edit_room, name="host_room_new"),
    path(f"{PROPERTY}rooms/<int:room_type_id>/", rooms.edit_room, name="host_room"),
    path(f"{PROPERTY}rooms/<int:room_type_id>/remove/", rooms.remove_room, name="host_room_remove"),
    path(f"{RATES}plans/", plans.list_plans, name="host_plans"),
    path(f"{RATES}plans/new/", plans.edit_plan, name="host_plan_new"),
    path(PLAN, plans.edit_plan, name="host_plan"),
    path(f"{PLAN}prices/", plans.edit_plan_prices, name="host_plan_prices"),
    path(f"{PLAN}archive/", plans.archive_plan, name="host_plan_archive"),
    path(f"{PLAN}restore/", plans.restore_plan, name="host_plan_restore"),
    path(f"{PLAN}order/", plans.order_plan, name="host_plan_order"),
    path(f"{RATES}policies/", policy_pages.list_policies, name="host_policies"),
    path(f"{RATES}policies/new/", policy_pages.edit_policy, name="host_policy_new"),
    path(POLICY, policy_pages.edit_policy, name="host_policy"),
    path(f"{POLICY}remove/", policy_pages.drop_policy, name="host_policy_remove"),
    path(f"{RATES}promotions/", promotions.list_promotions, name="host_promotions"),
    path(f"{RATES}promotions/new/", promotions.edit_promotion, name="host_promotion_new"),
    path(PROMOTION, promotions.edit_promotion, name="host_promotion"),
    path(f"{PROMOTION}end/", promotions.stop_promotion, name="host_promotion_end"),
    path(f"{RATES}extras/", extras.list_extras, name="host_extras"),
    path(f"{RATES}extras/new/", extras.edit_extra, name="host_extra_new"),
    path(EXTRA, extras.edit_extra, name="host_extra"),
    path(f"{EXTRA}remove/", extras.drop_extra, name="host_extra_remove"),
    path(f"{RATES}guests/", guest_prices.edit_guest_prices, name="host_guest_prices"),
    path(f"{RATES}taxes/", taxes.edit_taxes, name="host_taxes"),
    path(f"{PROPERTY}<slug:step>/", edit_step, name="host_property_step"),
]
