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
            yield line(_cell(read(result)) for read in COLUMNS.values())


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


def _cell(value: Any) -> str:
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


def _phones(result: Result) -> list[str]:
    return [
        f"{phone['number']}{' x' + phone['extension'] if phone['extension'] else ''} ({phone['type']})"
        for phone in result["phones"]
    ]


def _schedules(result: Result) -> list[str]:
    return [schedule["phrase"] for schedule in result["schedules"]]


def _next_meetings(result: Result) -> list[str]:
    """When each begins; the day alone where no time is stated."""
    return [meeting["starts_at"] or meeting["date"] for meeting in result["next_meetings"]]


COLUMNS: Mapping[str, Callable[[Result], Any]] = {
    "id": _at("id"),
    "service_id": _at("service", "id"),
    "service_name": _at("service", "name"),
    "service_page": _at("service", "page_url"),
    "organization_id": _at("organization", "id"),
    "organization_name": _at("organization", "name"),
    "kind": _at("kind"),
    "fit": _at("fit"),
    "section": _at("section"),
    "why": _at("why"),
    "distance_km": _at("distance_km"),
    "distance_is_about": _at("distance_is_about"),
    "location_name": _at("location", "name"),
    "address": _at("location", "address"),
    "city": _at("location", "city"),
    "region": _at("location", "region"),
    "postal_code": _at("location", "postal_code"),
    "country": _at("location", "country"),
    "latitude": _at("location", "latitude"),
    "longitude": _at("location", "longitude"),
    "precision": _at("location", "precision"),
    "cost": _at("cost", "phrase"),
    "cost_kinds": _at("cost", "kinds"),
    "min_price": _at("cost", "min_price"),
    "max_price": _at("cost", "max_price"),
    "currency": _at("cost", "currency"),
    "unit": _at("cost", "unit"),
    "joining_fee": _at("cost", "joining_fee", "amount"),
    "joining_fee_currency": _at("cost", "joining_fee", "currency"),
    "formats": _at("formats"),
    "losses": _at("losses"),
    "audiences": _at("audiences"),
    "led_by": _at("led_by"),
    "access": _at("access"),
    "payments": _at("payments"),
    "languages": _at("languages"),
    "areas": _at("areas"),
    "phones": _phones,
    "email": _at("email"),
    "website": _at("website"),
    "content_notes": _at("content_notes"),
    "assured_date": _at("assured_date"),
    "summary": _at("summary"),
    "schedules": _schedules,  # a new column comes last: programs count them
    "next_meetings": _next_meetings,
}
