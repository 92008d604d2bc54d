"""Routes of the host pages."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path

from serai.web.host import (
    bookings,
    calendar,
    details,
    home,
    photos,
    policies,
    rates,
    review,
    rooms,
    team,
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


PROPERTY = "properties/<int:property_id>/"

urlpatterns = [
    path("", home.host_home, name="host_home"),
    path("cities/", details.city_suggestions, name="host_cities"),
    path("bookings/", bookings.list_bookings, name="host_bookings"),
    path("bookings/<str:reference>/", bookings.show_booking, name="host_booking"),
    path("bookings/<str:reference>/<slug:action>/", bookings.move_booking, name="host_booking_move"),
    path("properties/new/", details.new_property, name="host_property_new"),
    path(PROPERTY, review.open_property, name="host_property"),
    path(f"{PROPERTY}calendar/", calendar.show_calendar, name="host_calendar"),
    path(f"{PROPERTY}calendar/undo/", calendar.undo_change, name="host_calendar_undo"),
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
    path(f"{PROPERTY}rooms/new/", rooms.edit_room, name="host_room_new"),
    path(f"{PROPERTY}rooms/<int:room_type_id>/", rooms.edit_room, name="host_room"),
    path(f"{PROPERTY}rooms/<int:room_type_id>/remove/", rooms.remove_room, name="host_room_remove"),
    path(f"{PROPERTY}<slug:step>/", edit_step, name="host_property_step"),
]
