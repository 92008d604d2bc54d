"""The pytest plugin that gives every run PostgreSQL and Valkey of its own.

Loaded by `-p` in pyproject.toml, so that its import happens before Django's settings are read: the
environment then already names this run's sockets, though the servers start only with the session.
`TEST_DATABASE_URL` and `TEST_VALKEY_URL` name real servers to use instead; the ordinary
`DATABASE_URL` is ignored, for tests empty what they use.

pytest-xdist's workers inherit the servers from the controller. Each has a database cloned from one
migrated template and a numbered Valkey database.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from serai.core.local.identity import ServiceUser
from serai.core.local.services import LocalServices
from serai.core.local.state import CHECKOUT, LocalState

TEMPLATE = "serai_template"
KEPT_CLUSTERS = 2
_RUN = "SERAI_TEST_RUN"
_HAS_TEMPLATE = "SERAI_TEST_TEMPLATE"
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def _point_environment_at_run() -> LocalState:
    """Name this run's folder and servers in the environment; creates nothing."""
    if not _WORKER:
        name = f"serai-test-{os.getpid()}-{secrets.token_hex(3)}"
        os.environ[_RUN] = str(Path(tempfile.gettempdir()) / name)
        os.environ.pop(_HAS_TEMPLATE, None)
        # Reading the settings alone makes the folder, also when no session follows.
        atexit.register(shutil.rmtree, os.environ[_RUN], ignore_errors=True)
    folder = Path(os.environ[_RUN])
    state = LocalState.at(folder)
    # Worker gw0 uses Valkey's database 1, a run without workers database 0.
    number = int(match[0]) + 1 if (match := re.search(r"\d+$", _WORKER)) else 0
    valkey_url = os.environ.get("TEST_VALKEY_URL") or f"unix://{state.sockets}/valkey.sock"
    os.environ.update(
        SERAI_MODE="test",
        SERAI_STATE_DIR=str(folder),
        SECRET_KEY="tests-need-no-secret-but-a-long-and-constant-key-0123456789",  # noqa: S106
        DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or state.database_url,
        VALKEY_URL=f"{valkey_url}?db={number}",
    )
    return state


STATE = _point_environment_at_run()
_services: LocalServices | None = None


def worker_name() -> str:
    """This pytest-xdist worker's name such as `gw0`; empty without workers."""
    return _WORKER


def has_template() -> bool:
    """Whether the run's cluster holds a migrated database to clone."""
    return os.environ.get(_HAS_TEMPLATE) == "1"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the run's servers, before pytest-xdist starts its workers."""
    if _WORKER or session.config.option.collectonly:
        return
    services = LocalServices(
        STATE,
        is_durable=False,
        with_postgres=not os.environ.get("TEST_DATABASE_URL"),
        with_valkey=not os.environ.get("TEST_VALKEY_URL"),
    )
    if not services.servers:
        return
    STATE.prepare(services.user)
    cached = _cached_cluster()
    with_postgres = services.postgres in services.servers
    is_known = with_postgres and cached.is_dir()
    if is_known:
        _copy_cluster(cached, services.postgres.data)
    _hold(services)
    if with_postgres and not is_known and _migrate_template(services):
        # A copy may only be taken from a server at rest.
        services.postgres.stop()
        _keep_cluster(services.postgres.data, cached)
        services.start_server(services.postgres)
        is_known = True
    if is_known:
        os.environ[_HAS_TEMPLATE] = "1"


def pytest_unconfigure() -> None:
    """Stop the servers and remove the run's folders."""
    global _services
    if _services is not None:
        _services.stop()
        _services = None


def _hold(services: LocalServices) -> None:
    """Start the servers; the reaper removes the run's folders however this process ends."""
    global _services
    _services = services
    reaper = services.start(holder="pytest")
    reaper.remove_at_end(STATE.sockets)
    reaper.remove_at_end(STATE.root)
    if STATE.data.parent != STATE.root:
        reaper.remove_at_end(STATE.data)


def _migrate_template(services: LocalServices) -> bool:
    """Migrate a fresh database to clone; False when the migrations fail (the tests tell why)."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(services.postgres.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    migration = subprocess.run(
        [sys.executable, str(CHECKOUT / "manage.py"), "migrate", "--verbosity=0"],
        env=os.environ | {"DATABASE_URL": services.postgres.url(TEMPLATE)},
        capture_output=True,
        check=False,
    )
    return migration.returncode == 0


def _cached_cluster() -> Path:
    """Where the cluster with the template for exactly this code is kept between runs."""
    digest = hashlib.sha256()
    patterns = ("**/migrations/*.py", "**/models.py", "**/models/*.py", "**/apps.py", "config/settings.py")
    sources = sorted({path for pattern in patterns for path in (CHECKOUT / "serai").glob(pattern)})
    for path in (*sources, CHECKOUT / "requirements.txt", Path(__file__)):
        digest.update(str(path).encode())
        with suppress(FileNotFoundError):
            digest.update(path.read_bytes())
    return CHECKOUT / ".serai" / "test-clusters" / digest.hexdigest()[:16]


def _keep_cluster(data: Path, cached: Path) -> None:
    """Keep a stopped cluster for the next run; a run that was faster wins."""
    cached.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix="copy.", dir=cached.parent))
    try:
        _copy_cluster(data, building / "cluster")
        (building / "cluster").rename(cached)
    except OSError:
        # Not being able to keep it costs the next run seconds, nothing else.
        pass
    finally:
        shutil.rmtree(building, ignore_errors=True)
    others = (path for path in cached.parent.glob("*") if path != cached and "." not in path.name)
    for path in sorted(others, key=lambda other: other.stat().st_mtime, reverse=True)[KEPT_CLUSTERS - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


def _copy_cluster(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True)
    user = ServiceUser.current()
    for path in (target, *target.rglob("*")):
        user.own(path)
