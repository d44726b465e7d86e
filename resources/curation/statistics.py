"""Statistics of the catalog for charts: how recent its checks are, and where there is help."""

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
    """The number of published services of one kind by the age of their last check."""

    kind: str
    label: str
    up_to_date: int
    overdue: int
    never: int

    @property
    def total(self) -> int:
        return self.up_to_date + self.overdue + self.never


@dataclass(frozen=True)
class Coverage:
    """The number of published services in one country or region; `label` is "" where no place is given."""

    code: str
    label: str
    number: int


@dataclass(frozen=True)
class CatalogStatistics:
    """Everything that the charts show; `regions` are those of `country`."""

    freshness: Sequence[Freshness]
    countries: Sequence[Coverage]
    country: str
    regions: Sequence[Coverage]


def catalog_statistics(today: date, country: str) -> CatalogStatistics:
    """Return the statistics. Three queries; cached until the catalog or the day changes."""
    return _of_version(catalog_version(), today, country)


@lru_cache(maxsize=2)
def _of_version(version: str, today: date, country: str) -> CatalogStatistics:
    return CatalogStatistics(freshness(today), countries(), country, regions(country))


def freshness(today: date) -> list[Freshness]:
    """Return a row for each kind that has published services, in the order of the vocabulary. One query."""
    checked = Q(assured_date__isnull=False)
    overdue = overdue_q(today)
    rows = (
        Service.objects.published()
        .order_by()
        .values_list("kind")
        .annotate(all=Count("pk"), checked=Count("pk", filter=checked), late=Count("pk", filter=overdue))
    )
    by_kind = {
        kind: Freshness(kind, str(Kind(kind).label), checked - overdue, overdue, total - checked)
        for kind, total, checked, overdue in rows
    }
    return [by_kind[kind] for kind in Kind.values if kind in by_kind]


def countries() -> list[Coverage]:
    """Count services by the country of their first place, or of the first area they serve. One query."""
    rows = Listing.objects.order_by().values_list("country").annotate(number=Count("service", distinct=True))
    coverage = [Coverage(code, country_name(code) if code else "", number) for code, number in rows]
    return sorted(coverage, key=lambda row: (-row.number, row.code))


def regions(country: str) -> list[Coverage]:
    """Count services with a place in each region of `country`, including regions without any. One query."""
    rows = (
        ServiceAtLocation.objects.filter(location__country=country, service__status=Status.ACTIVE)
        .order_by()
        .values_list("location__region")
        .annotate(number=Count("service", distinct=True))
    )
    codes = {region.code: 0 for region in all_regions() if region.country == country}
    numbers = {code: 0 for code in codes if code not in MILITARY} | dict(rows)
    coverage = [Coverage(code, region_name(country, code) if code else "", n) for code, n in numbers.items()]
    return sorted(coverage, key=lambda row: (-row.number, row.label))
