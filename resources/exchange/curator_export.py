"""The curators' own list as CSV: one row a service, whatever its status; nothing of visitors is in it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from resources.curation import permissions
from resources.curation.permissions import Action
from resources.exchange.formats.csv import MARK, Encoded, safe_cell
from resources.models import Location, Phone, Service
from resources.models.batches import batches
from resources.presentation.prices import SessionPrice
from resources.search.results import cost_phrase

BATCH = 200  # services in memory at once


def export_services(*, ids: Iterable[UUID], by: User | None, today: date) -> Iterator[bytes]:
    """Lines of a file with these services, in this order. Raises NotAllowed before the first line.

    Each batch is read whole before it is written: a slow reader keeps no question to the database open.
    """
    permissions.require_permission(by, Action.EXPORT)
    return _lines(ids, today)


def _lines(ids: Iterable[UUID], today: date) -> Iterator[bytes]:
    line = csv.writer(Encoded(), lineterminator="\r\n").writerow
    yield MARK.encode() + line(COLUMNS)
    for batch in batches(ids, BATCH):
        rows = _loaded(batch)
        yield b"".join(_row(line, rows[pk], today) for pk in batch if pk in rows)


def _loaded(ids: Sequence[UUID]) -> dict[UUID, Service]:
    services = Service.objects.filter(pk__in=ids).select_related("organization")
    services = services.prefetch_related(
        "phones",
        "cost_options",
        "topics",
        "service_areas",
        "service_at_locations__location__phones",
        "service_at_locations__phones",
        "source_records__source",
    )
    return {service.pk: service for service in services}


def _row(line: Callable[[Iterable[str]], Any], service: Service, today: date) -> bytes:
    row: bytes = line([_cell(read(service, today)) for read in COLUMNS.values()])
    return row


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return safe_cell(value if isinstance(value, str) else "; ".join(map(str, value)))


def _phones(service: Service, _today: date) -> list[str]:
    """Its own and those of its places."""
    places = service.service_at_locations.all()
    phones = [*service.phones.all()]
    for place in places:
        phones += [*place.phones.all(), *place.location.phones.all()]
    return list(dict.fromkeys(map(_number, phones)))


def _number(phone: Phone) -> str:
    extension = f" x{phone.extension}" if phone.extension else ""
    return f"{phone.number}{extension} ({phone.type})"


def _places(service: Service, _today: date) -> list[str]:
    return [_place(place.location) for place in service.service_at_locations.all()]


def _place(location: Location) -> str:
    parts = (location.name, location.address_1, location.city, location.region, location.postal_code)
    return ", ".join(part for part in (*parts, location.country) if part)


def _costs(service: Service, today: date) -> str:
    price = SessionPrice(option for option in service.cost_options.all() if option.is_valid_on(today))
    return cost_phrase(price.card())


def _sources(service: Service, _today: date) -> list[str]:
    return [f"{record.source.slug}:{record}" for record in service.source_records.all()]


def _is(name: str) -> Callable[[Service, date], Any]:
    return lambda service, _today: getattr(service, name)


# A new column comes last: people count them.
COLUMNS: Mapping[str, Callable[[Service, date], Any]] = {
    "id": lambda service, _today: str(service.pk),
    "name": _is("name"),
    "organization": lambda service, _today: service.organization.name,
    "kind": _is("kind"),
    "status": _is("status"),
    "reason": _is("status_reason"),
    "assured_date": lambda service, _today: service.assured_date and service.assured_date.isoformat(),
    "phones": _phones,
    "url": _is("url"),
    "email": _is("email"),
    "places": _places,
    "areas": lambda service, _today: [area.area or area.name for area in service.service_areas.all()],
    "costs": _costs,
    "losses": _is("losses"),
    "formats": _is("formats"),
    "topics": lambda service, _today: [term.name for term in service.topics.all()],
    "last_modified": lambda service, _today: service.last_modified.isoformat(timespec="seconds"),
    "sources": _sources,
}
