"""What changes about people: an account comes to be, a number is proved, a stray account goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from serai.accounts.models import CodeAttempts, User
from serai.core.db import require_transaction, write_transaction
from serai.core.mail import queue_mail

# Long enough for a code that arrives late, short enough that guessed addresses do not pile up.
NEVER_VERIFIED_KEPT = dt.timedelta(days=1)


def find_or_create_by_email(*, email: str, language: str) -> User:
    """The account of an address, made when there is none; needs a transaction.

    Known or unknown, the same statements run, so that the time taken does not tell which it was.
    The account is worth nothing until a code sent to the address is typed.
    """
    require_transaction()
    email = email.strip().lower()
    User.objects.bulk_create(
        [User(email=email, password=make_password(None), language=language)], ignore_conflicts=True
    )
    user = User.objects.alias(lower_email=Lower("email")).get(lower_email=email)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=email, verified=False, primary=True)], ignore_conflicts=True
    )
    return user


def find_or_create_by_phone(*, phone: str, language: str) -> User:
    """The account that proved this number (E.164), or a new one; needs a transaction.

    An account that merely wrote the number down loses it: it never showed that it was theirs.
    """
    require_transaction()
    User.objects.filter(phone=phone, phone_verified=False).exclude(email="").update(phone=None)
    User.objects.bulk_create(
        [User(phone=phone, password=make_password(None), language=language)], ignore_conflicts=True
    )
    return User.objects.get(phone=phone)


def verify_phone(*, user: User, phone: str, now: dt.datetime) -> None:
    """Record that `user` typed a code sent to `phone`; tells them by mail when the number is new.

    Raises `IntegrityError` when another account has proved the same number.
    """
    with write_transaction():
        never_verified().filter(phone=phone).exclude(pk=user.pk).delete()
        User.objects.filter(phone=phone, phone_verified=False).exclude(pk=user.pk).update(phone=None)
        locked = User.objects.select_for_update().get(pk=user.pk)
        is_new = locked.phone != phone
        locked.phone, locked.phone_verified = phone, True
        locked.save(update_fields=["phone", "phone_verified"])
        if is_new and locked.email:
            queue_mail(
                template="account/security_notice",
                to=locked.email,
                context={"event": "phone_changed", "name": locked.name, "phone": phone},
                key=f"phone_changed:{locked.pk}:{phone}:{now.isoformat()}",
                language=locked.language,
                now=now,
            )
    user.phone, user.phone_verified = phone, True


def welcome_user(*, user: User, now: dt.datetime) -> None:
    """Queue the welcome mail. Its key is the person, so there is never a second one."""
    with write_transaction():
        queue_mail(
            template="account/welcome",
            to=user.email,
            context={"name": user.name},
            key=f"welcome:{user.pk}",
            language=user.language,
            now=now,
        )


def release_unproved_email(*, email: str, winner: User | None) -> None:
    """Delete an account that only asked for `email`, so that the one who proved it may have it."""
    with write_transaction():
        squatters = never_verified().alias(lower_email=Lower("email")).filter(lower_email=email.lower())
        if winner is not None:
            squatters = squatters.exclude(pk=winner.pk)
        squatters.delete()


def forget_never_verified(*, now: dt.datetime) -> int:
    """Delete accounts whose code was never typed; return how many."""
    with write_transaction():
        stale = never_verified().filter(date_joined__lt=now - NEVER_VERIFIED_KEPT)
        count = stale.count()
        stale.delete()
    return count


def forget_attempts(*, now: dt.datetime) -> None:
    """Delete the counts of codes that have long expired."""
    CodeAttempts.objects.filter(expires_at__lt=now).delete()


def list_devices(*, user: User, now: dt.datetime) -> list[UserSession]:
    """Where a person is signed in, newest first; forgets sessions that have ended."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    devices = UserSession.objects.filter(user=user)
    devices.exclude(Exists(alive)).delete()
    return list(devices.order_by("-created_at"))


def sign_out_devices(*, user: User, session_keys: Collection[str]) -> int:
    """End those of the person's sessions; return how many there were."""
    devices = list(UserSession.objects.filter(user=user, session_key__in=session_keys))
    for device in devices:
        device.end()
    return len(devices)


def never_verified() -> QuerySet[User]:
    """Accounts made by asking for a code, which nobody ever typed and to which nothing belongs.

    People whom a host invited or the demo made have no unproved address and are not among them.
    """
    asked = EmailAddress.objects.filter(user=OuterRef("pk"))
    people = User.objects.filter(
        Q(Exists(asked)) | Q(email=""), last_login__isnull=True, phone_verified=False, is_staff=False
    ).exclude(Exists(asked.filter(verified=True)))
    for relation in User._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        model = relation.related_model
        if isinstance(model, type) and issubclass(model, Model) and model is not EmailAddress:
            owned = model._default_manager.filter(**{relation.field.name: OuterRef("pk")})  # type: ignore[union-attr]
            people = people.exclude(Exists(owned))
    return people
