"""Restore records from revisions, with their related rows and ids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from resources.curation import permissions, publishing
from resources.curation.permissions import Action
from resources.curation.publishing import SERVICE_BATCH_SIZE
from resources.history import revisions
from resources.history.snapshots import SnapshotConflict, apply_changes
from resources.models import Location, Organization, Revision, Service
from resources.models.batches import batches
from resources.models.duplicate import is_merged

# Models whose records can be removed; services are withdrawn instead.
REMOVABLE: tuple[type[models.Model], ...] = (Organization, Location, *publishing.TERM_MODELS)


class CannotRestore(ValidationError):
    """The record cannot be as it was; nothing was restored."""


class NothingToUndo(ValidationError):
    """No revision of the record differs from its current state."""


@transaction.atomic
def restore(*, record: models.Model, revision: Revision, by: User | None, at: datetime) -> Sequence[Service]:
    """Restore a record and its rows from a revision. Return the services it had to withdraw."""
    _check_and_lock(record, by)
    return _restore(record, revision, by=by, at=at)


@transaction.atomic
def undo(*, record: models.Model, by: User | None, at: datetime) -> Sequence[Service]:
    """Restore the state before the record's last change. Undoing that redoes it."""
    _check_and_lock(record, by)
    revision = revisions.last_different(record)
    if revision is None:
        raise NothingToUndo(_("There is nothing to undo: no earlier version of it was kept."))
    return _restore(record, revision, by=by, at=at)


def _check_and_lock(record: models.Model, by: User | None) -> None:
    permissions.require_permission(by, Action.RESTORE, [record])
    lock(record)
    if is_merged(record):
        raise CannotRestore(_("This record is part of another. Undo the merge first."))
    revisions.save_missing_revision([record])


def _restore(record: models.Model, revision: Revision, *, by: User | None, at: datetime) -> Sequence[Service]:
    try:
        apply_changes(revisions.current_snapshot(record), revision.snapshot)
    except SnapshotConflict as conflict:
        raise CannotRestore(conflict_message(conflict)) from conflict
    date = date_format(timezone.localtime(revision.made_at), "DATETIME_FORMAT")
    return publishing.finish_edit(
        records=[record], by=by, at=at, comment=_("Restored the version of %(date)s.") % {"date": date}
    )


@transaction.atomic
def restore_deleted(*, revision: Revision, by: User | None, at: datetime) -> Sequence[Service]:
    """Restore a removed organization, location or term from its last revision."""
    record: models.Model = revision.record_model(pk=revision.object_id)
    permissions.require_permission(
        by, Action.DEFINE if isinstance(record, publishing.TERM_MODELS) else Action.REMOVE
    )
    if revisions.current_snapshot(record):
        raise CannotRestore(_("This record already exists."))
    try:
        apply_changes({}, revision.snapshot)
    except SnapshotConflict as conflict:
        raise CannotRestore(conflict_message(conflict)) from conflict
    restored = revision.record_model._default_manager.get(pk=revision.object_id)
    return publishing.finish_edit(
        records=[restored], by=by, at=at, comment=_("Restored after it was deleted.")
    )


def removed_records() -> list[Revision]:
    """Return the last revision of each removed record that can be restored, newest first."""
    gone: list[int] = []
    for model in REMOVABLE:
        revisions_of_model = Revision.objects.filter(model=model._meta.label_lower).order_by()
        last = dict(revisions_of_model.values_list("object_id").annotate(Max("pk")))
        for batch in batches(last, SERVICE_BATCH_SIZE):
            existing = model._default_manager.filter(pk__in=batch).values_list("pk", flat=True)
            gone += [last[pk] for pk in set(batch) - set(existing)]
    return list(Revision.objects.filter(pk__in=gone).select_related("made_by").order_by("-pk"))


def lock(record: models.Model) -> None:
    """Lock the record's row until the transaction ends. (SQLite has one writer anyway.)"""
    type(record)._default_manager.select_for_update().filter(pk=record.pk).order_by().first()


def conflict_message(conflict: SnapshotConflict) -> str:
    """Return the sentence for a curator about a snapshot that cannot be applied."""
    if conflict.missing:
        return _("It cannot be restored, because the %(kind)s it refers to no longer exists.") % {
            "kind": conflict.missing
        }
    return _("It cannot be restored, because it conflicts with the current records.")
