"""The whole booking without JavaScript: forms and links are enough."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.prepare_site import EXTRA


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A browser that runs no scripts."""
    return browser_context_args | {"java_script_enabled": False}


def test_searching_booking_and_cancelling(page: Page) -> None:
    email = steps.new_address("plain")
    page.goto("/")
    page.locator("#place").fill("India")
    steps.fill_stay(page)
    page.locator("#search-form").get_by_role("button", name="Search").click()
    steps.open_first_hotel(page)
    steps.choose_rate(page, promise="Free cancellation")
    steps.hold(page)
    expect(page.locator("serai-countdown")).to_contain_text("Until")
    steps.sign_in_at_checkout(page, email)
    steps.fill_guest(page, name="Omar Haddad", payment="pay_at_property")
    reference = steps.expect_booked(page)
    page.goto(f"/trips/{reference}/")
    page.get_by_role("link", name="Cancel the booking").click()
    page.get_by_role("button", name="Cancel free of charge").click()
    expect(page.get_by_text("It cost nothing.")).to_be_visible()


def test_choosing_several_rooms_and_an_extra(page: Page) -> None:
    page.goto(f"/search/?q=India&check_in={steps.CHECK_IN}&check_out={steps.CHECK_OUT}&adults=3&rooms=1")
    page.locator(".result:has(.price-amount) a.result-link").first.click()
    rooms = page.locator("article.room:has(select.quantity)")
    rooms.nth(0).locator("select.quantity").first.select_option("1")
    rooms.nth(1).locator("select.quantity").first.select_option("1")
    page.locator("#choice").get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check your stay")).to_be_visible()
    page.get_by_label(EXTRA).select_option("1")
    page.get_by_role("button", name="Update the price").click()
    expect(page.locator(".summary")).to_contain_text(EXTRA)
