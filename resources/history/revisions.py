"""What every record was, and who changed it when: one `Revision` for each change of a record.

A revision holds the record with all that hangs on it, so that it can be put back whole. Imports write
thousands of records and keep their own account (`SourceRecord`, `ImportRun`): what they left is taken into
the history when a curator is about to change it.
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

BATCH = 100  # records read and kept together
# The comment of what nobody did who has a name here. Kept as it is, and translated where it is read.
INITIAL_COMMENT = gettext_noop("As it was before.")
REVISION_SCAN_LIMIT = 20  # revisions read at a time in search of one


@contextmanager
def record_revision(
    records: Iterable[models.Model], *, by: User | None, at: datetime, comment: str
) -> Iterator[None]:
    """Within it these records change; a revision says so. To be used inside a transaction."""
    records = list(records)
    save_missing_revision(records)
    yield
    save_revision(records, by=by, at=at, comment=comment)


def save_missing_revision(records: Iterable[models.Model]) -> None:
    """Takes into the history what stands now, where the last revision of a record is of another time.

    The records are of one kind.
    """
    for batch in batches(records, BATCH):
        model, known = type(batch[0]), _last_modified_by_id(batch)
        # As the database has it: what the caller holds in memory may be of another time.
        there = model._default_manager.filter(pk__in=[record.pk for record in batch])
        missing = [one.pk for one in there if one.pk not in known or known[one.pk] != _modified_at(one)]
        _keep(load_records(model, missing), by=None, at=None, comment=INITIAL_COMMENT)


def save_revision(records: Iterable[models.Model], *, by: User | None, at: datetime, comment: str) -> None:
    """Keeps these records, of one kind, as the database has them now."""
    for batch in batches(records, BATCH):
        there = load_records(type(batch[0]), [record.pk for record in batch])
        _keep(there, by=by, at=at, comment=comment)


def _keep(records: Sequence[models.Model], *, by: User | None, at: datetime | None, comment: str) -> None:
    """`at` is None for what was left as it is at the time of its own last change."""
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
    """All of them, the newest first."""
    revisions = Revision.objects.filter(model=record._meta.label_lower, object_id=record.pk)
    return revisions.select_related("made_by").order_by("-pk")


def last_revision(record: models.Model) -> Revision | None:
    return revisions_of(record).first()


def latest_snapshot(record: models.Model) -> Snapshot:
    """What the history last said of this record; empty where it says nothing."""
    last = last_revision(record)
    return {} if last is None else last.snapshot


def snapshot_at(record: models.Model, modified: datetime) -> Snapshot | None:
    """The record as it was when its `last_modified` said `modified`; None where no revision is of then."""
    revision = revisions_of(record).filter(modified_at=modified).first()
    return None if revision is None else revision.snapshot


def last_other(record: models.Model) -> Revision | None:
    """The newest revision that says something else than the record does today; None where none does."""
    today = current_snapshot(record)
    past = revisions_of(record)
    start = 0
    while batch := list(past[start : start + REVISION_SCAN_LIMIT]):
        for revision in batch:
            if not is_same(revision.snapshot, today):
                return revision
        start += REVISION_SCAN_LIMIT
    return None


def current_snapshot(record: models.Model) -> Snapshot:
    """The record as the database has it now; empty where it is gone."""
    there = load_records(type(record), [record.pk])
    return snapshots_of(there).get(record.pk, {})


def were_ever_published(services: Iterable[Any]) -> bool:
    """Whether the history knows that visitors were ever shown one of these services, given by their ids."""
    label = Service._meta.label_lower
    return Revision.objects.filter(model=label, object_id__in=list(services), was_published=True).exists()


def withdrawal_date(service: Service) -> date | None:
    """Return the day from which visitors were no longer shown this service; None if they never were.

    The revision after the last published one says when; where there is none, the record itself does, as an
    import left it. Two queries at most.
    """
    past = revisions_of(service)
    published = past.filter(was_published=True).first()
    if published is None:
        return None
    withdrawn = past.filter(pk__gt=published.pk).last()
    return timezone.localdate(withdrawn.made_at if withdrawn else service.last_modified)


def revision_author(revision: Revision) -> str:
    """The name of whoever did it, as other curators know them."""
    if revision.made_by is not None:
        return str(revision.made_by.get_full_name() or revision.made_by.get_username())
    return "" if revision.comment == INITIAL_COMMENT else _("The operator")


def _last_modified_by_id(records: Sequence[models.Model]) -> dict[Any, datetime | None]:
    """By id of the record: what its last revision says of its last change; without those that have none."""
    there = Revision.objects.filter(
        model=records[0]._meta.label_lower, object_id__in=[record.pk for record in records]
    )
    last = there.order_by().values("object_id").annotate(last=Max("pk")).values("last")
    return dict(Revision.objects.filter(pk__in=last).values_list("object_id", "modified_at"))


def _modified_at(record: models.Model) -> datetime | None:
    return getattr(record, "last_modified", None)
