"""Reading CSV files: line numbers, compression, and files that are none."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from serai.channels.tables import TableError, TableRow, read_table


def write(path: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_lines_are_those_of_an_editor_also_after_cells_with_breaks(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'a,b\n1,2\n"x\ny\nz",3\n\n4, 5 \n6\n')
    assert list(read_table(path, required=["a"])) == [
        TableRow(2, {"a": "1", "b": "2"}),
        TableRow(3, {"a": "x\ny\nz", "b": "3"}),
        TableRow(7, {"a": "4", "b": "5"}),
        TableRow(8, None),
    ]


@pytest.mark.parametrize("separator", [",", ";"])
def test_gzip_byte_order_mark_and_semicolons(tmp_path: Path, separator: str) -> None:
    text = f"\ufeffa{separator}b\r\né{separator}2\r\n"
    path = tmp_path / "no-suffix"
    path.write_bytes(gzip.compress(text.encode()))
    assert list(read_table(path, required=["a", "b"])) == [TableRow(2, {"a": "é", "b": "2"})]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n1,2\n", "is empty"),
        (b"a,c\n1,2\n", "lacks the column b"),
        (b"a,b\n\xff\xfe,2\n", "not text in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not text in UTF-8"),
        (b"PK\x03\x04\x00\x00\n", "not a CSV file"),
        (b"\x1f\x8bnot gzip at all", "damaged or cut-off gzip"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 5000, mtime=0)[:-20], "damaged or cut-off gzip"),
        (b'a,b\n1,"' + b"x" * 1_000_001 + b'"\n', "is broken from line 2 on"),
    ],
)
def test_files_that_are_none_are_refused_with_the_reason(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(TableError, match=message):
        list(read_table(path, required=["a", "b"]))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(TableError, match="cannot be opened"):
            list(read_table(path, required=["a"]))
