"""Photos over HTTP in the demo: variants only, for ever, as what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

STEM = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "variants" / "7").mkdir(parents=True)
    (tmp_path / "media" / "originals" / "7").mkdir(parents=True)
    (tmp_path / "media" / "variants" / "7" / f"{STEM}-480.webp").write_bytes(b"RIFF....WEBP" * 50)
    (tmp_path / "media" / "variants" / "7" / "notes.txt").write_text("hushhush")
    (tmp_path / "media" / "originals" / "7" / STEM).write_bytes(b"hushhush")
    (tmp_path / "secret.webp").write_bytes(b"hushhush")
    return tmp_path


def test_a_variant_is_cached_for_ever(client: Client) -> None:
    response = client.get(f"/media/variants/7/{STEM}-480.webp", headers={"accept-encoding": "gzip"})
    assert response.status_code == 200
    assert response.content == b"RIFF....WEBP" * 50
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        f"originals/7/{STEM}",
        "variants/7/notes.txt",
        f"variants/7/{STEM}-960.webp",
        f"variants/../variants/7/{STEM}-480.webp",
        "variants/7/../../../secret.webp",
        "variants/7/%2e%2e/%2e%2e/%2e%2e/secret.webp",
        f"variants/7/{STEM}-480.webp/",
        f"variants/7/{STEM}-480.webp%0a",
        "",
    ],
)
def test_nothing_else_is_served(client: Client, path: str) -> None:
    response = client.get(f"/media/{path}")
    assert response.status_code == 404
    assert b"hushhush" not in response.content


def test_writing_is_not_allowed(client: Client) -> None:
    assert client.post(f"/media/variants/7/{STEM}-480.webp").status_code == 405
