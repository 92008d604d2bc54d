"""Two rooms of two types in one booking, with a code, something added, and a card."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.looks import check_looks, check_page
from tests.browser.prepare_site import CODE, EXTRA


def test_a_family_books_two_rooms_with_a_code_and_pays(page: Page) -> None:
    email = steps.new_address("leela")
    page.goto(f"/search/?q=India&check_in={steps.CHECK_IN}&check_out={steps.CHECK_OUT}&adults=3&rooms=1")
    steps.open_first_hotel(page)
    page.get_by_text("Have a code?").click()
    page.locator("input[name=code]").fill("nonsense")
    page.locator(".stay-form").get_by_role("button", name="Change").click()
    expect(page.get_by_text("“NONSENSE” is not a code of this hotel")).to_be_visible()
    expect(page.locator("#stay_code")).to_have_value("nonsense")
    page.locator("#stay_code").fill(CODE.lower())
    page.locator(".stay-form").get_by_role("button", name="Change").click()
    expect(page.get_by_text(f"“{CODE}” counts")).to_be_visible()
    expect(page.get_by_text("You save").first).to_be_visible()

    rooms = page.locator("article.room:has(select.quantity)")
    assert rooms.count() >= 2
    names = [rooms.nth(index).get_by_role("heading").inner_text() for index in (0, 1)]
    # The first room is prepaid, so that something is due by card.
    prepaid = rooms.nth(0).locator(".rate", has_text="Pay by card when you book").locator("select.quantity")
    prepaid.first.select_option("1")
    rooms.nth(1).locator("select.quantity").first.select_option("1")
    bar = page.locator("#choice")
    expect(bar).to_contain_text(names[1])
    expect(bar.locator(".money")).to_be_visible()
    total = bar.locator(".money").inner_text()
    check_looks(page, "choice")
    bar.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", name="Check your stay")).to_be_visible()
    expect(page.locator(".summary .line-total .money").first).to_have_text(total)
    page.get_by_label(EXTRA).select_option("2")
    expect(page.locator(".summary")).to_contain_text(f"2 × {EXTRA}")
    expect(page).to_have_url(re.compile(r"extra-\d+=2"))
    expect(page.locator(".summary .line-total .money").first).not_to_have_text(total)
    check_looks(page, "quote-several")
    with_extra = page.locator(".summary .line-total .money").first.inner_text()
    page.reload()
    expect(page.locator(".summary .line-total .money").first).to_have_text(with_extra)
    steps.hold(page)
    steps.sign_in_at_checkout(page, email)
    page.get_by_text("I need an invoice to a company").click()
    page.locator("textarea[name=billing]").fill("ACME Ltd\n1 Lake Road")
    check_looks(page, "checkout-several")
    steps.fill_guest(page, name="Leela Nair", payment="card")
    steps.pay_with(page, steps.DECLINED_CARD)
    expect(page.get_by_role("heading", name="Who is coming?")).to_be_visible(timeout=30_000)
    expect(page.locator("textarea[name=billing]")).to_have_value("ACME Ltd\n1 Lake Road")
    steps.fill_guest(page, name="Leela Nair", payment="card")
    steps.pay_with(page, steps.GOOD_CARD)
    reference = steps.expect_booked(page)
    expect(page.locator(".summary")).to_contain_text(names[1])
    check_page(page)
    page.goto(f"/trips/{reference}/")
    expect(page.locator(".line-items .money").first).to_have_text(with_extra)
    check_looks(page, "trip-several")
    steps.open_mail(page, email, "is booked")
    expect(page.locator("body")).to_contain_text(reference)
