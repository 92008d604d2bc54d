"""What travellers, hosts and staff do on the pages, a function for each step."""

from __future__ import annotations

import datetime as dt
import re
import secrets

from playwright.sync_api import Page, expect

CHECK_IN = dt.date.today() + dt.timedelta(days=40)  # noqa: DTZ011 - the browser's own calendar
CHECK_OUT = CHECK_IN + dt.timedelta(days=3)
GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 0002"
APPROVED_CARD = "4000 0000 0000 3220"


def new_address(name: str) -> str:
    """An e-mail address nobody has used."""
    return f"{name}.{secrets.token_hex(4)}@example.com"


def fill_stay(page: Page) -> None:
    """Type the dates; two adults and one room are there already."""
    page.locator("input[name=check_in]").first.fill(CHECK_IN.isoformat())
    page.locator("input[name=check_out]").first.fill(CHECK_OUT.isoformat())


def open_results(page: Page, place: str = "India") -> None:
    """Results for a place without the home page before them."""
    page.goto(f"/search/?q={place}&check_in={CHECK_IN}&check_out={CHECK_OUT}&adults=2&rooms=1")


def open_first_hotel(page: Page) -> str:
    """Open the first hotel of the list; return its name."""
    link = page.locator(".result:has(.price-amount) a.result-link").first
    name = link.inner_text()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return name


def choose_rate(page: Page, *, promise: str) -> None:
    """Choose the first rate that promises this, and look at its quote."""
    rate = page.locator(".rate", has_text=promise).first
    rate.get_by_role("link", name=re.compile("^Choose")).click()
    expect(page.get_by_role("heading", name="Check your stay")).to_be_visible()


def hold(page: Page) -> None:
    """Have the room held."""
    page.get_by_role("button", name="Hold it and continue").click()
    expect(page).to_have_url(re.compile(r"/checkout/[0-9a-f-]+/"))


def read_code(page: Page, email: str) -> str:
    """The newest code in the demo's mailbox, read in a tab of its own."""
    mailbox = page.context.new_page()
    try:
        mailbox.goto(f"/dev/mail/?to={email}")
        # Mails come a moment later; the page shows new ones by itself, and without scripts when asked again.
        for _try in range(40):
            code = mailbox.locator("#mails article strong").first
            if code.count():
                return code.inner_text()
            mailbox.wait_for_timeout(500)
            mailbox.reload()
        raise AssertionError(f"No code came for {email}")
    finally:
        mailbox.close()


def type_code(page: Page, email: str) -> None:
    """Finish signing in on the page that asks for the code."""
    expect(page.get_by_role("heading", name="Type your code")).to_be_visible()
    page.locator("input[name=code]").fill(read_code(page, email))
    page.get_by_role("button", name="Continue").click()


def sign_in(page: Page, email: str, *, path: str = "/trips/") -> None:
    """Sign in (or up) and go to `path`."""
    page.goto(f"/accounts/login/?next={path}")
    page.locator("input[name=login]").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    type_code(page, email)
    expect(page).to_have_url(re.compile(re.escape(path) + "$"))


def sign_out(page: Page) -> None:
    """Forget who this browser was."""
    page.context.clear_cookies()


def sign_in_at_checkout(page: Page, email: str) -> None:
    """Type an address and its code in the middle of a booking."""
    page.locator("input[name=login]").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    type_code(page, email)
    expect(page.get_by_role("heading", name="Who is coming?")).to_be_visible()


def fill_guest(page: Page, *, name: str, payment: str) -> None:
    """The guest's details and the way to pay (`pay_at_property` or `card`), then the button."""
    page.locator("input[name=guest_name]").fill(name)
    page.locator(f"input[name=payment_method][value={payment}]").check()
    page.get_by_role("button", name="Book now").click()


def pay_with(page: Page, number: str) -> None:
    """Type a card at the demo's bank."""
    expect(page.get_by_role("heading", name="Pay by card")).to_be_visible()
    page.locator("input[name=number]").fill(number)
    page.locator("input[name=expiry]").fill("12 / 30")
    page.locator("input[name=cvc]").fill("123")
    page.get_by_role("button", name=re.compile("^Pay ")).click()


def expect_booked(page: Page) -> str:
    """The confirmation; returns the booking's reference."""
    expect(page.get_by_role("heading", name="Your room is booked")).to_be_visible(timeout=30_000)
    return page.locator(".reference").first.inner_text()


def open_mail(page: Page, email: str, subject: str) -> None:
    """Open the newest mail whose subject has these words; waits for it."""
    page.goto(f"/dev/mail/?to={email}")
    link = page.locator("#mails").get_by_role("link", name=re.compile(subject, re.IGNORECASE)).first
    expect(link).to_be_visible(timeout=30_000)
    link.click()
