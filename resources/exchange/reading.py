"""Read files that others wrote: limits before parsing, and a clear sentence for what cannot be read.

A table is a CSV file in any encoding and with any delimiter that Excel writes, or the first sheet of an .xlsx
workbook (`workbook.py`).
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resources.exchange.workbook import ZIP_MAGIC, WorkbookRefused, read_sheet

MAX_BYTES = 64 * 1024 * 1024  # compressed and uncompressed alike: the largest file that ships has 4 MB
MAX_ROWS = 250_000
MAX_COLUMNS = 300
MAX_CELL_LENGTH = 20_000  # characters; the longest in the files that ship is 700
MAX_LINES_BEFORE_HEADER = 20  # titles and notes that people put above a table
GZIP_MAGIC = b"\x1f\x8b"
# What a file of another kind begins with, and what to do about it.
OTHER_KINDS = (
    (b"%PDF", "is a PDF, not a table. Ask for the list as a spreadsheet"),
    (b"\xd0\xcf\x11\xe0", "is an old or password-protected Excel file. Save it as .xlsx without a password"),
    (b"\x89PNG", "is a picture, not a table"),
    (b"\xff\xd8\xff", "is a picture, not a table"),
    (b"{\\rtf", "is a text document, not a table. Save the list as CSV"),
    (b"<!DOCTYPE", "is a web page, not a table. Download the file itself"),
    (b"<html", "is a web page, not a table. Download the file itself"),
)
UTF_16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
DELIMITERS = ",;\t|"
_SEP_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*\r?\n", re.IGNORECASE)
_EXCEL_TEXT = re.compile(r'="([^"]*)"')  # how spreadsheets keep the zeros of "02134"
_BEYOND_ASCII = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")

IsHeader = Callable[[Sequence[str]], bool]


class FileRefused(Exception):
    """The file cannot be read at all. The message is one sentence for the person who supplied it."""


@dataclass(frozen=True)
class SourceFile:
    """A file's text, or the bytes of its workbook, with its name and the SHA-256 of the bytes supplied."""

    name: str
    digest: str
    text: str
    workbook: bytes = b""


@dataclass(frozen=True)
class Row:
    """One row: the line it starts on (the header is line 1), its cells, and what is wrong with it."""

    line: int
    cells: dict[str, str]
    problem: str = ""


def open_file(path: Path) -> SourceFile:
    """Read a CSV, JSON or .xlsx file, gzipped or not. Raises FileRefused, which says what is wrong."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileRefused(
                f"{path.name} is larger than {MAX_BYTES // 1024**2} MB. Split it and load the parts."
            )
        packed = path.read_bytes()
    except OSError as error:
        raise FileRefused(f"{path.name} cannot be opened: {error.strerror}.") from error
    return source_file(path.name, packed)


def source_file(name: str, packed: bytes) -> SourceFile:
    """Return the source file of bytes in memory, such as an upload."""
    if len(packed) > MAX_BYTES:
        raise FileRefused(f"{name} is larger than {MAX_BYTES // 1024**2} MB. Split it and load the parts.")
    digest = hashlib.sha256(packed).hexdigest()
    plain = _unpacked(name, packed) if packed.startswith(GZIP_MAGIC) else packed
    if plain.startswith(ZIP_MAGIC):
        return SourceFile(name, digest, "", plain)
    for magic, what in OTHER_KINDS:
        if plain[:200].lstrip().lower().startswith(magic.lower()):
            raise FileRefused(f"{name} {what}.")
    return SourceFile(name, digest, _decode(name, plain))


def file_digest(path: Path) -> str:
    """Return the SHA-256 that `open_file` would give, without parsing the file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def first_lines(file: SourceFile) -> list[tuple[int, list[str]]]:
    """Return (number, cells) of the lines among which the header must be. Raises FileRefused."""
    lines = _table(file)
    return [line for _number, line in zip(range(MAX_LINES_BEFORE_HEADER), lines, strict=False)]


def plain_heading(cell: str) -> str:
    """Return a heading as `read_rows` names its column."""
    return " ".join(cell.split())


def read_rows(
    file: SourceFile, *, required: Sequence[str] = (), is_header: IsHeader | None = None
) -> Iterator[Row]:
    """Yield the rows of a table, with the names of its header as keys. Empty rows are skipped.

    The header is the first of the first lines that `is_header` accepts (any that is not empty, by default). A
    last column without a name (a header that ends in a comma) is dropped, and so is an empty last cell. A row
    with too few or too many cells has a `problem` and no cells: which cell is which is unknown. Raises
    FileRefused where there is no header, it lacks a `required` column, or the file is no table.
    """
    lines = _table(file)
    header = _find_header(file.name, lines, required, is_header)
    for number, (line, cells) in enumerate(lines, start=1):
        if number > MAX_ROWS:
            raise FileRefused(f"{file.name} has more than {MAX_ROWS:,} rows. Split it and load the parts.")
        if any(cells):
            yield _row(line, header, cells)


def _table(file: SourceFile) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of its first line, cells) of each row, including the header."""
    if file.workbook:
        try:
            yield from read_sheet(file.name, file.workbook, max_columns=MAX_COLUMNS)
        except WorkbookRefused as refused:
            raise FileRefused(str(refused)) from refused
        return
    text, skipped, delimiter = file.text, 0, ""
    if named := _SEP_LINE.match(text):
        text, skipped, delimiter = text[named.end() :], 1, named.group(1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter_of(text))
    line = skipped + 1
    try:
        for cells in reader:
            yield line, [_EXCEL_TEXT.sub(r"\1", cell) if cell[:2] == '="' else cell for cell in cells]
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        line = skipped + reader.line_num
        raise FileRefused(f"{file.name}, line {line}: this is not a table ({error}).") from error


def _delimiter_of(text: str) -> str:
    """Return the delimiter that occurs most often, outside quotes, in the first line that contains one."""
    for line in text[:20_000].splitlines()[:MAX_LINES_BEFORE_HEADER]:
        bare = re.sub(r'"[^"]*"', "", line)
        counts = {delimiter: bare.count(delimiter) for delimiter in DELIMITERS}
        if any(counts.values()):
            return max(counts, key=lambda delimiter: counts[delimiter])
    return ","


def read_json(file: SourceFile) -> Any:
    """Parse a JSON file. Raises FileRefused where it is not JSON."""
    try:
        return json.loads(file.text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise FileRefused(f"{file.name} is not JSON: {error}.") from error


def _decode(name: str, plain: bytes) -> str:
    """Decode UTF-8, UTF-16 or, as Western Excel saves CSV, Windows-1252. Drops the byte order mark."""
    text = ""
    try:
        text = plain.decode(UTF_16.get(plain[:2], "utf-8-sig"))
    except UnicodeDecodeError as error:
        line = plain[: error.start].count(b"\n") + 1
        if plain[:2] in UTF_16:
            raise FileRefused(f"{name}, line {line}: this is not UTF-16 text. Save it as UTF-8.") from error
        if _BEYOND_ASCII.search(plain.decode("utf-8", "surrogateescape")):
            raise FileRefused(
                f"{name}, line {line}: the encoding changes here. Save the whole file as UTF-8."
            ) from error
        try:
            text = plain.decode("cp1252")
        except UnicodeDecodeError:
            raise FileRefused(f"{name}, line {line}: this is not text. Save the file as UTF-8.") from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise FileRefused(f"{name}, line {line}: there is a NUL character, so this is not a text file.")
    return text


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


def _find_header(
    name: str, lines: Iterator[tuple[int, list[str]]], required: Sequence[str], is_header: IsHeader | None
) -> list[str]:
    for _number, (_line, cells) in zip(range(MAX_LINES_BEFORE_HEADER), lines, strict=False):
        if any(cell.strip() for cell in cells) and (is_header is None or is_header(cells)):
            return _header(name, cells, required)
    if is_header is not None:
        raise FileRefused(f"{name} has no line of column names, such as service and organization.")
    raise FileRefused(f"{name} is empty: its first line should name the columns.")


def _header(name: str, cells: Sequence[str], required: Sequence[str]) -> list[str]:
    header = [plain_heading(cell) for cell in cells]
    while header and not header[-1]:
        header.pop()
    if len(header) > MAX_COLUMNS:
        raise FileRefused(f"{name} has {len(header)} columns; {MAX_COLUMNS} is the most.")
    header = [cell or f"(column {number})" for number, cell in enumerate(header, start=1)]
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
