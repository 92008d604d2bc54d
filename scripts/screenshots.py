"""Take the README's pictures from a running demo: search, a hotel, a host's calendar.

    .venv/bin/python scripts/screenshots.py http://localhost:8000

Signs in as the demo's host with a code from the mailbox page. Needs Chromium and the development packages.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1280, 860
MOST_BYTES = 250_000
COLOURS = (256, 192, 128, 96, 64)
HOST = "host@serai.example"
CITY = "Udaipur"


def main() -> int:
    """Take all pictures; 1 when the demo does not answer or a picture stays too large."""
    parser = argparse.ArgumentParser(description="Take the README's pictures from a running demo.")
    parser.add_argument("address", help="where the demo answers, such as http://localhost:8000")
    address = parser.parse_args().address.rstrip("/")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("This needs Chromium: apt install chromium", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            pictures = {
                "search": take_search(open_page(browser, address)),
                "hotel": take_hotel(open_page(browser, address)),
                "calendar": take_calendar(open_page(browser, address)),
            }
        except Error as error:
            print(f"The demo at {address} did not show what was expected: {error}", file=sys.stderr)
            return 1
        finally:
            browser.close()
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        small = compress(picture)
        if len(small) > MOST_BYTES:
            print(f"{name} has {len(small):,} bytes, more than {MOST_BYTES:,}", file=sys.stderr)
            return 1
        (IMAGES / f"{name}.png").write_bytes(small)
        print(f"docs/images/{name}.png  {len(small):,} bytes")
    return 0


def open_page(browser: Browser, address: str) -> Page:
    """A fresh visitor."""
    context = browser.new_context(
        base_url=address, viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", color_scheme="light"
    )
    return context.new_page()


def open_results(page: Page) -> None:
    """A stay of three nights for two, three weeks from now."""
    check_in = dt.date.today() + dt.timedelta(days=21)  # noqa: DTZ011 - the browser's own calendar
    check_out = check_in + dt.timedelta(days=3)
    page.goto(f"/search/?q={CITY}&check_in={check_in}&check_out={check_out}&adults=2&rooms=1")
    page.locator(".result").first.wait_for()


def take_search(page: Page) -> bytes:
    """The list of results."""
    open_results(page)
    return take(page)


def take_hotel(page: Page) -> bytes:
    """The first hotel of the list."""
    open_results(page)
    page.locator(".result:has(.price-amount) a.result-link").first.click()
    page.get_by_role("heading", level=1).wait_for()
    return take(page)


def take_calendar(page: Page) -> bytes:
    """Next month of the host's first hotel."""
    page.goto("/accounts/login/?next=/host/")
    page.locator("input[name=login]").fill(HOST)
    page.get_by_role("button", name="Send me a code").click()
    page.locator("input[name=code]").fill(read_code(page))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/host/")
    page.locator("a[href*='/calendar/']").first.click()
    page.locator(".month-nav a").last.click()
    page.locator(".month-grid").wait_for()
    return take(page)


def read_code(page: Page) -> str:
    """The newest code for the host, once it has arrived."""
    mailbox = page.context.new_page()
    known = None
    for _try in range(60):
        mailbox.goto(f"/dev/mail/?to={HOST}")
        code = mailbox.locator("#mails article strong").first
        if code.count():
            # An older code may still be at the top: wait until the same one was seen twice.
            if code.inner_text() == known:
                mailbox.close()
                return str(known)
            known = code.inner_text()
        mailbox.wait_for_timeout(1500)
    raise Error(f"no code came for {HOST}")


def take(page: Page) -> bytes:
    """A picture of the window, once photos and fonts are there."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    return page.screenshot()


def compress(picture: bytes) -> bytes:
    """The picture with as many colours as fit into `MOST_BYTES`."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    best = picture
    for colours in COLOURS:
        buffer = io.BytesIO()
        reduced = image.quantize(colours, method=Image.Quantize.MAXCOVERAGE)
        reduced.save(buffer, "PNG", optimize=True)
        best = buffer.getvalue()
        if len(best) <= MOST_BYTES:
            break
    return best


if __name__ == "__main__":
    sys.exit(main())
