"""What curators do to the records: publish, withdraw, tag, edit and remove them; and what follows from it.

Each function is atomic and leaves the listings true before it ends. It is handed who does it and the time;
`by` is None for the operator at the machine. It refuses what this person may not do
(`permissions.NotAllowed`) and keeps what was and what is in the history. Those that follow an edit return the
services they had to withdraw because the edit left no way to make contact with them or made them what is not
listed, so that the caller can say so by their `status_reason`; the caller calls
`revisions.save_missing_revision` ahead of the edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.curation import permissions
from resources.curation.claims import end_claims
from resources.curation.listing_policy import has_contact_q, not_all_options_q
from resources.curation.permissions import Action
from resources.history import revisions
from resources.history.snapshots import changed_fields, changed_rows, load_records, snapshot_of
from resources.models import Location, Organization, Service, ServiceAtLocation, Taxonomy, TaxonomyTerm
from resources.models.batches import batches
from resources.search.projection import refresh_listings
from resources.vocabulary import Status


class CannotPublish(ValidationError):
    """Some of the services may not be shown; none of them was published."""


class CannotWithdraw(ValidationError):
    """Withdrawing asks for a reason and for a status that is not shown."""


class CannotRemove(ValidationError):
    """Something hangs on the record; what is listed is withdrawn and never removed."""


@transaction.atomic
def publish(*, services: Iterable[Service], by: User | None, at: datetime) -> int:
    """Shows these services to visitors; returns how many were not shown before.

    All or none: raises CannotPublish, naming them, where some have no way to make contact, or are what the
    listing policy does not list.
    """
    services = list(services)
    permissions.require_permission(by, Action.PUBLISH, services)
    asked = ids_of(services)
    if refused := [name for rows in service_batches(asked) for name in _names(rows.exclude(has_contact_q()))]:
        raise CannotPublish(
            _(
                "Nothing was published. There is no way to make contact with %(names)s: add a number, "
                "a web page or an e-mail address first."
            )
            % {"names": permissions.summarize_names(refused)}
        )
    if refused := [
        name for rows in service_batches(asked) for name in _names(rows.filter(not_all_options_q()))
    ]:
        raise CannotPublish(
            _(
                "Nothing was published. %(names)s: a service that advises on pregnancy and does not offer or "
                "refer for all options is not listed as counselling or clinic."
            )
            % {"names": permissions.summarize_names(refused)}
        )
    with revisions.record_revision(services, by=by, at=at, comment=_("Published.")):
        record_attribution(asked, ["status"], at=at)
        return set_status(asked, Status.ACTIVE, reason="", at=at)


@transaction.atomic
def withdraw(
    *,
    services: Iterable[Service],
    reason: str,
    by: User | None,
    at: datetime,
    status: Status = Status.INACTIVE,
) -> int:
    """Hides these services from visitors; returns how many changed. The record stays, with its reason.

    Raises CannotWithdraw without a reason of 1 to 255 characters, or for the status of what is shown.
    """
    services = list(services)
    permissions.require_permission(by, Action.WITHDRAW, services)
    reason = reason.strip()
    if not reason:
        raise CannotWithdraw(_("Say why it is withdrawn."))
    if len(reason) > 255:
        raise CannotWithdraw(_("Say why in 255 characters at most."))
    if status == Status.ACTIVE:
        raise CannotWithdraw(_("A service that is withdrawn cannot stay active."))
    asked = ids_of(services)
    with revisions.record_revision(
        services, by=by, at=at, comment=_("Withdrawn: %(reason)s") % {"reason": reason}
    ):
        record_attribution(asked, ["status"], at=at)
        return set_status(asked, status, reason=reason, at=at)


@transaction.atomic
def finish_edit(
    *, records: Iterable[models.Model], by: User | None, at: datetime, comment: str = ""
) -> Sequence[Service]:
    """After records of one kind, or what hangs on them, were edited; returns the services it had to withdraw.

    All services that show one of them count as edited: those of an organization show its name, website and
    numbers, those at a location are met there, those under a term are found by its words.
    """
    records = list(records)
    model, ids = type(records[0]), [record.pk for record in records]
    if model in WORDS:
        permissions.require_permission(by, Action.DEFINE, records)
    else:
        permissions.require_edit(by, records)
    if model in (Organization, Location):
        model._default_manager.filter(pk__in=ids).update(last_modified=at)
    # No listing says the name of a taxonomy.
    withdrawn = () if model is Taxonomy else propagate_edit(services_affected_by(model, ids), at=at)
    if model is Service:
        attribute_changes_to_curator(ids, at=at)
    revisions.save_revision(records, by=by, at=at, comment=comment or _("Edited."))
    return withdrawn


# ---- removing for good


@transaction.atomic
def remove_records(*, records: Iterable[models.Model], by: User | None, at: datetime) -> Sequence[Service]:
    """Removes organizations, places or words that no service needs; a service is withdrawn, never removed.

    Raises CannotRemove. What is left of the services that were tagged with a word counts as edited. The
    history keeps what goes along, so that it can be put back too.
    """
    records = list(records)
    if not records:
        return ()
    model, ids = type(records[0]), [record.pk for record in records]
    permissions.require_permission(by, Action.DEFINE if model in WORDS else Action.REMOVE, records)
    touched = services_affected_by(model, ids)
    _refuse_needed(model, ids, touched)
    revisions.save_missing_revision(records)
    for batch in batches(ids, SERVICE_BATCH_SIZE):
        revisions.save_missing_revision(_going_along(model, batch))
    tagged = [service for rows in service_batches(touched) for service in rows]
    comment = _("A word was removed: %(names)s.") % {
        "names": permissions.summarize_names(list(map(str, records)))
    }
    with revisions.record_revision(tagged, by=by, at=at, comment=comment):
        for batch in batches(ids, SERVICE_BATCH_SIZE):
            model._default_manager.filter(pk__in=batch).delete()
        return propagate_edit(touched, at=at)


def _refuse_needed(model: type[models.Model], ids: Sequence[Any], touched: Sequence[Any]) -> None:
    if touched and model not in WORDS:
        raise CannotRemove(
            _("Nothing was removed: services need this record. Withdraw them, and it is shown to nobody.")
        )
    if model is Organization and any(
        Organization.objects.filter(pk__in=batch, curators__isnull=False).exists()
        for batch in batches(ids, SERVICE_BATCH_SIZE)
    ):
        # Without it the account would not be limited any more.
        raise CannotRemove(
            _("Nothing was removed: an account is limited to this organization. Change the account first.")
        )


def _going_along(model: type[models.Model], ids: Sequence[Any]) -> Iterable[models.Model]:
    """The records of their own that go with these."""
    if model is Organization:
        return Location.objects.filter(organization__in=ids)
    return TaxonomyTerm.objects.filter(taxonomy__in=ids) if model is Taxonomy else ()


# What is only a word for services, and may go while they stay.
WORDS: tuple[type[models.Model], ...] = (Taxonomy, TaxonomyTerm)


def _names(rows: QuerySet[Service]) -> list[str]:
    return list(rows.order_by("name").values_list("name", flat=True))


# ---- tagging many services at once

TOPICS = "topics"
TAG_CODES = ("losses", "formats", "payments", "led_by", "access")
# By part of the record: terms under `topics`, codes of its vocabulary under each of the others.
TagChange = Mapping[str, Iterable[Any]]


class NoTagsSelected(ValidationError):
    """No word was chosen, or the same one both to add and to take away."""


@transaction.atomic
def retag(
    *, services: Iterable[Service], add: TagChange, remove: TagChange, by: User | None, at: datetime
) -> int:
    """Adds these words to every one of these services and takes those away; returns how many changed.

    Raises NothingToTag.
    """
    services = list(services)
    permissions.require_permission(by, Action.TAG, services)
    added, removed = _chosen(add), _chosen(remove)
    _validate_tags(added, removed)
    changed = [
        service for batch in service_batches(ids_of(services)) for service in _changing(batch, added, removed)
    ]
    if not changed:
        return 0
    comment = _("Retagged: %(words)s") % {"words": ", ".join(_tag_labels(added, removed))}
    with revisions.record_revision(changed, by=by, at=at, comment=comment):
        for batch in service_batches(ids_of(changed)):
            _retag(batch, added, removed)
        record_attribution(ids_of(changed), sorted({*added, *removed}), at=at)
        propagate_edit(ids_of(changed), at=at)
    return len(changed)


def _chosen(tags: TagChange) -> dict[str, list[Any]]:
    """Without what says nothing; codes as members of their vocabulary. ValueError for what is none."""
    chosen = {name: list(words) for name, words in tags.items()}
    for name in set(chosen) & set(TAG_CODES):
        vocabulary = _vocabulary(name)
        chosen[name] = [vocabulary(word) for word in chosen[name]]
    return {name: words for name, words in chosen.items() if words}


def _vocabulary(name: str) -> Any:
    field: Any = Service._meta.get_field(name)
    return field.vocabulary


def _validate_tags(added: Mapping[str, Sequence[Any]], removed: Mapping[str, Sequence[Any]]) -> None:
    if not (added or removed):
        raise NoTagsSelected(_("Tick something to add or to take away."))
    for name in added.keys() & removed.keys():
        if both := [word for word in added[name] if word in removed[name]]:
            raise NoTagsSelected(
                _("Ticked both to add and to take away: %(words)s.")
                % {"words": ", ".join(map(_tag_label, both))}
            )


def _changing(rows: Any, added: Mapping[str, Any], removed: Mapping[str, Any]) -> Iterator[Service]:
    """Those that are not tagged so already."""
    for service in rows.only("name", "last_modified", *TAG_CODES).prefetch_related(TOPICS).order_by("pk"):
        if any(
            _after(service, name, added, removed) != _before(service, name) for name in {*added, *removed}
        ):
            yield service


def _before(service: Service, name: str) -> set[Any]:
    return set(service.topics.all()) if name == TOPICS else set(getattr(service, name))


def _after(service: Service, name: str, added: Mapping[str, Any], removed: Mapping[str, Any]) -> set[Any]:
    return (_before(service, name) - set(removed.get(name, ()))) | set(added.get(name, ()))


def _retag(rows: Any, added: Mapping[str, Any], removed: Mapping[str, Any]) -> None:
    names = [name for name in TAG_CODES if name in added or name in removed]
    services = list(rows.prefetch_related(TOPICS))
    if names:
        for service in services:
            for name in names:
                setattr(service, name, tuple(_after(service, name, added, removed)))
        Service.objects.bulk_update(services, names)
    rows_of_topics: Any = Service.topics.through
    ids = ids_of(services)
    rows_of_topics.objects.filter(service__in=ids, taxonomyterm__in=removed.get(TOPICS, ())).delete()
    rows_of_topics.objects.bulk_create(
        [
            rows_of_topics(service_id=pk, taxonomyterm_id=term.pk)
            for pk in ids
            for term in added.get(TOPICS, ())
        ],
        ignore_conflicts=True,
    )


def _tag_labels(added: Mapping[str, Any], removed: Mapping[str, Any]) -> Iterator[str]:
    for sign, tags in (("+", added), ("-", removed)):
        for words in tags.values():
            yield from (f"{sign}{_tag_label(word)}" for word in words)


def _tag_label(word: Any) -> str:
    return word.name if isinstance(word, TaxonomyTerm) else str(word.label)


# ---- what follows from a change, whichever function made it

SERVICE_BATCH_SIZE = 500  # services at a time, well under the number of parameters SQLite takes

# How to get from a record to the services whose listings show it.
PATHS_TO_SERVICE: dict[type[models.Model], tuple[str, ...]] = {
    Service: ("pk",),
    Organization: ("organization", "service_at_locations__location__organization"),
    Location: ("service_at_locations__location",),
    ServiceAtLocation: ("service_at_locations",),
    Taxonomy: ("topics__taxonomy",),
    TaxonomyTerm: ("topics",),
}


def services_affected_by(model: type[models.Model], ids: Iterable[Any]) -> list[UUID]:
    touched: dict[UUID, None] = {}
    for batch in batches(ids, SERVICE_BATCH_SIZE):
        for way in PATHS_TO_SERVICE[model]:
            found = Service.objects.filter(Q(**{f"{way}__in": batch})).order_by("pk")
            touched |= dict.fromkeys(found.values_list("pk", flat=True))
    return list(touched)


def propagate_edit(touched: Sequence[UUID], *, at: datetime) -> Sequence[Service]:
    """Marks all of them as edited, withdraws what may not be shown any more, and makes the listings true.

    Returns what it withdrew, each with its reason. Marked because an importer holds back what was edited
    since it last ran: a place, an organization or a term that a curator changed is not undone by the
    services that show it.
    """
    for rows in service_batches(touched):
        rows.update(last_modified=at)
    withdrawn = [
        *_withdraw(touched, ~has_contact_q(), _("No way to make contact was left after an edit."), at=at),
        *_withdraw(touched, not_all_options_q(), _("It does not offer or refer for all options."), at=at),
    ]
    refresh_listings(touched, at=at)
    return withdrawn


def _withdraw(touched: Sequence[UUID], which: Q, reason: str, *, at: datetime) -> list[Service]:
    """Of these, those that are shown and that `which` fits."""
    found = [
        service
        for rows in service_batches(touched)
        for service in rows.published().filter(which).order_by("name", "pk")
    ]
    if found:
        set_status(ids_of(found), Status.INACTIVE, reason=reason, at=at)
    for service in found:
        service.status, service.status_reason = Status.INACTIVE, reason
    return found


def set_status(ids: Sequence[UUID], status: Status, *, reason: str, at: datetime) -> int:
    """Also ends the waiting of what an import held, and whoever's claim on it.

    Returns how many were of another status or reason.
    """
    changed = 0
    for rows in service_batches(ids):
        rows.update(held=False)
        end_claims(rows.values_list("pk", flat=True))
        others = rows.exclude(status=status, status_reason=reason)
        changed += others.update(status=status, status_reason=reason, last_modified=at)
    refresh_listings(ids, at=at)
    return changed


def ids_of(services: Iterable[Service]) -> list[UUID]:
    return [service.pk for service in services]


def service_batches(ids: Iterable[UUID]) -> Iterator[Any]:
    for batch in batches(ids, SERVICE_BATCH_SIZE):
        yield Service.objects.filter(pk__in=batch)


# ---- who last stated each part of a record, and when: `Service.attribution`

CURATOR, PUBLIC, IMPORT = "curator", "public", "import"


def record_attribution(
    services: Iterable[UUID], parts: Iterable[str], *, at: datetime, who: str = CURATOR
) -> None:
    """From now on `who` said these parts of these services."""
    told = {part: [who, timezone.localdate(at).isoformat()] for part in parts}
    for rows in service_batches(services):
        there = list(rows.only("attribution"))
        for service in there:
            service.attribution = {**service.attribution, **told}
        Service.objects.bulk_update(there, ["attribution"])


def attribute_changes_to_curator(services: Sequence[UUID], *, at: datetime) -> None:
    """Whatever differs from what the history last kept was said by a curator now."""
    for service in load_records(Service, services):
        before = revisions.latest_snapshot(service)
        record_attribution([service.pk], changed_parts(before, snapshot_of(service)), at=at)


def changed_parts(before: Any, after: Any) -> list[str]:
    """Fields of the service itself by their names, and what hangs on it by the kind of row: "phone"."""
    parts: dict[str, None] = {}
    for model, _pk, old, new in changed_rows(before, after):
        if model == "resources.service" and old is not None and new is not None:
            parts |= dict.fromkeys(changed_fields(old, new))
        elif model != "resources.service":
            parts[model.partition(".")[2]] = None
    return list(parts)


def get_attribution(service: Service, part: str) -> tuple[str, date | None]:
    """(curator, public or import; when, or None where that is not known). The import is asked last.

    `service.source_records` should be loaded.
    """
    if told := service.attribution.get(part):
        return told[0], date.fromisoformat(told[1])
    for record in service.source_records.all():
        return IMPORT, record.seen_on
    return CURATOR, None
