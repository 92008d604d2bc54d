"""Readiness for machines, and checks that register, fail and advise."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis
from django.db import OperationalError, connection

from serai.core import doctor, health
from serai.core.health import Finding, Status


class DeadValkey:
    """A client whose server is away."""

    def ping(self) -> None:
        raise redis.ConnectionError("nobody there")


def test_ready_when_both_answer(db: None) -> None:
    assert health.ready() == {"status": "ok", "checks": {"database": "ok", "valkey": "ok"}}


def test_without_valkey_the_process_still_serves(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "valkey_client", DeadValkey)
    assert health.ready() == {"status": "ok", "checks": {"database": "ok", "valkey": "unavailable"}}


def test_without_the_database_it_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def cursor() -> None:
        raise OperationalError("nobody there")

    monkeypatch.setattr(connection, "cursor", cursor)
    assert health.ready() == {"status": "unavailable", "checks": {"database": "unavailable", "valkey": "ok"}}


def test_an_app_registers_a_check_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_checks", {})
    finding = Finding("kettle", Status.WARN, "cold", "Switch it on.")
    health.check("kettle")(lambda: finding)
    assert health.run_check("kettle", health.registered_checks()["kettle"].function) == [finding]
    with pytest.raises(RuntimeError, match="kettle"):
        health.check("kettle")(lambda: finding)


def test_a_check_that_raises_is_a_failure_not_a_crash() -> None:
    def broken() -> Finding:
        raise ValueError("no kettle")

    assert health.run_check("kettle", broken) == [Finding("kettle", Status.FAIL, "ValueError: no kettle")]


def test_the_doctor_sees_a_package_that_is_not_as_locked(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(
        "django==1.0 \\\n    --hash=sha256:00\nno-such-package==2.0\nnot-here==1.0 ; python_version < '3'\n"
    )
    finding = doctor.packages_match_lock(lock)
    assert finding.status == Status.FAIL
    assert "not 1.0" in finding.detail
    assert "no-such-package is missing" in finding.detail
    assert "not-here" not in finding.detail


def test_the_doctor_warns_when_partitions_run_out(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "existing_partitions", lambda table: set())
    assert doctor.partitions_reach_ahead().status == Status.FAIL
