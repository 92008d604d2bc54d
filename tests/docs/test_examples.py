"""Worked examples in the documentation give what they say."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = sorted(
    path for path in (ROOT / "docs").rglob("*.md") if ">>> " in path.read_text(encoding="utf-8")
)


def test_there_are_examples() -> None:
    assert {path.stem for path in EXPLAINED} >= {"prices", "booking", "inventory"}


@pytest.mark.parametrize("document", EXPLAINED, ids=lambda path: path.stem)
def test_examples_give_what_they_say(document: Path) -> None:
    lines = document.read_text(encoding="utf-8").splitlines()
    text = "\n".join("" if line.startswith("```") else line for line in lines)
    examples = doctest.DocTestParser().get_doctest(text, {}, document.stem, str(document), 0)
    report: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(examples, out=report.append)
    assert result.attempted > 0
    assert result.failed == 0, "".join(report)


@pytest.mark.django_db
def test_the_test_that_is_shown_passes() -> None:
    page = (ROOT / "docs/how-to/write-a-test.md").read_text(encoding="utf-8")
    (source,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(source, "docs/how-to/write-a-test.md", "exec"), names)  # noqa: S102 - our own page
    (shown,) = (value for name, value in names.items() if name.startswith("test_"))
    assert callable(shown)
    shown()
