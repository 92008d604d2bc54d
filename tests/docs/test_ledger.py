"""The ledger is complete, and what it points at exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from serai.cli import build_parser

ROOT = Path(__file__).resolve().parents[2]
ROWS_PER_LETTER = {"A": 4, "B": 4, "C": 5, "D": 8, "E": 6, "F": 6, "G": 5, "H": 4, "I": 4, "J": 4}
IDS = [f"{letter}{number}" for letter, count in ROWS_PER_LETTER.items() for number in range(1, count + 1)]
NOTHING = "–"


def read_rows() -> dict[str, tuple[str, str, str]]:
    """Status, places and command by id."""
    rows: dict[str, tuple[str, str, str]] = {}
    for line in (ROOT / "docs/reference/ledger.md").read_text(encoding="utf-8").splitlines():
        if re.match(r"\| [A-J]\d \|", line):
            name, _promise, status, where, command = (cell.strip() for cell in line.strip("|").split("|"))
            assert name not in rows, f"{name} is there twice"
            rows[name] = (status, where, command)
    return rows


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))


def subcommands() -> set[str]:
    (action,) = (entry for entry in build_parser()._actions if isinstance(entry.choices, dict))
    return set(action.choices or ())


def test_every_promise_has_one_line_in_order() -> None:
    assert list(read_rows()) == IDS


@pytest.mark.parametrize("name", IDS)
def test_a_line_points_at_what_exists(name: str) -> None:
    status, where, command = read_rows()[name]
    word, _, missing = status.partition(":")
    assert word in {"done", "partly", "planned"}
    if word == "planned":
        assert (where, command) == (NOTHING, NOTHING)
        return
    assert bool(missing.strip()) == (word == "partly"), (
        "“partly” says what is there or missing, “done” does not"
    )
    paths = re.findall(r"`([^`]+)`", where)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert_command_is_real(command)


def assert_command_is_real(command: str) -> None:
    match = re.fullmatch(r"`(make|serai|pytest) ([^`]+)`", command)
    assert match, f"{command} is no command of ours"
    words = match[2].split()
    if match[1] == "make":
        assert words[0] in make_targets()
    elif match[1] == "serai":
        assert words[0] in subcommands()
    else:
        for path in words:
            tests = ROOT / path
            assert tests.is_file() or list(tests.rglob("test_*.py")), f"{path} holds no tests"
