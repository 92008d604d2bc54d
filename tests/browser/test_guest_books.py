"""A guest finds a room, holds it, signs up on the way, books and cancels."""

from __future__ import annotations

import datetime as dt
import re

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.looks import check_looks, check_page


def test_guest_books_a_room_and_pays_at_the_property(page: Page) -> None:
    email = steps.new_address("meera")
    page.goto("/")
    check_looks(page, "home")
    place = page.locator("#place")
    place.press_sequentially("jaip", delay=40)
    option = page.get_by_role("option", name=re.compile("Jaipur"))
    expect(option.first).to_be_visible()
    place.press("ArrowDown")
    place.press("Enter")
    expect(place).to_have_value(re.compile("Jaipur"))
    steps.fill_stay(page)
    page.locator("#search-form").get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("/search/"))
    check_looks(page, "results")
    hotel = steps.open_first_hotel(page)
    check_looks(page, "hotel")
    steps.choose_rate(page, promise="Pay at the property")
    total = page.locator(".line-total .money").first.inner_text()
    check_looks(page, "quote")
    steps.hold(page)

    countdown = page.locator("serai-countdown")
    expect(countdown).to_have_text(re.compile(r"1[45]:\d\d"))
    check_page(page)
    steps.sign_in_at_checkout(page, email)
    expect(countdown).to_have_text(re.compile(r"1[234]:\d\d"))
    check_looks(page, "checkout")
    page.get_by_role("button", name="Book now").click()
    expect(page.get_by_role("heading", name="Who is coming?")).to_be_visible()
    expect(page.locator("input[name=guest_name]")).to_have_attribute("aria-invalid", "true")
    check_page(page)
    steps.fill_guest(page, name="Meera Kapoor", payment="pay_at_property")
    reference = steps.expect_booked(page)
    check_looks(page, "confirmed")
    expect(page.locator(".confirmed")).to_contain_text(email)

    page.goto(f"/trips/{reference}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(hotel)
    expect(page.locator(".line-items .money").first).to_have_text(total)
    check_looks(page, "trip")

    steps.open_mail(page, email, "is booked")
    expect(page.get_by_role("link", name=re.compile(r"\.pdf"))).to_be_visible()
    with page.expect_download() as pdf:
        page.get_by_role("link", name=re.compile(r"\.pdf")).click()
    assert pdf.value.path().read_bytes().startswith(b"%PDF-")
    with page.expect_download() as calendar:
        page.get_by_role("link", name=re.compile(r"\.ics")).click()
    assert re.search(f"DTSTART[^:]*:{steps.CHECK_IN:%Y%m%d}", calendar.value.path().read_text("utf-8"))


def test_guest_sees_the_penalty_before_cancelling(page: Page) -> None:
    email = steps.new_address("ravi")
    steps.open_results(page)
    steps.open_first_hotel(page)
    steps.choose_rate(page, promise="Free cancellation")
    steps.hold(page)
    steps.sign_in_at_checkout(page, email)
    steps.fill_guest(page, name="Ravi Menon", payment="pay_at_property")
    reference = steps.expect_booked(page)

    page.goto("/trips/")
    check_looks(page, "trips")
    page.goto(f"/trips/{reference}/")
    page.get_by_role("link", name="Cancel the booking").click()
    expect(page.get_by_text("Cancelling now costs")).to_be_visible()
    check_looks(page, "cancel")
    page.get_by_role("button", name="Cancel free of charge").click()
    expect(page.get_by_text("It cost nothing.")).to_be_visible()
    expect(page.get_by_role("link", name="Change dates")).to_have_count(0)
    check_page(page)
    steps.open_mail(page, email, "cancel")


def test_guest_changes_the_dates_after_seeing_the_new_price(page: Page) -> None:
    email = steps.new_address("anita")
    steps.open_results(page)
    steps.open_first_hotel(page)
    steps.choose_rate(page, promise="Free cancellation")
    steps.hold(page)
    steps.sign_in_at_checkout(page, email)
    steps.fill_guest(page, name="Anita Desai", payment="pay_at_property")
    reference = steps.expect_booked(page)

    page.goto(f"/trips/{reference}/")
    page.get_by_role("link", name="Change", exact=True).click()
    earlier = steps.CHECK_OUT - dt.timedelta(days=1)
    page.locator("input[name=check_out]").fill(earlier.isoformat())
    page.get_by_role("button", name=re.compile("price", re.IGNORECASE)).click()
    check_looks(page, "change")
    page.get_by_role("button", name=re.compile("^Accept", re.IGNORECASE)).click()
    expect(page).to_have_url(re.compile(f"/trips/{reference}/$"))
    expect(page.locator(".summary-stay")).to_contain_text(f"{earlier:%-d} {earlier:%b}")
    steps.open_mail(page, email, "Your changed stay")
