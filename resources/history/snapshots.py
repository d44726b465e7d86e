"""Snapshots: a record with its related rows as plain data, to store, compare and restore.

A snapshot is {"resources.phone": {id: {field: value}}, ...}, with values as Django's serializer writes them
and lists sorted. The order of models and fields has no meaning: PostgreSQL uses its own in a JSON column.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.serializers.base import DeserializationError
from django.db import IntegrityError, models, transaction

from resources.models import (
    Accessibility,
    Assurance,
    Contact,
    CostOption,
    Credential,
    Language,
    Location,
    Organization,
    OrganizationIdentifier,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    Taxonomy,
    TaxonomyTerm,
)
from resources.models.batches import batches

Fields = dict[str, Any]
Snapshot = dict[str, dict[str, Fields]]
Part = tuple[str, str, str]  # model, id, field; the field is "" for a row that was added or removed

# The related rows that are restored with a record.
RELATED_ROWS: dict[type[models.Model], tuple[str, ...]] = {
    Service: (
        *("audiences", "cost_options", "phones", "languages", "service_areas", "schedules"),
        *("required_documents", "contacts", "credentials", "assurances", "service_at_locations"),
    ),
    ServiceAtLocation: ("phones", "schedules"),
    Organization: ("phones", "identifiers", "contacts"),
    Location: ("phones", "accessibility"),
    Taxonomy: (),
    TaxonomyTerm: (),
    **dict.fromkeys(
        (
            *(Accessibility, Assurance, Contact, CostOption, Credential, Language, OrganizationIdentifier),
            *(Phone, RequiredDocument, Schedule, ServiceArea, ServiceAudience),
        ),
        (),
    ),
}
# Records before their related rows.
RESTORE_ORDER = tuple(model._meta.label_lower for model in RELATED_ROWS)
# Fields that only change together with others.
DERIVED_FIELDS = frozenset({"last_modified", "attribution", "held", "international"})
# Fields about the current record, which are never restored.
NEVER_RESTORED = frozenset({"last_modified", "attribution"})
# Models with a unique value per record. Rows that swap values are deleted before they are written.
UNIQUE_PER_RECORD = frozenset({ServiceAudience, Language, ServiceArea, OrganizationIdentifier})


class SnapshotConflict(Exception):
    """The snapshot does not fit the current database. `missing` is the kind of record that is gone, or ""."""

    def __init__(self, missing: str = "") -> None:
        super().__init__(missing)
        self.missing = missing


def snapshot_of(record: models.Model) -> Snapshot:
    """Return a snapshot of the record as it is in memory, with its rows as they are in the database."""
    return snapshots_of([record])[record.pk]


def snapshots_of(records: Sequence[models.Model]) -> dict[Any, Snapshot]:
    """Return the snapshots of records of one kind, by id. One query per kind of related row."""
    rows = list(_with_rows(records, {record.pk: record.pk for record in records}))
    serialized = json.loads(serializers.serialize("json", [row for _owner, row in rows]))
    snapshots: dict[Any, Snapshot] = {record.pk: {} for record in records}
    for (owner, _row), data in zip(rows, serialized, strict=True):
        snapshots[owner].setdefault(data["model"], {})[str(data["pk"])] = _sorted_lists(data["fields"])
    return snapshots


def snapshots_with_places(services: Sequence[Service]) -> dict[Any, Snapshot]:
    """Return the snapshots of services, each with the locations it is at, by id of the service."""
    snapshots = snapshots_of(services)
    label = Location._meta.label_lower
    owners = defaultdict(list)
    for place in ServiceAtLocation.objects.filter(service__in=services).order_by():
        owners[place.location_id].append(place.service_id)
    for pk, part in snapshots_of(load_records(Location, list(owners))).items():
        for owner in owners[pk]:
            for model, rows in part.items():
                snapshots[owner].setdefault(model, {}).update(rows)
            snapshots[owner].setdefault(label, {})
    return snapshots


def _with_rows(
    records: Sequence[models.Model], owners: Mapping[Any, Any]
) -> Iterator[tuple[Any, models.Model]]:
    """Yield (id of the record, row) for these rows of one kind and all rows related to them."""
    for record in records:
        yield owners[record.pk], record
    for name in RELATED_ROWS[type(records[0])] if records else ():
        relation: Any = type(records[0])._meta.get_field(name)
        owner = relation.field
        rows = list(relation.related_model._default_manager.filter(**{f"{owner.name}__in": records}))
        yield from _with_rows(rows, {row.pk: owners[getattr(row, owner.attname)] for row in rows})


def load_records(model: type[models.Model], ids: Sequence[Any]) -> Sequence[models.Model]:
    """Load the records with these ids for a snapshot. Missing ones are left out."""
    m2m_fields = [field.name for field in model._meta.many_to_many]
    return list(model._default_manager.filter(pk__in=ids).prefetch_related(*m2m_fields)) if ids else ()


def place_snapshot(snapshot: Snapshot, place: models.Model) -> Snapshot:
    """Return the part of a service's snapshot that belongs to one of its places."""
    label, pk = ServiceAtLocation._meta.label_lower, str(place.pk)
    own = snapshot.get(label, {}).get(pk)
    part: Snapshot = {} if own is None else {label: {pk: own}}
    for model, rows in snapshot.items():
        if own_rows := {key: row for key, row in rows.items() if row.get("service_at_location") == pk}:
            part[model] = own_rows
    return part


def row_of(model: type[models.Model], pk: str, fields: Fields) -> Any:
    """Return an unsaved object for a row of a snapshot."""
    text = json.dumps([{"model": model._meta.label_lower, "pk": pk, "fields": fields}])
    return next(iter(serializers.deserialize("json", text, ignorenonexistent=True))).object


def is_same(before: Snapshot, after: Snapshot) -> bool:
    """Return True if two snapshots do not differ."""
    return next(changed_rows(before, after), None) is None


def changed_rows(
    before: Snapshot, after: Snapshot
) -> Iterator[tuple[str, str, Fields | None, Fields | None]]:
    """Yield (model, id, fields before, fields after) for each difference.

    The fields are None where the row does not exist.
    """
    for model in sorted({*before, *after}, key=RESTORE_ORDER.index):
        old, new = before.get(model, {}), after.get(model, {})
        for pk in dict.fromkeys((*old, *new)):
            if _differ(old.get(pk), new.get(pk)):
                yield model, pk, old.get(pk), new.get(pk)


def carry_changes(old: Snapshot, new: Snapshot, current: Snapshot) -> Snapshot:
    """Return `current` with what differs between `old` and `new`, as `apply_changes` would leave it."""
    carried = {model: dict(rows) for model, rows in current.items()}
    for model, pk, before, after in changed_rows(old, new):
        rows = carried.setdefault(model, {})
        if after is None:
            rows.pop(pk, None)
        elif before is None:
            rows[pk] = after
        elif pk in rows:
            rows[pk] = rows[pk] | {name: after[name] for name in changed_fields(before, after)}
    return carried


def without_changes(before: Snapshot, after: Snapshot, parts: Collection[Part]) -> Snapshot:
    """Return `after` with these parts as they are in `before`."""
    result = {model: dict(rows) for model, rows in after.items()}
    for model, pk, old, new in changed_rows(before, after):
        rows = result.setdefault(model, {})
        if old is not None and new is not None:
            names = [name for name in changed_fields(old, new) if (model, pk, name) in parts]
            rows[pk] = new | {name: old[name] for name in names}
        elif (model, pk, "") in parts:
            if old is None:
                rows.pop(pk)
            else:
                rows[pk] = old
    return result


def snapshot_model(*snapshots: Snapshot) -> str:
    """Return the model of the record that these are snapshots of; "" if all are empty."""
    models_in = {model for snapshot in snapshots for model in snapshot}
    return next((model for model in RESTORE_ORDER if model in models_in), "")


def changed_fields(old: Fields, new: Fields) -> Iterator[str]:
    """Yield the fields that differ and exist in both: an older snapshot lacks newer columns."""
    for name in old:
        if name in new and name not in DERIVED_FIELDS and old[name] != new[name]:
            yield name


@transaction.atomic
def apply_changes(before: Snapshot, after: Snapshot) -> None:
    """Apply the changes between two snapshots to the current records, and nothing else.

    A row that is gone stays gone; a field that did not differ stays as it is now. References to records that
    are gone are treated as when they went: cleared, or SnapshotConflict is raised.
    """
    rows = list(changed_rows(before, after))
    for model_name, pk, _old, new in rows:
        if new is None:
            _model(model_name)._default_manager.filter(pk=pk).delete()
    to_write = [row for row in (_row_to_write(*row) for row in rows) if row is not None]
    existing = _existing_targets(to_write)
    for row in to_write:
        row["fields"] = _without_missing_targets(_model(row["model"]), row["fields"], existing)
    try:
        with transaction.atomic():
            _write(to_write)
    except (IntegrityError, DeserializationError) as error:
        raise SnapshotConflict from error


def differing_since(before: Snapshot, after: Snapshot, today: Snapshot) -> Iterator[tuple[str, str, str]]:
    """Yield (model, id, field) for fields changed between `before` and `after`, and differently until
    `today`.

    The field is "" if only one of the two changes removed the row.
    """
    for model, pk, old, new in changed_rows(before, after):
        current = today.get(model, {}).get(pk)
        if old is None:
            continue
        if new is None or current is None:
            if current is not new and (current is None or _differ(old, current)):
                yield model, pk, ""
            continue
        for name in changed_fields(old, new):
            if name in current and current[name] not in (old[name], new[name]):
                yield model, pk, name


def _write(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        if _model(row["model"]) in UNIQUE_PER_RECORD and row["pk"] is not None:
            _model(row["model"])._default_manager.filter(pk=row["pk"]).delete()
    for row_object in serializers.deserialize("json", json.dumps(rows), ignorenonexistent=True):
        row_object.save()


def _row_to_write(model_name: str, pk: str, old: Fields | None, new: Fields | None) -> dict[str, Any] | None:
    """Return the current row with its changes; None if nothing is to be written."""
    if new is None:
        return None
    model = _model(model_name)
    current = model._default_manager.filter(pk=pk).first()
    if old is None:
        # An id from a transaction that was rolled back may belong to another row by now.
        is_taken = current is not None and isinstance(model._meta.pk, models.AutoField)
        return {"model": model_name, "pk": None if is_taken else pk, "fields": dict(new)}
    if current is None:
        return None
    changed = {name: new[name] for name in new if new[name] != old.get(name) and name not in NEVER_RESTORED}
    return {"model": model_name, "pk": pk, "fields": {**_current_fields(current), **changed}}


def _existing_targets(to_write: Iterable[Mapping[str, Any]]) -> dict[type[models.Model], set[str]]:
    """Return the ids that exist, or are about to, of all records that these rows refer to."""
    referenced: dict[type[models.Model], set[str]] = defaultdict(set)
    existing: dict[type[models.Model], set[str]] = defaultdict(set)
    for row in to_write:
        model = _model(row["model"])
        existing[model].add(str(row["pk"]))
        for field, target in foreign_keys_of(model):
            referenced[target].update(ids_in(row["fields"].get(field.name)))
    for target, ids in referenced.items():
        for batch in batches(ids, 500):
            stored = target._base_manager.filter(pk__in=batch).values_list("pk", flat=True)
            existing[target].update(map(str, stored))
    return existing


def _without_missing_targets(
    model: type[models.Model], fields: Fields, existing: Mapping[type[models.Model], set[str]]
) -> Fields:
    """Return the fields without references to missing records.

    Raises SnapshotConflict where the row cannot exist without its target.
    """
    kept_fields = dict(fields)
    for field, target in foreign_keys_of(model):
        value = fields.get(field.name)
        ids = existing.get(target, set())
        if isinstance(value, list):
            kept_fields[field.name] = [pk for pk in value if str(pk) in ids]
        elif value is not None and str(value) not in ids:
            if field.remote_field.on_delete is not models.SET_NULL:
                raise SnapshotConflict(str(target._meta.verbose_name))
            kept_fields[field.name] = None
    return kept_fields


def ids_in(value: Any) -> list[str]:
    """Return the ids in the value of a relation: none, one or several."""
    if value is None:
        return []
    return [str(pk) for pk in value] if isinstance(value, list) else [str(value)]


@cache
def foreign_keys_of(model: type[models.Model]) -> tuple[tuple[Any, type[models.Model]], ...]:
    """Return the relation fields of a model, each with the related model."""
    fields: list[Any] = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return tuple((field, field.related_model) for field in fields if field.is_relation)


def _model(name: str) -> type[models.Model]:
    return apps.get_model(name)


def _sorted_lists(fields: Fields) -> Fields:
    """Sort lists: the order of topics is that of their names, and has no meaning."""
    return {name: sorted(value) if isinstance(value, list) else value for name, value in fields.items()}


def _differ(old: Fields | None, new: Fields | None) -> bool:
    if old is None or new is None:
        return old is not new
    return next(changed_fields(old, new), None) is not None


def _current_fields(row: Any) -> Fields:
    fields: Fields = json.loads(serializers.serialize("json", [row]))[0]["fields"]
    return _sorted_lists(fields)
