"""`serai bench`: measure the site's own work, side by side with something that is easy to understand."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from serai.commands import django_ready, stderr_progress

CLIENTS = (1, 8, 32)


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `bench` to the command line."""
    parser = subparsers.add_parser(
        "bench",
        help="measure booking and pricing in a database of its own",
        description="Measure the work of the site in a database that is made for it and dropped again.",
    )
    benches = parser.add_subparsers(title="what to measure", metavar="WHAT", required=True)
    booking = benches.add_parser(
        "booking",
        help="hold and book beside a raw SQL script; quotes; a year of new prices",
        description="Hold and book through the services, beside a raw SQL script that writes the same"
        " rows in the same run: spread over many nights, and on a single hot one. Also what a quote costs"
        " in processor time, and how long a year of new prices takes.",
    )
    booking.add_argument(
        "--clients", type=_counts, default=CLIENTS, metavar="N,N,…", help="how many at once (1,8,32)"
    )
    booking.add_argument("--seconds", type=float, default=4.0, help="a measurement lasts (default 4)")
    booking.add_argument(
        "--rounds", type=_rounds, default=3, help="measurements of each kind, 1 to 8 (default 3)"
    )
    booking.add_argument("--json", action="store_true", help="print the figures as JSON")
    booking.set_defaults(run=run)


def _counts(text: str) -> tuple[int, ...]:
    try:
        counts = tuple(int(part) for part in text.split(","))
    except ValueError:
        counts = ()
    if not 1 <= len(counts) <= 3 or not all(1 <= count <= 64 for count in counts):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of up to three numbers from 1 to 64: 1,8,32")
    return counts


def _rounds(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 8:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 8")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Measure and report: 0 done, 1 a promise was broken (oversold, miscounted, deadlock)."""
    progress = stderr_progress()
    with django_ready("serai bench"):
        from django.db import connection
        from psycopg.conninfo import make_conninfo

        from serai.bench.booking import measure_booking
        from serai.bench.pricing import measure_pricing
        from serai.bench.scratch import ScratchRefused, scratch_database

        try:
            with progress.step("Measuring"), scratch_database():
                given = connection.get_connection_params()
                dsn = make_conninfo(
                    **{
                        key: given[key]
                        for key in ("dbname", "user", "password", "host", "port")
                        if given.get(key)
                    }
                )

                def report(text: str) -> None:
                    progress.update(text, done=0, total=0)

                figures: dict[str, Any] = measure_pricing(report=report)
                figures["booking"] = measure_booking(
                    dsn=dsn, clients=args.clients, seconds=args.seconds, rounds=args.rounds, report=report
                )
        except ScratchRefused as error:
            print(f"serai bench: {error}", file=sys.stderr)
            return 2
    if args.json:
        print(json.dumps(figures, indent=1))
    else:
        _print(figures)
    booking = figures["booking"]
    broken = booking["deadlocks"] or booking["oversold_nights"] or booking["miscounted_nights"]
    return 1 if broken else 0


def _print(figures: dict[str, Any]) -> None:
    quote, update, booking = figures["quote"], figures["price_update"], figures["booking"]
    print(
        f"quote of {quote['nights']} nights × {quote['products']} products:"
        f" {quote['pricing_cpu_ms']['median']} ms of CPU to price,"
        f" {quote['loading_cpu_ms']['median']} ms to load"
    )
    print(f"new prices for {update['changed']:,} nights: {update['seconds']['median']} s")
    print(
        f"{'load':8}{'clients':>8}{'raw/s':>9}{'ours/s':>9}{'ratio':>8}"
        f"{'p50 ms':>9}{'p99 ms':>9}{'waiting':>9}"
    )
    for entry in booking["loads"]:
        raw, ours = entry["programs"]["raw"], entry["programs"]["services"]
        print(
            f"{entry['load']:8}{entry['clients']:>8}{raw['per_second']:>9}{ours['per_second']:>9}"
            f"{entry['ratio']:>8}{ours['p50_ms']:>9}{ours['p99_ms']:>9}{ours['waiting_for_locks']:>9}"
        )
    print(
        f"{booking['bookings']:,} bookings, {booking['oversold_nights']} nights oversold,"
        f" {booking['miscounted_nights']} miscounted, {booking['deadlocks']} deadlocks"
    )
