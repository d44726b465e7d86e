"""Export services for curators as CSV: one row per service, of any status, without data about visitors."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from resources.curation import permissions
from resources.curation.permissions import Action
from resources.events import log_event
from resources.exchange.formats.csv import BYTE_ORDER_MARK, EncodingWriter, format_cell, format_phone
from resources.models import Location, Service
from resources.models.batches import batches
from resources.presentation.cards import joined, phone_card
from resources.presentation.prices import cost_phrase
from resources.presentation.service_data import ServiceData, load_services

BATCH = 200  # services in memory at once


def export_services(*, ids: Iterable[UUID], by: User | None, today: date) -> Iterator[bytes]:
    """Yield the lines of a CSV file with these services, in this order. Raises NotAllowed at once.

    Each batch is read completely before it is written, so that a slow client keeps no query open. Logs one
    event, with the number of services written, when the file ends or the client leaves.
    """
    permissions.require_permission(by, Action.EXPORT)
    return _lines(ids, today)


def _lines(ids: Iterable[UUID], today: date) -> Iterator[bytes]:
    line = csv.writer(EncodingWriter(), lineterminator="\r\n").writerow
    written = 0
    try:
        yield BYTE_ORDER_MARK.encode() + line(COLUMNS)
        for batch in batches(ids, BATCH):
            services = Service.objects.filter(pk__in=batch)
            loaded = load_services(services, on=today, also=["source_records__source"])
            rows = {data.service.pk: data for data in loaded}
            in_order = (rows[pk] for pk in batch if pk in rows)
            yield b"".join(line([format_cell(read(data)) for read in COLUMNS.values()]) for data in in_order)
            written += len(rows)
    finally:
        log_event("export", format="csv", services=written)


def _place(location: Location) -> str:
    return joined(
        *(location.name, location.address_1, location.city, location.region),
        *(location.postal_code, location.country),
    )


def _column(name: str) -> Callable[[ServiceData], Any]:
    return lambda data: getattr(data.service, name)


# Add a new column at the end: people count columns.
COLUMNS: Mapping[str, Callable[[ServiceData], Any]] = {
    "id": lambda data: str(data.service.pk),
    "name": _column("name"),
    "organization": lambda data: data.organization.name,
    "kind": _column("kind"),
    "status": _column("status"),
    "reason": _column("status_reason"),
    "assured_date": lambda data: data.service.assured_date and data.service.assured_date.isoformat(),
    "phones": lambda data: dict.fromkeys(
        format_phone(phone_card(phone)) for phone in data.phones_at(*data.places)
    ),
    "url": _column("url"),
    "email": _column("email"),
    "places": lambda data: [_place(place.location) for place in data.places],
    "areas": lambda data: [area.area or area.name for area in data.areas],
    "costs": lambda data: cost_phrase(data.price.card()),
    "losses": _column("losses"),
    "formats": _column("formats"),
    "topics": lambda data: [term.name for term in data.topics],
    "last_modified": lambda data: data.service.last_modified.isoformat(timespec="seconds"),
    "sources": lambda data: [
        f"{record.source.slug}:{record}" for record in data.service.source_records.all()
    ],
}
