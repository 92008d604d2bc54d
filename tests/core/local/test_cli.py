"""The commands as a person runs them: what they print and the code they end with."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest

from serai.commands.demo import banner
from serai.core.local.launch import Place
from serai.core.local.locks import FolderLock
from serai.core.local.state import LocalState

from .conftest import Processes


def serai(
    *arguments: str, environment: dict[str, str] | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run `python -m serai`; None of the test run's own servers are known to it unless given."""
    known = dict(os.environ)
    if environment is None:
        for name in ("DATABASE_URL", "VALKEY_URL", "SERAI_MODE", "SECRET_KEY", "PORT"):
            known.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "serai", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**known, **(environment or {}), **more},
    )


def test_every_command_has_help() -> None:
    listed = serai("--help").stdout
    for command in ("demo", "up", "prepare", "services", "relay", "doctor"):
        assert command in listed
        shown = serai(command, "--help")
        assert shown.returncode == 0
        assert len(shown.stdout.splitlines()) > 4


def test_an_unknown_command_is_a_usage_error() -> None:
    assert serai("dance").returncode == 2


@pytest.mark.parametrize("as_option", [True, False])
def test_an_occupied_port_is_a_clear_message_and_starts_nothing(
    state: LocalState, family: Processes, as_option: bool
) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = str(stranger.getsockname()[1])
        if as_option:
            ended = serai("demo", "--port", port, SERAI_STATE_DIR=str(state.root))
        else:
            ended = serai("demo", SERAI_STATE_DIR=str(state.root), PORT=port)
    assert ended.returncode == 2
    assert f"Port {port} on 127.0.0.1 is in use" in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not state.data.joinpath("postgres").exists()
    assert family.all_gone_within(1)


def test_a_second_demo_of_the_same_folder_names_the_address(state: LocalState) -> None:
    state.prepare()
    lock = FolderLock(state.run / "supervisor.lock")
    lock.take(address="http://localhost:8042")
    try:
        ended = serai("demo", SERAI_STATE_DIR=str(state.root))
    finally:
        lock.release()
    assert ended.returncode == 1
    assert f"runs already at http://localhost:8042 (process {os.getpid()})" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_demo_refuses_another_mode(state: LocalState) -> None:
    ended = serai("demo", SERAI_STATE_DIR=str(state.root), SERAI_MODE="production")
    assert ended.returncode == 2
    assert "SERAI_MODE is 'production'" in ended.stderr


def test_services_that_are_named_elsewhere_are_not_started(state: LocalState) -> None:
    ended = serai(
        "services",
        SERAI_STATE_DIR=str(state.root),
        DATABASE_URL="postgres://db.example/serai",
        VALKEY_URL="redis://cache.example/0",
    )
    assert ended.returncode == 1
    assert "nothing to start" in ended.stderr


def test_the_doctor_finds_a_sound_house(service_environment: dict[str, str]) -> None:
    ended = serai("doctor", "--json", environment=service_environment)
    report = json.loads(ended.stdout)
    found = {finding["name"]: finding for finding in report["findings"]}
    assert {finding["status"] for finding in report["findings"]} <= {"ok", "warn", "fail"}
    assert found["database"]["status"] == "ok"
    assert found["database"]["detail"].startswith("PostgreSQL ")
    assert found["valkey"]["status"] == "ok"
    assert found["migrations"] == {
        "name": "migrations",
        "status": "ok",
        "detail": "none waiting",
        "advice": "",
    }
    assert {"python", "packages", "settings", "partitions", "outbox", "disk", "write access"} <= found.keys()
    failed = [finding for finding in report["findings"] if finding["status"] == "fail"]
    assert report["ok"] is (not failed)
    assert ended.returncode == (1 if failed else 0)


def test_the_doctor_says_what_to_do_without_services(state: LocalState) -> None:
    state.prepare()
    ended = serai("doctor", "--json", SERAI_STATE_DIR=str(state.root))
    report = json.loads(ended.stdout)
    found = {finding["name"]: finding for finding in report["findings"]}
    assert ended.returncode == 1
    assert report["ok"] is False
    for name in ("database", "valkey"):
        assert found[name]["status"] == "fail"
        assert "serai demo" in found[name]["advice"]
    assert found["python"]["status"] == "ok"
    assert found["migrations"]["detail"] == "not checked, for the database does not answer"
    shown = serai("doctor", SERAI_STATE_DIR=str(state.root))
    assert shown.returncode == 1
    assert "→ Start it (`serai demo` or `serai services`)" in shown.stdout


def test_the_doctor_reports_settings_that_refuse_to_load(state: LocalState) -> None:
    ended = serai("doctor", "--json", SERAI_STATE_DIR=str(state.root), SERAI_MODE="production")
    [finding] = json.loads(ended.stdout)["findings"]
    assert ended.returncode == 1
    assert finding["name"] == "settings"
    assert "SECRET_KEY must be" in finding["detail"]


def test_addresses_and_hosts_that_a_copy_gives_its_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SITE_URL", "STREAM_URL", "ALLOWED_HOSTS", "SERAI_MODE"):
        monkeypatch.delenv(name, raising=False)
    here = Place(host="127.0.0.1", port=8000, stream_port=8001).environment()
    assert here["SITE_URL"] == "http://localhost:8000"
    assert here["STREAM_URL"] == "http://localhost:8001/stream/"
    assert here["ALLOWED_HOSTS"] == "localhost,127.0.0.1,[::1]"
    assert here["SERAI_MODE"] == "demo"
    named = Place(host="192.0.2.7", port=80, stream_port=81).environment()
    assert named["SITE_URL"] == "http://192.0.2.7:80"
    assert "192.0.2.7" in named["ALLOWED_HOSTS"].split(",")
    monkeypatch.setenv("SITE_URL", "https://hotels.example")
    assert Place(host="127.0.0.1", port=8000, stream_port=8001).environment()["SITE_URL"] == (
        "https://hotels.example"
    )


def test_the_banner_says_where_who_and_mail() -> None:
    place = Place(host="127.0.0.1", port=8005, stream_port=8006)
    text = banner(place, {"accounts": [["Guest", "guest@serai.example"], ["Staff", "staff@serai.example"]]})
    assert "Serai is ready:  http://localhost:8005\n" in text
    assert "  Guest  guest@serai.example\n" in text
    assert "http://localhost:8005/dev/mail/" in text
