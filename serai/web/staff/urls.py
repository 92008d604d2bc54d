"""Routes of the staff pages."""

from django.urls import path

from serai.web.staff import listings

urlpatterns = [
    path("", listings.queue, name="staff_home"),
    path("listings/<int:property_id>/", listings.review_property, name="staff_property"),
    path("listings/<int:property_id>/approve/", listings.approve_property, name="staff_approve"),
    path("listings/<int:property_id>/return/", listings.return_property, name="staff_return"),
]
