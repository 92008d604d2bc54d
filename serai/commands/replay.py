"""`serai replay`: play real bookings through the booking services."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from serai.commands import django_ready, stderr_progress


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `replay` to the command line."""
    parser = subparsers.add_parser(
        "replay",
        help="replay a file of real bookings in the order in which they happened",
        description="Book, cancel, check in and check out every booking of a hotel-bookings CSV file (plain"
        " or .gz) through the services of the site, and report what was sold and refused.",
    )
    parser.add_argument("file", type=Path, help="the CSV file, plain or gzipped")
    parser.add_argument(
        "--capacity",
        type=_capacity,
        default=None,
        metavar="peak|N",
        help="rooms of each type: as many as it takes to refuse nobody (peak), or N percent of that",
    )
    parser.add_argument("--currency", default="EUR", help="what the rates are in (default %(default)s)")
    parser.add_argument(
        "--timezone", type=_timezone, default="Europe/Lisbon", help="of the hotels (default %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.set_defaults(run=run)


def _capacity(text: str) -> int | None:
    if text == "peak":
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is neither `peak` nor a percentage from 1 to 1000")
    return int(text)


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (LookupError, ValueError, OSError):
        raise argparse.ArgumentTypeError(f"{text!r} is no time zone such as Europe/Lisbon") from None
    return text


def run(args: argparse.Namespace) -> int:
    """Replay and report: 0 done, 1 a promise was broken, 2 not such a file."""
    progress = stderr_progress()
    if not args.file.is_file():
        print(f"serai replay: {args.file} is not a file.", file=sys.stderr)
        return 2
    with django_ready("serai replay"):
        from serai.channels.replay.run import replay_file
        from serai.channels.tables import TableError
        from serai.commands.prepare import migrate
        from serai.core.clock import utc_now

        migrate(progress)
        try:
            with progress.step(f"Replaying {args.file.name}"):
                outcome = replay_file(
                    args.file,
                    capacity=args.capacity,
                    now=utc_now(),
                    report=lambda text, done, total: progress.update(text, done=done, total=total),
                    currency=args.currency,
                    timezone=args.timezone,
                )
        except TableError as error:
            print(f"serai replay: {error}", file=sys.stderr)
            return 2
    if args.json:
        print(json.dumps(outcome.as_json()))
    else:
        for key, value in outcome.as_json().items():
            print(f"{key:>20}  {value}")
    return 1 if outcome.oversold_nights else 0
