"""Routes of the staff pages."""

from django.urls import path

from serai.web.staff import listings, trouble, why

urlpatterns = [
    path("", listings.queue, name="staff_home"),
    path("listings/<int:property_id>/", listings.review_property, name="staff_property"),
    path("listings/<int:property_id>/approve/", listings.approve_property, name="staff_approve"),
    path("listings/<int:property_id>/return/", listings.return_property, name="staff_return"),
    path("why/", why.ask_why, name="staff_why"),
    path("trouble/", trouble.trouble, name="staff_trouble"),
    path(
        "trouble/messages/<int:message_id>/retry/", trouble.retry_failed_message, name="staff_retry_message"
    ),
    path("trouble/refunds/<uuid:refund_id>/retry/", trouble.retry_failed_refund, name="staff_retry_refund"),
]
