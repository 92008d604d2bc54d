"""Who is in a property's team. There is always an owner."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.core.db import write_transaction
from serai.core.errors import DomainError
from serai.core.mail import queue_mail
from serai.properties.models import Membership, Property


class AlreadyMember(DomainError):
    """The person is in the team already."""

    code = "already_member"


class LastOwner(DomainError):
    """Without this owner nobody could manage the team."""

    code = "last_owner"


def add_member(*, property_id: int, email: str, role: str, actor: User, now: dt.datetime) -> Membership:
    """Put the person with this address into the team and mail them; a stranger gets an account
    that their first sign-in code opens.

    Raises `AlreadyMember`. Locks the property.
    """
    address = email.strip().lower()
    with write_transaction():
        property = Property.objects.select_for_update().get(pk=property_id)
        user = _user_with(address)
        try:
            with transaction.atomic():
                membership = Membership.objects.create(property=property, user=user, role=role)
        except IntegrityError as error:
            raise AlreadyMember(
                _("%(email)s is already in the team. Change the role in the list.") % {"email": address}
            ) from error
        queue_mail(
            template="listing_team",
            to=user.email,
            context={
                "name": user.get_short_name() if user.name else "",
                "property": {"id": property.pk, "name": property.name},
                "invited_by": actor.get_full_name(),
                "role": role,
            },
            key=f"team:{membership.pk}",
            language=user.language,
            now=now,
        )
        return membership


def change_role(*, property_id: int, membership_id: int, role: str, now: dt.datetime) -> Membership:
    """Give a member another role. Raises `LastOwner`. Locks the property."""
    with write_transaction():
        membership = _lock_member(property_id, membership_id)
        if role != Membership.Role.OWNER:
            _require_another_owner(membership)
        membership.role = role
        membership.save(update_fields=["role"])
        return membership


def remove_member(*, property_id: int, membership_id: int, now: dt.datetime) -> None:
    """Take a person out of the team. Raises `LastOwner`. Locks the property."""
    with write_transaction():
        membership = _lock_member(property_id, membership_id)
        _require_another_owner(membership)
        membership.delete()


def _lock_member(property_id: int, membership_id: int) -> Membership:
    # The property's row stands for its team: two owners removing each other must queue up.
    Property.objects.select_for_update().get(pk=property_id)
    return Membership.objects.select_related("user").get(pk=membership_id, property_id=property_id)


def _require_another_owner(membership: Membership) -> None:
    if membership.role != Membership.Role.OWNER:
        return
    others = Membership.objects.filter(
        property_id=membership.property_id, role=Membership.Role.OWNER
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise LastOwner(_("A property needs an owner. Make somebody else an owner first."))


def _user_with(email: str) -> User:
    user = User.objects.filter(email__iexact=email).first()
    if user is not None:
        return user
    try:
        with transaction.atomic():
            return User.objects.create_user(email)
    except IntegrityError:
        # Somebody signed up with the address at this very moment.
        return User.objects.get(email__iexact=email)
