"""The step photos: upload, order, descriptions, deletion, and the state of the background work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from serai.core.clock import utc_now
from serai.properties.models import Photo, Property, RoomType
from serai.properties.services import (
    add_photos,
    delete_photo,
    describe_photo,
    move_photo,
)
from serai.web.host.access import HostRequest, host_view, render_host
from serai.web.host.wizard import render_step

FILES_AT_ONCE = 20


class PhotoTextForm(forms.Form):
    """What a photo shows, and where it was taken."""

    alt = forms.CharField(
        label=gettext_lazy("What it shows"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Courtyard with the neem tree")}),
    )
    room_type = forms.ModelChoiceField(
        RoomType.objects.none(),
        label=gettext_lazy("Room"),
        required=False,
        empty_label=gettext_lazy("The property"),
    )

    def __init__(self, *args: Any, property: Property, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["room_type"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - declared above
        choice.queryset = property.room_types.filter(is_active=True)


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def edit_photos(request: HostRequest, property: Property) -> HttpResponseBase:
    """The photos in order; a POST brings new ones (or, without files, goes on to the next step)."""
    if request.method == "GET":
        return render_step(request, property, "photos", _photos(property))
    files = request.FILES.getlist("photos")
    if not files:
        if "upload" in request.POST:
            messages.error(request, _("Choose the photos to upload first."))
            return _reload(request, property)
        return redirect("host_property_step", property.pk, "amenities")
    upload = add_photos(property=property, files=files[:FILES_AT_ONCE], now=utc_now())
    added = len(upload.added)
    refusals = [f"{name}: {reason}" for name, reason in upload.refused]
    if len(files) > FILES_AT_ONCE:
        refusals.append(
            _("Only the first %(limit)d files were taken; please add the others after them.")
            % {"limit": FILES_AT_ONCE}
        )
    if added:
        messages.success(
            request,
            ngettext(
                "%(count)d photo arrived and is being prepared.",
                "%(count)d photos arrived and are being prepared.",
                added,
            )
            % {"count": added},
        )
    for refusal in refusals:
        messages.error(request, refusal)
    return _reload(request, property)


def _reload(request: HostRequest, property: Property) -> HttpResponseBase:
    """Load the step anew. The script that uploads must not follow: it would use up the messages."""
    url = reverse("host_property_step", args=[property.pk, "photos"])
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(url)
    return redirect(url)


@host_view("edit_listing")
@require_GET
def photo_grid(request: HostRequest, property: Property) -> HttpResponse:
    """The grid alone, for asking again while photos are being prepared."""
    return render_host(request, "web/host/parts/photo_grid.html", property, _photos(property))


@host_view("edit_listing")
@require_POST
def order_photo(request: HostRequest, property: Property, photo_id: int) -> HttpResponseBase:
    """Move a photo to the place that the pressed button names."""
    to = request.POST.get("to", "")
    if not to.isdigit():
        raise Http404
    try:
        move_photo(property_id=property.pk, photo_id=photo_id, to=int(to), now=utc_now())
    except Photo.DoesNotExist as error:
        raise Http404 from error
    if request.headers.get("HX-Request"):
        # At either end the pressed button is disabled; its neighbour takes the focus.
        context = {**_photos(property), "moved": photo_id}
        return render_host(request, "web/host/parts/photo_grid.html", property, context)
    return redirect("host_property_step", property.pk, "photos")


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def edit_photo(request: HostRequest, property: Property, photo_id: int) -> HttpResponseBase:
    """Describe a photo for people who cannot see it, and say of which room it is."""
    photo = _photo_of(property, photo_id)
    form = PhotoTextForm(
        request.POST if request.method == "POST" else None,
        initial={"alt": photo.alt, "room_type": photo.room_type_id},
        property=property,
    )
    if request.method == "POST" and form.is_valid():
        room_type = form.cleaned_data["room_type"]
        describe_photo(
            property_id=property.pk,
            photo_id=photo.pk,
            alt=form.cleaned_data["alt"],
            room_type_id=room_type.pk if room_type else None,
            now=utc_now(),
        )
        messages.success(request, _("Saved."))
        return redirect("host_property_step", property.pk, "photos")
    return render_step(
        request,
        property,
        "photos",
        {"photo": photo, "form": form},
        template="web/host/steps/photo.html",
        status=422 if form.errors else 200,
    )


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def remove_photo(request: HostRequest, property: Property, photo_id: int) -> HttpResponseBase:
    """Ask, then delete a photo."""
    if request.method == "POST":
        delete_photo(property_id=property.pk, photo_id=photo_id, now=utc_now())
        messages.success(request, _("The photo was deleted."))
        return redirect("host_property_step", property.pk, "photos")
    photo = _photo_of(property, photo_id)
    return render_step(
        request, property, "photos", {"photo": photo}, template="web/host/steps/photo_remove.html"
    )


def _photo_of(property: Property, photo_id: int) -> Photo:
    photo = Photo.objects.filter(pk=photo_id, property=property).first()
    if photo is None:
        raise Http404
    return photo


def _photos(property: Property) -> dict[str, Any]:
    photos = list(property.photos.select_related("room_type").order_by("position", "id"))
    return {
        "photos": photos,
        "last_place": len(photos) - 1,
        "pending": sum(photo.status == Photo.Status.PENDING for photo in photos),
        "max_bytes": settings.PHOTO_MAX_BYTES,
        "max_megabytes": settings.PHOTO_MAX_BYTES // (1024 * 1024),
    }
