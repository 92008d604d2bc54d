"""`serai import`: take in data from files."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from serai.commands import django_ready, stderr_progress

FORMATS = ("france", "airbnb", "csv")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `import` to the command line."""
    parser = subparsers.add_parser("import", help="take in listings from a file")
    things = parser.add_subparsers(title="what to import", metavar="WHAT", required=True)
    hotels = things.add_parser(
        "hotels",
        help="properties with a room type and a price",
        description="Create or update properties from a CSV file (plain or .gz). Rows that make no sense"
        " are rejected with a reason and their line number; a second run changes nothing.",
    )
    hotels.add_argument("file", type=Path, help="the CSV file, plain or gzipped")
    hotels.add_argument(
        "--format",
        required=True,
        choices=FORMATS,
        help="france: register of Atout France; airbnb: Inside Airbnb's listings; csv: our own columns",
    )
    hotels.add_argument("--source", default="", help="name of the supplier (default: the format)")
    hotels.add_argument("--currency", default="", help="of all prices (default: that of each country)")
    hotels.add_argument("--owner", default="", metavar="EMAIL", help="who shall run new properties")
    hotels.add_argument(
        "--publish",
        action="store_true",
        help="put those that can be booked on sale; without it all are drafts",
    )
    hotels.add_argument(
        "--rejects", type=Path, metavar="FILE", help="write every rejected row's line and reason"
    )
    hotels.add_argument("--json", action="store_true", help="print the figures as JSON")
    hotels.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import and report: 0 done, 2 the file or an option is wrong."""
    started = time.monotonic()
    progress = stderr_progress()
    if not args.file.is_file():
        return _refuse(f"{args.file} is not a file.")
    with django_ready("serai import"):
        from babel.numbers import list_currencies

        from serai.accounts.models import User
        from serai.channels.imports.run import import_listings
        from serai.channels.tables import TableError
        from serai.commands.prepare import migrate
        from serai.core.clock import utc_now

        if args.currency and args.currency not in list_currencies():
            return _refuse(f"{args.currency} is no currency code such as EUR.")
        migrate(progress)
        owner = User.objects.filter(email__iexact=args.owner).first() if args.owner else None
        if args.owner and owner is None:
            return _refuse(f"Nobody signs in as {args.owner}.")
        try:
            with progress.step(f"Importing {args.file.name}"):
                report = import_listings(
                    args.file,
                    format_name=args.format,
                    now=utc_now(),
                    report=lambda text, done, total: progress.update(
                        text if total else f"{text} ({done:,})", done=done, total=total
                    ),
                    source=args.source[:40],
                    currency=args.currency,
                    owner=owner,
                    is_published=args.publish,
                    rejects_path=args.rejects,
                )
        except TableError as error:
            return _refuse(str(error))
        except OSError as error:
            return _refuse(f"{error.filename or args.rejects}: {error.strerror}.")
    figures = report.as_json() | {"format": args.format, "seconds": round(time.monotonic() - started, 1)}
    if args.json:
        print(json.dumps(figures, ensure_ascii=False))
        return 0
    for key in ("read", "created", "updated", "unchanged", "rejected", "published", "seconds"):
        print(f"{key:>10}  {figures[key]:,}")
    for reason, count in figures["reasons"].items():
        print(f"{'':>12}{count:,} × {reason}")
    for example in figures["examples"]:
        print(f"{'':>12}line {example['line']}: {example['reason']} {example['detail']}".rstrip())
    return 0


def _refuse(message: str) -> int:
    print(f"serai import: {message}", file=sys.stderr)
    return 2
