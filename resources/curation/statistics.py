"""How the catalogue stands, for charts: how fresh its checks are, and where there is help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count, Q

from resources.curation.assurance import overdue_q
from resources.geo.regions import MILITARY, all_regions, region_name
from resources.models import Listing, Service, ServiceAtLocation
from resources.search.version import catalog_version
from resources.vocabulary import Kind, Status
from resources.wording import country_name


@dataclass(frozen=True)
class Freshness:
    """Published services of one kind, by the age of their last check."""

    kind: str
    label: str
    within: int
    overdue: int
    never: int

    @property
    def total(self) -> int:
        return self.within + self.overdue + self.never


@dataclass(frozen=True)
class Coverage:
    """Published services in one country or region; `label` is "" where no place is stated."""

    code: str
    label: str
    number: int


@dataclass(frozen=True)
class CatalogStatistics:
    """Everything that the charts show; `country` is the one whose regions are told."""

    freshness: Sequence[Freshness]
    countries: Sequence[Coverage]
    country: str
    regions: Sequence[Coverage]


def catalog_statistics(today: date, country: str) -> CatalogStatistics:
    """Three queries, and none until the catalogue changes or another day begins."""
    return _of_version(catalog_version(), today, country)


@lru_cache(maxsize=2)
def _of_version(version: str, today: date, country: str) -> CatalogStatistics:
    return CatalogStatistics(freshness(today), countries(), country, regions(country))


def freshness(today: date) -> list[Freshness]:
    """A row for each kind that is published, in the order of the vocabulary. One query."""
    checked = Q(assured_date__isnull=False)
    late = overdue_q(today)
    rows = (
        Service.objects.published()
        .order_by()
        .values_list("kind")
        .annotate(all=Count("pk"), checked=Count("pk", filter=checked), late=Count("pk", filter=late))
    )
    told = {
        kind: Freshness(kind, str(Kind(kind).label), checked - late, late, total - checked)
        for kind, total, checked, late in rows
    }
    return [told[kind] for kind in Kind.values if kind in told]


def countries() -> list[Coverage]:
    """Services by the country of their first place, or of the first area they serve. One query."""
    rows = Listing.objects.order_by().values_list("country").annotate(number=Count("service", distinct=True))
    told = [Coverage(code, country_name(code) if code else "", number) for code, number in rows]
    return sorted(told, key=lambda row: (-row.number, row.code))


def regions(country: str) -> list[Coverage]:
    """Services met in each region of `country`, also where there is none. One query."""
    rows = (
        ServiceAtLocation.objects.filter(location__country=country, service__status=Status.ACTIVE)
        .order_by()
        .values_list("location__region")
        .annotate(number=Count("service", distinct=True))
    )
    there = {region.code: 0 for region in all_regions() if region.country == country}
    numbers = {code: 0 for code in there if code not in MILITARY} | dict(rows)
    told = [Coverage(code, region_name(country, code) if code else "", n) for code, n in numbers.items()]
    return sorted(told, key=lambda row: (-row.number, row.label))
