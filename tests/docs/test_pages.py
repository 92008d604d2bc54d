"""The documentation's links lead somewhere, and it names what the code has."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), ROOT / "frontend" / "README.md", ROOT / "NOTICE"]
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# Read by a script of the standard library or by tools, not by anything a person sets for Serai.
NOT_OURS = {"HOME", "PATH", "MAKELEVEL", "PYTEST_XDIST_WORKER"}


def relative(page: Path) -> str:
    return str(page.relative_to(ROOT))


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors_of(page: Path) -> set[str]:
    """Anchors as mkdocs and code hosts make them from headings."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", PAGES, ids=relative)
def test_links_lead_somewhere(document: Path) -> None:
    broken = []
    for target in LINK.findall(re.sub(r"```.*?```", "", text_of(document), flags=re.DOTALL)):
        if re.match(r"(https?|mailto):", target):
            continue
        path, _, anchor = target.partition("#")
        there = (document.parent / path).resolve() if path else document
        if not there.exists() or (anchor and anchor not in anchors_of(there)):
            broken.append(target)
    assert broken == []


def test_every_page_is_in_the_navigation() -> None:
    navigation = text_of(ROOT / "mkdocs.yml")
    listed = set(re.findall(r": ([\w/-]+\.md)$", navigation, re.MULTILINE))
    assert listed == {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")}


@pytest.mark.parametrize("document", PAGES, ids=relative)
def test_pages_speak_of_the_product_alone(document: Path) -> None:
    forbidden = re.compile(
        r"\b(TODO|FIXME|XXX|lorem ipsum|coming soon)\b|(?<![\w.])/(home|root|work|Users)/"
        r"|fonts\.googleapis|unpkg\.com|jsdelivr|cdnjs",
        re.IGNORECASE,
    )
    assert [match[0] for match in forbidden.finditer(text_of(document))] == []


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    headings = re.findall(r"^## (.+)$", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "Unreleased"


def names_read_from_environment() -> set[str]:
    reads = re.compile(
        r"(?:environ(?:\.get|\.setdefault|\.pop)?[\[(]|\benv(?:\.\w+)?\()\s*\"([A-Z][A-Z0-9_]+)\"", re.DOTALL
    )
    sources = [*(ROOT / "serai").rglob("*.py"), ROOT / "manage.py", ROOT / "tests" / "conftest.py"]
    return {name for path in sources for name in reads.findall(text_of(path))} - NOT_OURS


def test_every_variable_of_the_environment_is_documented() -> None:
    page = text_of(ROOT / "docs/reference/settings.md")
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", page, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    from serai.config import settings as module

    limits = {name for name in documented if hasattr(module, name)}
    read = names_read_from_environment()
    assert {"SECRET_KEY", "ALLOWED_HOSTS", "BROKER_URL", "HYPOTHESIS_PROFILE"} <= read
    assert read - documented == set(), "say what these mean in docs/reference/settings.md"
    assert documented - read - limits == set(), "nobody reads these any more"


def load_writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_reference", ROOT / "scripts" / "write_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", list(load_writer().WRITERS))
def test_pages_made_from_the_code_are_up_to_date(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "COLUMNS", "40")  # the terminal's width does not matter
    written = load_writer().WRITERS[name]()
    assert text_of(ROOT / "docs" / "reference" / name) == written, (
        "run: .venv/bin/python scripts/write_reference.py"
    )


def test_every_command_is_documented() -> None:
    from serai.cli import build_parser

    (action,) = (entry for entry in build_parser()._actions if isinstance(entry.choices, dict))
    page = text_of(ROOT / "docs/reference/command-line.md")
    names = set(action.choices or ())
    assert {"demo", "up", "seed", "doctor"} <= names
    assert {name for name in names if f"\n## {name}\n" not in page} == set()


def test_shown_commands_exist() -> None:
    """`make x` and `serai x` in texts are real."""
    from tests.docs.test_ledger import make_targets, subcommands

    wrong = []
    for page in PAGES:
        text = text_of(page)
        code = "\n".join(
            re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text)
        )
        wrong += [
            f"{relative(page)}: make {name}"
            for name in re.findall(r"\bmake ([a-z-]+)", code)
            if name not in make_targets()
        ]
        wrong += [
            f"{relative(page)}: serai {name}"
            for name in re.findall(r"(?:bin/|^)serai ([a-z]+)", code, re.M)
            if name not in subcommands()
        ]
    assert wrong == []
