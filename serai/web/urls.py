"""All pages: one list of routes per audience."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("serai.web.guest.urls")),
    path("host/", include("serai.web.host.urls")),
    path("staff/", include("serai.web.staff.urls")),
    path("account/", include("serai.web.account.urls")),
]
if settings.DEMO or settings.MODE == "test":
    urlpatterns.append(path("dev/", include("serai.web.dev.urls")))
