"""Who helps to run a property."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from serai.core.clock import utc_now
from serai.properties.models import Membership, Property
from serai.properties.services import AlreadyMember, LastOwner, add_member, change_role, remove_member
from serai.web.host.access import HostRequest, host_view, render_host


class MemberForm(forms.Form):
    """A person to add."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Membership.Role.choices, initial=Membership.Role.RECEPTION
    )


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(choices=Membership.Role.choices)


@host_view("manage_team")
@require_http_methods(["GET", "POST"])
def team(request: HostRequest, property: Property) -> HttpResponseBase:
    """The members with their roles; the form adds one."""
    form = MemberForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            member = add_member(
                property_id=property.pk,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                actor=request.user,
                now=utc_now(),
            )
        except AlreadyMember as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("%(name)s is in the team and gets a mail.") % {"name": member.user})
            return redirect("host_team", property.pk)
    members = property.memberships.select_related("user").order_by("id")
    return render_host(
        request,
        "web/host/team.html",
        property,
        {"form": form, "members": list(members), "roles": Membership.Role.choices},
        status=422 if form.errors else 200,
    )


@host_view("manage_team")
@require_POST
def change_member(request: HostRequest, property: Property, membership_id: int) -> HttpResponseBase:
    """Give a member another role."""
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        change_role(
            property_id=property.pk,
            membership_id=membership_id,
            role=form.cleaned_data["role"],
            now=utc_now(),
        )
    except Membership.DoesNotExist as error:
        raise Http404 from error
    except LastOwner as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved."))
    return _back(request, property)


@host_view("manage_team")
@require_POST
def drop_member(request: HostRequest, property: Property, membership_id: int) -> HttpResponseBase:
    """Take somebody out of the team."""
    try:
        remove_member(property_id=property.pk, membership_id=membership_id, now=utc_now())
    except Membership.DoesNotExist as error:
        raise Http404 from error
    except LastOwner as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Removed from the team."))
    return _back(request, property)


def _back(request: HostRequest, property: Property) -> HttpResponseBase:
    """To the team, or home if the user has just given up the right to see it."""
    if request.user.has_perm("properties.manage_team", property):
        return redirect("host_team", property.pk)
    return redirect("host_home")
