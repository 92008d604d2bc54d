"""Pages for paper: Typst templates filled with plain data, in every script that the site speaks."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language_bidi

FONTS = Path(__file__).parent / "typst" / "fonts"

# A compiler works for one thread at a time; a page takes it some 30 ms.
_compiling = threading.Lock()


@cache
def _compiler(template: Path) -> typst.Compiler:
    return typst.Compiler(str(template), font_paths=[str(FONTS)])


def render_pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """The template with `data`, which it reads as JSON from `sys.inputs.data`, as one PDF file."""
    with _compiling:
        pdf = _compiler(template).compile(format="pdf", sys_inputs={"data": json.dumps(data)})
    assert isinstance(pdf, bytes)  # noqa: S101 - tells the type checker: several pages are one file too
    return pdf


def own_direction(text: str) -> str:
    """`text` set apart, lest "133 Lake Road" becomes "Lake Road 133" on a page from right to left."""
    isolated = f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
    return isolated if get_language_bidi() else text
