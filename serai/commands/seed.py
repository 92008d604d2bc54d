"""`serai seed`: fill the database with demo hotels."""

from __future__ import annotations

import argparse
import dataclasses
import json
import time

from serai.commands import django_ready, stderr_progress


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `seed` to the command line."""
    parser = subparsers.add_parser(
        "seed",
        help="fill the database with demo hotels, prices, guests and bookings",
        description="Fill an empty database with the demo: hotels in real cities, four seasons of"
        " prices, reviews, photos, guests and bookings. Does nothing when the demo is already there.",
    )
    parser.add_argument("--hotels", type=_count, default=None, help="how many hotels (default 320)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.set_defaults(run=run)


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 3000:
        raise argparse.ArgumentTypeError("from 1 to 3000 hotels")
    return number


def run(args: argparse.Namespace) -> int:
    """Seed and report."""
    started = time.monotonic()
    progress = stderr_progress()
    with django_ready("serai seed"):
        from serai.commands.prepare import migrate
        from serai.demo import seed

        migrate(progress)
        was_seeded = seed.is_seeded()
        with progress.step("Filling the demo with hotels, prices, guests and bookings"):
            report = seed.run(progress, hotels=args.hotels or seed.DEFAULT_HOTELS)
        figures = dataclasses.asdict(report) | {
            "was_seeded": was_seeded,
            "seconds": round(time.monotonic() - started, 1),
        }
        accounts = list(seed.ACCOUNTS)
    if args.json:
        print(json.dumps(figures | {"accounts": dict(accounts)}))
    elif was_seeded:
        print("The demo is already there; nothing was changed.")
    else:
        for key, value in figures.items():
            if key != "was_seeded":
                print(f"{key:>10}  {value:,}")
        for role, email in accounts:
            print(f"{role:>10}  {email}")
    return 0
