"""A record with all that hangs on it as plain data: to keep, to compare, and to put back.

A snapshot is {"resources.phone": {id: {field: value}}, ...}, as Django's serializer writes values, with lists
in order. The order of its models and fields says nothing: PostgreSQL keeps its own in a column of JSON.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

# What hangs on a record and goes back with it.
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
# A record before what hangs on it.
RESTORE_ORDER = tuple(model._meta.label_lower for model in RELATED_ROWS)
# What says nothing of its own: it changes with something else that is said.
DERIVED_FIELDS = frozenset({"last_modified", "attribution", "held", "international"})
# What is never put back: it tells of the record today.
NEVER_RESTORED = frozenset({"last_modified", "attribution"})
# Rows of which no two of one record say the same word. Two that swap theirs are written when both are gone.
UNIQUE_PER_RECORD = frozenset({ServiceAudience, Language, ServiceArea, OrganizationIdentifier})


class SnapshotConflict(Exception):
    """What is to be put back does not fit what is there today; `missing` is the kind of record it lacks."""

    def __init__(self, missing: str = "") -> None:
        super().__init__(missing)
        self.missing = missing


def snapshot_of(record: models.Model) -> Snapshot:
    """The record as it stands in memory and its rows as they stand in the database."""
    return snapshots_of([record])[record.pk]


def snapshots_of(records: Sequence[models.Model]) -> dict[Any, Snapshot]:
    """The same of several records of one kind, by id: a query for each kind of row, however many they are."""
    rows = list(_with_rows(records, {record.pk: record.pk for record in records}))
    written = json.loads(serializers.serialize("json", [row for _owner, row in rows]))
    snapshots: dict[Any, Snapshot] = {record.pk: {} for record in records}
    for (owner, _row), each in zip(rows, written, strict=True):
        snapshots[owner].setdefault(each["model"], {})[str(each["pk"])] = _in_order(each["fields"])
    return snapshots


def _with_rows(
    records: Sequence[models.Model], owners: Mapping[Any, Any]
) -> Iterator[tuple[Any, models.Model]]:
    """(id of the record, row) of these rows of one kind and of all that hangs on them."""
    for record in records:
        yield owners[record.pk], record
    for name in RELATED_ROWS[type(records[0])] if records else ():
        relation: Any = type(records[0])._meta.get_field(name)
        owner = relation.field
        rows = list(relation.related_model._default_manager.filter(**{f"{owner.name}__in": records}))
        yield from _with_rows(rows, {row.pk: owners[getattr(row, owner.attname)] for row in rows})


def load_records(model: type[models.Model], ids: Sequence[Any]) -> Sequence[models.Model]:
    """The records of these ids as the database has them, to be kept; what is gone is left out."""
    many = [field.name for field in model._meta.many_to_many]
    return list(model._default_manager.filter(pk__in=ids).prefetch_related(*many)) if ids else ()


def place_snapshot(snapshot: Snapshot, place: models.Model) -> Snapshot:
    """Of the snapshot of a service, what it says of one of its places."""
    label, pk = ServiceAtLocation._meta.label_lower, str(place.pk)
    own = snapshot.get(label, {}).get(pk)
    part: Snapshot = {} if own is None else {label: {pk: own}}
    for model, rows in snapshot.items():
        if here := {key: row for key, row in rows.items() if row.get("service_at_location") == pk}:
            part[model] = here
    return part


def row_of(model: type[models.Model], pk: str, fields: Fields) -> Any:
    """The row as an object, not saved."""
    text = json.dumps([{"model": model._meta.label_lower, "pk": pk, "fields": fields}])
    return next(iter(serializers.deserialize("json", text, ignorenonexistent=True))).object


def is_same(before: Snapshot, after: Snapshot) -> bool:
    return next(changed_rows(before, after), None) is None


def changed_rows(
    before: Snapshot, after: Snapshot
) -> Iterator[tuple[str, str, Fields | None, Fields | None]]:
    """(model, id, fields before, fields after) of what differs; None where the row is not there."""
    for model in sorted({*before, *after}, key=RESTORE_ORDER.index):
        old, new = before.get(model, {}), after.get(model, {})
        for pk in dict.fromkeys((*old, *new)):
            if _differ(old.get(pk), new.get(pk)):
                yield model, pk, old.get(pk), new.get(pk)


def snapshot_model(*snapshots: Snapshot) -> str:
    """The model of the record that these are snapshots of; "" where all of them are empty."""
    models_in = {model for snapshot in snapshots for model in snapshot}
    return next((model for model in RESTORE_ORDER if model in models_in), "")


def changed_fields(old: Fields, new: Fields) -> Iterator[str]:
    """Of what both know: a snapshot that is older than a column says nothing of it."""
    for name in old:
        if name in new and name not in DERIVED_FIELDS and old[name] != new[name]:
            yield name


@transaction.atomic
def apply_changes(before: Snapshot, after: Snapshot) -> None:
    """Does to the records of today what was done between the two snapshots, and nothing else.

    A row that is gone today stays gone; a field that did not differ is left as it is today. What pointed to a
    record that is gone is treated as when it went: emptied, or Unfit is raised.
    """
    rows = list(changed_rows(before, after))
    for model_name, pk, _old, new in rows:
        if new is None:
            _model(model_name)._default_manager.filter(pk=pk).delete()
    written = [row for row in (_row_today(*row) for row in rows) if row is not None]
    there = _targets_there(written)
    for row in written:
        row["fields"] = _fitting(_model(row["model"]), row["fields"], there)
    try:
        with transaction.atomic():
            _write(written)
    except (IntegrityError, DeserializationError) as error:
        raise SnapshotConflict from error


def differing_since(before: Snapshot, after: Snapshot, today: Snapshot) -> Iterator[tuple[str, str, str]]:
    """(model, id, field) that were changed between `before` and `after`, and otherwise until today.

    The field is "" where the one took the row away and the other did not.
    """
    for model, pk, old, new in changed_rows(before, after):
        now = today.get(model, {}).get(pk)
        if old is None:
            continue
        if new is None or now is None:
            if now is not new and (now is None or _differ(old, now)):
                yield model, pk, ""
            continue
        for name in changed_fields(old, new):
            if name in now and now[name] not in (old[name], new[name]):
                yield model, pk, name


def _write(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        if _model(row["model"]) in UNIQUE_PER_RECORD and row["pk"] is not None:
            _model(row["model"])._default_manager.filter(pk=row["pk"]).delete()
    for made in serializers.deserialize("json", json.dumps(rows), ignorenonexistent=True):
        made.save()


def _row_today(model_name: str, pk: str, old: Fields | None, new: Fields | None) -> dict[str, Any] | None:
    """The row to be written: today's, with what has changed; None where nothing is to be written."""
    if new is None:
        return None
    model = _model(model_name)
    here = model._default_manager.filter(pk=pk).first()
    if old is None:
        # A number that was given in a transaction that did not end may be another row's by now.
        taken = here is not None and isinstance(model._meta.pk, models.AutoField)
        return {"model": model_name, "pk": None if taken else pk, "fields": dict(new)}
    if here is None:
        return None
    changed = {name: new[name] for name in new if new[name] != old.get(name) and name not in NEVER_RESTORED}
    return {"model": model_name, "pk": pk, "fields": {**_fields_today(here), **changed}}


def _targets_there(written: Iterable[Mapping[str, Any]]) -> dict[type[models.Model], set[str]]:
    """Of all records that these rows point to, those that are there or are about to be."""
    wanted: dict[type[models.Model], set[str]] = defaultdict(set)
    there: dict[type[models.Model], set[str]] = defaultdict(set)
    for row in written:
        model = _model(row["model"])
        there[model].add(str(row["pk"]))
        for field, target in foreign_keys_of(model):
            wanted[target].update(ids_in(row["fields"].get(field.name)))
    for target, ids in wanted.items():
        for batch in batches(ids, 500):
            found = target._base_manager.filter(pk__in=batch).values_list("pk", flat=True)
            there[target].update(map(str, found))
    return there


def _fitting(
    model: type[models.Model], fields: Fields, there: Mapping[type[models.Model], set[str]]
) -> Fields:
    """The fields without what points to records that are gone; raises Unfit where the row goes with them."""
    fitting = dict(fields)
    for field, target in foreign_keys_of(model):
        value = fields.get(field.name)
        known = there.get(target, set())
        if isinstance(value, list):
            fitting[field.name] = [one for one in value if str(one) in known]
        elif value is not None and str(value) not in known:
            if field.remote_field.on_delete is not models.SET_NULL:
                raise SnapshotConflict(str(target._meta.verbose_name))
            fitting[field.name] = None
    return fitting


def ids_in(value: Any) -> list[str]:
    """Of what a pointing field says: no id, one, or several."""
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


@cache
def foreign_keys_of(model: type[models.Model]) -> tuple[tuple[Any, type[models.Model]], ...]:
    """The fields that point to other records, each with their model."""
    fields: list[Any] = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return tuple((field, field.related_model) for field in fields if field.is_relation)


def _model(name: str) -> type[models.Model]:
    return apps.get_model(name)


def _in_order(fields: Fields) -> Fields:
    """The order of topics is that of their names, and says nothing."""
    return {name: sorted(value) if isinstance(value, list) else value for name, value in fields.items()}


def _differ(old: Fields | None, new: Fields | None) -> bool:
    if old is None or new is None:
        return old is not new
    return next(changed_fields(old, new), None) is not None


def _fields_today(row: Any) -> Fields:
    fields: Fields = json.loads(serializers.serialize("json", [row]))[0]["fields"]
    return _in_order(fields)
