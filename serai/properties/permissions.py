"""The object permissions of properties: `user.has_perm("properties.edit_listing", property)`.

A role's permissions are in `rules.PERMISSIONS_BY_ROLE`; being staff of the platform is not being in
a property's team.
"""

from __future__ import annotations

from collections.abc import Callable

import rules.permissions
import rules.predicates
from django.contrib.auth.models import AnonymousUser

from serai.accounts.models import User
from serai.properties.models import Membership, Property
from serai.properties.rules import PERMISSIONS_BY_ROLE, role_allows


def role_of(user: User | AnonymousUser, property: Property) -> str | None:
    """The user's role in the property's team, or None."""
    if not user.is_authenticated:
        return None
    return Membership.objects.filter(user=user, property=property).values_list("role", flat=True).first()


def _member_who_may(permission: str) -> Callable[[User | AnonymousUser, Property | None], bool]:
    @rules.predicates.predicate(f"properties.{permission}")  # type: ignore[no-untyped-call]
    def is_allowed(user: User | AnonymousUser, property: Property | None) -> bool:
        return property is not None and role_allows(role_of(user, property), permission)

    return is_allowed


@rules.predicates.predicate
def is_platform_staff(user: User | AnonymousUser) -> bool:
    """Works for the platform: reviews listings."""
    return bool(user.is_authenticated and user.is_active and user.is_staff)


for _permission in sorted(frozenset().union(*PERMISSIONS_BY_ROLE.values())):
    rules.permissions.add_perm(  # type: ignore[no-untyped-call]
        f"properties.{_permission}", _member_who_may(_permission)
    )
rules.permissions.add_perm(  # type: ignore[no-untyped-call]
    "properties.decide_listing", is_platform_staff
)
