"""Cards at the demo's bank: declined and tried again, approved first (3-D Secure)."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.looks import check_looks, check_page


def start_paying(page: Page, email: str) -> None:
    """From the list to the bank's page, with the prepaid rate."""
    steps.open_results(page)
    steps.open_first_hotel(page)
    steps.choose_rate(page, promise="Pay by card when you book")
    steps.hold(page)
    steps.sign_in_at_checkout(page, email)
    steps.fill_guest(page, name="Farah Khan", payment="card")


def test_a_declined_card_keeps_the_room_for_the_next_one(page: Page) -> None:
    email = steps.new_address("farah")
    start_paying(page, email)
    check_looks(page, "bank")
    steps.pay_with(page, steps.DECLINED_CARD)
    # Back at the shop: nothing was taken, what was typed is there, the clock runs on.
    expect(page.get_by_role("heading", name="Who is coming?")).to_be_visible(timeout=30_000)
    expect(page.locator("input[name=guest_name]")).to_have_value("Farah Khan")
    expect(page.locator("serai-countdown")).to_be_visible()
    check_page(page)
    steps.fill_guest(page, name="Farah Khan", payment="card")
    steps.pay_with(page, steps.GOOD_CARD)
    steps.expect_booked(page)
    expect(page.get_by_text("Everything is paid.")).to_be_visible()
    steps.open_mail(page, email, "is booked")


def test_a_bank_that_wants_approval(page: Page) -> None:
    email = steps.new_address("jonas")
    start_paying(page, email)
    steps.pay_with(page, steps.APPROVED_CARD)
    expect(page.get_by_role("heading", name="Is this you?")).to_be_visible()
    check_looks(page, "bank-approval")
    page.get_by_role("button", name="Approve the payment").click()
    steps.expect_booked(page)
    expect(page.get_by_text("Everything is paid.")).to_be_visible()


def test_refusing_the_approval_is_a_decline(page: Page) -> None:
    start_paying(page, steps.new_address("lena"))
    steps.pay_with(page, steps.APPROVED_CARD)
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_role("heading", name="Who is coming?")).to_be_visible(timeout=30_000)
    steps.fill_guest(page, name="Lena Fischer", payment="card")
    steps.pay_with(page, steps.GOOD_CARD)
    steps.expect_booked(page)
