"""CSV (RFC 4180) for spreadsheets: a row a result, in columns that keep their names and their order.

It begins with a byte order mark, without which the commonest spreadsheet reads "Féileacáin" wrongly; our
reader drops it, and so does Python's under "utf-8-sig".
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from resources.exchange.formats.base import Format, Result
from resources.presentation.cards import ROWS

MARK = "\ufeff"
# A cell that begins so may be run as a formula by one spreadsheet or another, or hides one that is: space may
# be passed over, and the wide signs of East Asian keyboards read as plain ones. An apostrophe before it makes
# it text. One that has apostrophes before such a sign already gets another, so that all can be undone.
RUN_BY_SPREADSHEETS = re.compile(r"'*(?:[\t\r\n\0]|\s*[=+\-@＝＋－＠])")


class CsvFormat(Format):
    name = "csv"
    label = "CSV, for spreadsheets"
    media_type = "text/csv; charset=utf-8"
    file_name = "listings.csv"

    def write(self, results: Iterable[Result], about: Mapping[str, Any]) -> Iterator[bytes]:
        line = csv.writer(Encoded(), lineterminator="\r\n").writerow
        yield MARK.encode() + line(COLUMNS)
        for result in results:
            yield line(cell_of(read(result)) for read in COLUMNS.values())


class Encoded:
    """A file that keeps nothing: the writer hands on what `write` gives."""

    def write(self, line: str) -> bytes:
        return line.encode()


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet runs; `plain_cell` undoes it."""
    return f"'{text}" if RUN_BY_SPREADSHEETS.match(text) else text


def plain_cell(cell: str) -> str:
    """The text that `safe_cell` was given."""
    return cell[1:] if cell.startswith("'") and RUN_BY_SPREADSHEETS.match(cell[1:]) else cell


def cell_of(value: Any) -> str:
    """A number stands as it is, below zero too; lists are joined; what is not known is empty."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else "; ".join(map(str, value))
    return safe_cell(text)


def _at(*names: str) -> Callable[[Result], Any]:
    """The value some levels down; None where a level is missing."""

    def read(result: Result) -> Any:
        value: Any = result
        for name in names:
            value = value.get(name) if value else None
        return value

    return read


def phone_cell(phone: Mapping[str, Any]) -> str:
    """Such as "214-555-0100 x7 (voice)"."""
    extension = f" x{phone['extension']}" if phone["extension"] else ""
    return f"{phone['number']}{extension} ({phone['type']})"


def _phones(result: Result) -> list[str]:
    return list(map(phone_cell, result["phones"]))


def _schedules(result: Result) -> list[str]:
    return [schedule["phrase"] for schedule in result["schedules"]]


def _next_meetings(result: Result) -> list[str]:
    """When each begins; the day alone where no time is stated."""
    return [meeting["starts_at"] or meeting["date"] for meeting in result["next_meetings"]]


def _columns(*names: str, inside: tuple[str, ...] = ()) -> dict[str, Callable[[Result], Any]]:
    """Columns that are called as the values are."""
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
    "schedules": _schedules,  # a new column comes last: programs count them
    "next_meetings": _next_meetings,
    **_columns(*(fact.name for fact in ROWS)),
}
