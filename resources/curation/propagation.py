"""How the listings are kept true after a change, whichever verb made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from resources.curation.claims import end_claims
from resources.curation.listing_policy import has_contact_q, not_all_options_q
from resources.models import Location, Organization, Service, ServiceAtLocation, Taxonomy, TaxonomyTerm
from resources.models.batches import batches
from resources.search.projection import refresh_listings
from resources.vocabulary import Status

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
