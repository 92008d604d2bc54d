"""A whole site on services of its own, Debian's Chromium, and a watch on what goes wrong in pages."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

ROOT = Path(__file__).resolve().parents[2]
STARTING_SECONDS = 120.0
# Replaced by the site's own: what points at the servers of this pytest run.
NOT_FOR_THE_SITE = {
    "DATABASE_URL",
    "VALKEY_URL",
    "BROKER_URL",
    "SECRET_KEY",
    "SERAI_TEST_RUN",
    "SERAI_TEST_TEMPLATE",
    "PORT",
}
# Chromium reports an answer of 4xx to a form as an error of the console; journeys provoke some of them.
EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser journey."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Site:
    """A running site. `address` has no slash at its end."""

    address: str
    logs: Path


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Start a demo of 24 hotels with all its processes; stop it and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="serai-browser-"))
    folder.chmod(0o711)
    environment = {name: value for name, value in os.environ.items() if name not in NOT_FOR_THE_SITE}
    environment |= {
        "SERAI_MODE": "demo",
        "SERAI_STATE_DIR": str(folder / "state"),
        "SERAI_STOP_WITH_PARENT": "1",  # a run that is killed leaves no site behind
        "PYTHONUNBUFFERED": "1",
    }
    try:
        prepared = subprocess.run(
            [sys.executable, "-m", "tests.browser.prepare_site"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if prepared.returncode:
            pytest.fail(f"The site could not be prepared:\n{prepared.stdout}{prepared.stderr}", pytrace=False)
        with (folder / "output").open("w+", encoding="utf-8") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "serai", "up"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                yield Site(_wait_for_address(process, folder / "output"), folder / "state" / "logs")
            finally:
                _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_address(process: subprocess.Popen[bytes], output: Path) -> str:
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if match := re.search(r"Serai is ready:\s+(http://\S+)", output.read_text(encoding="utf-8")):
            return match[1]
        time.sleep(0.1)
    pytest.fail("The site did not start:\n" + output.read_text(encoding="utf-8"), pytrace=False)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    """Pages open relative addresses on the site."""
    return site.address


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, also as root, quiet towards the network."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("The journeys need Chromium: apt install chromium", pytrace=False)
    return browser_type_launch_args | {
        "executable_path": chromium,
        "args": [
            "--no-sandbox",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """An ordinary laptop."""
    return browser_context_args | {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}


@pytest.fixture(autouse=True)
def no_errors_in_pages(context: BrowserContext) -> Iterator[None]:
    """Fail the journey when a script throws, the content policy refuses something or a page breaks."""
    errors: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.match(message.text):
            errors.append(f"{message.page.url if message.page else ''}: {message.text}")

    def watch(page: Page) -> None:
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        page.on("requestfailed", lambda request: note_failure(page, request.url, request.failure or ""))

    def note_failure(page: Page, url: str, failure: str) -> None:
        # Leaving a page ends what it was still loading.
        if "ERR_ABORTED" not in failure:
            errors.append(f"{page.url}: {url} {failure}")

    context.on("console", note_console)
    context.on("page", watch)
    context.on(
        "response",
        lambda answer: errors.append(f"{answer.url}: {answer.status}") if answer.status >= 500 else None,
    )
    yield
    assert errors == []
