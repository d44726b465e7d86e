"""CSV (RFC 4180) for spreadsheets: a row a result, in columns that keep their names and their order.

It begins with a byte order mark, without which the commonest spreadsheet reads "Féileacáin" wrongly; every
reader of ours drops it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from resources.exchange.formats.base import Format, Result

MARK = "\ufeff"
# A cell that begins so is run as a formula by one spreadsheet or another, or hides one that is. An apostrophe
# before it makes it text. One that begins with an apostrophe gets another, so that both can be undone.
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\0", "'")


class CsvFormat(Format):
    name = "csv"
    label = "CSV, for spreadsheets"
    media_type = "text/csv; charset=utf-8"
    file_name = "listings.csv"

    def write(self, results: Iterable[Result], about: Mapping[str, Any]) -> Iterator[bytes]:
        yield (MARK + _line(COLUMNS)).encode()
        for result in results:
            yield _line(_cell(read(result)) for read in COLUMNS.values()).encode()


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet runs; `plain_cell` undoes it."""
    return f"'{text}" if text.startswith(RUN_BY_SPREADSHEETS) else text


def plain_cell(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(RUN_BY_SPREADSHEETS) else cell


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _cell(value: Any) -> str:
    """Numbers stand as they are; lists are joined; what is not known is empty."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
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
}
