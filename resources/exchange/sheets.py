"""Write spreadsheets in the layout of `exchange.layout`: the catalog, and the template with its help."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db.models import prefetch_related_objects

from resources.exchange import columns as kinds
from resources.exchange.formats.csv import BYTE_ORDER_MARK, EncodingWriter, escape_formula
from resources.exchange.layout import COLUMNS, RowContext
from resources.exchange.workbook import write_workbook
from resources.models import Service, ServiceAtLocation
from resources.models.batches import batches
from resources.presentation.service_data import ServiceData, load_services

BATCH = 200  # services in memory at once
HEADINGS = [column.name for column in COLUMNS]
SHEET, HELP = "Services", "Help"
GENERAL_HELP = (
    ("(rows)", "One row is one service at one place. A service at two places has two rows with the same id."),
    ("(several)", "Several values in a cell stand between semicolons."),
    ("(empty)", "An empty cell means: not known. On a later load it changes nothing."),
    ("-", "A cell with only a hyphen deletes the present value."),
    ("(kept)", "In an export: more than a cell can hold. It is left as it is."),
)


def service_rows(ids: Iterable[UUID], *, today: date) -> Iterator[list[str]]:
    """Yield the rows of these services, in this order: one for each place, or one without."""
    for batch in batches(ids, BATCH):
        loaded = load_for_rows(batch, today=today)
        for pk in batch:
            if pk in loaded:
                yield from rows_of(loaded[pk])


def load_for_rows(ids: Sequence[UUID], *, today: date) -> dict[UUID, ServiceData]:
    """Load the data of these services' rows, by id. A dozen queries."""
    services = load_services(Service.objects.filter(pk__in=ids), on=today, also=["source_records__source"])
    loaded = {data.service.pk: data for data in services}
    locations = [place.location for data in loaded.values() for place in data.places]
    prefetch_related_objects(locations, "accessibility")
    return loaded


def rows_of(data: ServiceData) -> list[list[str]]:
    """Return the rows of one service."""
    places: Sequence[ServiceAtLocation | None] = data.places or [None]
    return [[column.cell(data, place) for column in COLUMNS] for place in places]


def write_csv(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield the lines of a CSV file that no spreadsheet runs, the headings first."""
    line = csv.writer(EncodingWriter(), lineterminator="\r\n").writerow
    yield BYTE_ORDER_MARK.encode() + line(HEADINGS)
    for row in rows:
        yield line([escape_formula(cell) for cell in row])


def write_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """Return a workbook with these rows and a sheet of help."""
    sheet = [HEADINGS, *([escape_formula(cell) for cell in row] for row in rows)]
    return write_workbook({SHEET: sheet, HELP: help_rows()})


def template_rows() -> list[list[str]]:
    """Return the two example rows of the template."""
    return [[column.examples[number] for column in COLUMNS] for number in (0, 1)]


def help_rows() -> list[list[str]]:
    """Return the help sheet: what each column contains."""
    rows = [["column", "what it holds", "needed", "several", "choices"]]
    for column in COLUMNS:
        kind = column.kind(RowContext())
        choices = "; ".join(kind.vocabulary.values) if isinstance(kind, kinds.ChoiceColumn) else ""
        needed, several = ("yes" if flag else "" for flag in (column.needed, column.several))
        rows.append([column.name, column.help, needed, several, choices])
    return [*rows, *([name, words, "", "", ""] for name, words in GENERAL_HELP)]
