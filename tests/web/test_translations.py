"""Every sentence exists in every language offered, with the same placeholders, and is compiled."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

LOCALES = [code for code, _name in settings.LANGUAGES if code != "en"]
FOLDER = Path(settings.LOCALE_PATHS[0])
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%s|%d|</?[a-z][^>]*>")


def catalogue(locale: str):
    with (FOLDER / locale / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=locale)


def plain(messages) -> dict:
    """What is compared of two catalogues: the two readers give plural forms as lists and as tuples."""

    def hashable(value):
        return value if isinstance(value, str) else tuple(value)

    return {hashable(message.id): hashable(message.string) for message in messages if message.id}


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_untranslated_or_unsure(locale: str):
    missing = [
        message.id
        for message in catalogue(locale)
        if message.id
        and (message.fuzzy or not all(message.string if message.pluralizable else [message.string]))
    ]
    assert missing == []


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_and_markup_survive(locale: str):
    wrong = []
    for message in catalogue(locale):
        if not message.id:
            continue
        ids = message.id if message.pluralizable else (message.id,)
        strings = message.string if message.pluralizable else (message.string,)
        allowed = {found for text in ids for found in PLACEHOLDER.findall(text)}
        needed = set(PLACEHOLDER.findall(ids[-1]))
        for position, text in enumerate(strings):
            found = set(PLACEHOLDER.findall(text))
            # A form for exactly one or two may spell the number out.
            if found - allowed or (position == len(strings) - 1 and needed - found):
                wrong.append((ids[0], text))
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_compiled_file_is_up_to_date(locale: str):
    with (FOLDER / locale / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = plain(read_mo(file))
    assert compiled == plain(catalogue(locale))


@pytest.mark.django_db
@pytest.mark.parametrize("locale", LOCALES)
def test_pages_speak_the_language(client, locale: str):
    response = client.get("/search/", headers={"accept-language": locale})
    direction = "rtl" if translation.get_language_info(locale)["bidi"] else "ltr"
    assert f'<html lang="{locale}" dir="{direction}">' in response.content.decode()
    with translation.override(locale):
        assert translation.gettext("Find a stay") != "Find a stay"
        assert translation.gettext("Find a stay") in response.content.decode()


def test_the_test_would_see_a_gap():
    template = io.BytesIO(
        b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "A"\nmsgstr ""\n'
    )
    assert [message.string for message in read_po(template) if message.id] == [""]


@pytest.mark.django_db
def test_everybody_can_choose_a_language_on_any_page(client):
    page = client.get("/search/?q=Jaipur").content.decode()
    assert 'value="/search/?q=Jaipur"' in page
    response = client.post("/language/", {"language": "fr", "next": "/search/?q=Jaipur"})
    assert response["Location"] == "/search/?q=Jaipur"
    assert '<html lang="fr"' in client.get("/search/").content.decode()
    elsewhere = client.post("/language/", {"language": "hi", "next": "https://evil.example/"})
    assert elsewhere["Location"] == "/"
