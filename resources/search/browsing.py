"""What there is in a country or one of its regions, for who will not type a place."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Count, FloatField, IntegerField, Q, Value, When

from resources.geo.regions import MILITARY, all_regions
from resources.models import Listing, ListingArea, ServiceAtLocation
from resources.search.engine import VALUE_FIELDS, PageNotFound
from resources.search.narrowing import AREA, COUNTRY, HERE, NO_DISTANCE, REGION, WORLD, ListingRows
from resources.search.question import PAGE_SIZE, Question
from resources.search.results import results_of
from resources.search.version import catalogue_version
from resources.vocabulary import COUNTRIES, Section, Visibility

# Within a stretch of one section: nearest first, then the rest as in a search.
ORDER = ("fit", "reach", "-assured_on", "kind", "name_key", "public_id")


@dataclass(frozen=True)
class BrowseArea:
    """A country, or one region of it: codes as places have them ("US", "TX"); no region is ""."""

    country: str
    region: str = ""

    @property
    def area(self) -> str:
        return f"{self.country}-{self.region}" if self.region else self.country


@dataclass(frozen=True)
class BrowsePage:
    """`sections` counts everything by section; `results` is one page, each with its `reach`."""

    count: int
    sections: Mapping[str, int]
    page: int
    pages: int
    results: list[dict[str, Any]]
    page_size: int = PAGE_SIZE


def listing_counts_by_region() -> Mapping[str, Mapping[str, int]]:
    """How many listings are in each region of each country, by code; kept until the catalogue changes.

    Every country we serve is there with all its regions; another one where something is listed there.
    """
    return _counted_in(catalogue_version())


@lru_cache(maxsize=1)
def _counted_in(version: str) -> Mapping[str, Mapping[str, int]]:
    """One query, over all listings that have a place."""
    counts: dict[str, dict[str, int]] = {country: {} for country in COUNTRIES}
    for region in all_regions():
        if region.country in counts and region.code not in MILITARY:
            counts[region.country][region.code] = 0
    where = ("service_at_location__location__country", "service_at_location__location__region")
    rows = _shown().filter(service_at_location__isnull=False).exclude(**{where[0]: ""})
    for country, region, number in rows.order_by().values_list(*where).annotate(number=Count("pk")):
        counts.setdefault(country, {})[region] = number
    return counts


def known_place(country: str, region: str = "") -> BrowseArea | None:
    """By codes of any case; None for a place that neither exists by our tables nor has a listing."""
    place = BrowseArea(country.upper(), region.upper())
    regions = listing_counts_by_region().get(place.country)
    if regions is None or (place.region and place.region not in regions):
        return None
    return place


def browse(place: BrowseArea, *, page: int, now: datetime) -> BrowsePage:
    """One page of what is there and what serves it, by the sections of a search.

    Two queries count. Each section is what is there and then what serves it from afar, so that a page is a
    slice of a few such stretches: a query for each that it touches, and two for the cards. Raises
    PageNotFound past the end.
    """
    here, afar = _here(place), _from_afar(place)
    stretches = list(_stretches(here, afar))
    count = sum(stretch.length for stretch in stretches)
    pages = max(1, math.ceil(count / PAGE_SIZE))
    if not 1 <= page <= pages:
        raise PageNotFound(pages)
    first = (page - 1) * PAGE_SIZE
    rows = list(_slice(stretches, first, first + PAGE_SIZE))
    results = results_of(rows, Question(default_country=settings.DEFAULT_COUNTRY, now=now))
    reaches = {row["public_id"]: row["reach"] for row in rows}
    sections: Counter[str] = Counter()
    for stretch in stretches:
        sections[str(stretch.section)] += stretch.length
    return BrowsePage(
        count=count,
        sections=sections,
        page=page,
        pages=pages,
        results=[{**result, "reach": reaches[UUID(result["id"])]} for result in results],
    )


@dataclass(frozen=True)
class _SectionSlice:
    """Rows of one section that stand together: all there, or all from afar."""

    section: Section
    rows: ListingRows
    length: int


def _stretches(here: ListingRows, afar: ListingRows) -> Iterator[_SectionSlice]:
    """In the order of the page; what is made for loss and is there leads, as "near you" does."""
    of_here, of_afar = _by_section(here), _by_section(afar)
    for section in Section:
        own = Section.SERVES_YOU if section == Section.NEAR_YOU else section
        if section != Section.SERVES_YOU and of_here[own.number]:
            yield _SectionSlice(section, here.filter(section=own.number), of_here[own.number])
        if of_afar[section.number]:
            yield _SectionSlice(section, afar.filter(section=section.number), of_afar[section.number])


def _by_section(rows: ListingRows) -> Counter[int]:
    return Counter(dict(rows.order_by().values_list("section").annotate(number=Count("pk"))))


def _slice(stretches: Iterable[_SectionSlice], first: int, last: int) -> Iterator[dict[str, Any]]:
    """The rows from `first` on and before `last`, counted through all stretches."""
    for stretch in stretches:
        if first < stretch.length and last > 0:
            chosen = stretch.rows.order_by(*ORDER).annotate(here_section=Value(stretch.section.number))
            yield from chosen.values(*VALUE_FIELDS, "public_id")[max(first, 0) : min(last, stretch.length)]
        first, last = first - stretch.length, last - stretch.length


def _shown() -> ListingRows:
    """Without what is shown only on request; with what a question would know of each."""
    shown: ListingRows = Listing.objects.filter(on_request=Visibility.NOTHING.number).annotate(
        distance2=Value(NO_DISTANCE, output_field=FloatField()), whole_name=Value(1), not_known=Value(0)
    )
    return shown


def _here(place: BrowseArea) -> ListingRows:
    """In that region; in a country without one, where only the country is stated.

    The places are looked up first: joined, every listing would be read (5 against 24 ms for 11,785 clinics).
    """
    there = ServiceAtLocation.objects.filter(
        location__country=place.country, location__region=place.region
    ).order_by()
    here: ListingRows = (
        _shown().filter(service_at_location__in=there.values("pk")).annotate(reach=Value(HERE))
    )
    return here


def _from_afar(place: BrowseArea) -> ListingRows:
    """What serves it; a service that is there is not met again from afar, as in a search."""
    serving = _areas(place)
    of_area = {
        reach: ListingArea.objects.filter(areas).values("listing_id") for reach, areas in serving.items()
    }
    any_area = ListingArea.objects.filter(reduce(or_, serving.values())).values("listing_id")
    reach = Case(
        *(When(pk__in=listings, then=reach) for reach, listings in of_area.items()),
        default=WORLD,
        output_field=IntegerField(),
    )
    afar: ListingRows = (
        _shown()
        .filter(pk__in=any_area)
        .exclude(service_id__in=_here(place).values("service_id"))
        .annotate(reach=reach)
    )
    return afar


def _areas(place: BrowseArea) -> dict[int, Q]:
    """What serves it, narrowest first: a part of the region, the region, its country, the world.

    Of a country by itself its parts are left out: each has a page of its own.
    """
    wider = {COUNTRY: Q(area=place.country), WORLD: Q(area="*")}
    if not place.region:
        return wider
    return {AREA: Q(area__startswith=f"{place.area}/"), REGION: Q(area=place.area), **wider}
