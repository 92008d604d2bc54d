"""Where a checkout's state lives, who may enter it, and its secret key."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import environ
import psycopg
import pytest

from serai.core.local.identity import ServiceUser, can_enter
from serai.core.local.state import CHECKOUT, SHARED_HOME, LocalState, LocalStateError

STRANGER = ServiceUser(uid=54321, gid=54321, switch=True)


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("SERAI_STATE_DIR", str(folder / "here"))
    assert LocalState.from_environment().root == folder / "here"


def test_without_a_name_it_lies_in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERAI_STATE_DIR")
    assert LocalState.from_environment().root == CHECKOUT / ".serai"
    assert (CHECKOUT / "serai" / "core" / "local" / "state.py").exists()


def test_choosing_creates_nothing(folder: Path) -> None:
    state = LocalState.at(folder / "new")
    assert state.database_url
    assert state.valkey_url
    assert list(folder.iterdir()) == []
    assert not state.sockets.exists()


def test_socket_paths_fit_however_deep_the_checkout(folder: Path) -> None:
    state = LocalState.at(folder / ("a" * 200) / ("b" * 200))
    assert len(f"{state.sockets}/.s.PGSQL.5432.lock") < 107


def test_two_folders_have_different_sockets(folder: Path) -> None:
    assert LocalState.at(folder / "one").sockets != LocalState.at(folder / "two").sockets


def test_addresses_are_read_by_settings_and_by_libpq(folder: Path) -> None:
    state = LocalState.at(folder)
    parsed = environ.Env().db_url_config(state.database_url)
    assert (parsed["USER"], parsed["NAME"]) == ("serai", "serai")
    assert parsed["OPTIONS"] == {"host": str(state.sockets)}
    assert psycopg.conninfo.conninfo_to_dict(state.database_url) == {
        "user": "serai",
        "dbname": "serai",
        "host": str(state.sockets),
    }
    assert state.valkey_url == f"unix://{state.sockets}/valkey.sock?db=0"


def test_data_stays_where_the_servers_user_can_enter(folder: Path) -> None:
    assert can_enter(folder / "not" / "there" / "yet", STRANGER)
    assert LocalState.at(folder / "checkout", user=STRANGER).data == folder / "checkout" / "data"


def test_data_moves_out_of_a_closed_home(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    state = LocalState.at(home / "checkout", user=STRANGER)
    assert state.root == home / "checkout"
    assert state.data.parent == SHARED_HOME
    assert state.data != LocalState.at(home / "other", user=STRANGER).data


def test_one_who_does_not_switch_users_keeps_data_at_home(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    ourselves = ServiceUser(uid=os.getuid(), gid=os.getgid(), switch=False)
    assert LocalState.at(home / "checkout", user=ourselves).data == home / "checkout" / "data"


@pytest.mark.parametrize(
    ("mode", "as_owner", "as_group", "as_other"),
    [(0o700, True, False, False), (0o710, True, True, False), (0o711, True, True, True)],
)
def test_entering_goes_by_the_users_own_class(
    folder: Path, mode: int, as_owner: bool, as_group: bool, as_other: bool
) -> None:
    place = folder / "place"
    place.mkdir()
    place.chmod(mode)
    mine = place.stat()
    assert can_enter(place / "x", ServiceUser(mine.st_uid, 54321, switch=True)) is as_owner
    assert can_enter(place / "x", ServiceUser(54321, mine.st_gid, switch=True)) is as_group
    assert can_enter(place / "x", STRANGER) is as_other


def test_preparing_makes_folders_that_only_we_can_read(state: LocalState) -> None:
    state.prepare()
    assert stat.S_IMODE(state.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(state.root.stat().st_mode) & 0o066 == 0
    assert state.logs.is_dir()
    assert state.run.is_dir()
    state.prepare()


def test_a_socket_folder_of_somebody_else_is_not_trusted(
    state: LocalState, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.prepare()
    monkeypatch.setattr(os, "getuid", lambda: STRANGER.uid)
    with pytest.raises(LocalStateError, match="belongs to another user"):
        state.prepare(ServiceUser(STRANGER.uid, STRANGER.gid, switch=False))


def test_a_link_in_place_of_the_socket_folder_is_not_followed(state: LocalState, folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    state.sockets.symlink_to(elsewhere)
    try:
        with pytest.raises(LocalStateError, match="cannot be trusted"):
            state.prepare()
    finally:
        state.sockets.unlink()


def test_the_secret_key_is_made_once_and_kept_closed(state: LocalState) -> None:
    first = state.secret_key()
    assert len(first) >= 50
    assert LocalState.at(state.root).secret_key() == first
    assert stat.S_IMODE((state.root / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in state.root.iterdir()] == ["secret_key"]


def _read_key(root: str) -> str:
    return LocalState.at(Path(root)).secret_key()


def test_racing_processes_agree_on_the_secret_key(folder: Path) -> None:
    with ProcessPoolExecutor(8, mp_context=get_context("fork")) as pool:
        for attempt in range(20):
            roots = [str(folder / f"race{attempt}")] * 8
            assert len(set(pool.map(_read_key, roots))) == 1
