"""Update records that rows name by their id here: writes only the fields whose cells differ."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from resources.exchange.layout import field_of_column
from resources.exchange.mapping import LOCATION_VALUES, SERVICE_VALUES, RecordRows, status_of, term_of
from resources.exchange.records import Record, ServicePart
from resources.exchange.sources.base import Feed
from resources.exchange.undo import save_before
from resources.models import (
    Accessibility,
    CostOption,
    ImportRun,
    Language,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    SourceRecord,
)

# The rows of a service, by the name of their relation.
ROWS: dict[str, type[models.Model]] = {
    "phones": Phone,
    "cost_options": CostOption,
    "languages": Language,
    "service_areas": ServiceArea,
    "audiences": ServiceAudience,
    "schedules": Schedule,
}
# Fields that depend on other columns than their own.
TOGETHER = {"content_notes": ("content_notes", "content_clear"), "cost_options": ("fees_description",)}


def update_service(run: ImportRun, feed: Feed, record: Record, at: datetime) -> set[uuid.UUID]:
    """Write what the record changes of its service. Return the services whose listings it affects."""
    pk, part = uuid.UUID(record.entry.key), record.services[0]
    service = Service.objects.select_for_update().get(pk=pk)
    fields = {field_of_column(name) for name in record.entry.changes or ()}
    places = list(ServiceAtLocation.objects.filter(service=service))
    save_before(run, Service, [pk])
    save_before(run, Location, [place.location_id for place in places])
    save_before(run, Organization, [service.organization_id])
    rows = RecordRows(run, feed, at)
    rows.add(record)
    _set_fields(service, feed, part, fields, at)
    for name in ROWS.keys() & fields:
        _replace(ROWS[name], {"service": service}, rows.children.get(ROWS[name], []), "service_id")
    if "topics" in fields:
        service.topics.set([term_of(topic) for topic in part.topics])
    if {"service_at_locations", "schedules"} & fields and len(rows.places) >= len(places):
        _update_places(rows, places, fields)
    affected = _update_organization(service, part, fields, at)
    save_before(run, SourceRecord, _source_record_ids(run, record))
    SourceRecord.objects.bulk_create(
        [_own_source_record(row, service) for row in rows.source_records],
        update_conflicts=True,
        update_fields=("raw", "digest", "refusals", "source_url", "seen_on", "last_run"),
        unique_fields=("source", "key", "part"),
    )
    return {pk, *affected}


def _source_record_ids(run: ImportRun, record: Record) -> list[int]:
    records = SourceRecord.objects.filter(source=run.source, key=record.entry.key)
    return list(records.values_list("pk", flat=True))


def _own_source_record(row: SourceRecord, service: Service) -> SourceRecord:
    row.organization_id, row.location_id = service.organization_id, None
    return row


def _set_fields(service: Service, feed: Feed, part: ServicePart, fields: Iterable[str], at: datetime) -> None:
    changed = {name for field in fields for name in (field, *TOGETHER.get(field, ()))}
    for name in changed & {*SERVICE_VALUES, "assured_date"}:
        setattr(service, name, getattr(part, name))
    if changed & {"status", "status_reason"}:
        service.status, service.status_reason = status_of(feed, part)
        service.held = service.status == "inactive"
    service.last_modified = at
    service.save()


def _replace(model: type[models.Model], owner: dict[str, Any], rows: Sequence[Any], owner_field: str) -> None:
    """Replace the rows of an owner; rows that belong to another owner are left out."""
    model._default_manager.filter(**owner).delete()
    model._default_manager.bulk_create([row for row in rows if getattr(row, owner_field) is not None])


def _update_places(rows: RecordRows, places: Sequence[ServiceAtLocation], fields: Iterable[str]) -> None:
    """Update existing places from the first rows, in their order, and create the others."""
    for number, (new_place, location) in enumerate(zip(rows.places, rows.locations, strict=True)):
        if number < len(places):
            place = places[number]
            if "service_at_locations" in fields:
                values = {name: getattr(location, name) for name in (*LOCATION_VALUES, "last_modified")}
                Location.objects.filter(pk=place.location_id).update(**values)
                _move(Accessibility, rows, "location_id", location.pk, place.location_id)
        else:
            place = new_place
            location.save(force_insert=True)
            new_place.save(force_insert=True)
            _move(Accessibility, rows, "location_id", location.pk, location.pk)
        if "schedules" in fields or place is new_place:
            _move(Schedule, rows, "service_at_location_id", new_place.pk, place.pk)


def _move(
    model: type[models.Model], rows: RecordRows, field: str, old_owner: uuid.UUID, new_owner: uuid.UUID
) -> None:
    """Replace the rows of an existing owner by those that were made for its new copy."""
    model._default_manager.filter(**{field: new_owner}).delete()
    moved = [row for row in rows.children.get(model, []) if getattr(row, field) == old_owner]
    for row in moved:
        setattr(row, field, new_owner)
    model._default_manager.bulk_create(moved)


def _update_organization(
    service: Service, part: ServicePart, fields: Iterable[str], at: datetime
) -> set[uuid.UUID]:
    """Rename the service's organization, or change its website.

    Return its services: their listings show both.
    """
    if not {"organization", "organization_website"} & set(fields):
        return set()
    organization = service.organization
    organization.name, organization.website = part.organization.name, part.organization.website
    organization.last_modified = at
    organization.save(update_fields=["name", "website", "last_modified"])
    return set(Service.objects.filter(organization=organization).values_list("pk", flat=True))
