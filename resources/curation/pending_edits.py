"""Pending edits: changes to published records that wait for a reviewer to approve or decline them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from resources.curation import permissions
from resources.curation.claims import end_claims
from resources.curation.permissions import Action
from resources.curation.publishing import finish_edit
from resources.curation.restore import conflict_message, lock
from resources.history import revisions
from resources.history.diffs import Difference, differences
from resources.history.snapshots import (
    Part,
    Snapshot,
    SnapshotConflict,
    apply_changes,
    changed_rows,
    differing_since,
    is_same,
    snapshots_with_places,
    without_changes,
)
from resources.models import Location, PendingEdit, Service, ServiceAtLocation
from resources.vocabulary import Decision

LOCATION = Location._meta.label_lower
DECLINED_SHOWN_FOR = timedelta(days=14)
MAX_DECLINED_SHOWN = 10


class CannotDecide(ValidationError):
    """The edit is already decided, was changed by its author, or does not fit the current record."""


class EditConflict(CannotDecide):
    """Someone has changed the same fields since; the reviewer must choose to overwrite them."""


@transaction.atomic
def submit_for_review(
    *, record: models.Model, before: Snapshot, after: Snapshot, by: User, at: datetime
) -> PendingEdit | None:
    """Store an edit that was not carried out. Replaces this person's open edit of the record.

    Returns None if the edit changes nothing.
    """
    permissions.require_permission(by, Action.EDIT, [record])
    if is_same(before, after):
        return None
    stored = type(record)._default_manager.filter(pk=record.pk).first()
    edit, _created = PendingEdit.objects.update_or_create(
        model=record._meta.label_lower,
        object_id=record.pk,
        made_by=by,
        decision=Decision.OPEN,
        defaults={"name": str(stored or record)[:255], "before": before, "after": after, "received_at": at},
    )
    end_claims([edit.pk])
    return edit


@transaction.atomic
def approve(
    *,
    edit: PendingEdit,
    by: User | None,
    at: datetime,
    overwrite: Collection[Part] = (),
    read_at: datetime | None = None,
    declined: Collection[Part] = (),
    reason: str = "",
) -> Sequence[Service]:
    """Apply a pending edit, without the `declined` parts, to the current record. Return the services that had
    to be withdrawn.

    Declined parts need a `reason`, which the author and the record's history are told. Raises EditConflict
    where someone has changed the same fields since, unless these are in `overwrite`; CannotDecide. `read_at`
    is when the version of the edit that the reviewer has read was received.
    """
    permissions.require_permission(by, Action.APPROVE, [edit])
    edit = _open(edit, read_at)
    changes = changes_of(edit)
    declined_changes = [change for change in changes if (change.model, change.pk, change.field) in declined]
    if len(declined_changes) == len(changes):
        raise CannotDecide(_("Nothing is left to approve. Decline the whole edit instead."))
    reason = _cleaned_reason(edit, reason if declined_changes else "", is_needed=bool(declined_changes))
    edit.declined = [[change.model, change.pk, change.field] for change in declined_changes]
    after = without_changes(edit.before, edit.after, declined)
    owner = owner_of(edit)
    lock(owner)
    if set(_conflicts(edit, after)) - set(overwrite):
        raise EditConflict(_("Nothing was changed yet: the same parts have been changed since."))
    revisions.save_missing_revision([owner])
    revisions.save_missing_revision(_locations_of(edit))
    try:
        apply_changes(edit.before, after)
    except SnapshotConflict as conflict:
        if declined_changes and conflict.missing:
            text = _("A part that you approve needs one that you decline: its %(kind)s.")
            raise CannotDecide(text % {"kind": conflict.missing}) from conflict
        raise CannotDecide(conflict_message(conflict)) from conflict
    edit.reason = reason
    _decide(edit, Decision.ACCEPTED, by=by, at=at)
    comment = _("Edit by %(name)s, approved.") % {"name": _author_name(edit)}
    if declined_changes:
        text = _("%(approved)s Declined: %(parts)s. Reason: %(reason)s")
        comment = text % {"approved": comment, "parts": _part_list(declined_changes), "reason": reason}
    if locations := _locations_of(edit):
        finish_edit(records=locations, by=by, at=at, comment=comment)
    return finish_edit(records=[owner], by=by, at=at, comment=comment)


@transaction.atomic
def decline(*, edit: PendingEdit, by: User | None, at: datetime, reason: str = "") -> None:
    """Close a pending edit; the record stays as it is. The author and the record's history are told why.

    Raises CannotDecide without a reason, or for one of more than 255 characters. What a list says needs none.
    """
    permissions.require_permission(by, Action.APPROVE, [edit])
    current = _open(edit)
    current.reason = _cleaned_reason(current, reason, is_needed=current.made_by_id is not None)
    _decide(current, Decision.DECLINED, by=by, at=at)
    text = _("Edit by %(name)s, declined: %(parts)s.")
    comment = text % {"name": _author_name(current), "parts": _part_list(changes_of(current))}
    if current.reason:
        comment = _("%(declined)s Reason: %(reason)s") % {"declined": comment, "reason": current.reason}
    try:
        owner = owner_of(current)
    except CannotDecide:
        return  # the record is gone, and its history ended with it
    with revisions.record_revision([owner], by=by, at=at, comment=comment):
        pass


@transaction.atomic
def withdraw_edit(*, edit: PendingEdit, by: User, at: datetime) -> None:
    """Withdraw one's own pending edit."""
    permissions.require_permission(by, Action.EDIT)
    if edit.made_by_id != by.pk:
        raise permissions.NotAllowed(_("Only its author can withdraw this edit."))
    _decide(_open(edit), Decision.DECLINED, by=by, at=at)


def open_edits(record: models.Model) -> models.QuerySet[PendingEdit]:
    """Return the open edits of a record, with their authors loaded."""
    edits = PendingEdit.objects.filter(
        model=record._meta.label_lower, object_id=record.pk, decision=Decision.OPEN
    )
    return edits.select_related("made_by", "source")


def declined_edits(by: User, *, at: datetime) -> list[PendingEdit]:
    """Return this person's edits that a reviewer declined lately, wholly or in parts. No query for others."""
    if not permissions.edits_wait(by):
        return []
    decided = PendingEdit.objects.filter(made_by=by, decided_at__gt=at - DECLINED_SHOWN_FOR)
    by_others = decided.exclude(decided_by=by).exclude(decision=Decision.ACCEPTED, declined=[])
    return list(by_others.order_by(F("decided_at").desc(nulls_last=True))[:MAX_DECLINED_SHOWN])


def changes_of(edit: PendingEdit) -> list[Difference]:
    """Return what the edit changes."""
    return differences(edit.before, edit.after)


def conflicts_of(edit: PendingEdit) -> list[tuple[Part, list[Difference]]]:
    """Return each field that both the edit and someone else have changed, with the other's changes."""
    conflicts = list(_conflicts(edit, edit.after))
    since = differences(edit.before, _today(edit)) if conflicts else []
    return [
        (conflict, [difference for difference in since if _is_about(difference, *conflict)])
        for conflict in conflicts
    ]


def record_of(edit: PendingEdit) -> models.Model | None:
    """Return the edited record, or None if it is gone or the edit would create it."""
    model: type[models.Model] = apps.get_model(edit.model)
    return model._default_manager.filter(pk=edit.object_id).first()


def owner_of(edit: PendingEdit) -> models.Model:
    """Return the record whose history the edit belongs to: for a place of a service, the service."""
    record = record_of(edit)
    if isinstance(record, ServiceAtLocation):
        return record.service
    if record is None and edit.model == ServiceAtLocation._meta.label_lower and not edit.before:
        fields = edit.after[edit.model][str(edit.object_id)]
        record = Service.objects.filter(pk=fields["service"]).first()
    if record is None:
        raise CannotDecide(_("This record no longer exists."))
    return record


def _conflicts(edit: PendingEdit, after: Snapshot) -> Any:
    return differing_since(edit.before, after, _today(edit))


def _cleaned_reason(edit: PendingEdit, reason: str, *, is_needed: bool) -> str:
    """Return the reason for declining. Raises CannotDecide."""
    reason = reason.replace("\0", "").strip()
    if is_needed and not reason:
        raise CannotDecide(
            _("Give a reason for what you decline. The author sees it, and it is kept in the history.")
        )
    if len(reason) > 255:
        raise CannotDecide(_("Enter a reason of at most 255 characters."))
    return reason


def _author_name(edit: PendingEdit) -> str:
    return edit.author or _("a former curator")


def _part_list(changes: Sequence[Difference]) -> str:
    return permissions.summarize_names([change.description for change in changes])


def _today(edit: PendingEdit) -> Snapshot:
    record = record_of(edit)
    if isinstance(record, Service) and LOCATION in edit.after:
        return snapshots_with_places([record])[record.pk]
    return {} if record is None else revisions.current_snapshot(record)


def _locations_of(edit: PendingEdit) -> list[Location]:
    """Return the locations that exist of those that the edit changes or adds."""
    changed = {
        pk for model, pk, _old, new in changed_rows(edit.before, edit.after) if new and model == LOCATION
    }
    return list(Location.objects.filter(pk__in=changed))


def _is_about(difference: Difference, model: str, pk: str, field: str) -> bool:
    return (difference.model, difference.pk) == (model, pk) and field in ("", difference.field)


def _open(edit: PendingEdit, read_at: datetime | None = None) -> PendingEdit:
    """Return the edit as it is now, locked until the transaction ends. Raises CannotDecide."""
    current = (
        PendingEdit.objects.select_for_update(of=("self",))
        .select_related("made_by", "source")
        .get(pk=edit.pk)
    )
    if current.decision != Decision.OPEN:
        raise CannotDecide(_("This edit has already been decided."))
    if read_at is not None and current.received_at != read_at:
        raise CannotDecide(
            _("The author changed this edit while you were reading it. Please review it again.")
        )
    return current


def _decide(edit: PendingEdit, decision: Decision, *, by: User | None, at: datetime) -> None:
    edit.decision, edit.decided_by, edit.decided_at = decision, by, at
    edit.save(update_fields=["decision", "decided_by", "decided_at", "reason", "declined"])
    end_claims([edit.pk])
