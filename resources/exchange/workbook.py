"""Read and write .xlsx workbooks. The only module that knows openpyxl.

openpyxl parses with defusedxml where that is installed, as it is here; a test holds that it is.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException

ZIP_MAGIC = b"PK\x03\x04"
WORKBOOK = "xl/workbook.xml"
MAX_UNPACKED = 128 * 1024 * 1024  # bytes of all parts, by what the archive says; zipfile reads no more
MAX_PART = 64 * 1024 * 1024  # of the one part that is read whole: the shared strings
MAX_PARTS = 2_000
# What openpyxl raises for one malformed workbook or another.
UNREADABLE = (
    *(ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, EOFError, OverflowError),
    *(NotImplementedError, RecursionError, struct.error, zlib.error, zipfile.BadZipFile, ParseError),
    InvalidFileException,
)


class WorkbookRefused(Exception):
    """The workbook cannot be read. The message is one sentence for the person who supplied it."""


def read_sheet(name: str, data: bytes, *, max_columns: int) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells as text) of the first sheet. Raises WorkbookRefused.

    Of a formula its last result counts. Cells beyond `max_columns` are not read: the header must fit.
    """
    _check_parts(name, data)
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        for number, row in enumerate(sheet.iter_rows(max_col=max_columns + 1, values_only=True), start=1):
            yield number, [_text_of(value) for value in row]
    except UNREADABLE as error:
        raise WorkbookRefused(f"{name} is a damaged Excel file. Open it and save it again.") from error


def write_workbook(sheets: Mapping[str, Iterable[Sequence[str]]]) -> bytes:
    """Return a workbook of these sheets by name: rows of text, of which the first is the header.

    Every cell is text, so that no spreadsheet runs one as a formula or drops the zeros of "02134".
    """
    workbook = openpyxl.Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        sheet.freeze_panes = "A2"
        for number, row in enumerate(rows):
            sheet.append([_cell(sheet, value, is_header=number == 0) for value in row])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: str, *, is_header: bool) -> Any:
    cell = openpyxl.cell.WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if is_header:
        cell.font = Font(bold=True)
    return cell


def _check_parts(name: str, data: bytes) -> None:
    try:
        parts = {part.filename: part for part in zipfile.ZipFile(io.BytesIO(data)).infolist()}
    except UNREADABLE as error:
        raise WorkbookRefused(f"{name} is a damaged zip or Excel file. Save the sheet as CSV.") from error
    if WORKBOOK not in parts:
        raise WorkbookRefused(f"{name} is a zip file without an Excel workbook in it. Load the table itself.")
    sizes = {part.filename: part.file_size for part in parts.values()}
    too_large = sum(sizes.values()) > MAX_UNPACKED or sizes.get("xl/sharedStrings.xml", 0) > MAX_PART
    if too_large or len(parts) > MAX_PARTS:
        raise WorkbookRefused(
            f"{name} unpacks to more than {MAX_UNPACKED // 1024**2} MB. Split it and load the parts."
        )


def _text_of(value: Any) -> str:
    """Return a cell as in a CSV file: a whole number without its point, a date as 2026-07-19."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".12g")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
