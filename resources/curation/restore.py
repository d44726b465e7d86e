"""Putting a record back as it was, with its rows and their ids."""

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

# What may be removed for good; a service is withdrawn.
REMOVABLE: tuple[type[models.Model], ...] = (Organization, Location, *publishing.WORDS)


class CannotRestore(ValidationError):
    """The record cannot be as it was; nothing was put back."""


class NothingToUndo(ValidationError):
    """The history knows nothing else of this record than what it says today."""


@transaction.atomic
def restore(*, record: models.Model, revision: Revision, by: User | None, at: datetime) -> Sequence[Service]:
    """The record and its rows as they were in that revision; returns the services it had to withdraw."""
    _begin(record, by)
    return _restore(record, revision, by=by, at=at)


@transaction.atomic
def undo(*, record: models.Model, by: User | None, at: datetime) -> Sequence[Service]:
    """Back to what the record said before it was last changed; undoing that does it again."""
    _begin(record, by)
    revision = revisions.last_other(record)
    if revision is None:
        raise NothingToUndo(_("There is nothing to undo: no earlier version of it was kept."))
    return _restore(record, revision, by=by, at=at)


def _begin(record: models.Model, by: User | None) -> None:
    permissions.require_permission(by, Action.RESTORE, [record])
    lock(record)
    revisions.save_missing_revision([record])


def _restore(record: models.Model, revision: Revision, *, by: User | None, at: datetime) -> Sequence[Service]:
    try:
        apply_changes(revisions.current_snapshot(record), revision.snapshot)
    except SnapshotConflict as unfit:
        raise CannotRestore(conflict_message(unfit)) from unfit
    date = date_format(timezone.localtime(revision.made_at), "j F Y, H:i")
    return publishing.finish_edit(
        records=[record], by=by, at=at, comment=_("Put back as of %(date)s.") % {"date": date}
    )


@transaction.atomic
def restore_deleted(*, revision: Revision, by: User | None, at: datetime) -> Sequence[Service]:
    """An organization, a place or a word that was removed, from the last revision of it."""
    record: models.Model = revision.record_model(pk=revision.object_id)
    permissions.require_permission(
        by, Action.DEFINE if isinstance(record, publishing.WORDS) else Action.REMOVE
    )
    if revisions.current_snapshot(record):
        raise CannotRestore(_("It is there already."))
    try:
        apply_changes({}, revision.snapshot)
    except SnapshotConflict as unfit:
        raise CannotRestore(conflict_message(unfit)) from unfit
    back = revision.record_model._default_manager.get(pk=revision.object_id)
    return publishing.finish_edit(records=[back], by=by, at=at, comment=_("Put back after it was removed."))


def removed_records() -> list[Revision]:
    """The last revision of each record that was removed and can be put back, the newest first."""
    gone: list[int] = []
    for model in REMOVABLE:
        past = Revision.objects.filter(model=model._meta.label_lower).order_by()
        last = dict(past.values_list("object_id").annotate(Max("pk")))
        for batch in batches(last, SERVICE_BATCH_SIZE):
            there = model._default_manager.filter(pk__in=batch).values_list("pk", flat=True)
            gone += [last[pk] for pk in set(batch) - set(there)]
    return list(Revision.objects.filter(pk__in=gone).select_related("made_by").order_by("-pk"))


def lock(record: models.Model) -> None:
    """Whoever else wants to change it waits until this transaction ends. (SQLite takes one writer anyway.)"""
    type(record)._default_manager.select_for_update().filter(pk=record.pk).order_by().first()


def conflict_message(unfit: SnapshotConflict) -> str:
    if unfit.missing:
        return _("It cannot be put back: the %(kind)s that it points to is not here any more.") % {
            "kind": unfit.missing
        }
    return _("It cannot be put back: it does not fit what is here today.")
