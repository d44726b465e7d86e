"""What every record was, and who changed it when: kept by django-reversion.

A revision holds one record, or those that one deed changed together, each with all that hangs on it, so that
each can be put back whole. Imports write thousands of records and keep their own account (`SourceRecord`,
`ImportRun`): what they left is taken into the history when a curator is about to change it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import reversion
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from reversion.models import Revision, Version

from resources.history.snapshots import (
    RELATED_ROWS,
    Snapshot,
    is_same,
    snapshot_of,
    snapshot_of_revision,
    snapshots_of_revisions,
)
from resources.models import Service, ServiceAtLocation
from resources.models.batches import batches

BATCH = 100  # records in one revision
# The comment of what nobody did who has a name here. Kept as it is, and translated where it is read.
INITIAL_COMMENT = gettext_noop("As it was before.")
PUBLISHED = '"status": "active"'  # in the data of a version of a service
REVISION_SCAN_LIMIT = 20  # revisions read at a time in search of one


def register_records() -> None:
    """Tells django-reversion what there is; once, when the program starts."""
    for model, follow in RELATED_ROWS.items():
        if not reversion.is_registered(model):
            reversion.register(model, follow=follow)


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
    """Takes into the history what stands now, where the last revision of a record is of another time."""
    for batch in batches(records, BATCH):
        stated, today = _last_stated(batch), _modified_today(batch)
        unknown = [record for record in batch if stated.get(str(record.pk), "-") != today.get(record.pk)]
        by_time: dict[datetime | None, list[models.Model]] = {}
        for record in _fresh(unknown):
            by_time.setdefault(getattr(record, "last_modified", None), []).append(record)
        for at, rows in by_time.items():
            _keep(rows, by=None, at=at, comment=INITIAL_COMMENT)


def save_revision(records: Iterable[models.Model], *, by: User | None, at: datetime, comment: str) -> None:
    for batch in batches(records, BATCH):
        _keep(_fresh(batch), by=by, at=at, comment=comment)


def revisions_of(record: models.Model) -> models.QuerySet[Revision]:
    """All of them, the newest first."""
    versions = Version.objects.get_for_object(record)
    revisions: models.QuerySet[Revision] = (
        Revision.objects.filter(pk__in=versions.values("revision")).select_related("user").order_by("-pk")
    )
    return revisions


def last_revision(record: models.Model) -> Revision | None:
    return revisions_of(record).first()


def latest_snapshot(record: models.Model) -> Snapshot:
    """What the history last said of this record; empty where it says nothing."""
    last = last_revision(record)
    return {} if last is None else snapshot_of_revision(last, record)


def snapshot_at(record: models.Model, modified: datetime) -> Snapshot | None:
    """The record as it was when its `last_modified` said `modified`; None where no revision is of then."""
    stated = f'"last_modified": "{_as_written(modified)}"'
    versions = Version.objects.get_for_object(record).filter(serialized_data__contains=stated)
    version = versions.select_related("revision").order_by("-pk").first()
    return None if version is None else snapshot_of_revision(version.revision, record)


def last_other(record: models.Model) -> Revision | None:
    """The newest revision that says something else than the record does today; None where none does."""
    today = current_snapshot(record)
    revisions = revisions_of(record)
    for start in range(0, revisions.count(), REVISION_SCAN_LIMIT):
        batch = list(revisions[start : start + REVISION_SCAN_LIMIT])
        said = snapshots_of_revisions(batch, record)
        for revision in batch:
            if not is_same(said[revision.pk], today):
                return revision
    return None


def current_snapshot(record: models.Model) -> Snapshot:
    """The record as the database has it now; empty where it is gone."""
    return next((snapshot_of(one) for one in reload([record])), {})


def were_ever_published(services: Iterable[Any]) -> bool:
    """Whether the history knows that visitors were ever shown one of these services, given by their ids."""
    versions = Version.objects.get_for_model(Service).filter(object_id__in=[str(pk) for pk in services])
    return bool(versions.filter(serialized_data__contains=PUBLISHED).exists())


def withdrawal_date(service: Service) -> date | None:
    """Return the day from which visitors were no longer shown this service; None if they never were.

    The revision after the last published one says when; where there is none, the record itself does, as an
    import left it. Two queries at most.
    """
    versions = Version.objects.get_for_object(service).select_related("revision").order_by("pk")
    published = versions.filter(serialized_data__contains=PUBLISHED).last()
    if published is None:
        return None
    withdrawn = versions.filter(pk__gt=published.pk).first()
    return timezone.localdate(withdrawn.revision.date_created if withdrawn else service.last_modified)


def revision_author(revision: Revision) -> str:
    """The name of whoever did it, as other curators know them."""
    if revision.user is not None:
        return str(revision.user.get_full_name() or revision.user.get_username())
    return "" if revision.comment == INITIAL_COMMENT else _("The operator")


def reload(records: Iterable[models.Model]) -> Sequence[models.Model]:
    """The records as the database has them, each with its rows; what is gone is left out.

    All of them are of one kind.
    """
    records = list(records)
    if not records:
        return ()
    model = type(records[0])
    rows = [
        name if not RELATED_ROWS[inner] else f"{name}__{deeper}"
        for name in RELATED_ROWS[model]
        for inner in [_model_of(model, name)]
        for deeper in (RELATED_ROWS[inner] or ("",))
    ]
    many = [field.name for field in model._meta.many_to_many]
    there: Any = model._default_manager.filter(pk__in=[record.pk for record in records])
    return list(there.prefetch_related(*rows, *many))


def _model_of(model: type[models.Model], name: str) -> type[models.Model]:
    related: Any = model._meta.get_field(name).related_model
    return related  # type: ignore[no-any-return]


def _keep(records: Sequence[models.Model], *, by: User | None, at: datetime | None, comment: str) -> None:
    """A revision as django-reversion writes it, all rows of it together.

    Its own writer copies what it has with every row that comes, and asks for each: a deed on some thousand
    services took minutes.
    """
    if not records:
        return
    revision = Revision.objects.create(user=by, comment=comment, date_created=at or timezone.now())
    Version.objects.bulk_create([_version(row, revision) for row in _with_rows(records)], batch_size=500)


def _fresh(records: Sequence[models.Model]) -> Sequence[models.Model]:
    """The records as the database has them, of one kind, with what they are tagged with."""
    if not records:
        return ()
    there: Any = type(records[0])._default_manager.filter(pk__in=[record.pk for record in records])
    return list(there.prefetch_related(*[field.name for field in there.model._meta.many_to_many]))


def _with_rows(records: Sequence[models.Model]) -> Iterator[models.Model]:
    """These records, of one kind, and all that hangs on them: a query for each kind of row."""
    yield from records
    for name in RELATED_ROWS[type(records[0])]:
        relation: Any = type(records[0])._meta.get_field(name)
        rows = relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": records})
        if relation.related_model is ServiceAtLocation:
            rows = rows.select_related("service", "location")  # a version keeps its name
        if found := list(rows):
            yield from _with_rows(found)


def _version(row: models.Model, revision: Revision) -> Version:
    told = serializers.serialize("python", [row])
    return Version(
        revision=revision,
        object_id=str(row.pk),
        content_type=ContentType.objects.get_for_model(type(row)),
        db=DEFAULT_DB_ALIAS,
        format="json",
        serialized_data=json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False),
        object_repr=str(row),
    )


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


def _modified_today(records: Sequence[models.Model]) -> dict[Any, str]:
    """By id, as it would be stated: what the caller holds in memory may be of another time."""
    model = type(records[0])
    there = model._default_manager.filter(pk__in=[record.pk for record in records]).order_by()
    if not any(field.name == "last_modified" for field in model._meta.fields):
        return dict.fromkeys(there.values_list("pk", flat=True), "")
    return {pk: _as_written(at) for pk, at in there.values_list("pk", "last_modified")}


def _as_written(at: datetime) -> str:
    """As Django writes it in a version."""
    return str(DjangoJSONEncoder().default(at))
