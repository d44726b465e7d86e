"""Whom to call before the directory opens: what most visitors would be sent to, and nobody has checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from resources.models import Service, ServiceArea, SourceRecord
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
    records = SourceRecord.objects.filter(
        source__slug=LIST, service__assured_date=None, service__status__in=(Status.ACTIVE, Status.INACTIVE)
    )
    facts = ("key", *(f"service__{name}" for name in ("pk", "status", "kind", "fit", "name", "organization")))
    rows = {row[1]: _Candidate(*row) for row in records.values_list(*facts)}
    areas: dict[UUID, list[tuple[str, str]]] = {}
    for pk, area, extent in ServiceArea.objects.filter(service__in=records.values("service")).values_list(
        "service", "area", "extent"
    ):
        areas.setdefault(pk, []).append((area, extent))
    chosen = [row for row in rows.values() if _counts(row, areas.get(row.pk, ()))]
    chosen.sort(key=lambda row: _order(row, areas.get(row.pk, ()), country))
    first_of_each = {row.organization: row.pk for row in reversed(chosen)}
    ids = [row.pk for row in chosen if first_of_each[row.organization] == row.pk][:limit]
    services = Service.objects.select_related("organization").prefetch_related("phones").in_bulk(ids)
    return [services[pk] for pk in ids]


class _Candidate(NamedTuple):
    """What the order depends on: whole services are loaded for the few that are chosen."""

    key: str
    pk: UUID
    status: str
    kind: str
    fit: str
    name: str
    organization: UUID


Areas = Sequence[tuple[str, str]]  # the area and its extent


def _counts(row: _Candidate, areas: Areas) -> bool:
    """True for those to call first, and for published help of a kind that is called, across a country."""
    if row.key in CALL_FIRST:
        return True
    reaches_far = any(extent in (Extent.WORLD, Extent.COUNTRY) for _area, extent in areas)
    return row.status == Status.ACTIVE and row.kind in KINDS and reaches_far


def _order(row: _Candidate, areas: Areas, country: str) -> tuple[int, bool, int, int, str, str]:
    place = CALL_FIRST.index(row.key) if row.key in CALL_FIRST else len(CALL_FIRST)
    is_here = any(area[:2] == country for area, _extent in areas)
    kind = KINDS.index(Kind(row.kind)) if row.kind in KINDS else len(KINDS)
    return place, not is_here, Fit(row.fit).number, kind, row.name, str(row.pk)
