"""Read files that others wrote: limits before parsing, and a clear sentence for what cannot be read."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_BYTES = 64 * 1024 * 1024  # compressed and uncompressed alike: the largest file that ships has 4 MB
MAX_ROWS = 250_000
MAX_CELL_LENGTH = 20_000  # characters; the longest in the files that ship is 300
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"


class FileRefused(Exception):
    """The file cannot be read at all. The message is one sentence for the person who supplied it."""


@dataclass(frozen=True)
class SourceFile:
    """A file's text, with its name and the SHA-256 of its bytes as they came."""

    name: str
    digest: str
    text: str


@dataclass(frozen=True)
class Row:
    """One row: the line it starts on (the header is line 1), its cells, and what is wrong with it."""

    line: int
    cells: dict[str, str]
    problem: str = ""


def open_file(path: Path) -> SourceFile:
    """Return the text of a CSV or JSON file, gzipped or not. Raises FileRefused, which says what is wrong."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileRefused(
                f"{path.name} is larger than {MAX_BYTES // 1024**2} MB. Split it and load the parts."
            )
        packed = path.read_bytes()
    except OSError as error:
        raise FileRefused(f"{path.name} cannot be opened: {error.strerror}.") from error
    return SourceFile(path.name, hashlib.sha256(packed).hexdigest(), _text(path.name, packed))


def file_digest(path: Path) -> str:
    """Return the SHA-256 that `open_file` would give, without parsing the file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_rows(file: SourceFile, *, required: Sequence[str] = ()) -> Iterator[Row]:
    """Yield the rows of a CSV file, with the names of its first line as keys. Empty rows are skipped.

    A last column without a name (a header that ends in a comma) is dropped, and so is an empty last cell.
    A row with too few or too many cells has a `problem` and no cells: which cell is which is unknown.
    Raises FileRefused where the header lacks a `required` column, or the file is no table.
    """
    reader = csv.reader(io.StringIO(file.text, newline=""))
    try:
        header = _header(file.name, next(reader, []), required)
        line = reader.line_num + 1
        for number, cells in enumerate(reader, start=1):
            if number > MAX_ROWS:
                raise FileRefused(
                    f"{file.name} has more than {MAX_ROWS:,} rows. Split it and load the parts."
                )
            if any(cells):
                yield _row(line, header, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(f"{file.name}, line {reader.line_num}: this is not a table ({error}).") from error


def read_json(file: SourceFile) -> Any:
    """Parse a JSON file. Raises FileRefused where it is not JSON."""
    try:
        return json.loads(file.text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise FileRefused(f"{file.name} is not JSON: {error}.") from error


def _text(name: str, packed: bytes) -> str:
    if packed.startswith(ZIP_MAGIC):
        raise FileRefused(f"{name} is a zip or Excel file. Save the sheet as CSV (UTF-8) and load that.")
    plain = _unpacked(name, packed) if packed.startswith(GZIP_MAGIC) else packed
    if b"\0" in plain:
        line = plain[: plain.index(b"\0")].count(b"\n") + 1
        raise FileRefused(f"{name}, line {line}: there is a NUL character, so this is not a text file.")
    try:
        return plain.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = plain[: error.start].count(b"\n") + 1
        raise FileRefused(f"{name}, line {line}: this is not UTF-8 text. Save the file as UTF-8.") from error


def _unpacked(name: str, packed: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(packed)) as stream:
            plain = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefused(f"{name} is a broken gzip file: {error}.") from error
    if len(plain) > MAX_BYTES:
        raise FileRefused(
            f"{name} unpacks to more than {MAX_BYTES // 1024**2} MB. Split it and load the parts."
        )
    return plain


def _header(name: str, cells: Sequence[str], required: Sequence[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise FileRefused(f"{name} is empty: its first line should name the columns.")
    if twice := sorted({column for column in header if header.count(column) > 1}):
        raise FileRefused(f"{name} names a column twice: {', '.join(twice)}.")
    if missing := [column for column in required if column not in header]:
        raise FileRefused(f"{name} lacks the column {', '.join(missing)}.")
    return header


def _row(line: int, header: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) > len(header) and not any(cells[len(header) :]):
        cells = cells[: len(header)]
    if len(cells) != len(header):
        return Row(line, {}, f"has {len(cells)} cells where the first line names {len(header)} columns")
    longest = max(map(len, cells))
    if longest > MAX_CELL_LENGTH:
        return Row(line, {}, f"has a cell of {longest:,} characters; {MAX_CELL_LENGTH:,} is the most")
    return Row(line, dict(zip(header, cells, strict=True)))
