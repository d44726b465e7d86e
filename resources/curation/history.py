"""What every record was, and who changed it when: kept by django-reversion.

A revision holds one record, or those that one deed changed together, each with all that hangs on it, so that
each can be put back whole. Imports write
thousands of records and keep their own account (`SourceRecord`, `ImportRun`): what they left is taken into
the history when a curator is about to change it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

import reversion
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Max
from django.utils.translation import gettext as _
from reversion.models import Revision, Version

from resources.curation.snapshots import FOLLOWED, Snapshot, snapshot_of_revision

BATCH = 100  # records in one revision


def register_records() -> None:
    """Tells django-reversion what there is; once, when the program starts."""
    for model, follow in FOLLOWED.items():
        if not reversion.is_registered(model):
            reversion.register(model, follow=follow)


@contextmanager
def recorded(
    records: Iterable[models.Model], *, by: User | None, at: datetime, comment: str
) -> Iterator[None]:
    """Within it these records change; a revision says so. To be used inside a transaction."""
    records = list(records)
    keep_before(records)
    yield
    keep_after(records, by=by, at=at, comment=comment)


def keep_before(records: Iterable[models.Model]) -> None:
    """Takes into the history what stands now, where the last revision of a record is of another time."""
    for batch in _batches(records):
        stated = _last_stated(batch)
        unknown = [record for record in batch if stated.get(str(record.pk), "-") != _modified(record)]
        for record in whole(unknown):
            _keep(
                [record], by=None, at=getattr(record, "last_modified", None), comment=_("As it was before.")
            )


def keep_after(records: Iterable[models.Model], *, by: User | None, at: datetime, comment: str) -> None:
    for batch in _batches(records):
        _keep(whole(batch), by=by, at=at, comment=comment)


def revisions_of(record: models.Model) -> models.QuerySet[Revision]:
    """All of them, the newest first."""
    versions = Version.objects.get_for_object(record)
    revisions: models.QuerySet[Revision] = (
        Revision.objects.filter(pk__in=versions.values("revision")).select_related("user").order_by("-pk")
    )
    return revisions


def last_revision(record: models.Model) -> Revision | None:
    return revisions_of(record).first()


def last_kept(record: models.Model) -> Snapshot:
    """What the history last said of this record; empty where it says nothing."""
    last = last_revision(record)
    return {} if last is None else snapshot_of_revision(last, record)


def kept_at(record: models.Model, modified: datetime) -> Snapshot | None:
    """The record as it was when its `last_modified` said `modified`; None where no revision is of then."""
    stated = f'"last_modified": "{_as_written(modified)}"'
    versions = Version.objects.get_for_object(record).filter(serialized_data__contains=stated)
    version = versions.select_related("revision").order_by("-pk").first()
    return None if version is None else snapshot_of_revision(version.revision, record)


def whole(records: Iterable[models.Model]) -> Sequence[models.Model]:
    """The records as the database has them, each with its rows; what is gone is left out.

    All of them are of one kind.
    """
    records = list(records)
    if not records:
        return ()
    model = type(records[0])
    rows = [
        name if not FOLLOWED[inner] else f"{name}__{deeper}"
        for name in FOLLOWED[model]
        for inner in [_model_of(model, name)]
        for deeper in (FOLLOWED[inner] or ("",))
    ]
    many = [field.name for field in model._meta.many_to_many]
    there: Any = model._default_manager.filter(pk__in=[record.pk for record in records])
    return list(there.prefetch_related(*rows, *many))


def _model_of(model: type[models.Model], name: str) -> type[models.Model]:
    related: Any = model._meta.get_field(name).related_model
    return related  # type: ignore[no-any-return]


def _keep(records: Sequence[models.Model], *, by: User | None, at: datetime | None, comment: str) -> None:
    with reversion.create_revision(manage_manually=True):
        for record in records:
            reversion.add_to_revision(record)
        reversion.set_comment(comment)
        if by is not None:
            reversion.set_user(by)
        if at is not None:
            reversion.set_date_created(at)


def _last_stated(records: Sequence[models.Model]) -> dict[str, str]:
    """By id of the record: the `last_modified` that its last version states, "" where it has none."""
    if not records:
        return {}
    versions = Version.objects.get_for_model(type(records[0]))
    there = versions.filter(object_id__in=[str(record.pk) for record in records]).order_by()
    last = there.values("object_id").annotate(last=Max("pk")).values("last")
    return {
        version.object_id: json.loads(version.serialized_data)[0]["fields"].get("last_modified", "")
        for version in Version.objects.filter(pk__in=last)
    }


def _modified(record: models.Model) -> str:
    at = getattr(record, "last_modified", None)
    return "" if at is None else _as_written(at)


def _as_written(at: datetime) -> str:
    """As Django writes it in a version."""
    return str(DjangoJSONEncoder().default(at))


def _batches(records: Iterable[models.Model]) -> Iterator[list[models.Model]]:
    waiting = iter(records)
    while batch := list(islice(waiting, BATCH)):
        yield batch
