"""Changes to records by curators: publish, withdraw, tag, edit and remove them, with the consequences.

Each function is atomic and refreshes the listings before it ends. `by` is the curator, or None for the
operator at the command line; `at` is the time. It raises `permissions.NotAllowed` for what this person may
not do, and saves revisions. Functions that follow an edit return the services that they had to withdraw,
because the edit left them without a way to make contact or against the listing policy; `status_reason` says
which. Callers of these call `revisions.save_missing_revision` before the edit.
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
from resources.models import (
    Location,
    Merge,
    Organization,
    OrganizationMerge,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from resources.models.batches import batches
from resources.search.projection import refresh_listings
from resources.vocabulary import Status


class CannotPublish(ValidationError):
    """Some of the services may not be published; none of them was."""


class CannotWithdraw(ValidationError):
    """Withdrawing needs a reason and a status that is not published."""


class CannotRemove(ValidationError):
    """Services still need the record. Services themselves are withdrawn, never removed."""


@transaction.atomic
def publish(*, services: Iterable[Service], by: User | None, at: datetime) -> int:
    """Publish these services. Return how many were not published before.

    All or none: raises CannotPublish, naming them, if some have no contact details or are excluded by the
    listing policy.
    """
    services = list(services)
    permissions.require_permission(by, Action.PUBLISH, services)
    ids = ids_of(services)
    if refused := [name for rows in service_batches(ids) for name in _names(rows.exclude(has_contact_q()))]:
        raise CannotPublish(
            _(
                "Nothing was published. No contact details for %(names)s. Add a phone number, "
                "a web page or an email address first."
            )
            % {"names": permissions.summarize_names(refused)}
        )
    if refused := [
        name for rows in service_batches(ids) for name in _names(rows.filter(not_all_options_q()))
    ]:
        raise CannotPublish(
            _(
                "Nothing was published. %(names)s: a service that advises on pregnancy and does not"
                " offer or refer for all options is not listed as counseling or a clinic."
            )
            % {"names": permissions.summarize_names(refused)}
        )
    merged = Merge.objects.standing().values("merged")
    if refused := [name for rows in service_batches(ids) for name in _names(rows.filter(pk__in=merged))]:
        raise CannotPublish(
            _("Nothing was published. Part of another record: %(names)s. Undo the merge first.")
            % {"names": permissions.summarize_names(refused)}
        )
    with revisions.record_revision(services, by=by, at=at, comment=_("Published.")):
        record_attribution(ids, ["status"], at=at)
        return set_status(ids, Status.ACTIVE, reason="", at=at)


@transaction.atomic
def withdraw(
    *,
    services: Iterable[Service],
    reason: str,
    by: User | None,
    at: datetime,
    status: Status = Status.INACTIVE,
) -> int:
    """Withdraw these services. Return how many changed. The records stay, with the reason.

    Raises CannotWithdraw without a reason of 1 to 255 characters, or if `status` is active.
    """
    services = list(services)
    permissions.require_permission(by, Action.WITHDRAW, services)
    reason = reason.strip()
    if not reason:
        raise CannotWithdraw(_("Give a reason for withdrawing it."))
    if len(reason) > 255:
        raise CannotWithdraw(_("Enter a reason of at most 255 characters."))
    if status == Status.ACTIVE:
        raise CannotWithdraw(_("A service that is withdrawn cannot stay active."))
    ids = ids_of(services)
    with revisions.record_revision(
        services, by=by, at=at, comment=_("Withdrawn: %(reason)s") % {"reason": reason}
    ):
        record_attribution(ids, ["status"], at=at)
        return set_status(ids, status, reason=reason, at=at)


@transaction.atomic
def finish_edit(
    *, records: Iterable[models.Model], by: User | None, at: datetime, comment: str = ""
) -> Sequence[Service]:
    """Finish an edit of records of one kind, or of their related rows.

    Return the services it had to withdraw.

    All services that show one of the records count as edited: services show the name, website and phones of
    their organization, the address of their location, and are found by the words of their terms.
    """
    records = list(records)
    model, ids = type(records[0]), [record.pk for record in records]
    if model in TERM_MODELS:
        permissions.require_permission(by, Action.DEFINE, records)
    else:
        permissions.require_edit(by, records)
    if model in (Organization, Location):
        model._default_manager.filter(pk__in=ids).update(last_modified=at)
    # No listing contains the name of a taxonomy.
    withdrawn = () if model is Taxonomy else propagate_edit(services_affected_by(model, ids), at=at)
    if model is Service:
        attribute_changes_to_curator(ids, at=at)
    revisions.save_revision(records, by=by, at=at, comment=comment or _("Edited."))
    return withdrawn


# ---- removal


@transaction.atomic
def remove_records(*, records: Iterable[models.Model], by: User | None, at: datetime) -> Sequence[Service]:
    """Remove organizations, locations or terms that no service needs. Return the services it had to withdraw.

    Raises CannotRemove. Services that were tagged with a removed term count as edited. Revisions of the
    removed records and of those removed with them are saved, so that all of them can be restored.
    """
    records = list(records)
    if not records:
        return ()
    model, ids = type(records[0]), [record.pk for record in records]
    permissions.require_permission(by, Action.DEFINE if model in TERM_MODELS else Action.REMOVE, records)
    affected = services_affected_by(model, ids)
    _check_unused(model, ids, affected)
    revisions.save_missing_revision(records)
    for batch in batches(ids, SERVICE_BATCH_SIZE):
        revisions.save_missing_revision(_dependent_records(model, batch))
    tagged = [service for rows in service_batches(affected) for service in rows]
    comment = _("A word was removed: %(names)s.") % {
        "names": permissions.summarize_names(list(map(str, records)))
    }
    with revisions.record_revision(tagged, by=by, at=at, comment=comment):
        for batch in batches(ids, SERVICE_BATCH_SIZE):
            model._default_manager.filter(pk__in=batch).delete()
        return propagate_edit(affected, at=at)


def _check_unused(model: type[models.Model], ids: Sequence[Any], affected: Sequence[Any]) -> None:
    if affected and model not in TERM_MODELS:
        raise CannotRemove(
            _("Nothing was deleted, because services use this record. Withdraw those services instead.")
        )
    if model is Organization and any(
        OrganizationMerge.objects.standing().filter(merged__in=batch).exists()
        for batch in batches(ids, SERVICE_BATCH_SIZE)
    ):
        raise CannotRemove(
            _(
                "Nothing was deleted, because its old address leads to another organization. Undo"
                " the merge first."
            )
        )
    if model is Organization and any(
        Organization.objects.filter(pk__in=batch, curators__isnull=False).exists()
        for batch in batches(ids, SERVICE_BATCH_SIZE)
    ):
        # Removing it would lift the limit of the account.
        raise CannotRemove(
            _(
                "Nothing was deleted, because an account is limited to this organization. Change the"
                " account first."
            )
        )


def _dependent_records(model: type[models.Model], ids: Sequence[Any]) -> Iterable[models.Model]:
    """Return the records that are removed together with these."""
    if model is Organization:
        return Location.objects.filter(organization__in=ids)
    return TaxonomyTerm.objects.filter(taxonomy__in=ids) if model is Taxonomy else ()


# Terms only describe services, and may be removed while the services stay.
TERM_MODELS: tuple[type[models.Model], ...] = (Taxonomy, TaxonomyTerm)


def _names(rows: QuerySet[Service]) -> list[str]:
    return list(rows.order_by("name").values_list("name", flat=True))


# ---- tagging many services at once

TOPICS = "topics"
TAG_CODES = ("losses", "formats", "payments", "led_by", "access")
# By field of the service: terms under `topics`, codes of its vocabulary under each other field.
TagChange = Mapping[str, Iterable[Any]]


class NoTagsSelected(ValidationError):
    """No tag was selected, or the same one both to add and to remove."""


@transaction.atomic
def retag(
    *, services: Iterable[Service], add: TagChange, remove: TagChange, by: User | None, at: datetime
) -> int:
    """Add and remove these tags on every one of these services. Return how many changed.

    Raises NoTagsSelected.
    """
    services = list(services)
    permissions.require_permission(by, Action.TAG, services)
    added, removed = _selected_tags(add), _selected_tags(remove)
    _validate_tags(added, removed)
    changed = [
        service
        for batch in service_batches(ids_of(services))
        for service in _services_to_change(batch, added, removed)
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


def _selected_tags(tags: TagChange) -> dict[str, list[Any]]:
    """Return the fields that have tags, with codes as members of their vocabulary.

    Raises ValueError for a bad code.
    """
    selected = {name: list(tags_of_field) for name, tags_of_field in tags.items()}
    for name in set(selected) & set(TAG_CODES):
        vocabulary = _vocabulary(name)
        selected[name] = [vocabulary(tag) for tag in selected[name]]
    return {name: tags_of_field for name, tags_of_field in selected.items() if tags_of_field}


def _vocabulary(name: str) -> Any:
    field: Any = Service._meta.get_field(name)
    return field.vocabulary


def _validate_tags(added: Mapping[str, Sequence[Any]], removed: Mapping[str, Sequence[Any]]) -> None:
    if not (added or removed):
        raise NoTagsSelected(_("Select something to add or remove."))
    for name in added.keys() & removed.keys():
        if both := [tag for tag in added[name] if tag in removed[name]]:
            raise NoTagsSelected(
                _("Selected to both add and remove: %(words)s.") % {"words": ", ".join(map(_tag_label, both))}
            )


def _services_to_change(rows: Any, added: Mapping[str, Any], removed: Mapping[str, Any]) -> Iterator[Service]:
    """Yield the services whose tags would change."""
    for service in rows.only("name", "last_modified", *TAG_CODES).prefetch_related(TOPICS).order_by("pk"):
        if any(
            _tags_after(service, name, added, removed) != _tags_before(service, name)
            for name in {*added, *removed}
        ):
            yield service


def _tags_before(service: Service, name: str) -> set[Any]:
    return set(service.topics.all()) if name == TOPICS else set(getattr(service, name))


def _tags_after(
    service: Service, name: str, added: Mapping[str, Any], removed: Mapping[str, Any]
) -> set[Any]:
    return (_tags_before(service, name) - set(removed.get(name, ()))) | set(added.get(name, ()))


def _retag(rows: Any, added: Mapping[str, Any], removed: Mapping[str, Any]) -> None:
    names = [name for name in TAG_CODES if name in added or name in removed]
    services = list(rows.prefetch_related(TOPICS))
    if names:
        for service in services:
            for name in names:
                setattr(service, name, tuple(_tags_after(service, name, added, removed)))
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
    for prefix, tags in (("+", added), ("-", removed)):
        for tags_of_field in tags.values():
            yield from (f"{prefix}{_tag_label(tag)}" for tag in tags_of_field)


def _tag_label(tag: Any) -> str:
    return tag.name if isinstance(tag, TaxonomyTerm) else str(tag.label)


# ---- propagation of edits

SERVICE_BATCH_SIZE = 500  # services per query, well below SQLite's limit of parameters

# Lookups from a service to the records that its listings show.
PATHS_TO_SERVICE: dict[type[models.Model], tuple[str, ...]] = {
    Service: ("pk",),
    Organization: ("organization", "service_at_locations__location__organization"),
    Location: ("service_at_locations__location",),
    ServiceAtLocation: ("service_at_locations",),
    Taxonomy: ("topics__taxonomy",),
    TaxonomyTerm: ("topics",),
}


def services_affected_by(model: type[models.Model], ids: Iterable[Any]) -> list[UUID]:
    """Return the ids of the services whose listings show these records, without repeats."""
    affected: dict[UUID, None] = {}
    for batch in batches(ids, SERVICE_BATCH_SIZE):
        for path in PATHS_TO_SERVICE[model]:
            services = Service.objects.filter(Q(**{f"{path}__in": batch})).order_by("pk")
            affected |= dict.fromkeys(services.values_list("pk", flat=True))
    return list(affected)


def propagate_edit(affected: Sequence[UUID], *, at: datetime) -> Sequence[Service]:
    """Propagate an edit to the services it affects.

    Return the withdrawn services, each with `status_reason` set.

    Sets `last_modified`, withdraws services that may no longer be published, and refreshes their listings.
    `last_modified` is set even where only a related record changed, so that the next import holds those
    services instead of overwriting the curator's edit.
    """
    for rows in service_batches(affected):
        rows.update(last_modified=at)
    withdrawn = [
        *_withdraw(affected, ~has_contact_q(), _("The last contact detail was removed."), at=at),
        *_withdraw(affected, not_all_options_q(), _("It does not offer or refer for all options."), at=at),
    ]
    refresh_listings(affected, at=at)
    return withdrawn


def _withdraw(affected: Sequence[UUID], which: Q, reason: str, *, at: datetime) -> list[Service]:
    """Withdraw the published services among `affected` that match `which`."""
    services = [
        service
        for rows in service_batches(affected)
        for service in rows.published().filter(which).order_by("name", "pk")
    ]
    if services:
        set_status(ids_of(services), Status.INACTIVE, reason=reason, at=at)
    for service in services:
        service.status, service.status_reason = Status.INACTIVE, reason
    return services


def set_status(ids: Sequence[UUID], status: Status, *, reason: str, at: datetime) -> int:
    """Set the status of services and clear `held`. Return how many this changes. Also ends claims on them."""
    changed = 0
    for rows in service_batches(ids):
        end_claims(rows.values_list("pk", flat=True))
        others = rows.exclude(status=status, status_reason=reason, held=False)
        changed += others.update(status=status, status_reason=reason, held=False, last_modified=at)
    refresh_listings(ids, at=at)
    return changed


def ids_of(services: Iterable[Service]) -> list[UUID]:
    """Return the ids of these services."""
    return [service.pk for service in services]


def service_batches(ids: Iterable[UUID]) -> Iterator[Any]:
    """Yield querysets of at most SERVICE_BATCH_SIZE of these services."""
    for batch in batches(ids, SERVICE_BATCH_SIZE):
        yield Service.objects.filter(pk__in=batch)


# ---- attribution: who last set each part of a service, and when (`Service.attribution`)

CURATOR, PUBLIC, IMPORT = "curator", "public", "import"


def record_attribution(
    services: Iterable[UUID], parts: Iterable[str], *, at: datetime, who: str = CURATOR
) -> None:
    """Record that `who` set these parts of these services now."""
    entries = {part: [who, timezone.localdate(at).isoformat()] for part in parts}
    for rows in service_batches(services):
        loaded = list(rows.only("attribution"))
        for service in loaded:
            service.attribution = {**service.attribution, **entries}
        Service.objects.bulk_update(loaded, ["attribution"])


def attribute_changes_to_curator(services: Sequence[UUID], *, at: datetime) -> None:
    """Attribute every difference from the last revision of these services to a curator, now."""
    for service in load_records(Service, services):
        before = revisions.latest_snapshot(service)
        record_attribution([service.pk], changed_parts(before, snapshot_of(service)), at=at)


def changed_parts(before: Any, after: Any) -> list[str]:
    """Return the changed parts: fields of the service by name, related rows by their model ("phone")."""
    parts: dict[str, None] = {}
    for model, _pk, old, new in changed_rows(before, after):
        if model == "resources.service" and old is not None and new is not None:
            parts |= dict.fromkeys(changed_fields(old, new))
        elif model != "resources.service":
            parts[model.partition(".")[2]] = None
    return list(parts)


def get_attribution(service: Service, part: str) -> tuple[str, date | None]:
    """Return ("curator" | "public" | "import", date or None if unknown).

    Falls back to the import that created the record. Expects `service.source_records` to be prefetched (else
    one query).
    """
    if entry := service.attribution.get(part):
        return entry[0], date.fromisoformat(entry[1])
    for record in service.source_records.all():
        return IMPORT, record.seen_on
    return CURATOR, None
