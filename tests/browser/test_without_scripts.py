"""The whole booking without JavaScript: forms and links are enough."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps


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
