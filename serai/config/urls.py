"""Which door leads where."""

from django.urls import include, path

urlpatterns = [
    # Ours come first: they stand in for some of allauth's own pages.
    path("accounts/", include("serai.web.account.entrance_urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("serai.web.urls")),
]

handler400 = "serai.web.errors.bad_request"
handler403 = "serai.web.errors.permission_denied"
handler404 = "serai.web.errors.page_not_found"
handler500 = "serai.web.errors.server_error"
