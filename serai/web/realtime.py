"""The stream process: server-sent events for open pages. ASGI without Django's request machinery.

One Valkey subscription per open page; a comment line every 15 seconds keeps proxies awake and finds
out who left. It holds no state, so browsers simply reconnect after a restart.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.config.settings")

import django

django.setup()

import redis.asyncio as redis  # noqa: E402 - settings first
from django.conf import settings  # noqa: E402
from django.core import signing  # noqa: E402

from serai.core.live import PREFIX, read_token  # noqa: E402

HEARTBEAT_SECONDS = 15.0
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def _site_origin() -> bytes:
    site = urlsplit(settings.SITE_URL)
    return f"{site.scheme}://{site.netloc}".encode()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Answer `GET /stream/?token=…` with an event stream; anything else is refused."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    if scope["type"] != "http":
        return
    if scope["path"] == "/health/live":
        await _respond(send, 200, b"ok")
        return
    if scope["path"] != "/stream/" or scope["method"] != "GET":
        await _respond(send, 404, b"Not found")
        return
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    try:
        channel = read_token(query.get("token", [""])[0])
    except signing.BadSignature:
        await _respond(send, 403, b"This address has expired. Reload the page.")
        return
    await _stream(channel, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _respond(send: Send, status: int, body: bytes) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def _stream(channel: str, receive: Receive, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"text/event-stream; charset=utf-8"),
                (b"cache-control", b"no-store"),
                (b"x-accel-buffering", b"no"),
                (b"access-control-allow-origin", _site_origin()),
                (b"vary", b"Origin"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
    client = redis.Redis.from_url(settings.VALKEY_URL, socket_connect_timeout=1)
    leaving = asyncio.ensure_future(_left(receive))
    try:
        async with client.pubsub() as subscription:
            await subscription.subscribe(PREFIX + channel)
            while not leaving.done():
                message = await subscription.get_message(
                    ignore_subscribe_messages=True, timeout=HEARTBEAT_SECONDS
                )
                data = b": still here\n\n" if message is None else b"data: " + message["data"] + b"\n\n"
                await send({"type": "http.response.body", "body": data, "more_body": True})
    except (redis.RedisError, OSError):
        pass  # Valkey is away: end the stream; the browser comes back by itself.
    finally:
        leaving.cancel()
        await client.aclose()
    await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    """Return when the browser has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
