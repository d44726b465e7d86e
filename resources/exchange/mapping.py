"""Map records of a source to unsaved rows of the models.

Every row has a permanent id, made from its source, its record's key and its position in the record. So the
same record makes the same rows on every machine, and the address of a listing survives every later import.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from django.db import models

from resources.exchange.records import LocationPart, OrganizationPart, Record, ServicePart, TopicPart
from resources.exchange.sources.base import Feed
from resources.models import (
    Accessibility,
    CostOption,
    ImportRun,
    Language,
    Location,
    Organization,
    OrganizationIdentifier,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    SourceRecord,
    Taxonomy,
    TaxonomyTerm,
)
from resources.models.duplicate import merged_organizations
from resources.vocabulary import Status

WAITS_FOR_CURATOR = "uploaded, waits for a curator"
TOPICS = "Topics"  # the taxonomy whose terms had their ids first
NAMESPACE = uuid.UUID("3d0c3f2e-6f0b-4c1d-9a53-6b1f6e0b7c55")  # of every id made here: never change it
SERVICE_VALUES = (
    "name",
    "kind",
    "fit",
    "description",
    "url",
    "email",
    "formats",
    "losses",
    "led_by",
    "access",
    "payments",
    "open_to",
    "content_notes",
    "content_clear",
    "fees_description",
    "fee_rule",
    "interpretation_services",
    "eligibility_description",
)


# The columns of a location that an import writes; the rest of the part becomes related rows.
LOCATION_VALUES = tuple(
    column.name for column in fields(LocationPart) if column.name not in ("key", "schedules", "accessibility")
)


def permanent_id(source: str, *place: str) -> uuid.UUID:
    """Return the id of a part of a record, the same on every machine."""
    return uuid.uuid5(NAMESPACE, "\n".join((source, *place)))


def status_of(feed: Feed, service: ServicePart) -> tuple[str, str]:
    """Return a service's (status, reason). Services of a source that may not publish wait for a curator."""
    if service.status == Status.ACTIVE and not feed.publishes:
        return Status.INACTIVE, WAITS_FOR_CURATOR
    return service.status, service.status_reason[:255]


@dataclass
class RecordRows:
    """The unsaved rows of some records of one run, in lists. Save parents before children."""

    run: ImportRun
    feed: Feed
    at: datetime
    services: list[Service] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)
    places: list[ServiceAtLocation] = field(default_factory=list)
    children: dict[type[models.Model], list[Any]] = field(default_factory=dict)
    topics: dict[uuid.UUID, tuple[TopicPart, ...]] = field(default_factory=dict)  # by service
    assured_dates: dict[uuid.UUID, date] = field(default_factory=dict)  # by service
    source_records: list[SourceRecord] = field(default_factory=list)
    # What a curator merged: the next rows of the old organization are the kept one's.
    merged: dict[uuid.UUID, uuid.UUID] = field(default_factory=merged_organizations)

    def add(self, record: Record) -> None:
        """Add the rows of a record: its services with their children, and its source records."""
        for service in record.services:
            self._add_service(record, service)
        if not record.services:
            self._add_source_record(record, "")

    def _add_service(self, record: Record, part: ServicePart) -> None:
        pk = service_id(self.feed, record.entry.key, part.part)
        organization = organization_id(self.feed, part.organization)
        organization = self.merged.get(organization, organization)
        status, reason = status_of(self.feed, part)
        self.services.append(
            Service(
                pk=pk,
                organization_id=organization,
                status=status,
                status_reason=reason,
                held=status == Status.INACTIVE,
                last_modified=self.at,
                **{name: getattr(part, name) for name in SERVICE_VALUES},
            )
        )
        if part.assured_date:
            self.assured_dates[pk] = part.assured_date
        self._add_children(pk, part)
        places = [self._add_location(record, part, location, pk, organization) for location in part.locations]
        self._add_source_record(record, part.part, pk, organization, next(iter(places), None))

    def _add_children(self, service: uuid.UUID, part: ServicePart) -> None:
        self._put(Phone, service, (vars(phone) for phone in part.phones))
        self._put(CostOption, service, (vars(cost) for cost in part.costs))
        self._put(Language, service, ({"code": code} for code in part.languages))
        self._put(Schedule, service, part.schedules)
        self._put(ServiceArea, service, (vars(area) for area in part.areas))
        audiences = self.children.setdefault(ServiceAudience, [])
        audiences += [ServiceAudience(service_id=service, **vars(audience)) for audience in part.audiences]
        self.topics[service] = part.topics

    def _put(
        self,
        model: type[models.Model],
        owner: uuid.UUID,
        values: Iterable[dict[str, Any]],
        *,
        owner_field: str = "service_id",
    ) -> None:
        """Add rows whose ids are in the order of the source: phones are read back by type and id."""
        rows = self.children.setdefault(model, [])
        field_values = list(values)
        ids = sorted(
            permanent_id(self.feed.slug, model.__name__, str(owner), str(number))
            for number in range(len(field_values))
        )
        rows += [
            model(pk=pk, **{owner_field: owner}, **row) for pk, row in zip(ids, field_values, strict=True)
        ]

    def _add_location(
        self,
        record: Record,
        service_part: ServicePart,
        part: LocationPart,
        service: uuid.UUID,
        organization: uuid.UUID,
    ) -> uuid.UUID:
        place = (record.entry.key, service_part.part, part.key)
        pk = permanent_id(self.feed.slug, "location", *place)
        values = {name: getattr(part, name) for name in LOCATION_VALUES}
        self.locations.append(Location(pk=pk, organization_id=organization, last_modified=self.at, **values))
        place_id = permanent_id(self.feed.slug, "service at location", *place)
        self.places.append(ServiceAtLocation(pk=place_id, service_id=service, location_id=pk))
        self._put(Schedule, place_id, part.schedules, owner_field="service_at_location_id")
        arrangements = ({"feature": feature, "description": words} for feature, words in part.accessibility)
        self._put(Accessibility, pk, arrangements, owner_field="location_id")
        return pk

    def _add_source_record(
        self,
        record: Record,
        part: str,
        service: uuid.UUID | None = None,
        organization: uuid.UUID | None = None,
        location: uuid.UUID | None = None,
    ) -> None:
        self.source_records.append(
            SourceRecord(
                source=self.run.source,
                key=record.entry.key,
                part=part,
                raw=record.entry.raw,
                digest=record.entry.digest(self.feed.rules),
                refusals=[refusal.as_json() for refusal in record.refusals],
                source_url=record.source_url,
                seen_on=record.seen_on,
                first_run=self.run,
                last_run=self.run,
                service_id=service,
                organization_id=organization,
                location_id=location,
            )
        )


def term_of(topic: TopicPart) -> TaxonomyTerm:
    """Return the term of a topic, made where there is none."""
    taxonomy, _ = Taxonomy.objects.get_or_create(
        name=topic.taxonomy, defaults={"pk": permanent_id("directory", "taxonomy", topic.taxonomy)}
    )
    place = ("topic", topic.code) if topic.taxonomy == TOPICS else ("topic", topic.taxonomy, topic.code)
    term, _ = TaxonomyTerm.objects.get_or_create(
        taxonomy=taxonomy,
        code=topic.code,
        defaults={"pk": permanent_id("directory", *place), "name": topic.name},
    )
    return term


def service_id(feed: Feed, key: str, part: str) -> uuid.UUID:
    """Return the id of a service of a record: the key itself, where the feed says that it is an id."""
    own_id = feed.record_id(key)
    return own_id or permanent_id(feed.slug, "service", key, part)


def organization_id(feed: Feed, part: OrganizationPart) -> uuid.UUID:
    """Return the permanent id of an organization of this source, or of the one that it shares them with."""
    return permanent_id(feed.organizations_of or feed.slug, "organization", part.key)


def organization_rows(feed: Feed, records: Iterable[Record], at: datetime) -> dict[uuid.UUID, Organization]:
    """Return the organizations of these records by id, each with the name in its first record."""
    rows: dict[uuid.UUID, Organization] = {}
    for record in records:
        for service in record.services:
            part = service.organization
            pk = organization_id(feed, part)
            if pk not in rows:
                rows[pk] = Organization(
                    pk=pk,
                    name=part.name,
                    website=part.website,
                    operator_stated=part.operator_stated,
                    last_modified=at,
                )
    return rows


def identifier_rows(feed: Feed, records: Sequence[Record]) -> Iterator[OrganizationIdentifier]:
    """Yield the identifiers of these organizations in other registers, without repeats."""
    parts = {
        service.organization.key: service.organization for record in records for service in record.services
    }
    for part in parts.values():
        for scheme, kind, identifier in part.identifiers:
            yield OrganizationIdentifier(
                pk=permanent_id(feed.slug, "identifier", part.key, kind, identifier),
                organization_id=organization_id(feed, part),
                identifier_scheme=scheme,
                identifier_type=kind,
                identifier=identifier,
            )
