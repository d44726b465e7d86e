"""Undo an import: restore what it changed, and remove what it created.

While a run is applied, `save_before` stores each existing row before the run writes it. Rows that the run
creates need no copy: the source records name the run that first had them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core import serializers
from django.db import models, transaction
from django.utils.translation import gettext as _

from resources.events import log_event_on_commit
from resources.history import revisions
from resources.history.snapshots import RESTORE_ORDER, Snapshot, load_records, snapshots_of
from resources.models import (
    ImportChange,
    ImportRun,
    Location,
    Organization,
    PendingEdit,
    Service,
    SourceRecord,
)
from resources.models.batches import batches
from resources.search.projection import refresh_listings
from resources.vocabulary import Decision, Status

BATCH = 500


class CannotUndo(Exception):
    """The run cannot be undone. The message is a sentence."""


@dataclass(frozen=True)
class Undone:
    """Counts of services: created by the run and removed, changed by it and restored, and kept.

    `kept` counts services that someone has edited or checked since: undoing an import discards nobody's
    work.
    """

    removed: int
    restored: int
    kept: int


def save_before(run: ImportRun, model: type[models.Model], ids: Collection[Any]) -> None:
    """Store the current rows of `ids` with their related rows, unless the run has stored them already."""
    label = model._meta.label_lower
    for batch in batches(list(ids), BATCH):
        stored = ImportChange.objects.filter(run=run, model=label, object_id__in=[str(pk) for pk in batch])
        stored_ids = set(stored.values_list("object_id", flat=True))
        records = load_records(model, [pk for pk in batch if str(pk) not in stored_ids])
        ImportChange.objects.bulk_create(
            ImportChange(run=run, model=label, object_id=str(pk), before=before)
            for pk, before in _snapshots(records).items()
        )


def _snapshots(records: Sequence[models.Model]) -> dict[Any, Snapshot]:
    if not records or type(records[0])._meta.label_lower in RESTORE_ORDER:
        return snapshots_of(records)
    written = json.loads(serializers.serialize("json", records))
    return {row["pk"]: {row["model"]: {str(row["pk"]): row["fields"]}} for row in written}


@dataclass(frozen=True)
class UndoPlan:
    """Services by what undoing the run does with them; `kept` are those that were edited or checked since."""

    removed: frozenset[UUID]
    restored: frozenset[UUID]
    kept: frozenset[UUID]


def plan_undo(run: ImportRun) -> UndoPlan:
    """Return what undoing a run would do. Raises CannotUndo.

    Only the last run of a source that is not undone yet can be undone: later runs build on earlier ones.
    """
    if run.finished_at is None or run.undone_at is not None:
        raise CannotUndo(
            _("This import is undone already.") if run.undone_at else _("This import did not finish.")
        )
    later = run.source.runs.filter(pk__gt=run.pk, finished_at__isnull=False, undone_at=None)
    if (last := later.order_by("-pk").first()) is not None:
        raise CannotUndo(
            _("A later import of this source came after it. Undo run %(number)s first.") % {"number": last.pk}
        )
    services = run.changes.filter(model=Service._meta.label_lower)
    changed = {UUID(object_id) for object_id in services.values_list("object_id", flat=True)}
    first = SourceRecord.objects.filter(first_run=run, service__isnull=False)
    created = {pk for pk in first.values_list("service", flat=True) if pk}
    kept = _edited_since(run, changed | created)
    return UndoPlan(frozenset(created - changed - kept), frozenset(changed - kept), frozenset(kept))


@transaction.atomic
def undo_import(*, run: ImportRun, at: datetime) -> Undone:
    """Return the catalog to its state before the run, except what was edited since. Raises CannotUndo.

    Edits that the run proposed to reviewers, and nobody has decided about, go with it.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("source").get(pk=run.pk)
    plan = plan_undo(run)
    _remove_services(plan.removed, at)
    _restore(run.changes.all(), plan.kept)
    PendingEdit.objects.filter(source=run.source, received_at=run.started_at, decision=Decision.OPEN).delete()
    SourceRecord.objects.filter(first_run=run, service=None).delete()
    _remove_new_organizations(run)
    refresh_listings(sorted(plan.restored), at=at)
    run.undone_at = at
    run.save(update_fields=["undone_at"])
    log_event_on_commit("undo_import", source=run.source.slug, run=run.pk, removed=len(plan.removed))
    return Undone(len(plan.removed), len(plan.restored), len(plan.kept))


def _edited_since(run: ImportRun, services: Collection[UUID]) -> set[UUID]:
    """Return the services that were changed after the run."""
    edited: set[UUID] = set()
    for batch in batches(list(services), BATCH):
        later = Service.objects.filter(pk__in=batch, last_modified__gt=run.started_at)
        edited.update(later.values_list("pk", flat=True))
    return edited


def _remove_services(ids: Collection[UUID], at: datetime) -> None:
    """Delete services, and locations that no other service uses.

    Their old addresses answer that they are gone.
    """
    for batch in batches(sorted(ids), BATCH):
        services = Service.objects.filter(pk__in=batch)
        revisions.save_missing_revision(list(services.filter(status=Status.ACTIVE)))
        services.update(status=Status.INACTIVE)
        refresh_listings(batch, at=at)
        locations = list(
            Location.objects.filter(service_at_locations__service__in=batch).values_list("pk", flat=True)
        )
        services.delete()
        Location.objects.filter(pk__in=locations, service_at_locations=None).delete()


def _restore(changes: Iterable[ImportChange], edited: Collection[UUID]) -> None:
    """Write the rows as they were, owners first, and delete rows that did not exist."""
    order = (Organization, Location, Service, SourceRecord)
    labels = [model._meta.label_lower for model in order]
    skipped = {str(pk) for pk in edited}
    locations = Location.objects.filter(service_at_locations__service__in=edited)
    skipped_locations = set(map(str, locations.values_list("pk", flat=True)))
    for change in sorted(changes, key=lambda change: labels.index(change.model)):
        is_skipped = change.object_id in skipped or change.object_id in skipped_locations
        belongs_to_skipped = any(
            str(row.get("service")) in skipped for row in change.before.get(change.model, {}).values()
        )
        if not is_skipped and not belongs_to_skipped:
            _restore_rows(change, order[labels.index(change.model)])


def _restore_rows(change: ImportChange, model: type[models.Model]) -> None:
    records = load_records(model, [change.object_id])
    current: Snapshot = next(iter(_snapshots(records).values()), {})
    for label in reversed([*RESTORE_ORDER, SourceRecord._meta.label_lower]):
        gone = current.get(label, {}).keys() - change.before.get(label, {}).keys()
        if gone:
            apps.get_model(label)._default_manager.filter(pk__in=gone).delete()
    rows = [
        {"model": label, "pk": pk, "fields": fields}
        for label in (*RESTORE_ORDER, SourceRecord._meta.label_lower)
        for pk, fields in change.before.get(label, {}).items()
    ]
    for row in serializers.deserialize("json", json.dumps(rows), ignorenonexistent=True):
        row.save()


def _remove_new_organizations(run: ImportRun) -> None:
    """Delete organizations that the run created and nothing belongs to any more."""
    empty = Organization.objects.filter(
        last_modified=run.started_at,
        services=None,
        locations=None,
        parts=None,
        curators=None,
        merged_into=None,
    )
    changed = run.changes.filter(model=Organization._meta.label_lower).values_list("object_id", flat=True)
    empty.exclude(pk__in=list(changed)).delete()
