"""What every page has to pass: axe without serious findings, nothing wider than the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PICTURES = Path(__file__).resolve().parents[2] / "build" / "browser"
GRAVE = {"serious", "critical"}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PHONE, LAPTOP = (390, 844), (1280, 900)


def check_page(page: Page) -> None:
    """Fail when axe finds something serious or critical on the page as it stands."""
    _settle(page)
    report = Axe().run(page, options={"resultTypes": ["violations"]}).response
    found = [_describe(entry) for entry in report["violations"] if entry["impact"] in GRAVE]
    assert not found, f"{page.url} in {page.viewport_size}:\n" + "\n".join(found)


def check_looks(page: Page, name: str) -> None:
    """`check_page` on a phone and a laptop, light and dark; keeps a picture of each in build/browser/."""
    size = page.viewport_size
    for width, height in (PHONE, LAPTOP):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            check_page(page)
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{page.url} is {wide} px wide on a screen of {width} px"
    page.emulate_media(color_scheme="light")
    if size:
        page.set_viewport_size(size)


# Some animations never end, and those of hidden parts stand still: no wait without a limit.
SETTLED = """Promise.race([
  Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
  new Promise((resolve) => setTimeout(resolve, 600)),
])"""


def _settle(page: Page) -> None:
    """Wait until colours have stopped changing: axe measures contrast at one instant."""
    page.evaluate(SETTLED)


def _describe(entry: dict[str, Any]) -> str:
    nodes = []
    for node in entry["nodes"][:4]:
        summary = " ".join(node.get("failureSummary", "").split())
        nodes.append(f"{' '.join(map(str, node['target']))} {summary[:200]}")
    return f"{entry['id']} ({entry['impact']}): {'; '.join(nodes)}"
