"""`serai relay`: hand outbox messages to the task queue as they are written."""

from __future__ import annotations

import argparse
import signal
import threading
from types import FrameType

from serai.commands import choose_mode


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `relay` to the command line."""
    parser = subparsers.add_parser(
        "relay",
        help="hand outbox messages to the task queue, until stopped",
        description="Move mails and other effects from the outbox to the task queue as they are written."
        " `serai demo` and `serai up` run this themselves; in production run one or more of it.",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Relay until SIGINT or SIGTERM; a batch that was begun is finished."""
    choose_mode()
    import django

    django.setup()
    from serai.core.outbox import relay_forever

    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_stop)
    relay_forever(stop=stop)
    return 0
