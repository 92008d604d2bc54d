"""Reads CSV files row by row, plain or gzipped, with the line number that a person sees in an editor."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

GZIP_MAGIC = b"\x1f\x8b"
# A listing's description may be long; a cell beyond this is a broken quote that swallowed the file.
MAX_CELL = 1_000_000


class TableError(ValueError):
    """The file as a whole cannot be read; the message says what is wrong and where."""


class RowRefused(ValueError):
    """A row that is not taken. `reason` is a stable word for programs, `detail` what the row says."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class TableRow:
    """One record: the line it begins on (the header is line 1), and its cells by column, stripped.

    `values` is None when the record has more or fewer cells than the header.
    """

    line: int
    values: dict[str, str] | None


def read_table(path: Path, *, required: Collection[str]) -> Iterator[TableRow]:
    """Yield the records of a CSV file in UTF-8, comma or semicolon separated; blank lines are none.

    Raises `TableError` when the file is missing, is not such a file, lacks one of the `required`
    columns, or breaks off in the middle.
    """
    try:
        with path.open("rb") as raw:
            is_gzip = raw.peek(2)[:2] == GZIP_MAGIC
            binary = gzip.GzipFile(fileobj=raw) if is_gzip else raw
            with io.TextIOWrapper(binary, encoding="utf-8-sig", newline="") as text:
                yield from _read(text, name=path.name, required=required)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise TableError(f"{path} cannot be opened: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise TableError(f"{path.name} is not text in UTF-8 (near byte {error.start}).") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise TableError(f"{path.name} is a damaged or cut-off gzip file.") from error


def _read(text: io.TextIOWrapper, *, name: str, required: Collection[str]) -> Iterator[TableRow]:
    first = text.readline()
    if not first.strip():
        raise TableError(f"{name} is empty.")
    if "\0" in first:
        raise TableError(f"{name} is not a CSV file.")
    separator = ";" if first.count(";") > first.count(",") else ","
    header = [cell.strip() for cell in next(csv.reader([first], delimiter=separator))]
    missing = [column for column in required if column not in header]
    if missing:
        raise TableError(
            f"{name} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}."
            f" Its first line has: {', '.join(header[:12])}{' …' if len(header) > 12 else ''}."
        )
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(text, delimiter=separator)
    line = 2
    try:
        for cells in reader:
            if cells:
                values = None
                if len(cells) == len(header):
                    values = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
                yield TableRow(line, values)
            line = reader.line_num + 2
    except csv.Error as error:
        raise TableError(f"{name} is broken from line {line} on: {error}.") from error
