"""Merge two services, or two organizations, that are one, and undo it.

The record that is kept takes over what is attached to the other, and its fields where the curator chose so.
Nothing is deleted: what was not chosen stays with the merged record, which is withdrawn, and whose address
leads to the kept one. So undoing a merge only gives everything back. Of an organization the services and
places move: they are the kept one's from now on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from resources.curation import permissions, publishing
from resources.curation.claims import end_claims
from resources.curation.duplicates import same_place
from resources.curation.permissions import Action
from resources.curation.restore import lock
from resources.history import revisions
from resources.history.snapshots import Fields, Snapshot, snapshot_of
from resources.models import (
    Assurance,
    Correction,
    Curator,
    Location,
    Merge,
    Organization,
    OrganizationMerge,
    PendingEdit,
    Phone,
    Service,
    ServiceAtLocation,
    SourceRecord,
    Suggestion,
    TaxonomyTerm,
)
from resources.models.duplicate import MERGES, PAIRS
from resources.vocabulary import Decision, Status

KEPT, MERGED, BOTH = "kept", "merged", "both"
# Fields that belong to a record and not to the service it describes, and those that verbs set.
OWN_FIELDS = frozenset(
    {
        *("id", "status", "status_reason", "held", "attribution", "last_modified"),
        *("full_date", "last_unanswered_date", "unanswered_count"),
    }
)

Record = Service | Organization


@dataclass(frozen=True)
class Rules:
    """How records of one kind are merged.

    The curator chooses whose value of `fields` stays, and whose rows of `rows` (names of relations, to
    `owner`). Rows of `following` (model, field) always go with the record.
    """

    fields: Sequence[str]
    rows: Sequence[str]
    owner: str
    following: Sequence[tuple[Any, str]]


def _fields_of(model: type[models.Model]) -> tuple[str, ...]:
    fields = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return tuple(field.name for field in fields if field.name not in OWN_FIELDS)


RULES: Mapping[type[models.Model], Rules] = {
    Service: Rules(
        _fields_of(Service),
        rows=(
            *("phones", "service_at_locations", "schedules", "cost_options", "service_areas", "audiences"),
            *("languages", "contacts", "credentials", "required_documents"),
        ),
        owner="service",
        following=tuple((model, "service") for model in (Assurance, Correction, Suggestion, SourceRecord)),
    ),
    Organization: Rules(
        _fields_of(Organization),
        rows=("phones", "contacts", "identifiers"),
        owner="organization",
        following=(
            *((model, "organization") for model in (Service, Location, SourceRecord)),
            (Curator.organizations.through, "organization"),  # who is limited to one is limited to the other
            (Organization, "parent_organization"),
        ),
    ),
}
# Rows of a place, which follow when both records have the same place.
PLACE_ROWS = ("phones", "schedules")
MAX_STEPS = 20  # of merges that were merged again


class CannotMerge(ValidationError):
    """The two cannot become one, or one of them has changed since; nothing was merged."""


class CannotSeparate(ValidationError):
    """The merge cannot be undone; nothing was changed."""


@dataclass(frozen=True)
class Separation:
    """An undone merge:

    `edited` fields of the kept record, changed since, and `gone` rows stayed as they are.
    """

    merge: Merge | OrganizationMerge
    edited: Sequence[str]
    gone: int
    withdrawn: Sequence[Service]


# ---- where a merged record went


def kept_record(record: Record) -> Any:
    """Return the record that this one was merged into, at the end of all merges; None if it was not.

    A query for each step, MAX_STEPS at most.
    """
    found = None
    for _step in range(MAX_STEPS):
        merge = merge_of(found or record)
        if merge is None:
            return found
        found = merge.kept
    return found


def kept_organization(organization: Organization) -> Organization | None:
    """Return the organization that has this one's services now, by a merge; None if none shows any."""
    kept: Organization | None = kept_record(organization)
    if kept is None:
        merges = Merge.objects.standing().filter(merged__organization=organization)
        merge = merges.exclude(kept__organization=organization).select_related("kept__organization").first()
        kept = merge.kept.organization if merge else None
    shown = Service.objects.published().filter(organization=kept) if kept else Service.objects.none()
    return kept if shown.exists() else None


def merge_of(record: Record) -> Any:
    """Return the standing merge by which this record became part of another; None if there is none."""
    merges = MERGES[type(record)].objects.standing()
    return merges.filter(merged=record.pk).select_related("kept").first()


# ---- merge


@transaction.atomic
def merge(
    *,
    kept: Record,
    merged: Record,
    choices: Mapping[str, str],
    by: User | None,
    at: datetime,
    read: Mapping[UUID, datetime] | None = None,
) -> Any:
    """Merge one record into another of its kind. Return the `Merge` or `OrganizationMerge`.

    `choices` says for a field whose value stays (KEPT or MERGED; "topics" also BOTH), and for rows whose
    (BOTH too). Without a choice: the kept value unless it is empty, and both records' rows. `read` has the
    `last_modified` of both that the curator read. A service is published if one of the two was.

    Raises CannotMerge, NotAllowed.
    """
    kept, merged = _locked(kept, merged, read)
    _require(by, kept, merged)
    with _recorded(kept, merged, _("Merged “%(merged)s” into “%(kept)s”."), by=by, at=at):
        before = snapshot_of(kept)
        try:
            with transaction.atomic():
                _set_fields(kept, merged, choices)
                rows = _move_rows(kept, merged, choices)
        except IntegrityError:
            raise CannotMerge(_("These values contradict each other. Choose others.")) from None
        fields = _changed(kept, before, snapshot_of(kept))
        status = _settle(kept, merged, fields, rows, at=at)
        changes = {"fields": fields, "rows": rows, "status": status}
        merges = MERGES[type(kept)].objects
        done = merges.create(kept=kept, merged=merged, made_at=at, made_by=by, changes=changes)
        _propagate(kept, merged, at=at)
    _decide_pair(kept, merged, Decision.ACCEPTED)
    return done


def _settle(
    kept: Record, merged: Record, fields: Mapping[str, Any], rows: Sequence[Move], *, at: datetime
) -> dict[str, list[str]]:
    """Publish and withdraw, and attribute what changed to a curator: the next import holds it.

    Return {id: [status, reason]} of each service before.
    """
    if isinstance(kept, Organization) or isinstance(merged, Organization):
        moved = [pk for label, pk, *_rest in rows if label == Service._meta.label_lower]
        publishing.record_attribution(map(UUID, moved), ["organization"], at=at)
        return {}
    status = {str(one.pk): [one.status, one.status_reason] for one in (kept, merged)}
    reason = _("Merged into “%(kept)s”.") % {"kept": kept}
    publishing.set_status([merged.pk], Status.INACTIVE, reason=reason[:255], at=at)
    if Status.ACTIVE in (kept.status, merged.status):
        publishing.set_status([kept.pk], Status.ACTIVE, reason="", at=at)
    parts = {*fields, *(label.partition(".")[2] for label, *_rest in rows)}
    publishing.record_attribution([kept.pk], sorted(parts), at=at)
    return status


@contextmanager
def _recorded(kept: Record, merged: Record, comment: str, *, by: User | None, at: datetime) -> Iterator[None]:
    """Record a revision of both, and of an organization's services, which change hands."""
    comment = comment % _names(kept, merged)
    ids = _services_of(kept, merged) if isinstance(kept, Organization) else []
    services = Service.objects.filter(pk__in=ids)
    with (
        revisions.record_revision([kept, merged], by=by, at=at, comment=comment),
        revisions.record_revision(services, by=by, at=at, comment=comment),
    ):
        yield


def _services_of(kept: Record, merged: Record) -> list[UUID]:
    return publishing.services_affected_by(type(kept), [kept.pk, merged.pk])


def _propagate(kept: Record, merged: Record, *, at: datetime) -> Sequence[Service]:
    if isinstance(kept, Organization):
        Organization.objects.filter(pk__in=[kept.pk, merged.pk]).update(last_modified=at)
        return publishing.propagate_edit(_services_of(kept, merged), at=at)
    return publishing.propagate_edit([kept.pk, merged.pk], at=at)


@transaction.atomic
def separate(*, merge: Merge | OrganizationMerge, by: User | None, at: datetime) -> Separation:
    """Undo a merge: everything goes back to where it was, except what was edited since.

    Raises CannotSeparate if it is undone already or the kept record was merged itself; NotAllowed.
    """
    merge = type(merge).objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        raise CannotSeparate(_("This merge is undone already."))
    kept, merged = merge.kept, merge.merged
    for record in sorted((kept, merged), key=lambda record: record.pk):
        lock(record)
    if into := merge_of(kept):
        raise CannotSeparate(
            _("“%(kept)s” was merged into “%(other)s” since. Undo that first.")
            % {"kept": kept, "other": into.kept}
        )
    _require(by, kept, merged)
    with _recorded(kept, merged, _("Separated “%(merged)s” from “%(kept)s”."), by=by, at=at):
        gone = _give_back(merge.changes["rows"])
        edited = _put_back(kept, merge.changes["fields"])
        merge.undone_at = at
        merge.save(update_fields=["undone_at"])
        for record in (merged, kept):
            if str(record.pk) in merge.changes["status"]:
                _restore_status(record, merge.changes["status"], at=at)
        withdrawn = _propagate(kept, merged, at=at)
    _decide_pair(kept, merged, Decision.OPEN)
    return Separation(merge, edited, gone, withdrawn)


@transaction.atomic
def mark_different(*, one: Record, other: Record, by: User | None, at: datetime) -> Any:
    """Remember that two records are not the same: they are never proposed again. Return the pair."""
    permissions.require_permission(by, Action.EDIT, [one, other])
    first, second = sorted((one.pk, other.pk))
    pair, _created = PAIRS[type(one)].objects.update_or_create(
        first_id=first,
        second_id=second,
        defaults={"decision": Decision.DECLINED},
        create_defaults={"decision": Decision.DECLINED, "found_at": at},
    )
    return pair


def _names(kept: Record, merged: Record) -> dict[str, str]:
    return {"kept": kept.name[:80], "merged": merged.name[:80]}


def _locked(kept: Record, merged: Record, read: Mapping[UUID, datetime] | None) -> tuple[Record, Record]:
    """Lock both and return them as they are now. Raises CannotMerge if they are not as they were read."""
    if kept.pk == merged.pk:
        raise CannotMerge(_("This is one record: there is nothing to merge."))
    now: dict[UUID, Any] = {}
    for pk in sorted((kept.pk, merged.pk)):  # one order for everybody, so that nobody waits for ever
        record = type(kept)._default_manager.select_for_update().filter(pk=pk).first()
        if record is None:
            raise CannotMerge(_("One of the two records no longer exists."))
        if into := merge_of(record):
            raise CannotMerge(
                _("“%(name)s” was merged into “%(kept)s” already.") % {"name": record, "kept": into.kept}
            )
        now[pk] = record
    for pk, record in now.items():
        if read and read.get(pk) != record.last_modified:
            raise CannotMerge(
                _("“%(name)s” has changed since you opened this page. Look at it again, then merge.")
                % {"name": record}
            )
    if PendingEdit.objects.filter(object_id__in=list(now), decision=Decision.OPEN).exists():
        raise CannotMerge(_("An edit of one of them waits for a reviewer. Decide about it first."))
    return now[kept.pk], now[merged.pk]


def _require(by: User | None, kept: Record, merged: Record) -> None:
    permissions.require_edit(by, [kept, merged])
    permissions.require_permission(by, Action.WITHDRAW, [merged])
    if isinstance(kept, Organization) or isinstance(merged, Organization):
        permissions.require_edit(by, Service.objects.filter(organization=merged.pk))
    elif Status.ACTIVE in (kept.status, merged.status):
        permissions.require_permission(by, Action.PUBLISH, [kept])


# ---- fields


def chosen_side(name: str, choices: Mapping[str, str], ours: Any, theirs: Any) -> str:
    """Return whose value of a field stays: the choice, else KEPT unless only the other record has one."""
    allowed = (KEPT, MERGED, BOTH) if name == "topics" else (KEPT, MERGED)
    if (choice := choices.get(name, "")) in allowed:
        return choice
    return MERGED if theirs and not ours else KEPT


def _set_fields(kept: Any, merged: Any, choices: Mapping[str, str]) -> None:
    for name in RULES[type(kept)].fields:
        if name == "topics":
            _set_topics(kept, merged, choices)
        elif chosen_side(name, choices, getattr(kept, name), getattr(merged, name)) == MERGED:
            setattr(kept, name, getattr(merged, name))
    _agree(kept, merged)
    kept.save()


def _agree(kept: Any, merged: Any = None) -> None:
    """Mend fields that contradict others of the record, so that it can be saved."""
    if isinstance(kept, Service):
        kept.content_clear = tuple(note for note in kept.content_clear if note not in kept.content_notes)
    elif kept.parent_organization in (kept, merged):
        kept.parent_organization = None  # it was part of the other


def _set_topics(kept: Service, merged: Service, choices: Mapping[str, str]) -> None:
    ours, theirs = set(kept.topics.all()), set(merged.topics.all())
    side = choices.get("topics", BOTH)
    kept.topics.set({KEPT: ours, MERGED: theirs}.get(side, ours | theirs))


def _changed(kept: Record, before: Snapshot, after: Snapshot) -> dict[str, list[Any]]:
    """Return {field: [before, after]} of the kept record."""
    old, new = _own_fields(kept, before), _own_fields(kept, after)
    return {name: [old[name], new[name]] for name in RULES[type(kept)].fields if old[name] != new[name]}


def _own_fields(record: Record, snapshot: Snapshot) -> Fields:
    return snapshot[record._meta.label_lower][str(record.pk)]


def _put_back(kept: Record, fields: Mapping[str, Sequence[Any]]) -> list[str]:
    """Set fields back. Return the names of those that were edited since the merge, which stay."""
    kept.refresh_from_db()
    current = _own_fields(kept, snapshot_of(kept))
    back = {name: before for name, (before, after) in fields.items() if current.get(name) == after}
    if back:
        _write_fields(kept, dict(back))
    return [field_label(type(kept), name) for name in fields if name not in back]


def field_label(model: type[models.Model], name: str) -> str:
    """Return the words for a field or a kind of row of a record."""
    field: Any = model._meta.get_field(name)
    if name in RULES[model].rows:
        return str(field.related_model._meta.verbose_name_plural)
    return str(field.verbose_name)


def _write_fields(kept: Any, back: Fields) -> None:
    """Write serialized values. What a field refers to and is gone stays as it is now."""
    topics = back.pop("topics", None)
    if topics is not None:
        kept.topics.set(TaxonomyTerm.objects.filter(pk__in=topics))
    for name in ("organization", "parent_organization"):
        owner = back.get(name)
        if owner and not Organization.objects.filter(pk=owner).exists():
            del back[name]
    for name, value in back.items():
        field: Any = kept._meta.get_field(name)
        setattr(kept, field.attname, field.to_python(value))
    _agree(kept)
    mended = "content_clear" if isinstance(kept, Service) else "parent_organization"
    kept.save(update_fields=[*back, mended])


# ---- rows

Move = list[Any]  # [model, id, field, id of the owner before, after]


def _move_rows(kept: Record, merged: Record, choices: Mapping[str, str]) -> list[Move]:
    """Move rows as chosen, and return what moved. Rows that both have alike stay where they are."""
    moves: list[Move] = []
    rules = RULES[type(kept)]
    for name in rules.rows:
        choice = choices.get(name, BOTH)
        ours, theirs = list(getattr(kept, name).all()), list(getattr(merged, name).all())
        if name == "service_at_locations":
            moves += _move_places(kept, ours, theirs, choice)
            continue
        if choice in (BOTH, MERGED):
            blocked = ours if choice == BOTH else _alike(ours, theirs)
            moves += _move([row for row in theirs if not _has_alike(row, blocked)], rules.owner, kept)
        if choice == MERGED:
            moves += _move([row for row in ours if not _has_alike(row, theirs)], rules.owner, merged)
    for model, field in rules.following:
        ours, theirs = (list(model._default_manager.filter(**{field: one.pk})) for one in (kept, merged))
        moves += _move([row for row in theirs if not any(_is_rival(row, own) for own in ours)], field, kept)
    return moves


def _move_places(
    kept: Record, ours: Sequence[ServiceAtLocation], theirs: Sequence[ServiceAtLocation], choice: str
) -> list[Move]:
    """Move places. Of a place that both have the rows move, so that visitors do not meet it twice."""
    moves: list[Move] = []
    for place in theirs:
        twin = next((own for own in ours if same_place(own.location, place.location)), None)
        if choice == KEPT:
            continue
        if twin is None:
            moves += _move([place], "service", kept)
            continue
        for name in PLACE_ROWS:
            existing = list(getattr(twin, name).all())
            rows = [row for row in getattr(place, name).all() if not _has_alike(row, existing)]
            moves += _move(rows, "service_at_location", twin)
    if choice == MERGED and theirs:
        leaving = [
            own for own in ours if not any(same_place(own.location, place.location) for place in theirs)
        ]
        moves += _move(leaving, "service", theirs[0].service)
    return moves


def _move(rows: Iterable[models.Model], field: str, owner: models.Model) -> list[Move]:
    moves = []
    for row in rows:
        column = f"{field}_id"
        moves.append([row._meta.label_lower, str(row.pk), field, str(getattr(row, column)), str(owner.pk)])
        type(row)._default_manager.filter(pk=row.pk).update(**{column: owner.pk})
    return moves


def _give_back(moves: Sequence[Move]) -> int:
    """Give rows back to their owner before. Return how many are gone or belong to someone else by now."""
    gone = 0
    for label, pk, field, before, after in reversed(moves):
        model: Any = apps.get_model(label)
        try:
            with transaction.atomic():
                rows = model._default_manager.filter(pk=pk, **{f"{field}_id": after})
                gone += not rows.update(**{f"{field}_id": before})
        except IntegrityError:  # someone gave the other record the same since
            gone += 1
    return gone


def _alike(rows: Sequence[models.Model], others: Sequence[models.Model]) -> list[models.Model]:
    return [row for row in rows if _has_alike(row, others)]


def _has_alike(row: models.Model, others: Sequence[models.Model]) -> bool:
    """Return True if one of the others says the same, or takes the one place of its kind."""
    return any(_content(row) == _content(other) or _is_rival(row, other) for other in others)


def _content(row: models.Model) -> tuple[Any, ...]:
    names = ("id", "service", "service_at_location", "organization", "location", "description", "note")
    fields = [field for field in row._meta.concrete_fields if field.name not in names]
    if isinstance(row, Phone) and row.international:
        fields = [field for field in fields if field.name != "number"]  # one number, punctuated in two ways
    return tuple(field.value_from_object(row) for field in fields)


def _is_rival(row: models.Model, other: models.Model) -> bool:
    """Return True if a constraint allows a service only one of the two."""
    for constraint in row._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and _agree_in(constraint.fields, row, other):
            return True
    return any(_agree_in(fields, row, other) for fields in row._meta.unique_together)


def _agree_in(fields: Iterable[Any], row: models.Model, other: models.Model) -> bool:
    """Return True if two rows have the same in these fields, but for their owner."""
    names = [str(name) for name in fields if name not in ("service", "organization")]
    return all(getattr(row, name) == getattr(other, name) for name in names)


# ---- status and what goes with it


def _restore_status(service: Any, status: Mapping[str, Sequence[str]], *, at: datetime) -> None:
    """Give a service its status before the merge, unless a curator has changed it since."""
    service.refresh_from_db()
    before, reason = status[str(service.pk)]
    if service.status != before:
        publishing.set_status([service.pk], Status(before), reason=reason, at=at)


def _decide_pair(kept: Record, merged: Record, decision: Decision) -> None:
    first, second = sorted((kept.pk, merged.pk))
    PAIRS[type(kept)].objects.filter(first_id=first, second_id=second).update(decision=decision)
    end_claims([kept.pk, merged.pk])
