"""What every test gets: a database of its own, an empty Valkey, zeal watching, a fixed instant."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import psycopg
import pytest
import redis
from psycopg import sql

from serai.core.local import testing

# Every run tries the same examples, so a red run is red for everybody. To look for new ones:
# HYPOTHESIS_PROFILE=explore pytest …
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_test_environment: None) -> None:
    """Clone this worker's database from the run's migrated template.

    Without a template (TEST_DATABASE_URL, or migrations that fail) pytest-django migrates as usual.
    """
    if not testing.has_template():
        request.getfixturevalue("django_db_setup")
        return
    from django.db import connections

    settings = connections["default"].settings_dict
    name = "_".join(filter(None, (settings["TEST"]["NAME"], testing.worker_name())))
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(testing.TEMPLATE)
            )
        )
    connections["default"].close()
    settings["NAME"] = name


@pytest.fixture(scope="session")
def _valkey() -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(os.environ["VALKEY_URL"])
    yield client
    client.close()


@pytest.fixture(autouse=True)
def _empty_valkey(_valkey: redis.Redis) -> None:
    """Rate limits, sessions and cached pages of one test must not reach the next."""
    _valkey.flushdb()


@pytest.fixture(autouse=True)
def _no_repeated_queries() -> Iterator[None]:
    """Fail any test in which one line of code asks the database once per row."""
    from zeal import zeal_context

    with zeal_context():
        yield


@pytest.fixture
def now() -> datetime.datetime:
    """The instant at which tests take place: 21 November 2026, noon in India."""
    return datetime.datetime(2026, 11, 21, 6, 30, tzinfo=datetime.UTC)


@pytest.fixture
def service_environment(db: Any) -> dict[str, str]:
    """The environment for a child process that shall see this test's database and Valkey.

    The child sees committed rows only, so the test usually wants `transactional_db` as well.
    """
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    parameters = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])
    if str(parameters.get("host", "")).startswith("/"):
        url = f"postgres://{parameters['user']}@/{name}?host={parameters['host']}"
    else:
        head, _, query = os.environ["DATABASE_URL"].partition("?")
        url = head.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")
    return os.environ | {"DATABASE_URL": url}


@pytest.fixture
def run_outbox(db: Any, settings: Any) -> Callable[..., int]:
    """Deliver every due outbox message here and now, and what follows from them; count the deliveries.

    A receiver that fails fails the test, unless it is called with `may_fail=True`. Mails are read in
    `SentMail`.
    """
    # Django's test runner puts a backend of its own in place, which would keep them in memory.
    settings.EMAIL_BACKEND = "serai.core.mail.MailboxBackend"
    from zeal import zeal_context

    from serai.core.clock import utc_now
    from serai.core.models import OutboxMessage
    from serai.core.outbox import deliver

    def run(*, now: datetime.datetime | None = None, may_fail: bool = False) -> int:
        delivered = 0
        tried: set[int] = set()
        while True:
            due = OutboxMessage.objects.filter(
                done_at__isnull=True, failed_at__isnull=True, available_at__lte=now or utc_now()
            ).exclude(pk__in=tried)
            ids = list(due.order_by("id").values_list("id", flat=True))
            if not ids:
                return delivered
            for message_id in ids:
                tried.add(message_id)
                # Each delivery is a task of its own, so looking alike is no repetition.
                with zeal_context():
                    is_delivered = deliver(message_id, now=now or utc_now())
                if is_delivered:
                    delivered += 1
                elif not may_fail:
                    message = OutboxMessage.objects.get(pk=message_id)
                    if message.done_at is None:
                        pytest.fail(f"{message} was not delivered: {message.error}")

    return run
