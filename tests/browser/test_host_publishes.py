"""A host lists a hotel, staff publish it, a guest finds it at once; the calendar changes what guests see."""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import Browser, Page, expect

from tests.browser import steps
from tests.browser.looks import check_looks, check_page
from tests.properties.pictures import draw, encode

STAFF = "staff@serai.example"
CITY = "Nagpur"  # none of the demo's hotels is there
DESCRIPTION = (
    "Eight quiet rooms around a courtyard with an old neem tree, ten minutes from the station. "
    "Breakfast is cooked when you come down, and the roof is yours in the evening."
)


def save(page: Page) -> None:
    """Press the step's own button."""
    page.get_by_role("button", name=re.compile("^(Save and continue|Save and go on|Continue)$")).last.click()


def expect_step(page: Page, slug: str) -> None:
    expect(page).to_have_url(re.compile(f"/host/properties/\\d+/{slug}/$"))


def start_listing(page: Page, name: str) -> None:
    page.goto("/host/properties/new/")
    page.locator("input[name=name]").fill(name)
    page.locator("select[name=kind]").select_option("guest_house")
    city = page.locator("input[name=city]")
    city.press_sequentially("nagp", delay=40)
    expect(page.get_by_role("option", name=re.compile(CITY)).first).to_be_visible()
    city.press("ArrowDown")
    city.press("Enter")
    check_page(page)
    page.get_by_role("button", name="Start the listing").click()
    expect_step(page, "details")


def describe(page: Page) -> None:
    page.locator("textarea[name=description]").fill("Too short.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Describe the place a little more")).to_be_visible()
    check_looks(page, "listing-details")
    page.locator("input[name=headline]").fill("Eight rooms under a neem tree")
    page.locator("textarea[name=description]").fill(DESCRIPTION)
    save(page)
    expect_step(page, "place")
    page.locator("input[name=address]").fill("14 Temple Road")
    page.locator("input[name=position]").fill("21.1458, 79.0882")
    check_page(page)
    save(page)
    expect_step(page, "photos")


def add_photo(page: Page) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "courtyard.jpg", "mimeType": "image/jpeg", "buffer": encode(draw((1600, 1067)))}
    )
    # It is uploaded at once and prepared by a worker; the grid asks until it is there.
    expect(page.locator("#photo-grid img")).to_be_visible(timeout=40_000)
    check_looks(page, "listing-photos")
    save(page)
    expect_step(page, "amenities")
    page.locator("label", has_text="Free Wi-Fi").click()
    check_page(page)
    save(page)
    expect_step(page, "rooms")


def add_room(page: Page) -> None:
    page.get_by_role("link", name="Add a room type").click()
    page.locator("input[name=name]").fill("Courtyard double")
    page.locator("input[name=units]").fill("2")
    beds = page.locator("#beds li")
    count = beds.count()
    page.get_by_role("button", name="Add another bed").click()
    expect(beds).to_have_count(count + 1)
    # What was typed before is still there: only the rows were exchanged.
    expect(page.locator("input[name=name]")).to_have_value("Courtyard double")
    page.get_by_role("button", name=f"Remove bed {count + 1}").click()
    expect(beds).to_have_count(count)
    check_looks(page, "listing-room")
    page.get_by_role("button", name="Save the room").last.click()
    expect_step(page, "rooms")
    check_page(page)
    save(page)
    expect_step(page, "rates")


def set_rates(page: Page) -> None:
    page.get_by_label("A night").fill("3200")
    page.get_by_label("Also offer a non-refundable rate").check()
    page.get_by_label("Percent cheaper").fill("15")
    page.get_by_role("button", name=re.compile("^Add a(nother)? season$")).click()
    expect(page.locator("#seasons li")).to_have_count(1)
    expect(page.get_by_label("A night")).to_have_value("3200")
    page.get_by_role("button", name="Remove season 1").click()
    expect(page.locator("#seasons li")).to_have_count(0)
    check_looks(page, "listing-rates")
    save(page)
    expect_step(page, "policies")
    check_looks(page, "listing-policies")
    save(page)
    expect_step(page, "review")


def test_from_an_empty_form_to_a_hotel_that_guests_find(page: Page, browser: Browser, base_url: str) -> None:
    host = steps.new_address("asha")
    name = f"Neem Court {secrets.token_hex(2)}"
    steps.sign_in(page, host, path="/host/")
    check_looks(page, "host-empty")
    start_listing(page, name)
    describe(page)
    add_photo(page)
    add_room(page)
    set_rates(page)
    check_looks(page, "listing-review")
    page.get_by_role("link", name="Preview as a traveller").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    check_page(page)
    page.go_back()

    # Nobody else sees it yet.
    with browser.new_context(base_url=base_url, viewport={"width": 1280, "height": 900}) as stranger:
        guest = stranger.new_page()
        steps.open_results(guest, CITY)
        expect(guest.get_by_text(name)).to_have_count(0)

        page.get_by_role("button", name="Hand in for review").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("We are looking at it")

        approve(browser, base_url, name)

        guest.reload()
        expect(guest.get_by_role("link", name=name)).to_be_visible()
        guest.get_by_role("link", name=name).click()
        expect(guest.locator(".rate")).to_have_count(2)
        check_page(guest)

        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your listing is public")
        close_a_night(page)
        guest.reload()
        expect(guest.get_by_text("Nothing is left for these dates and guests")).to_be_visible()


def approve(browser: Browser, base_url: str, name: str) -> None:
    """Staff look at the listing and publish it."""
    with browser.new_context(base_url=base_url, viewport={"width": 1280, "height": 900}) as office:
        staff = office.new_page()
        steps.sign_in(staff, STAFF, path="/staff/")
        check_looks(staff, "staff-queue")
        staff.get_by_role("link", name=name).click()
        check_looks(staff, "staff-listing")
        staff.get_by_role("button", name="Approve and publish").click()
        expect(staff.get_by_text(name).first).to_be_visible()


def close_a_night(page: Page) -> None:
    """In the calendar, close the first night of the guests' stay."""
    page.get_by_role("link", name="Calendar").click()
    month = f"{steps.CHECK_IN:%Y-%m}"
    page.goto(f"{page.url.partition('?')[0]}?month={month}")
    check_looks(page, "calendar")
    page.locator(f"[data-date='{steps.CHECK_IN}']").click()
    page.locator("select[name=sale]").select_option("close")
    page.get_by_role("button", name="Change these nights").click()
    expect(page.locator(f"[data-date='{steps.CHECK_IN}'][data-state=closed]")).to_be_visible()
    check_page(page)
