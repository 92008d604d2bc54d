"""Who may see a host page: members of the property's team whose role allows it. For others it is a 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from serai.accounts.models import User
from serai.properties.models import Property
from serai.properties.rules import PERMISSIONS_BY_ROLE
from serai.properties.selectors import find_membership

P = ParamSpec("P")


class SignedInRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User


class HostRequest(SignedInRequest):
    """A request of a team member: `permissions` is what the role allows at this property."""

    permissions: frozenset[str]


def host_view(
    permission: str,
) -> Callable[
    [Callable[Concatenate[HostRequest, Property, P], HttpResponseBase]], Callable[..., HttpResponseBase]
]:
    """Hand the view the property of `property_id` if the user's role there allows `permission`.

    Anonymous visitors are sent to sign in, whatever the id; all others get a 404.
    """

    def decorate(
        view: Callable[Concatenate[HostRequest, Property, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        @login_required
        def guarded(request: Any, property_id: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            membership = find_membership(user=request.user, property_id=property_id)
            if membership is None:
                raise Http404
            request.permissions = PERMISSIONS_BY_ROLE.get(membership.role, frozenset())
            if permission not in request.permissions:
                raise Http404
            return view(request, membership.property, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def render_host(
    request: HostRequest,
    template: str,
    property: Property,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Render a page of one property; its navigation shows what the role may open."""
    may = dict.fromkeys(request.permissions, True)
    return render(request, template, {"property": property, "may": may, **(context or {})}, status=status)
