"""Imports listings from a file: streamed, in batches, each batch one transaction.

`read == created + updated + unchanged + rejected`, always. An import that was interrupted is begun
again: what it had written is then unchanged.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from django.db import connection

from serai.accounts.models import User
from serai.channels.imports import airbnb, france, sheet
from serai.channels.imports.listings import ImportedListing
from serai.channels.imports.places import Gazetteer
from serai.channels.imports.write import Tally, Writer
from serai.channels.tables import RowRefused, read_table
from serai.core.db import write_transaction
from serai.properties.catalogue import load_catalogue
from serai.properties.destinations import load_destinations
from serai.properties.models import Destination

FORMATS: dict[str, ModuleType] = {"france": france, "airbnb": airbnb, "csv": sheet}
BATCH = 1000
EXAMPLES = 20
Report = Callable[[str, int, int], None]


@dataclass
class ImportReport:
    """The figures of an import. `reasons` counts the rejected rows, `examples` shows the first."""

    source: str
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    published: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "published": self.published,
            "reasons": dict(sorted(self.reasons.items())),
            "examples": self.examples,
        }


class Rejects:
    """Counts refused rows, keeps the first few, and writes all of them to a file when there is one."""

    def __init__(self, report: ImportReport, writer: Any | None) -> None:
        self.report = report
        self.writer = writer

    def add(self, line: int, refusal: RowRefused) -> None:
        self.report.rejected += 1
        self.report.reasons[refusal.reason] += 1
        if len(self.report.examples) < EXAMPLES:
            self.report.examples.append({"line": line, "reason": refusal.reason, "detail": refusal.detail})
        if self.writer is not None:
            self.writer.writerow([line, refusal.reason, refusal.detail])


def import_listings(
    path: Path,
    *,
    format_name: str,
    now: dt.datetime,
    report: Report,
    source: str = "",
    currency: str = "",
    owner: User | None = None,
    is_published: bool = False,
    rejects_path: Path | None = None,
) -> ImportReport:
    """Import a file of one of `FORMATS` and return its figures.

    `source` names where the references come from (default: the format). `currency` overrides that of
    each listing's country. With `is_published`, listings that can be booked go on sale at once; others,
    and all without it, are drafts. Raises `TableError`. Opens transactions of its own.
    """
    if not Destination.objects.exists():
        load_destinations(lambda done, total: report("Cities", done, total))
    figures = ImportReport(source=source or format_name)
    writer = Writer(
        source=figures.source,
        gazetteer=Gazetteer(),
        amenities=load_catalogue(),
        currency=currency,
        owner=owner,
        is_published=is_published,
        now=now,
    )
    with _rejects_file(rejects_path) as rejects_writer:
        rejects = Rejects(figures, rejects_writer)
        for batch in _batches(path, FORMATS[format_name], figures, rejects):
            _absorb(figures, rejects, _write(writer, batch))
            report("Rows", figures.read, 0)
    return figures


def _batches(
    path: Path, module: ModuleType, figures: ImportReport, rejects: Rejects
) -> Iterator[list[ImportedListing]]:
    """Yield the file's good listings, each reference once, in batches."""
    first_lines: dict[str, int] = {}
    batch: list[ImportedListing] = []
    for row in read_table(path, required=module.REQUIRED):
        figures.read += 1
        try:
            listing: ImportedListing = module.parse_listing(row)
            if listing.reference in first_lines:
                raise RowRefused("duplicate_reference", f"as in line {first_lines[listing.reference]}")
        except RowRefused as refusal:
            rejects.add(row.line, refusal)
            continue
        first_lines[listing.reference] = row.line
        batch.append(listing)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _write(writer: Writer, batch: list[ImportedListing]) -> Tally:
    with write_transaction():
        with connection.cursor() as cursor:
            # Two imports of one source take turns, batch by batch.
            cursor.execute("SELECT set_config('lock_timeout', '60s', true)")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import:{writer.source}"])
        return writer.write(batch)


def _absorb(figures: ImportReport, rejects: Rejects, tally: Tally) -> None:
    figures.created += tally.created
    figures.updated += tally.updated
    figures.unchanged += tally.unchanged
    figures.published += tally.published
    for line, refusal in tally.refused:
        rejects.add(line, refusal)


@contextmanager
def _rejects_file(path: Path | None) -> Iterator[Any | None]:
    """A CSV writer for refused rows, or None."""
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "reason", "detail"])
        yield writer
