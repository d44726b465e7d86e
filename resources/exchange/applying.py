"""A plan becomes records: all of it in one transaction, or none of it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import models, transaction

from resources.exchange.mapping import (
    SERVICE_VALUES,
    Rows,
    identifier_rows,
    organization_rows,
    permanent_id,
    status_of,
)
from resources.exchange.planning import Plan, edited_keys
from resources.exchange.records import LocationPart, Record
from resources.exchange.sources.base import Feed
from resources.history import revisions
from resources.models import (
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
    Source,
    SourceRecord,
    Taxonomy,
    TaxonomyTerm,
)
from resources.models.batches import batches
from resources.search.projection import refresh_listings
from resources.vocabulary import Status

BATCH = 2000  # records at a time: what is held in memory, and how often progress is told
TOPICS = "Topics"
NOT_A_SERVICE = "not a service"
NO_LONGER_IN_SOURCE = "the source's record no longer gives this service"
CHILDREN: tuple[type[models.Model], ...] = (
    Phone,
    CostOption,
    Language,
    Schedule,
    ServiceArea,
    ServiceAudience,
)
# The columns an import writes; what only curators say is never written over.
ORGANIZATION_FIELDS = ("name", "website", "operator_stated")
SERVICE_SAID = (*SERVICE_VALUES, "organization", "status", "status_reason", "held", "last_modified")
LOCATION_SAID = (
    *(part.name for part in fields(LocationPart) if part.name != "key"),
    "organization",
    "last_modified",
)
SOURCE_RECORD_SAID = (
    "raw",
    "digest",
    "refusals",
    "source_url",
    "seen_on",
    "last_run",
    "service",
    "organization",
    "location",
)

Progress = Callable[[int, int], None]


def apply_plan(*, plan: Plan, at: datetime, progress: Progress = lambda done, total: None) -> ImportRun:
    """Writes what the plan says and makes the listings true; answers the run that did it, with its counts.

    `progress` hears (steps done, steps in all). Unchanged records are not touched, not even their dates. A
    changed record whose service a curator has edited or checked since gives only its new words to the source
    record: the service waits for a curator, and the run counts it under "held".
    """
    with transaction.atomic():
        run = _open_run(plan, at)
        edited = edited_keys(plan.feed.slug)  # asked again: someone may have saved since the plan was made
        held = [record for record in (*plan.changed, *plan.held) if record.entry.key in edited]
        records = [record for record in (*plan.records, *plan.held) if record.entry.key not in edited]
        steps = 2 * len(records)
        before = _organizations_of(run.source, plan)
        touched = _write_organizations(run, plan.feed, records, at)
        for number, batch in enumerate(batches(records, BATCH)):
            touched |= _write_records(run, plan.feed, batch, at)
            progress(number * BATCH + len(batch), steps)
        _remove_emptied(before)
        _keep_words(run, plan.feed, held)
        for number, ids in enumerate(batches(sorted(touched), BATCH), start=1):
            refresh_listings(ids, at=at)
            progress(min(len(records) + number * BATCH, steps), steps)
        run.counts = _counts(plan, records, held)
        run.refusals = [refusal.as_json() for refusal in plan.refusals]
        run.finished_at = at
        run.save()
    return run


def _open_run(plan: Plan, at: datetime) -> ImportRun:
    feed = plan.feed
    source, _ = Source.objects.update_or_create(
        slug=feed.slug,
        defaults={"name": feed.name, "url": feed.url, "licence": feed.licence, "publishes": feed.publishes},
    )
    return ImportRun.objects.create(
        source=source, file_name=plan.file_name, file_digest=plan.file_digest, started_at=at
    )


def _write_organizations(
    run: ImportRun, feed: Feed, records: Sequence[Record], at: datetime
) -> set[uuid.UUID]:
    """Organizations new and changed; answers the services of the changed ones, whose listings say its name.

    One that a curator has ever edited is left as it is: its last change was none of this source's runs.
    """
    rows = organization_rows(feed, records, at)
    ours = set(run.source.runs.exclude(pk=run.pk).values_list("started_at", flat=True))
    renamed = []
    for ids in batches(list(rows), BATCH):
        for there in Organization.objects.filter(pk__in=ids):
            edited = there.last_modified not in ours
            same = all(getattr(there, name) == getattr(rows[there.pk], name) for name in ORGANIZATION_FIELDS)
            if edited or same:
                del rows[there.pk]
            else:
                renamed.append(there.pk)
    _upsert(Organization, list(rows.values()), (*ORGANIZATION_FIELDS, "last_modified"))
    OrganizationIdentifier.objects.bulk_create(identifier_rows(feed, records), ignore_conflicts=True)
    return (
        set(Service.objects.filter(organization__in=renamed).values_list("pk", flat=True))
        if renamed
        else set()
    )


def _write_records(run: ImportRun, feed: Feed, records: Sequence[Record], at: datetime) -> set[uuid.UUID]:
    """One batch of records with everything that hangs on them; answers the services it touched."""
    rows = Rows(run, feed, at)
    for record in records:
        rows.add(record)
    ids = [service.pk for service in rows.services]
    _keep_published({service.pk for service in rows.services if service.status != Status.ACTIVE})
    _clear(
        Service.objects.filter(pk__in=ids).values_list("pk", flat=True), {place.pk for place in rows.places}
    )
    _upsert(Service, rows.services, SERVICE_SAID)
    _upsert(Location, rows.locations, LOCATION_SAID)
    ServiceAtLocation.objects.bulk_create(rows.places, ignore_conflicts=True)
    for model, children in rows.children.items():
        model._default_manager.bulk_create(children)
    _write_topics(rows.topics)
    silenced = _withdraw_missing(run, feed, records, rows.source_records, at)
    _upsert(SourceRecord, rows.source_records, SOURCE_RECORD_SAID, unique=("source", "key", "part"))
    return {*ids, *silenced}


def _keep_published(withdrawn: Collection[uuid.UUID]) -> None:
    """Takes into the history those of these services that visitors are shown, before the run hides them.

    Their old addresses then say that they are gone, and not that there never was anything.
    """
    if withdrawn:
        revisions.save_missing_revision(list(Service.objects.published().filter(pk__in=withdrawn)))


def _clear(services: Collection[uuid.UUID], kept: Collection[uuid.UUID]) -> None:
    """Clears what hung on services that are there already; places that stay keep their ids and addresses."""
    if not services:
        return
    for model in (*CHILDREN, Service.topics.through):
        model._default_manager.filter(service__in=services).delete()
    gone = [place for place in ServiceAtLocation.objects.filter(service__in=services) if place.pk not in kept]
    ServiceAtLocation.objects.filter(pk__in=[place.pk for place in gone]).delete()
    Location.objects.filter(pk__in=[place.location_id for place in gone], service_at_locations=None).delete()


def _write_topics(topics: dict[uuid.UUID, tuple[tuple[str, str], ...]]) -> None:
    names = dict(topic for said in topics.values() for topic in said)
    if not names:
        return
    taxonomy, _ = Taxonomy.objects.get_or_create(
        name=TOPICS, defaults={"pk": permanent_id("directory", "taxonomy", TOPICS)}
    )
    terms = {
        code: TaxonomyTerm.objects.get_or_create(
            taxonomy=taxonomy,
            code=code,
            defaults={"pk": permanent_id("directory", "topic", code), "name": name},
        )[0]
        for code, name in names.items()
    }
    through = Service.topics.through
    through._default_manager.bulk_create(
        [
            through(service_id=service, taxonomyterm_id=terms[code].pk)
            for service, said in topics.items()
            for code, _ in said
        ]
    )


def _withdraw_missing(
    run: ImportRun, feed: Feed, records: Sequence[Record], said: Iterable[SourceRecord], at: datetime
) -> set[uuid.UUID]:
    """Withdraws, with that reason, the services that their record gave before and no longer gives."""
    now = {(row.key, row.part) for row in said}
    digests = {record.entry.key: record.entry.digest(feed.rules) for record in records}
    gone = [
        row
        for row in SourceRecord.objects.filter(source=run.source, key__in=list(digests))
        if (row.key, row.part) not in now
    ]
    for row in gone:
        row.digest, row.last_run = digests[row.key], run
    SourceRecord.objects.bulk_update(gone, ["digest", "last_run"], batch_size=100)
    services = {row.service_id for row in gone if row.service_id}
    _keep_published(services)
    Service.objects.filter(pk__in=services).update(
        status=Status.INACTIVE, status_reason=NO_LONGER_IN_SOURCE, held=True, last_modified=at
    )
    return services


def _keep_words(run: ImportRun, feed: Feed, held: Iterable[Record]) -> None:
    """Keeps what the source says now. `last_run` stays the run whose words the service last took."""
    for record in held:
        SourceRecord.objects.filter(source=run.source, key=record.entry.key).update(
            raw=record.entry.raw,
            digest=record.entry.digest(feed.rules),
            refusals=[refusal.as_json() for refusal in record.refusals],
        )


def _organizations_of(source: Source, plan: Plan) -> set[uuid.UUID]:
    """The organizations that the services of changed records belong to before anything is written."""
    keys = [record.entry.key for record in (*plan.changed, *plan.held)]
    found: set[uuid.UUID] = set()
    for batch in batches(keys, BATCH):
        records = SourceRecord.objects.filter(source=source, key__in=batch, service__isnull=False)
        found.update(records.values_list("service__organization", flat=True))
    return found


def _remove_emptied(organizations: Collection[uuid.UUID]) -> None:
    """Of these, removes the ones that nothing belongs to any more: they would say nothing to anyone.

    One that an account is limited to stays, for without it the account would not be limited.
    """
    for ids in batches(sorted(organizations), BATCH):
        emptied = Organization.objects.filter(pk__in=ids, services=None, locations=None, parts=None)
        emptied.filter(curators=None).delete()


def _counts(plan: Plan, records: Sequence[Record], held: Sequence[Record]) -> dict[str, Any]:
    said = [status_of(plan.feed, service) for record in records for service in record.services]
    statuses = Counter(str(status) for status, _ in said)
    reasons = Counter(reason for _, reason in said if reason)
    aside = [f"{NOT_A_SERVICE}: {record.set_aside}" for record in records if not record.services]
    if aside:
        statuses[NOT_A_SERVICE] = len(aside)
        reasons.update(aside)
    return {
        **plan.counts(),
        "changed": len(records) - len(plan.new),
        "held": len(held),
        "rules": plan.feed.rules,
        "services": dict(sorted(statuses.items())),
        "reasons": dict(reasons.most_common()),
    }


def _upsert(
    model: type[models.Model], rows: list[Any], said: Collection[str], *, unique: Collection[str] = ("id",)
) -> None:
    if rows:
        model._default_manager.bulk_create(
            rows, update_conflicts=True, update_fields=said, unique_fields=unique
        )
