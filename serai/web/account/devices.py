"""Where a person is signed in, and signing out there."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from serai.accounts import services
from serai.accounts.models import User
from serai.core.clock import utc_now


@login_required
@never_cache
def devices(request: HttpRequest) -> HttpResponse:
    """List the devices; a POST signs out one of them, or all but this one."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101 - for the type checker; the decorator saw to it
    listed = services.list_devices(user=person, now=utc_now())
    others = [device for device in listed if device.session_key != request.session.session_key]
    if request.method == "POST":
        chosen = request.POST.get("device", "")
        keys = [device.session_key for device in others if chosen in {"", str(device.pk)}]
        count = services.sign_out_devices(user=person, session_keys=keys)
        if count:
            text = ngettext("Signed out on %(count)d device.", "Signed out on %(count)d devices.", count)
            messages.success(request, text % {"count": count})
        else:
            messages.info(request, _("There was nothing to sign out."))
        return redirect("usersessions_list")
    context = {"devices": listed, "others": others, "current_key": request.session.session_key}
    return render(request, "web/account/devices.html", context)
