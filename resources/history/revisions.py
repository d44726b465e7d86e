"""Revisions: what every record was, and who changed it when, with one `Revision` for each change.

A revision contains the record with all its related rows, so that it can be restored completely. Imports write
thousands of records and have their own log (`SourceRecord`, `ImportRun`): their result is saved as a revision
when a curator is about to change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from resources.history.snapshots import Snapshot, is_same, load_records, snapshots_of
from resources.models import Revision, Service
from resources.models.batches import batches
from resources.vocabulary import Status

BATCH = 100  # records read and saved together
# The comment on a change by an import. Stored in English, and translated when it is shown.
INITIAL_COMMENT = gettext_noop("As it was before.")
REVISION_SCAN_LIMIT = 20  # revisions read per query when searching


@contextmanager
def record_revision(
    records: Iterable[models.Model], *, by: User | None, at: datetime, comment: str
) -> Iterator[None]:
    """Change these records inside this context: it saves revisions before and after. Needs a transaction."""
    records = list(records)
    save_missing_revision(records)
    yield
    save_revision(records, by=by, at=at, comment=comment)


def save_missing_revision(records: Iterable[models.Model]) -> None:
    """Save a revision of each record whose last revision is not its current state.

    The records are of one kind.
    """
    for batch in batches(records, BATCH):
        model, known = type(batch[0]), _last_modified_by_id(batch)
        # Read from the database: the caller's objects may be out of date.
        stored = model._default_manager.filter(pk__in=[record.pk for record in batch])
        missing = [
            record.pk
            for record in stored
            if record.pk not in known or known[record.pk] != _modified_at(record)
        ]
        _create_revisions(load_records(model, missing), by=None, at=None, comment=INITIAL_COMMENT)


def save_revision(records: Iterable[models.Model], *, by: User | None, at: datetime, comment: str) -> None:
    """Save a revision of these records, of one kind, as they are in the database."""
    for batch in batches(records, BATCH):
        stored = load_records(type(batch[0]), [record.pk for record in batch])
        _create_revisions(stored, by=by, at=at, comment=comment)


def _create_revisions(
    records: Sequence[models.Model], *, by: User | None, at: datetime | None, comment: str
) -> None:
    """Create revisions. `at` None means the time of each record's own last change."""
    snapshots = snapshots_of(records)
    Revision.objects.bulk_create(
        Revision(
            model=record._meta.label_lower,
            object_id=record.pk,
            name=str(record)[:255],
            made_at=at or _modified_at(record) or timezone.now(),
            made_by=by,
            comment=comment,
            modified_at=_modified_at(record),
            was_published=isinstance(record, Service) and record.status == Status.ACTIVE,
            snapshot=snapshots[record.pk],
        )
        for record in records
    )


def revisions_of(record: models.Model) -> models.QuerySet[Revision]:
    """Return all revisions of a record, newest first, with their authors loaded."""
    revisions = Revision.objects.filter(model=record._meta.label_lower, object_id=record.pk)
    return revisions.select_related("made_by").order_by("-pk")


def last_revision(record: models.Model) -> Revision | None:
    """Return the newest revision of a record, or None."""
    return revisions_of(record).first()


def latest_snapshot(record: models.Model) -> Snapshot:
    """Return the snapshot of the newest revision; empty if there is none."""
    revision = last_revision(record)
    return {} if revision is None else revision.snapshot


def snapshot_at(record: models.Model, modified: datetime) -> Snapshot | None:
    """Return the record as of the revision whose `last_modified` is `modified`; None if there is none."""
    revision = revisions_of(record).filter(modified_at=modified).first()
    return None if revision is None else revision.snapshot


def last_different(record: models.Model) -> Revision | None:
    """Return the newest revision that differs from the current record; None if there is none.

    One query for each REVISION_SCAN_LIMIT revisions.
    """
    current = current_snapshot(record)
    revisions = revisions_of(record)
    start = 0
    while batch := list(revisions[start : start + REVISION_SCAN_LIMIT]):
        for revision in batch:
            if not is_same(revision.snapshot, current):
                return revision
        start += REVISION_SCAN_LIMIT
    return None


def current_snapshot(record: models.Model) -> Snapshot:
    """Return the record as it is in the database; empty if it is gone."""
    records = load_records(type(record), [record.pk])
    return snapshots_of(records).get(record.pk, {})


def were_ever_published(services: Iterable[Any]) -> bool:
    """Return True if a revision of one of these services (ids) was published."""
    label = Service._meta.label_lower
    return Revision.objects.filter(model=label, object_id__in=list(services), was_published=True).exists()


def withdrawal_date(service: Service) -> date | None:
    """Return the date since which this service is not published; None if it never was.

    It is the date of the revision after the last published one or, without one, of the record itself, which
    an import changed. Two queries at most.
    """
    revisions = revisions_of(service)
    published = revisions.filter(was_published=True).first()
    if published is None:
        return None
    withdrawn = revisions.filter(pk__gt=published.pk).last()
    return timezone.localdate(withdrawn.made_at if withdrawn else service.last_modified)


def revision_author(revision: Revision) -> str:
    """Return the name of the person who made the change, as other curators know them."""
    if revision.made_by is not None:
        return str(revision.made_by.get_full_name() or revision.made_by.get_username())
    return "" if revision.comment == INITIAL_COMMENT else _("The operator")


def _last_modified_by_id(records: Sequence[models.Model]) -> dict[Any, datetime | None]:
    """Map the id of each record to the `last_modified` of its last revision; records without one are left
    out.
    """
    revisions = Revision.objects.filter(
        model=records[0]._meta.label_lower, object_id__in=[record.pk for record in records]
    )
    last = revisions.order_by().values("object_id").annotate(last=Max("pk")).values("last")
    return dict(Revision.objects.filter(pk__in=last).values_list("object_id", "modified_at"))


def _modified_at(record: models.Model) -> datetime | None:
    return getattr(record, "last_modified", None)
