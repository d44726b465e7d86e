"""What curators do to the records. Each verb is atomic and leaves the listings true before it ends.

Verbs are handed the time. Those that follow an edit return the services they had to withdraw because the
edit left no way to make contact with them, so that the door can say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from resources.curation.policy import reachable_q
from resources.models import Location, Organization, Service, ServiceAtLocation, Taxonomy, TaxonomyTerm
from resources.search.projection import refresh_listings
from resources.vocabulary import Status
from resources.wording import joined

BATCH = 500  # services at a time, well under the number of parameters SQLite takes
NAMED = 5  # services named in a sentence, before it only counts


class CannotPublish(ValidationError):
    """Some of the services have no way to make contact; none of them was published."""


class CannotWithdraw(ValidationError):
    """Withdrawing asks for a reason and for a status that is not shown."""


@transaction.atomic
def publish(*, services: Iterable[Service], at: datetime) -> int:
    """Shows these services to visitors; returns how many were not shown before.

    All or none: raises CannotPublish, naming them, where some have no way to make contact.
    """
    asked = _ids(services)
    refused = [name for rows in _in_batches(asked) for name in _names(rows.exclude(reachable_q()))]
    if refused:
        raise CannotPublish(
            _(
                "Nothing was published. There is no way to make contact with %(names)s: add a number, "
                "a web page or an e-mail address first."
            )
            % {"names": _said(refused)}
        )
    return _set_status(asked, Status.ACTIVE, reason="", at=at)


@transaction.atomic
def withdraw(
    *, services: Iterable[Service], reason: str, at: datetime, status: Status = Status.INACTIVE
) -> int:
    """Hides these services from visitors; returns how many changed. The record stays, with its reason.

    Raises CannotWithdraw without a reason of 1 to 255 characters, or for the status of what is shown.
    """
    reason = reason.strip()
    if not reason:
        raise CannotWithdraw(_("Say why it is withdrawn."))
    if len(reason) > 255:
        raise CannotWithdraw(_("Say why in 255 characters at most."))
    if status == Status.ACTIVE:
        raise CannotWithdraw(_("A service that is withdrawn cannot stay active."))
    return _set_status(_ids(services), status, reason=reason, at=at)


@transaction.atomic
def record_edit(*, services: Iterable[Service], at: datetime) -> Sequence[Service]:
    """After a service or what hangs on it was edited; returns the services that had to be withdrawn."""
    return _settle(_ids(services), at=at)


@transaction.atomic
def record_organization_edit(*, organization: Organization, at: datetime) -> Sequence[Service]:
    """After an organization was edited: its services show its name, website and numbers."""
    Organization.objects.filter(pk=organization.pk).update(last_modified=at)
    return _settle(_touched_by(Organization, [organization.pk]), at=at)


@transaction.atomic
def record_location_edit(*, location: Location, at: datetime) -> Sequence[Service]:
    """After a location was edited or moved: the services there are met there."""
    Location.objects.filter(pk=location.pk).update(last_modified=at)
    return _settle(_touched_by(Location, [location.pk]), at=at)


@transaction.atomic
def record_term_edit(*, term: TaxonomyTerm, at: datetime) -> Sequence[Service]:
    """After a term was renamed: the services under it are found by its words."""
    return _settle(_touched_by(TaxonomyTerm, [term.pk]), at=at)


@transaction.atomic
def remove_records(*, records: Iterable[models.Model], at: datetime) -> Sequence[Service]:
    """Deletes records of one kind for good, with what hangs on them; a service is better withdrawn.

    What is left of the services they touched counts as edited. KeyError for a kind that no service shows.
    """
    records = list(records)
    if not records:
        return ()
    model, ids = type(records[0]), [record.pk for record in records]
    touched = _touched_by(model, ids)
    for batch in _batches(ids):
        model._default_manager.filter(pk__in=batch).delete()
    return _settle(touched, at=at)


# How to get from a record to the services whose listings show it.
TOUCHED: dict[type[models.Model], tuple[str, ...]] = {
    Service: ("pk",),
    Organization: ("organization", "service_at_locations__location__organization"),
    Location: ("service_at_locations__location",),
    ServiceAtLocation: ("service_at_locations",),
    Taxonomy: ("topics__taxonomy",),
    TaxonomyTerm: ("topics",),
}


def _touched_by(model: type[models.Model], ids: Iterable[Any]) -> list[UUID]:
    touched: dict[UUID, None] = {}
    for batch in _batches(ids):
        for way in TOUCHED[model]:
            found = Service.objects.filter(Q(**{f"{way}__in": batch})).order_by("pk")
            touched |= dict.fromkeys(found.values_list("pk", flat=True))
    return list(touched)


def _set_status(ids: Sequence[UUID], status: Status, *, reason: str, at: datetime) -> int:
    changed = 0
    for rows in _in_batches(ids):
        others = rows.exclude(status=status, status_reason=reason)
        changed += others.update(status=status, status_reason=reason, last_modified=at)
    refresh_listings(ids, at=at)
    return changed


def _settle(touched: Sequence[UUID], *, at: datetime) -> Sequence[Service]:
    """Marks all of them as edited, withdraws what nobody could reach any more, and makes the listings true.

    Marked because an importer holds back what was edited since it last ran: a place, an organization or a
    term that a curator changed is not undone by the services that show it.
    """
    for rows in _in_batches(touched):
        rows.update(last_modified=at)
    stranded = [
        service
        for rows in _in_batches(touched)
        for service in rows.published().exclude(reachable_q()).order_by("name", "pk")
    ]
    if stranded:
        reason = _("No way to make contact was left after an edit.")
        _set_status(_ids(stranded), Status.INACTIVE, reason=reason, at=at)
    refresh_listings(touched, at=at)
    return stranded


def _ids(services: Iterable[Service]) -> list[UUID]:
    return [service.pk for service in services]


def _in_batches(ids: Iterable[UUID]) -> Iterator[Any]:
    for batch in _batches(ids):
        yield Service.objects.filter(pk__in=batch)


def _batches(ids: Iterable[Any]) -> Iterator[list[Any]]:
    waiting = iter(ids)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _names(rows: QuerySet[Service]) -> list[str]:
    return list(rows.order_by("name").values_list("name", flat=True))


def _said(names: Sequence[str]) -> str:
    """ "A, B and C", or the first few and how many more."""
    more = len(names) - NAMED
    return joined([*names[:NAMED], _("%(number)d more") % {"number": more}] if more > 0 else names)
