"""A record with all that hangs on it as plain data: to keep, to compare, and to put back.

A snapshot is {"resources.phone": {id: {field: value}}, ...}, as Django's serializer writes values. Its first
model is that of the record itself. Revisions of django-reversion hold the same shape.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from reversion.models import Revision, Version

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

Fields = dict[str, Any]
Snapshot = dict[str, dict[str, Fields]]

# What hangs on a record and goes back with it.
FOLLOWED: dict[type[models.Model], tuple[str, ...]] = {
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
# What says nothing of its own: it changes with something else that is said.
SILENT = frozenset({"last_modified", "said", "held", "international"})
# What is never put back: it tells of the record today.
OF_TODAY = frozenset({"last_modified", "said"})


class Unfit(Exception):
    """What is to be put back points to a record that is not there any more."""


def snapshot_of(record: models.Model) -> Snapshot:
    """The record as it stands in memory and its rows as they stand in the database."""
    return _by_model(json.loads(serializers.serialize("json", _with_rows(record))))


def snapshot_of_revision(revision: Revision, record: models.Model) -> Snapshot:
    """What a revision, which may hold many records, says of this one and the rows that point to it."""
    pk = str(record.pk)
    versions = revision.version_set.filter(Q(object_id=pk) | Q(serialized_data__contains=f'"{pk}"'))
    rows = [_row(version) for version in versions.order_by("pk")]
    own = [str(row["pk"]) for row in rows if row["model"] == "resources.serviceatlocation"]
    for place in own:
        deeper = revision.version_set.filter(serialized_data__contains=f'"service_at_location": "{place}"')
        rows += [_row(version) for version in deeper.order_by("pk")]
    return _by_model(rows)


def _row(version: Version) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(version.serialized_data)[0]
    return row


def is_same(before: Snapshot, after: Snapshot) -> bool:
    return next(changed_rows(before, after), None) is None


def changed_rows(
    before: Snapshot, after: Snapshot
) -> Iterator[tuple[str, str, Fields | None, Fields | None]]:
    """(model, id, fields before, fields after) of what differs; None where the row is not there."""
    for model in dict.fromkeys((*before, *after)):
        old, new = before.get(model, {}), after.get(model, {})
        for pk in dict.fromkeys((*old, *new)):
            if _loud(old.get(pk)) != _loud(new.get(pk)):
                yield model, pk, old.get(pk), new.get(pk)


def changed_fields(old: Fields, new: Fields) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        if name not in SILENT and old.get(name) != new.get(name):
            yield name


@transaction.atomic
def apply_changes(before: Snapshot, after: Snapshot) -> None:
    """Does to the records of today what was done between the two snapshots, and nothing else.

    A row that is gone today stays gone; a field that did not differ is left as it is today. Raises Unfit.
    """
    rows = list(changed_rows(before, after))
    for model_name, pk, _old, new in rows:
        if new is None:
            _model(model_name)._default_manager.filter(pk=pk).delete()
    for model_name, pk, old, new in rows:
        if new is not None:
            _put(model_name, pk, old, new)
    try:
        connection.check_constraints(
            table_names=[_model(name)._meta.db_table for name in {row[0] for row in rows}]
        )
    except IntegrityError as error:
        raise Unfit from error


def differing_since(before: Snapshot, after: Snapshot, today: Snapshot) -> Iterator[tuple[str, str, str]]:
    """(model, id, field) that were changed between `before` and `after`, and by somebody else until today."""
    for model, pk, old, new in changed_rows(before, after):
        now = today.get(model, {}).get(pk)
        if old is None or new is None:
            if old is not None and _loud(now) != _loud(old):
                yield model, pk, ""
            continue
        for name in changed_fields(old, new):
            if now is None or now.get(name) not in (old.get(name), new.get(name)):
                yield model, pk, name


def _put(model_name: str, pk: str, old: Fields | None, new: Fields) -> None:
    here = _model(model_name)._default_manager.filter(pk=pk).first()
    if old is not None and here is None:
        return
    fields = new
    if old is not None:
        changed = {name: new[name] for name in new if new[name] != old.get(name) and name not in OF_TODAY}
        fields = {**_fields_today(here), **changed}
    text = json.dumps([{"model": model_name, "pk": pk, "fields": fields}])
    for row in serializers.deserialize("json", text, ignorenonexistent=True):
        row.save()


def _model(name: str) -> type[models.Model]:
    return apps.get_model(name)


def _with_rows(record: models.Model) -> Iterable[models.Model]:
    yield record
    for name in FOLLOWED[type(record)]:
        for row in getattr(record, name).all():
            yield from _with_rows(row)


def _by_model(rows: Iterable[Mapping[str, Any]]) -> Snapshot:
    snapshot: Snapshot = {}
    for row in rows:
        snapshot.setdefault(row["model"], {})[str(row["pk"])] = row["fields"]
    return snapshot


def _loud(fields: Fields | None) -> Fields | None:
    return None if fields is None else {name: fields[name] for name in fields if name not in SILENT}


def _fields_today(row: Any) -> Fields:
    fields: Fields = json.loads(serializers.serialize("json", [row]))[0]["fields"]
    return fields
