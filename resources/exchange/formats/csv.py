"""CSV (RFC 4180) for spreadsheets: one row per result; the names and the order of the columns never change.

The file begins with a byte order mark, without which the most common spreadsheet misreads "Féileacáin".
`exchange.reading` drops it, and so does Python's "utf-8-sig".
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.utils import timezone

from resources.exchange.formats.base import Format, Result, departures_of
from resources.presentation.cards import ROWS
from resources.presentation.schedules import reported_phrase

BYTE_ORDER_MARK = "\ufeff"
# Some spreadsheets run a cell that begins so as a formula: they may skip whitespace, and read the full-width
# signs of East Asian keyboards as plain ones. An apostrophe in front makes the cell text. A cell that already
# has apostrophes before such a sign gets another one, so that `unescape_formula` can undo every case.
FORMULA_START = re.compile(r"'*(?:[\t\r\n\0]|\s*[=+\-@＝＋－＠])")


class CsvFormat(Format):
    name = "csv"
    label = "CSV, for spreadsheets"
    media_type = "text/csv; charset=utf-8"
    file_name = "listings.csv"

    def write(self, results: Iterable[Result], about: Mapping[str, Any]) -> Iterator[bytes]:
        line = csv.writer(EncodingWriter(), lineterminator="\r\n").writerow
        yield BYTE_ORDER_MARK.encode() + line(COLUMNS)
        for result in results:
            said = {**result, **departures_of(about)}
            yield line(format_cell(read(said)) for read in COLUMNS.values())


class EncodingWriter:
    """A file object that stores nothing: `csv.writer` returns what `write` returns, the encoded line."""

    def write(self, line: str) -> bytes:
        return line.encode()


def escape_formula(text: str) -> str:
    """Escape text that a spreadsheet would run as a formula; `unescape_formula` is the inverse."""
    return f"'{text}" if FORMULA_START.match(text) else text


def unescape_formula(cell: str) -> str:
    """Return the text that `escape_formula` was given."""
    return cell[1:] if cell.startswith("'") and FORMULA_START.match(cell[1:]) else cell


def format_cell(value: Any) -> str:
    """Return a value as a CSV cell: numbers unescaped, negative ones too; lists joined; "" if None."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else "; ".join(map(str, value))
    return escape_formula(text)


def _at(*names: str) -> Callable[[Result], Any]:
    """Return a reader of a nested value: None where a level is missing."""

    def read(result: Result) -> Any:
        value: Any = result
        for name in names:
            value = value.get(name) if value else None
        return value

    return read


def format_phone(phone: Mapping[str, Any]) -> str:
    """Return a phone number as text, such as "214-555-0100 x7 (voice)"."""
    extension = f" x{phone['extension']}" if phone["extension"] else ""
    return f"{phone['number']}{extension} ({phone['type']})"


def _phones(result: Result) -> list[str]:
    return list(map(format_phone, result["phones"]))


def _schedules(result: Result) -> list[str]:
    return [schedule["phrase"] for schedule in result["schedules"]]


def _reported_times(result: Result) -> str:
    return reported_phrase(result["kind"], result["reported_times"], timezone.localdate().year)


def _next_meetings(result: Result) -> list[str]:
    """Return the start of each meeting, or its date if no time is stated."""
    return [meeting["starts_at"] or meeting["date"] for meeting in result["next_meetings"]]


def _relaxed(result: Result) -> list[str]:
    """Return what of the question was relaxed, such as "within: 25mi to 100mi"."""
    return [
        f"{each['parameter']}: {each['asked'] or 'any'} to {each['used'] or 'any'}"
        for each in result.get("relaxed", ())
    ]


def _columns(*names: str, inside: tuple[str, ...] = ()) -> dict[str, Callable[[Result], Any]]:
    """Return columns with the names of their values."""
    return {name: _at(*inside, name) for name in names}


COLUMNS: Mapping[str, Callable[[Result], Any]] = {
    "id": _at("id"),
    "service_id": _at("service", "id"),
    "service_name": _at("service", "name"),
    "service_page": _at("service", "page_url"),
    "organization_id": _at("organization", "id"),
    "organization_name": _at("organization", "name"),
    **_columns("kind", "fit", "section", "why", "distance_km", "distance_is_about"),
    "location_name": _at("location", "name"),
    **_columns("address", "city", "region", "postal_code", "country", inside=("location",)),
    **_columns("latitude", "longitude", "precision", inside=("location",)),
    "cost": _at("cost", "phrase"),
    "cost_kinds": _at("cost", "kinds"),
    **_columns("min_price", "max_price", "currency", "unit", inside=("cost",)),
    "joining_fee": _at("cost", "joining_fee", "amount"),
    "joining_fee_currency": _at("cost", "joining_fee", "currency"),
    **_columns("formats", "losses", "audiences", "led_by", "access", "payments", "languages", "areas"),
    "phones": _phones,
    **_columns("email", "website", "content_notes", "assured_date", "summary"),
    "schedules": _schedules,
    "next_meetings": _next_meetings,
    **_columns(*(fact.name for fact in ROWS)),
    **_columns("not_known"),
    "relaxed": _relaxed,
    **_columns("corrected"),
    "reported_times": _reported_times,  # add a new column at the end: programs count columns
}
