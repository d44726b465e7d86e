"""Names of places to show, and text that finds exactly the same place again."""

from __future__ import annotations

from dataclasses import dataclass

from resources.geo.point import Point
from resources.geo.regions import country_name, longest_region_name, region_name, regions_named
from resources.geo.rows import PlaceRow
from resources.models.place import Place, PlaceKind

# Countries whose addresses abbreviate the region, and those where people use the nation's name.
_ABBREVIATED = ("US", "CA", "AU")
_SPELT_OUT = ("GB",)


@dataclass(frozen=True)
class PlaceName:
    """A place to choose: `name` is shown, and `find_place(query)` finds exactly it."""

    name: str
    country: str
    region: str
    query: str


def name_of(place: Place | PlaceRow, *, as_town: bool = False) -> PlaceName:
    """Return the name of a place; `as_town` leaves out the code of a place known only by its postal code."""
    is_code = place.kind == PlaceKind.POSTAL_CODE and not as_town
    name = place.name if place.kind == PlaceKind.COUNTRY else f"{place.name}, {_whereabouts(place)}"
    return PlaceName(
        name=f"{name} {place.code}" if is_code else name,
        country=place.country,
        region=place.region,
        query=f"{place.code}, {country_name(place.country)}" if is_code else _query_of(place),
    )


def point_name(point: Point) -> str:
    """Return a point as two numbers: "32.79, -96.80"."""
    return f"{point.latitude:.2f}, {point.longitude:.2f}"


def _whereabouts(place: Place | PlaceRow) -> str:
    if place.kind == PlaceKind.REGION:
        return country_name(place.country)
    if place.region and place.country in _ABBREVIATED:
        return place.region
    if place.region and place.country in _SPELT_OUT:
        return region_name(place.country, place.region)
    return country_name(place.country)


def _query_of(place: Place | PlaceRow) -> str:
    country = country_name(place.country)
    if place.kind == PlaceKind.COUNTRY:
        # A country and a state have the name Georgia.
        return f"{country}, {place.country}" if regions_named(country) else country
    if place.kind == PlaceKind.REGION:
        return f"{longest_region_name(place.country, place.region)}, {country}"
    region = region_name(place.country, place.region) if place.region else ""
    return ", ".join(part for part in (place.name, region, country) if part)
