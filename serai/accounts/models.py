"""People. What they may do at a property is a `properties.Membership`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from serai.core.clock import utc_now
from serai.core.fields import CurrencyField


class UserManager(BaseUserManager["User"]):
    """Makes people; a password is optional because codes sign them in."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in: guest, host and staff alike.

    Who signed up with a mobile number has an empty `email` until they give one. A `phone` that is
    not verified says nothing about whose it is.
    """

    email = models.EmailField(_("e-mail"), max_length=254)
    phone = models.CharField(_("mobile number"), max_length=20, null=True, blank=True, unique=True)
    phone_verified = models.BooleanField(default=False)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(max_length=10, default="en")
    currency = CurrencyField(default="INR")
    timezone = models.CharField(max_length=64, default="Asia/Kolkata")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("works for the platform"), default=False)
    date_joined = models.DateTimeField(default=utc_now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="user_email_unique")
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def has_usable_password(self) -> bool:
        """Whether the person has set one; Django takes an empty column for a password."""
        return bool(self.password) and super().has_usable_password()

    def get_full_name(self) -> str:
        return self.name or self.email or self.phone or ""

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.get_full_name()


class CodeAttempts(models.Model):
    """How often somebody tried to type one code. `key` is a digest, never the code."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} tries"
