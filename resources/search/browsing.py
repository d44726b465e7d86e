"""The countries and regions there are to browse, for who will not type a place.

What is in one of them is a question like any other, with an `area` (`Question`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.db.models import Count

from resources.geo.regions import MILITARY, all_regions
from resources.models import Listing
from resources.search.question import BrowseArea
from resources.search.version import catalogue_version
from resources.vocabulary import COUNTRIES, Visibility


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
    shown = Listing.objects.filter(on_request=Visibility.NOTHING.number, service_at_location__isnull=False)
    rows = shown.exclude(**{where[0]: ""}).order_by().values_list(*where)
    for country, region, number in rows.annotate(number=Count("pk")):
        counts.setdefault(country, {})[region] = number
    return counts


def known_area(country: str, region: str = "") -> BrowseArea | None:
    """By codes of any case; None for an area that neither exists by our tables nor has a listing."""
    area = BrowseArea(country.upper(), region.upper())
    regions = listing_counts_by_region().get(area.country)
    if regions is None or (area.region and area.region not in regions):
        return None
    return area
