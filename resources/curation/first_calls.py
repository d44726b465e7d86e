"""Whom to call before the directory opens: what most visitors would be sent to, and nobody has checked."""

from __future__ import annotations

from collections.abc import Sequence

from resources.models import Service
from resources.vocabulary import Extent, Fit, Kind, Status

LIST = "starter"
# Well-known help that ships without a number, or with one that nobody has confirmed. By key in the list.
CALL_FIRST = ("uk-arc", "uk-tommys", "uk-lullaby", "uk-ept", "nz-sands", "us-ma-hotline")
# What reaches the most people, and does the most harm where it is wrong, comes first.
KINDS = (Kind.HELPLINE, Kind.SUPPORT_GROUP, Kind.PEER_MENTOR, Kind.COUNSELLING, Kind.FORUM)
HOW_MANY = 25


def services_to_call_first(*, country: str, limit: int = HOW_MANY) -> Sequence[Service]:
    """Return unchecked services of the starter catalog in the order in which to call them. Four queries.

    First those that are known to lack a confirmed number; then what serves all of `country`, made for loss
    first, phone lines first; then what serves other countries, in that order. One for each organization.
    """
    services = Service.objects.filter(
        source_records__source__slug=LIST, assured_date=None, status__in=(Status.ACTIVE, Status.INACTIVE)
    )
    services = services.select_related("organization").prefetch_related("phones", "service_areas")
    keys = dict(services.values_list("pk", "source_records__key"))
    chosen = [service for service in services.distinct() if _counts(service, keys[service.pk])]
    chosen.sort(key=lambda service: _order(service, keys[service.pk], country))
    first_of_each = {service.organization_id: service for service in reversed(chosen)}
    return [service for service in chosen if first_of_each[service.organization_id] is service][:limit]


def _counts(service: Service, key: str) -> bool:
    """True for those to call first, and for published help of a kind that is called, across a country."""
    if key in CALL_FIRST:
        return True
    reaches_far = any(area.extent in (Extent.WORLD, Extent.COUNTRY) for area in service.service_areas.all())
    return service.status == Status.ACTIVE and service.kind in KINDS and reaches_far


def _order(service: Service, key: str, country: str) -> tuple[int, bool, int, int, str, str]:
    place = CALL_FIRST.index(key) if key in CALL_FIRST else len(CALL_FIRST)
    is_here = any(area.area[:2] == country for area in service.service_areas.all())
    kind = KINDS.index(Kind(service.kind)) if service.kind in KINDS else len(KINDS)
    return place, not is_here, Fit(service.fit).number, kind, service.name, str(service.pk)
