"""The embedded servers themselves: start, stop, survive, refuse."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from serai.core.local.locks import LockHeldError
from serai.core.local.processes import wait_until
from serai.core.local.services import LocalServices, services_available
from serai.core.local.state import LocalState, LocalStateError

from .conftest import Processes

HOLDER = """
import json, sys, time
from pathlib import Path
from serai.core.local.services import LocalServices
from serai.core.local.state import LocalState
state = LocalState.at(Path(sys.argv[1]))
services = LocalServices(state, with_postgres=True, with_valkey=True)
services.postgres.is_durable = False
services.start(holder="a test")
print(json.dumps([server.process.pid for server in services.servers]), flush=True)
time.sleep(600)
"""


@pytest.fixture
def services(state: LocalState, family: Processes) -> Iterator[LocalServices]:
    # Without fsync: what a killed process has written is safe with the kernel, and tests are quick.
    services = LocalServices(state, with_postgres=True, with_valkey=True)
    services.postgres.is_durable = False
    yield services
    services.stop()


@pytest.fixture
def durable_services(state: LocalState, family: Processes) -> Iterator[LocalServices]:
    services = LocalServices(state, with_postgres=True, with_valkey=True)
    yield services
    services.stop()


def write_row(state: LocalState) -> int:
    """Commit one more row and message; return how many rows there are."""
    with psycopg.connect(state.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number integer)")
        connection.execute("INSERT INTO kept VALUES (1)")
        count = connection.execute("SELECT count(*) FROM kept").fetchone()[0]
    with redis.Redis.from_url(state.valkey_url) as client:
        assert client.rpush("kept", "message") == count
    return count


def test_what_was_written_is_there_after_a_restart(
    state: LocalState, services: LocalServices, family: Processes
) -> None:
    services.start(holder="a test")
    assert write_row(state) == 1
    services.stop()
    assert family.all_gone_within(1)
    assert not state.sockets.exists()
    services.start(holder="a test")
    assert write_row(state) == 2


def test_the_database_is_what_the_design_says(state: LocalState, durable_services: LocalServices) -> None:
    durable_services.start(holder="a test")
    with psycopg.connect(state.database_url) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, current_setting('fsync'),"
            " current_setting('full_page_writes'), current_setting('listen_addresses'),"
            " datlocprovider, datlocale, pg_encoding_to_char(encoding), rolsuper"
            " FROM pg_database, pg_roles WHERE datname = 'serai' AND rolname = current_user"
        ).fetchone()
        assert row == (18, "on", "on", "", "b", "C.UTF-8", "UTF8", False)
        for extension in ("btree_gist", "pg_trgm", "unaccent", "citext"):
            connection.execute(f"CREATE EXTENSION {extension}")
    with redis.Redis.from_url(state.valkey_url) as client:
        assert client.info("server")["valkey_version"].startswith("9.")
        assert client.config_get("port") == {"port": "0"}


def test_servers_never_run_as_root(services: LocalServices) -> None:
    services.start(holder="a test")
    for server in services.servers:
        assert server.process is not None
        assert Path(f"/proc/{server.process.pid}").stat().st_uid == services.user.uid
    assert services.user.uid != 0


def test_one_holder_at_a_time(state: LocalState, services: LocalServices) -> None:
    services.start(holder="the first")
    with pytest.raises(LockHeldError) as caught:
        LocalServices(state, with_postgres=True, with_valkey=True).start(holder="the second")
    assert caught.value.note == {"pid": os.getpid(), "holder": "the first"}
    assert caught.value.holder_lives


def test_kill_9_of_the_holder_leaves_no_server_and_loses_nothing(
    state: LocalState, services: LocalServices, family: Processes
) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(state.root)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    pids = json.loads(holder.stdout.readline())
    assert len(pids) == 2
    assert family.pids() >= set(pids)
    assert write_row(state) == 1
    holder.kill()
    holder.wait()
    # At once, while the reaper may still be at work: the start waits for it.
    services.start(holder="a test")
    assert write_row(state) == 2
    assert not set(pids) & family.pids()
    services.stop()
    assert family.all_gone_within(1)


def test_kill_9_of_the_servers_loses_nothing(state: LocalState, services: LocalServices) -> None:
    services.start(holder="a test")
    for count in (1, 2, 3):
        assert write_row(state) == count
        for server in services.servers:
            assert server.process is not None
            server.process.kill()
            server.process.wait()
            services.start_server(server)


def test_a_stale_pid_file_that_names_a_stranger_is_no_obstacle(
    state: LocalState, services: LocalServices
) -> None:
    services.start(holder="a test")
    assert write_row(state) == 1
    assert services.postgres.process is not None
    pid_file = services.postgres.data / "postmaster.pid"
    services.postgres.process.kill()
    services.postgres.process.wait()
    lines = pid_file.read_text().splitlines()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        services.start_server(services.postgres)
        assert stranger.poll() is None
        stranger.terminate()
    assert write_row(state) == 2


def test_files_of_another_version_are_left_alone(state: LocalState, services: LocalServices) -> None:
    services.start(holder="a test")
    services.stop()
    version = services.postgres.data / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(LocalStateError, match="made by PostgreSQL 16"):
        services.start(holder="a test")
    version.write_text("18\n")
    services.start(holder="a test")
    assert write_row(state) == 1


def test_an_interrupted_creation_is_begun_again(state: LocalState, services: LocalServices) -> None:
    state.prepare()
    half = state.data / "postgres.new.abandoned"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    services.start(holder="a test")
    assert not half.exists()
    assert write_row(state) == 1


def test_a_command_borrows_running_services_and_ends_its_own(
    state: LocalState, services: LocalServices, family: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("VALKEY_URL")
    with services_available(state, holder="a command"):
        assert write_row(state) == 1
    assert family.all_gone_within(1)
    services.start(holder="a test")
    with services_available(state, holder="a command"):
        assert write_row(state) == 2
    assert write_row(state) == 3


def test_named_servers_take_the_place_of_embedded_ones(
    state: LocalState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example/serai")
    monkeypatch.setenv("VALKEY_URL", "")
    services = LocalServices(state)
    assert services.servers == [services.valkey]
    monkeypatch.setenv("VALKEY_URL", "redis://cache.example/0")
    with services_available(state, holder="a command"):
        assert not state.root.exists()


def test_a_closed_home_is_served_from_a_place_the_servers_can_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    state = LocalState.at(home / "state")
    services = LocalServices(state, with_postgres=True, with_valkey=True)
    try:
        services.start(holder="a test")
        assert write_row(state) == 1
        inside = state.data.is_relative_to(home)
        assert inside is (os.getuid() != 0)
    finally:
        services.stop()
        subprocess.run(["rm", "-rf", state.data, state.sockets], check=True)


def test_nobody_else_can_reach_the_sockets(state: LocalState, services: LocalServices) -> None:
    services.start(holder="a test")
    mode = services.state.sockets.stat().st_mode & 0o777
    assert mode == 0o700
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(state.sockets / ".s.PGSQL.5432"))
    assert wait_until(services.valkey.is_ready, seconds=1)


def test_a_stop_does_not_wait_for_idle_sessions(state: LocalState, services: LocalServices) -> None:
    services.start(holder="a test")
    assert services.postgres.process is not None
    process = services.postgres.process
    with psycopg.connect(state.database_url):
        services.stop()
    assert process.returncode == 0
    assert services.postgres.stop_signal == signal.SIGINT
