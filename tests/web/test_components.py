"""The design system: what its parts promise to people with and without sight, scripts and a database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

import serai.web

WEB = Path(serai.web.__file__).parent
# Mail programs know neither classes nor our content policy: its templates have rules of their own.
TEMPLATES = sorted(
    path for path in (WEB / "templates").rglob("*.html") if "mail" not in path.relative_to(WEB).parts
)
STATIC = WEB / "static" / "serai"


class StayForm(forms.Form):
    city = forms.CharField(help_text="Where you want to sleep.")
    note = forms.CharField(widget=forms.Textarea, required=False)
    meals = forms.ChoiceField(choices=[("none", "None"), ("all", "All")], widget=forms.RadioSelect)
    terms = forms.BooleanField(label="I agree")


def render(source: str, **context: object) -> str:
    return Template("{% load serai_ui %}" + source).render(Context(context))


def include(name: str, **context: object) -> str:
    return render_to_string(f"web/components/{name}.html", context)


# --- The content policy: nothing inline ---------------------------------------------------------------


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_templates_obey_the_content_policy(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", source), "inline style attribute"
    assert not re.search(r"<style[\s>]", source), "inline style sheet"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source), "inline event handler"
    for script in re.findall(r"<script([^>]*)>", source):
        # Blocks of data are not run.
        assert "src=" in script or re.search(r"application/(ld\+)?json", script), "inline script"
    loaded = re.sub(r"https://[a-z.]*example|<a [^>]*href=\"https://[^>]*>", "", source)
    assert "https://" not in loaded, "something from elsewhere"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_icons_in_templates_exist(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    names = re.findall(r"{% icon \"([^\"]+)\"", source) + re.findall(r"icon(?:_name)?=\"([^\"]+)\"", source)
    assert [name for name in names if not (STATIC / "icons" / f"{name}.svg").is_file()] == []


def test_every_script_is_loaded_by_a_page_and_every_loaded_script_exists() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    loaded = set(re.findall(r"serai/js/([a-z-]+\.js)", sources))
    assert loaded == {path.name for path in (STATIC / "js").glob("*.js")}


def test_built_files_name_no_missing_source_map() -> None:
    for path in [STATIC / "htmx.min.js", STATIC / "app.css"]:
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8")


def test_fonts_and_pictures_of_the_style_sheet_exist() -> None:
    urls = re.findall(r"url\(\"?(\./[^\")]+)", (STATIC / "app.css").read_text(encoding="utf-8"))
    assert len(urls) >= 4
    assert [url for url in urls if not (STATIC / url).is_file()] == []


# --- Tags ---------------------------------------------------------------------------------------------


def test_icon_is_hidden_unless_it_has_a_name() -> None:
    assert 'aria-hidden="true"' in render('{% icon "wifi" %}')
    named = render('{% icon "wifi" label=label class="size-5" %}', label="Wi-Fi & more")
    assert 'role="img" aria-label="Wi-Fi &amp; more"' in named
    assert 'class="icon size-5"' in named


def test_unknown_icon_says_what_to_do() -> None:
    with pytest.raises(TemplateSyntaxError, match=r"frontend/icons\.txt"):
        render('{% icon "no-such-thing" %}')


def test_money_follows_the_language() -> None:
    assert render('{{ 123456750|money:"INR" }}') == "₹12,34,567.50"
    assert render('{{ 450000|money_headline:"INR" }}') == "₹4,500"
    assert render('{{ nothing|money:"INR" }}', nothing=None) == ""
    with translation.override("fr"):
        assert render('{{ 123450|money:"EUR" }}') == "1\u202f234,50\xa0€"


@pytest.mark.parametrize(
    ("score", "word"),
    [(9.0, "Exceptional"), (8.9, "Very good"), (7, "Good"), (6.5, "Pleasant"), (5.9, "Fair"), (None, "")],
)
def test_rating_word(score: float | None, word: str) -> None:
    assert render("{{ score|rating_word }}", score=score) == word


def test_nav_link_marks_the_page_and_leaves_out_missing_addresses() -> None:
    request = RequestFactory().get("/accounts/email/")
    source = '{% nav_link "account_email" label=label icon="mail" %}'
    marked = render(source, request=request, label="E-mail & phone")
    assert 'href="/accounts/email/" aria-current="page"' in marked
    assert "E-mail &amp; phone" in marked
    other = render('{% nav_link "account_logout" label="Out" %}', request=request)
    assert "aria-current" not in other
    assert render('{% nav_link "no_such_page" label="Gone" %}', request=request) == ""


# --- Forms --------------------------------------------------------------------------------------------


def test_field_links_its_help_and_errors() -> None:
    form = StayForm({"city": ""})
    html = include("field", field=form["city"])
    assert 'for="id_city"' in html
    assert 'aria-describedby="id_city_helptext id_city_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_city_error"' in html
    assert 'id="id_city_helptext"' in html
    assert html.count("This field is required.") == 1


def test_field_without_errors_is_not_invalid() -> None:
    html = include("field", field=StayForm()["city"])
    assert "aria-invalid" not in html
    assert 'aria-describedby="id_city_helptext"' in html
    assert "(optional)" not in html
    assert "(optional)" in include("field", field=StayForm()["note"])


def test_choices_are_a_group_with_a_name() -> None:
    html = include("field", field=StayForm({"meals": ""})["meals"])
    assert "<fieldset" in html
    assert "<legend" in html
    assert 'aria-describedby="id_meals_error"' in html


def test_checkbox_label_follows_its_box() -> None:
    html = include("field", field=StayForm()["terms"])
    assert html.index('type="checkbox"') < html.index("<label")


def test_what_was_typed_is_kept_and_escaped() -> None:
    html = include("field", field=StayForm({"city": '"><b>Pune'})["city"])
    assert "&quot;&gt;&lt;b&gt;Pune" in html
    assert "<b>" not in html


def test_error_summary_links_to_each_field_and_interrupts() -> None:
    html = include("form_errors", form=StayForm({"city": "Pune"}))
    assert 'role="alert"' in html
    assert 'href="#id_terms"' in html
    assert 'href="#id_meals' in html
    assert 'href="#id_city"' not in html
    assert include("form_errors", form=StayForm()).strip() == ""


# --- Parts --------------------------------------------------------------------------------------------


def test_pagination_names_pages_and_keeps_the_search() -> None:
    page = Paginator(range(100), 10).page(5)
    request = RequestFactory().get("/search/", {"place": "Pune", "page": "5"})
    html = render_to_string("web/components/pagination.html", {"page": page}, request=request)
    assert re.search(r'href="\?place=Pune&amp;page=4"[^>]*>', html)
    assert 'aria-current="page"' in html
    assert html.count("…") == 2
    single = Paginator(range(3), 10).page(1)
    alone = render_to_string("web/components/pagination.html", {"page": single}, request=request)
    assert alone.strip() == ""


def test_price_reads_well_aloud() -> None:
    html = include("price", total_minor=1134000, before_minor=1260000, currency="INR", note="2 nights")
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert text == "Before: ₹12,600 Price: ₹11,340 2 nights"


def test_stars_and_rating_have_words() -> None:
    assert 'aria-label="4 stars"' in include("stars", count=4)
    assert 'aria-label="1 star"' in include("stars", count=1)
    assert include("stars", count=None).strip() == ""
    html = include("rating", score=9.14, count=1)
    assert "9.1" in html
    assert "1 review" in html
    assert "1 reviews" not in html
    assert "No reviews yet" in include("rating", count=0)


def test_photo_without_a_picture_says_so() -> None:
    assert "No photo yet" in include("photo")
    html = include("photo", src="/media/a.webp", alt="A pool", width=800, height=500)
    assert 'loading="lazy"' in html
    assert 'alt="A pool"' in html
    assert 'loading="lazy"' not in include("photo", src="/media/a.webp", eager=True)


def test_guests_offers_every_age_without_scripts_and_keeps_the_given_ones() -> None:
    html = include("guests", adults=2, children=2, ages=[0, 7], rooms=1)
    assert html.count('name="ages"') == 6
    assert html.count("data-on>") == 2
    assert '<option value="0" selected>' in html
    assert '<option value="7" selected>' in html
    assert html.count(" selected>") == 2


def test_stepper_tells_where_one_is() -> None:
    steps = [
        {"name": "Place", "state": "done", "url": "/place/"},
        {"name": "Rooms", "state": "current"},
        {"name": "Prices", "state": "ahead"},
    ]
    html = include("stepper", steps=steps, label="Your hotel")
    assert html.count('aria-current="step"') == 1
    assert '<a class="wizard-name" href="/place/">Place</a>' in html
    assert "(done)" in html


# --- Pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["500", "503"])
def test_pages_for_our_own_faults_need_nothing(name: str) -> None:
    html = render_to_string(f"errors/{name}.html")
    assert html.count("<h1") == 1
    assert "/static/serai/app.css" in html
    assert "csrf" not in html


@pytest.mark.parametrize("name", ["400", "403", "404", "405", "409", "410", "413", "429", "csrf"])
def test_error_pages_say_what_to_do_next(name: str) -> None:
    html = render_to_string(f"errors/{name}.html", {}, request=RequestFactory().get("/x/"))
    assert html.count("<h1") == 1
    assert '<main id="content"' in html
    assert "empty-actions" in html
    assert re.search(r"Error \d{3}", html)


def test_base_page_has_landmarks_language_and_safe_htmx() -> None:
    with translation.override("ar"):
        html = render_to_string("base.html", {}, request=RequestFactory().get("/x/"))
    assert '<html lang="ar" dir="rtl">' in html
    assert 'href="#content"' in html
    for landmark in ("<header", "<nav", "<main", "<footer"):
        assert landmark in html
    assert '"allowEval":false' in html
    assert '"includeIndicatorStyles":false' in html
    assert "X-CSRFToken" in html


def test_style_guide_renders_with_and_without_mistakes(client: Client) -> None:
    assert client.get("/dev/styleguide/").status_code == 200
    wrong = client.get("/dev/styleguide/?wrong=1")
    assert b"Please check what you entered" in wrong.content
