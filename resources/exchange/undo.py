"""Undo an import: put back what it changed, and remove what it brought.

While a run is applied, `save_before` keeps each existing row that it is about to write. Rows that it brings
need no copy: the source records say which run first held them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import serializers
from django.db import models, transaction

from resources.events import log_event_on_commit
from resources.history import revisions
from resources.history.snapshots import RESTORE_ORDER, Snapshot, load_records, snapshots_of
from resources.models import ImportChange, ImportRun, Location, Organization, Service, SourceRecord
from resources.models.batches import batches
from resources.search.projection import refresh_listings
from resources.vocabulary import Status

BATCH = 500


class CannotUndo(Exception):
    """The run cannot be undone. The message is a sentence."""


@dataclass(frozen=True)
class Undone:
    """How many services a run had brought and were removed, had changed and were put back, and were kept.

    `kept` are those that somebody has edited or checked since: nobody's work is undone with an import.
    """

    removed: int
    restored: int
    kept: int


def save_before(run: ImportRun, model: type[models.Model], ids: Collection[Any]) -> None:
    """Keep the rows of `ids` as they are, with what hangs on them, where the run has not kept them yet."""
    label = model._meta.label_lower
    for batch in batches(list(ids), BATCH):
        kept = ImportChange.objects.filter(run=run, model=label, object_id__in=[str(pk) for pk in batch])
        done = set(kept.values_list("object_id", flat=True))
        records = load_records(model, [pk for pk in batch if str(pk) not in done])
        ImportChange.objects.bulk_create(
            ImportChange(run=run, model=label, object_id=str(pk), before=before)
            for pk, before in _snapshots(records).items()
        )


def _snapshots(records: Sequence[models.Model]) -> dict[Any, Snapshot]:
    if not records or type(records[0])._meta.label_lower in RESTORE_ORDER:
        return snapshots_of(records)
    written = json.loads(serializers.serialize("json", records))
    return {row["pk"]: {row["model"]: {str(row["pk"]): row["fields"]}} for row in written}


@transaction.atomic
def undo_import(*, run: ImportRun, at: datetime) -> Undone:
    """Return the catalog to what it was before the run. Raises CannotUndo.

    Only the last run of a source that is not undone can be: an earlier one is under what came after it.
    """
    run = ImportRun.objects.select_for_update().select_related("source").get(pk=run.pk)
    if run.finished_at is None or run.undone_at is not None:
        raise CannotUndo("This import is undone already." if run.undone_at else "This import did not end.")
    later = run.source.runs.filter(pk__gt=run.pk, finished_at__isnull=False, undone_at=None)
    if (last := later.order_by("-pk").first()) is not None:
        raise CannotUndo(f"A later import of this source came after it. Undo run {last.pk} first.")
    changes = list(run.changes.all())
    changed = {UUID(each.object_id) for each in changes if each.model == Service._meta.label_lower}
    brought = set(
        SourceRecord.objects.filter(first_run=run, service__isnull=False).values_list("service", flat=True)
    )
    kept = _edited_since(run, changed | brought)
    removed = brought - changed - kept
    _remove_services(removed, at)
    _restore(changes, kept)
    SourceRecord.objects.filter(first_run=run, service=None).delete()
    _remove_new_organizations(run)
    refresh_listings(sorted(changed - kept), at=at)
    run.undone_at = at
    run.save(update_fields=["undone_at"])
    log_event_on_commit("undo_import", source=run.source.slug, run=run.pk, removed=len(removed))
    return Undone(len(removed), len(changed - kept), len(kept))


def _edited_since(run: ImportRun, services: Collection[UUID]) -> set[UUID]:
    """Services whose last change is later than the run's."""
    edited: set[UUID] = set()
    for batch in batches(list(services), BATCH):
        later = Service.objects.filter(pk__in=batch, last_modified__gt=run.started_at)
        edited.update(later.values_list("pk", flat=True))
    return edited


def _remove_services(ids: Collection[UUID], at: datetime) -> None:
    """Their old addresses answer that they are gone. Places that no other service is at go with them."""
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


def _restore(changes: Iterable[ImportChange], kept: Collection[UUID]) -> None:
    """Write the rows as they were, owners first, and delete those that were not there."""
    order = (Organization, Location, Service, SourceRecord)
    labels = [model._meta.label_lower for model in order]
    skipped = {str(pk) for pk in kept}
    kept_places = set(
        map(str, Location.objects.filter(service_at_locations__service__in=kept).values_list("pk", flat=True))
    )
    for change in sorted(changes, key=lambda each: labels.index(each.model)):
        is_kept = change.object_id in skipped or change.object_id in kept_places
        belongs_to_kept = any(
            str(row.get("service")) in skipped for row in change.before.get(change.model, {}).values()
        )
        if not is_kept and not belongs_to_kept:
            _restore_rows(change, order[labels.index(change.model)])


def _restore_rows(change: ImportChange, model: type[models.Model]) -> None:
    records = load_records(model, [change.object_id])
    today: Snapshot = next(iter(_snapshots(records).values()), {})
    for label in reversed([*RESTORE_ORDER, SourceRecord._meta.label_lower]):
        gone = today.get(label, {}).keys() - change.before.get(label, {}).keys()
        if gone:
            row_model: Any = next(each for each in _models() if each._meta.label_lower == label)
            row_model._default_manager.filter(pk__in=gone).delete()
    rows = [
        {"model": label, "pk": pk, "fields": fields}
        for label in (*RESTORE_ORDER, SourceRecord._meta.label_lower)
        for pk, fields in change.before.get(label, {}).items()
    ]
    for row in serializers.deserialize("json", json.dumps(rows), ignorenonexistent=True):
        row.save()


def _models() -> Iterable[type[models.Model]]:
    return Service._meta.apps.get_models()


def _remove_new_organizations(run: ImportRun) -> None:
    """Organizations that the run brought and that nothing belongs to any more."""
    empty = Organization.objects.filter(
        last_modified=run.started_at, services=None, locations=None, parts=None, curators=None
    )
    changed = run.changes.filter(model=Organization._meta.label_lower).values_list("object_id", flat=True)
    empty.exclude(pk__in=list(changed)).delete()
