"""Template tags of the design system: icons, money, form widgets, navigation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import get_day_names
from django import template
from django.core.paginator import Paginator
from django.forms import BoundField
from django.forms.widgets import (
    CheckboxInput,
    CheckboxSelectMultiple,
    ClearableFileInput,
    FileInput,
    RadioSelect,
    Select,
    Textarea,
    Widget,
)
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from serai.core.money import currency_symbol, format_money

register = template.Library()

# Drawings that point along the line of reading: they turn round where it runs from right to left.
ICONS_THAT_TURN = frozenset(
    {
        "arrow-left",
        "arrow-right",
        "arrow-up-right",
        "chevron-left",
        "chevron-right",
        "circle-help",
        "external-link",
        "list",
        "log-in",
        "log-out",
        "send",
        "undo-2",
    }
)

ICONS = Path(__file__).resolve().parent.parent / "static" / "serai" / "icons"

# English without a country writes each currency the way the people who use it do.
LOCALE_FOR_ENGLISH = {"INR": "en_IN"}


@cache
def _drawing(name: str) -> str:
    path = ICONS / f"{name}.svg"
    if not path.is_file():
        raise template.TemplateSyntaxError(
            f"There is no icon called {name!r}: add it to frontend/icons.txt and build the assets."
        )
    return path.read_text(encoding="utf-8").strip()


@register.simple_tag
def icon(name: str, label: str = "", **attributes: str) -> SafeString:
    """An inline icon, decorative unless `label` names it: ``{% icon "wifi" class="size-5" %}``."""
    classes = " ".join(
        filter(None, ("icon", "icon-turns" if name in ICONS_THAT_TURN else "", attributes.get("class", "")))
    )
    if label:
        opening = format_html('<svg class="{}" role="img" aria-label="{}"', classes, label)
    else:
        opening = format_html('<svg class="{}" aria-hidden="true" focusable="false"', classes)
    # The drawing is our own committed file, the attributes were escaped above.
    return mark_safe(_drawing(name).replace("<svg", opening, 1))  # noqa: S308


@register.simple_tag
def comma() -> str:
    """The comma between parts of a line, with its space: ``{% comma %}``. Arabic has its own."""
    return "\N{ARABIC COMMA} " if (get_language() or "").startswith("ar") else ", "


@register.filter
def weekday_short(number: int | str) -> str:
    """A weekday (0 is Monday) as the head of a narrow column: Mo, lu."""
    locale = to_locale(get_language() or "en")
    return str(get_day_names("short", locale=locale)[int(number)])


def _locale(currency: str) -> str:
    locale = to_locale(get_language() or "en")
    return LOCALE_FOR_ENGLISH.get(currency, locale) if locale == "en" else locale


@register.filter
def money(minor: int | None, currency: str) -> str:
    """Minor units with all their decimals, for line items: ``{{ total_minor|money:currency }}``."""
    return "" if minor is None else format_money(minor, currency, _locale(currency))


@register.filter
def money_headline(minor: int | None, currency: str) -> str:
    """Like `money`, but a whole amount stands without its empty decimals."""
    return "" if minor is None else format_money(minor, currency, _locale(currency), trim_zeros=True)


@register.filter
def money_sign(currency: str) -> str:
    """The sign of a currency, to stand before an amount field."""
    return currency_symbol(currency, _locale(currency))


@register.filter
def times(count: int | None) -> range:
    """``{% for _ in stars|times %}``: as many turns as `count`."""
    return range(int(count or 0))


@register.filter
def item_at(items: Sequence[Any] | None, index: int) -> Any:
    """The item at `index`, or nothing when the list is shorter."""
    return items[index] if items is not None and index < len(items) else None


@register.filter
def page_numbers(paginator: Paginator[Any], number: int) -> list[int]:
    """The page numbers a pager shows around `number`; a zero stands for a gap."""
    shown = paginator.get_elided_page_range(number, on_each_side=1, on_ends=1)
    return [entry if isinstance(entry, int) else 0 for entry in shown]


@register.filter
def rating_word(score: float | None) -> str:
    """What a score out of ten means in a word."""
    if score is None:
        return ""
    for at_least, word in ((9, _("Exceptional")), (8, _("Very good")), (7, _("Good")), (6, _("Pleasant"))):
        if score >= at_least:
            return word
    return _("Fair")


def _widget_kind(widget: Widget) -> str:
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    if isinstance(widget, Select):
        return "select"
    if isinstance(widget, Textarea):
        return "textarea"
    if isinstance(widget, ClearableFileInput | FileInput):
        return "file"
    return "hidden" if widget.is_hidden else "input"


CLASS_BY_KIND = {
    "choices": "",
    "checkbox": "checkbox",
    "select": "select",
    "textarea": "textarea",
    "file": "file-input",
    "hidden": "",
    "input": "input",
}


@register.filter
def widget_kind(field: BoundField) -> str:
    """Choices, checkbox, select, textarea, file, hidden or input: `field.html` lays each out its own way."""
    return _widget_kind(field.field.widget)


@register.simple_tag
def field_widget(field: BoundField, **attributes: str) -> SafeString:
    """The field's control with the design system's class and its links to help and errors.

    Attributes are written with underscores for hyphens: ``{% field_widget form.city hx_get=url %}``.
    """
    kind = _widget_kind(field.field.widget)
    given = {name.replace("_", "-"): value for name, value in attributes.items()}
    own = str(field.field.widget.attrs.get("class", ""))
    classes = " ".join(part for part in (CLASS_BY_KIND[kind], own, given.pop("class", "")) if part)
    attrs: dict[str, Any] = {**given}
    if classes and kind != "choices":
        attrs["class"] = classes
    if kind == "textarea" and field.field.widget.attrs.get("rows") == "10":
        # Django's default is taller than any of our texts need.
        attrs["rows"] = 5
    described_by = described_by_ids(field)
    if described_by and kind != "choices":
        attrs["aria-describedby"] = described_by
    if field.errors and kind != "hidden":
        attrs["aria-invalid"] = "true"
    return SafeString(field.as_widget(attrs=attrs))


@register.filter
def described_by_ids(field: BoundField) -> str:
    """The ids of the field's help and error texts as `field.html` renders them."""
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}_helptext")
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    return " ".join(ids)


@register.simple_tag(takes_context=True)
def nav_link(
    context: template.Context, url_name: str, *args: object, label: str, icon: str = "", exact: bool = False
) -> SafeString:
    """A list item of a side navigation; nothing at all when the address does not exist.

    It is marked as current when the page lies below it, or only on the page itself with `exact`.
    """
    try:
        url = reverse(url_name, args=args)
    except NoReverseMatch:
        return SafeString("")
    path = getattr(context.get("request"), "path", "")
    is_current = path == url if exact else path.startswith(url)
    return format_html(
        '<li><a href="{}"{}>{}<span>{}</span></a></li>',
        url,
        mark_safe(' aria-current="page"') if is_current else "",
        _icon_or_nothing(icon),
        conditional_escape(label),
    )


def _icon_or_nothing(name: str) -> SafeString:
    return icon(name) if name else SafeString("")
