"""Apply a plan: write its records in one transaction, or none of them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from itertools import chain, groupby
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction

from resources.curation.duplicates import store_pairs
from resources.events import log_event_on_commit
from resources.exchange.mapping import (
    LOCATION_VALUES,
    SERVICE_VALUES,
    WAITS_FOR_CURATOR,
    RecordRows,
    identifier_rows,
    organization_rows,
    service_id,
    status_of,
    term_of,
)
from resources.exchange.planning import NO_LONGER_IN_SOURCE, Plan, edited_keys, is_protected
from resources.exchange.records import Entry, Record, TopicPart
from resources.exchange.sources.base import Feed
from resources.exchange.undo import save_before
from resources.exchange.updating import update_service
from resources.history import revisions
from resources.history.snapshots import Snapshot, carry_changes, is_same, snapshots_with_places
from resources.models import (
    Accessibility,
    CostOption,
    ImportRun,
    Language,
    Listing,
    Location,
    Organization,
    OrganizationIdentifier,
    PendingEdit,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    Source,
    SourceRecord,
)
from resources.models.batches import batches
from resources.search.projection import record_made_listings, refresh_listings
from resources.vocabulary import Decision, Status

BATCH = 2000  # records at a time: the number held in memory, and between two reports of progress
PLACE_LABEL = ServiceAtLocation._meta.label_lower
NOT_A_SERVICE = "not a service"
CHILDREN: tuple[type[models.Model], ...] = (
    Phone,
    CostOption,
    Language,
    Schedule,
    ServiceArea,
    ServiceAudience,
)
# The columns an import writes. It never overwrites those that only curators set.
ORGANIZATION_FIELDS = ("name", "website", "operator_stated")
SERVICE_FIELDS = (*SERVICE_VALUES, "organization", "status", "status_reason", "held", "last_modified")
LOCATION_FIELDS = (*LOCATION_VALUES, "organization", "last_modified")
SOURCE_RECORD_FIELDS = (
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


def apply_plan(
    *,
    plan: Plan,
    at: datetime,
    by: User | None = None,
    progress: Progress = lambda done, total: None,
) -> ImportRun:
    """Write the records of a plan and refresh the listings. Return the import run, with its counts.

    `by` is who confirmed it, None for the operator. `progress` is called with (steps done, total steps).
    Unchanged records are not written, so that their dates stay. Of a changed record whose service a curator
    has edited or checked since the plan was made only the source record is updated: the service waits for a
    curator, and the run counts it under "held".
    """
    with transaction.atomic():
        run = _open_run(plan, at, by)
        is_first_load = not Listing.objects.exists()
        edited = edited_keys(plan.feed.slug)  # again: someone may have saved since the plan was made
        held = [record for record in (*plan.changed, *plan.held) if _is_held(record, edited)]
        records = [record for record in (*plan.records, *plan.held) if not _is_held(record, edited)]
        steps = 2 * len(records)
        updates = [record for record in records if record.entry.changes is not None]
        loads = [record for record in records if record.entry.changes is None]
        before = _organizations_of(run.source, plan)
        affected = _write_organizations(run, plan.feed, loads, at)
        for number, batch in enumerate(batches(loads, BATCH)):
            affected |= _write_records(run, plan.feed, batch, at)
            progress(number * BATCH + len(batch), steps)
        affected |= _withdraw_left_out(run, plan, edited, at)
        affected |= _withdraw_now_left_out(run, plan, edited, at)
        for record in updates:
            affected |= update_service(run, plan.feed, record, at)
        _propose_edits(run, plan.feed, held, at)
        store_pairs({(pair.new, pair.known): pair.match for pair in plan.duplicates}, at=at)
        _delete_empty_organizations(run, before)
        _update_held_source_records(run, plan.feed, held)
        for number, ids in enumerate(batches(sorted(affected), BATCH), start=1):
            refresh_listings(ids, at=at)
            progress(min(len(records) + number * BATCH, steps), steps)
        if is_first_load:  # else the next `run_jobs` would rebuild all of them
            record_made_listings(at=at)
        run.counts = _run_counts(plan, records, held)
        run.refusals = [refusal.as_json() for refusal in plan.refusals]
        run.finished_at = at
        run.save()
        numbers = {name: run.counts[name] for name in ("new", "changed", "held", "refused")}
        log_event_on_commit("import", source=plan.feed.slug, run=run.pk, **numbers)
    return run


def _is_held(record: Record, edited: Collection[str]) -> bool:
    """Return True if a curator has worked on what the record would change."""
    return is_protected(record.entry) if record.entry.changes is not None else record.entry.key in edited


def _open_run(plan: Plan, at: datetime, by: User | None) -> ImportRun:
    feed = plan.feed
    source, _ = Source.objects.update_or_create(
        slug=feed.slug,
        defaults={"name": feed.name, "url": feed.url, "licence": feed.licence, "publishes": feed.publishes},
    )
    return ImportRun.objects.create(
        source=source,
        file_name=plan.file_name,
        file_digest=plan.file_digest,
        started_at=at,
        made_by=by,
    )


def _write_organizations(
    run: ImportRun, feed: Feed, records: Sequence[Record], at: datetime
) -> set[uuid.UUID]:
    """Write new and changed organizations. Return the services of changed ones: their listings have its name.

    An organization that a curator has edited is left unchanged: no run of this source made its last change.
    """
    rows = organization_rows(feed, records, at)
    ours = set(run.source.runs.exclude(pk=run.pk).values_list("started_at", flat=True))
    renamed = []
    for ids in batches(list(rows), BATCH):
        for existing in Organization.objects.filter(pk__in=ids):
            row = rows[existing.pk]
            edited = existing.last_modified not in ours
            same = all(getattr(existing, name) == getattr(row, name) for name in ORGANIZATION_FIELDS)
            if edited or same:
                del rows[existing.pk]
            else:
                renamed.append(existing.pk)
    save_before(run, Organization, renamed)
    _upsert(Organization, list(rows.values()), (*ORGANIZATION_FIELDS, "last_modified"))
    OrganizationIdentifier.objects.bulk_create(identifier_rows(feed, records), ignore_conflicts=True)
    return (
        set(Service.objects.filter(organization__in=renamed).values_list("pk", flat=True))
        if renamed
        else set()
    )


def _write_records(run: ImportRun, feed: Feed, records: Sequence[Record], at: datetime) -> set[uuid.UUID]:
    """Write one batch of records with all their related rows. Return the services it wrote or withdrew."""
    rows = RecordRows(run, feed, at)
    for record in records:
        rows.add(record)
    ids = [service.pk for service in rows.services]
    _keep_decided_statuses(rows.services)
    save_before(run, Service, ids)
    save_before(run, Location, _location_ids(ids, rows))
    save_before(run, SourceRecord, _source_record_ids(run, records))
    _save_published_revisions({service.pk for service in rows.services if service.status != Status.ACTIVE})
    _delete_children(
        Service.objects.filter(pk__in=ids).values_list("pk", flat=True), {place.pk for place in rows.places}
    )
    _upsert(Service, rows.services, SERVICE_FIELDS)
    _upsert(Location, rows.locations, LOCATION_FIELDS)
    for service, day in rows.assured_dates.items():
        Service.objects.filter(pk=service).update(assured_date=day)
    ServiceAtLocation.objects.bulk_create(rows.places, ignore_conflicts=True)
    for model, children in rows.children.items():
        model._default_manager.bulk_create(children)
    _write_topics(rows.topics)
    withdrawn = _withdraw_missing(run, feed, records, rows.source_records, at)
    _upsert(SourceRecord, rows.source_records, SOURCE_RECORD_FIELDS, unique=("source", "key", "part"))
    return {*ids, *withdrawn}


def _keep_decided_statuses(services: Sequence[Service]) -> None:
    """Let services that a curator has published or withdrawn stay so, unless the record says otherwise.

    A record that can be shown says nothing against either.
    """
    found = Service.objects.filter(pk__in=[service.pk for service in services], held=False)
    decided = {pk: values for pk, *values in found.values_list("pk", "status", "status_reason")}
    for service in services:
        may_be_shown = service.status == Status.ACTIVE or service.status_reason == WAITS_FOR_CURATOR
        if may_be_shown and service.pk in decided:
            service.status, service.status_reason = decided[service.pk]
            service.held = False


def _location_ids(services: Collection[uuid.UUID], rows: RecordRows) -> set[uuid.UUID]:
    """Return every location that the services were at or will be at."""
    now = ServiceAtLocation.objects.filter(service__in=services).values_list("location_id", flat=True)
    return {*now, *(location.pk for location in rows.locations)}


def _source_record_ids(run: ImportRun, records: Iterable[Record]) -> list[int]:
    keys = [record.entry.key for record in records]
    return list(SourceRecord.objects.filter(source=run.source, key__in=keys).values_list("pk", flat=True))


def _save_published_revisions(withdrawn: Collection[uuid.UUID]) -> None:
    """Save a revision of those of these services that are published, before the run hides them.

    Their old addresses then answer that they are gone, instead of that they never existed.
    """
    if withdrawn:
        revisions.save_missing_revision(list(Service.objects.published().filter(pk__in=withdrawn)))


def _delete_children(services: Collection[uuid.UUID], unchanged_places: Collection[uuid.UUID]) -> None:
    """Delete the related rows of existing services, but for `unchanged_places`, which keep their ids."""
    if not services:
        return
    for model in (*CHILDREN, Service.topics.through):
        model._default_manager.filter(service__in=services).delete()
    places = ServiceAtLocation.objects.filter(service__in=services)
    Schedule.objects.filter(service_at_location__in=places).delete()
    Accessibility.objects.filter(location__in=places.values("location")).delete()
    gone = [place for place in places if place.pk not in unchanged_places]
    ServiceAtLocation.objects.filter(pk__in=[place.pk for place in gone]).delete()
    Location.objects.filter(pk__in=[place.location_id for place in gone], service_at_locations=None).delete()


def _write_topics(topics: dict[uuid.UUID, tuple[TopicPart, ...]]) -> None:
    terms = {topic: term_of(topic) for topic in set(chain.from_iterable(topics.values()))}
    through = Service.topics.through
    through._default_manager.bulk_create(
        [
            through(service_id=service, taxonomyterm_id=terms[topic].pk)
            for service, parts in topics.items()
            for topic in parts
        ]
    )


def _withdraw_missing(
    run: ImportRun, feed: Feed, records: Sequence[Record], current: Iterable[SourceRecord], at: datetime
) -> set[uuid.UUID]:
    """Withdraw, with that reason, the services that their record no longer gives. Return their ids."""
    current_parts = {(row.key, row.part) for row in current}
    digests = {record.entry.key: record.entry.digest(feed.rules) for record in records}
    gone = [
        row
        for row in SourceRecord.objects.filter(source=run.source, key__in=list(digests))
        if (row.key, row.part) not in current_parts
    ]
    for row in gone:
        row.digest, row.last_run = digests[row.key], run
    SourceRecord.objects.bulk_update(gone, ["digest", "last_run"], batch_size=100)
    services = {row.service_id for row in gone if row.service_id}
    _withdraw(run, services, at)
    return services


def _withdraw_left_out(run: ImportRun, plan: Plan, edited: Collection[str], at: datetime) -> set[uuid.UUID]:
    """Withdraw the services that a whole list no longer has, unless a curator has worked on them since.

    Their digest is emptied: a file that has them again changes them back.
    """
    withdrawn = set(plan.withdrawn)
    for ids in batches(sorted(withdrawn), BATCH):
        records = SourceRecord.objects.filter(source=run.source, service__in=ids)
        withdrawn.difference_update(records.filter(key__in=edited).values_list("service", flat=True))
        rows = records.exclude(key__in=edited)
        save_before(run, SourceRecord, list(rows.values_list("pk", flat=True)))
        rows.update(digest="", last_run=run)
    _withdraw(run, withdrawn, at)
    return withdrawn


def _withdraw_now_left_out(
    run: ImportRun, plan: Plan, edited: Collection[str], at: datetime
) -> set[uuid.UUID]:
    """Withdraw, each with its reason, published services of records that are left out now. Return their ids.

    Their digest is emptied too. What a curator has edited since the plan was made stays.
    """
    withdrawn: set[uuid.UUID] = set()
    keys = sorted(plan.now_left_out.keys() - set(edited), key=lambda key: (plan.now_left_out[key], key))
    for reason, keys_of_reason in groupby(keys, key=plan.now_left_out.__getitem__):
        for batch in batches(list(keys_of_reason), BATCH):
            records = SourceRecord.objects.filter(
                source=run.source, key__in=batch, service__status=Status.ACTIVE
            )
            ids = {pk for pk in records.values_list("service_id", flat=True) if pk}
            rows = list(records.values_list("pk", flat=True))
            save_before(run, SourceRecord, rows)
            _withdraw(run, ids, at, reason)
            SourceRecord.objects.filter(pk__in=rows).update(digest="", last_run=run)
            withdrawn |= ids
    return withdrawn


def _withdraw(
    run: ImportRun, services: Collection[uuid.UUID], at: datetime, reason: str = NO_LONGER_IN_SOURCE
) -> None:
    save_before(run, Service, services)
    _save_published_revisions(services)
    for ids in batches(sorted(services), BATCH):
        Service.objects.filter(pk__in=ids).update(
            status=Status.INACTIVE, status_reason=reason, held=True, last_modified=at
        )


def _update_held_source_records(run: ImportRun, feed: Feed, held: Iterable[Record]) -> None:
    """Store the new raw values of held records. `last_run` stays the run that last changed the service."""
    held = list(held)
    save_before(run, SourceRecord, _source_record_ids(run, held))
    for record in held:
        if record.entry.changes is not None:
            continue
        SourceRecord.objects.filter(source=run.source, key=record.entry.key).update(
            raw=record.entry.raw,
            digest=record.entry.digest(feed.rules),
            refusals=[refusal.as_json() for refusal in record.refusals],
        )


def _propose_edits(run: ImportRun, feed: Feed, held: Sequence[Record], at: datetime) -> None:
    """Put into the queue, as an edit that waits, what each held record would change of its service."""
    for record in held:
        ids = [service_id(feed, record.entry.key, part.part) for part in record.services]
        before = _with_places(ids)
        after = _snapshots_if_written(run, feed, record, ids, at)
        said_before = _record_before(run, feed, record)
        base = _snapshots_if_written(run, feed, said_before, ids, at) if said_before else before
        for pk in before.keys() & after.keys() & base.keys():
            after[pk] = carry_changes(base[pk], after[pk], before[pk])
            _keep_left_places(before[pk], after[pk])
            if is_same(before[pk], after[pk]):
                continue
            PendingEdit.objects.update_or_create(
                model=Service._meta.label_lower,
                object_id=pk,
                made_by=None,
                source=run.source,
                decision=Decision.OPEN,
                defaults={
                    "name": record.services[0].name[:255],
                    "before": before[pk],
                    "after": after[pk],
                    "received_at": at,
                },
            )


def _record_before(run: ImportRun, feed: Feed, record: Record) -> Record | None:
    """Return the record as the source gave it last, so that only what it says newly is proposed.

    None where its raw values alone do not tell.
    """
    entry = record.entry
    known = SourceRecord.objects.filter(source=run.source, key=entry.key).first()
    if entry.changes is not None or entry.context or known is None:
        return None
    return feed.read(Entry(entry.key, entry.where, known.raw))


def _keep_left_places(before: Snapshot, after: Snapshot) -> None:
    """Leave locations that the service leaves as they are: another service may be there."""
    label = Location._meta.label_lower
    left = before.get(label, {}).keys() - after.get(label, {}).keys()
    for model, rows in before.items():
        for pk, row in rows.items():
            if (row.get("location") in left and model != PLACE_LABEL) or (model == label and pk in left):
                after.setdefault(model, {}).setdefault(pk, row)


def _with_places(ids: Sequence[uuid.UUID]) -> dict[Any, Snapshot]:
    return snapshots_with_places(list(Service.objects.filter(pk__in=ids).prefetch_related("topics")))


class _RolledBack(Exception):
    """Ends a trial."""


def _snapshots_if_written(
    run: ImportRun, feed: Feed, record: Record, ids: Sequence[uuid.UUID], at: datetime
) -> dict[Any, Snapshot]:
    """Return the snapshots of the services as the record would leave them. Writes nothing."""
    after: dict[Any, Snapshot] = {}
    try:
        with transaction.atomic():
            if record.entry.changes is None:
                _write_organizations(run, feed, [record], at)
                _write_records(run, feed, [record], at)
            else:
                update_service(run, feed, record, at)
            after = _with_places(ids)
            raise _RolledBack
    except _RolledBack:
        return after


def _organizations_of(source: Source, plan: Plan) -> set[uuid.UUID]:
    """Return the organizations of the changed records' services. Call it before anything is written."""
    keys = [record.entry.key for record in (*plan.changed, *plan.held)]
    organizations: set[uuid.UUID] = set()
    for batch in batches(keys, BATCH):
        records = SourceRecord.objects.filter(source=source, key__in=batch, service__isnull=False)
        organizations.update(records.values_list("service__organization", flat=True))
    return organizations


def _delete_empty_organizations(run: ImportRun, organizations: Collection[uuid.UUID]) -> None:
    """Delete those of these organizations that have no services, locations or parts any more.

    An organization that a curator's account is limited to stays: deleting it would lift the limit. One that
    was merged stays, too: its address leads on.
    """
    for ids in batches(sorted(organizations), BATCH):
        emptied = Organization.objects.filter(
            pk__in=ids, services=None, locations=None, parts=None, curators=None, merged_into=None
        )
        save_before(run, Organization, emptied.values_list("pk", flat=True))
        emptied.delete()


def _run_counts(plan: Plan, records: Sequence[Record], held: Sequence[Record]) -> dict[str, Any]:
    outcomes = [status_of(plan.feed, service) for record in records for service in record.services]
    statuses = Counter(str(status) for status, _ in outcomes)
    reasons = Counter(reason for _, reason in outcomes if reason)
    not_imported = [
        f"{NOT_A_SERVICE}: {record.not_imported_reason}" for record in records if not record.services
    ]
    if not_imported:
        statuses[NOT_A_SERVICE] = len(not_imported)
        reasons.update(not_imported)
    return {
        **plan.counts(),
        "changed": len(records) - len(plan.new),
        "held": len(held),
        "rules": plan.feed.rules,
        "services": dict(sorted(statuses.items())),
        "reasons": dict(reasons.most_common()),
        "left_out_reasons": dict(plan.left_out),
        "countries": list(plan.countries),
    }


def _upsert(
    model: type[models.Model], rows: list[Any], columns: Collection[str], *, unique: Collection[str] = ("id",)
) -> None:
    if rows:
        model._default_manager.bulk_create(
            rows, update_conflicts=True, update_fields=columns, unique_fields=unique
        )
