"""All pages: one list of routes per audience."""

from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language

from serai.web.media import serve_variant

urlpatterns = [
    path("", include("serai.web.guest.urls")),
    path("host/", include("serai.web.host.urls")),
    path("staff/", include("serai.web.staff.urls")),
    path("account/", include("serai.web.account.urls")),
    path("language/", set_language, name="set_language"),
    path("media/<path:path>", serve_variant, name="media"),
]
if settings.DEMO or settings.MODE == "test":
    urlpatterns.append(path("dev/", include("serai.web.dev.urls")))
