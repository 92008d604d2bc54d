"""A person's own page: how we call them, in which language, money and time they read."""

from __future__ import annotations

from copy import copy
from functools import cache
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serai.accounts.models import User
from serai.properties.models import Membership
from serai.web.account.second_factor import has_second_factor


@cache
def timezone_names() -> tuple[str, ...]:
    """Time zones that are named after a place, in alphabetical order."""
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    )


class ProfileForm(forms.ModelForm):
    """What a person may change about themselves without proving anything."""

    class Meta:
        model = User
        fields = ["name", "language", "timezone"]
        labels = {
            "name": gettext_lazy("Your name"),
            "language": gettext_lazy("Language"),
            "timezone": gettext_lazy("Time zone"),
        }
        help_texts = {
            "name": gettext_lazy("As it stands in your passport, for the hotel's desk."),
            "language": gettext_lazy("For these pages and for the mails we send you."),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label,
            help_text=self.fields["language"].help_text,
            choices=settings.LANGUAGES,
        )
        zones = sorted({*timezone_names(), self.instance.timezone})
        self.fields["timezone"] = forms.ChoiceField(
            label=self.fields["timezone"].label,
            choices=[(name, name.replace("_", " ").replace("/", " / ")) for name in zones],
        )


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show and save the profile; saving the language changes it from the next page on."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101 - for the type checker; the decorator saw to it
    # A copy of its own, because a refused form leaves its values on what it was made from.
    user = copy(person)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your profile is saved."))
        response = redirect("account_profile")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=settings.SESSION_COOKIE_AGE,
            samesite="Lax",
            secure=request.is_secure(),
        )
        return response
    is_protected = has_second_factor(user)
    context = {
        "form": form,
        "person": person,
        "has_password": person.has_usable_password(),
        "is_protected": is_protected,
        "needs_protection": not is_protected
        and (person.is_staff or Membership.objects.filter(user=user).exists()),
    }
    return render(request, "web/account/profile.html", context, status=422 if form.errors else 200)
