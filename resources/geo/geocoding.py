"""From what a visitor typed to a point with its country, region and county, by the offline gazetteer.

`find_place` costs at most 2 queries if it finds a place, and 5 if not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from resources.geo.names import county_key, fold
from resources.geo.naming import PlaceName, name_of, point_name
from resources.geo.point import KM_PER_DEGREE, Point, box_around, distance_km
from resources.geo.readings import (
    CodeReading,
    Firmness,
    TownReading,
    parse_codes,
    parse_point,
    parse_towns,
    wider_areas,
)
from resources.geo.regions import MILITARY, country_name, region_name
from resources.geo.suggesting import near_spellings, suggest_places
from resources.models.place import Place, PlaceKind, in_box_q

__all__ = [
    "FoundPlace",
    "PlaceName",
    "PlaceNotFound",
    "area_keys",
    "county_area",
    "find_place",
    "suggest_places",
]

MAX_TEXT_LENGTH = 200
MAX_ALTERNATIVES = 10
# The most common names, such as San Antonio, have a few hundred rows.
_MAX_NAMESAKES = 1000
# A town of this size is meant by its name even if a country or region has the same name.
_MIN_POPULATION_ABROAD = 20_000
_MAX_ABBREVIATION_LENGTH = 3
# Search radii for the country of a point, in kilometers: a tenth and half a degree.
_NEAR, _FAR = 0.1 * KM_PER_DEGREE, 0.5 * KM_PER_DEGREE


@dataclass(frozen=True)
class FoundPlace:
    """The place a visitor is taken to mean. Unknown parts are "".

    `precision` says what the point is: "area" the center of a postal code, "town" of a town, "point" as
    given. `alternatives` are the other places of that name or code in any country, the most populous first.
    """

    name: str
    country: str
    region: str
    county: str
    postal_code: str
    point: Point
    precision: str
    alternatives: tuple[PlaceName, ...] = ()


class PlaceNotFound(LookupError):
    """Raised if no place is called `text`; `suggestions` are at most five similar names."""

    def __init__(self, text: str, suggestions: Iterable[PlaceName] = ()) -> None:
        super().__init__(text)
        self.text = text
        self.suggestions = list(suggestions)


def find_place(text: str, *, default_country: str) -> FoundPlace:
    """Return the place that `text` names: a postal code, a town with or without its region, or "lat,lng".

    If there are several, one in `default_country`, else the most populous. Raises PlaceNotFound.
    """
    query = _readable(text)
    place = _find_point(query)
    if place is None:
        codes = _matching_codes(query)
        place = (
            _best_code([match for match in codes if match.agrees], default_country)
            or _best_town(query, default_country)
            or _best_code(codes, default_country)
        )
    if place is None:
        raise PlaceNotFound(query, near_spellings(query, default_country=default_country))
    return place


def _readable(text: str) -> str:
    """Return the text stripped, without lone surrogates, which no database accepts.

    Raises PlaceNotFound if it is empty, contains NUL, or is longer than 200 characters.
    """
    query = text.encode("utf-8", "replace").decode().strip()
    if not query or len(query) > MAX_TEXT_LENGTH or "\0" in query:
        raise PlaceNotFound(query[:MAX_TEXT_LENGTH].replace("\0", ""))
    return query


# ---- postal codes


@dataclass(frozen=True)
class _CodeMatch:
    """An existing postal code, and the words beside it: "Melbourne 3010" is not in New Zealand."""

    place: Place
    beside: str

    @property
    def agrees(self) -> bool:
        words = f" {self.beside} "
        return not self.beside or any(f" {word} " in words for word in _words_about(self.place))


def _words_about(place: Place) -> set[str]:
    names = (
        place.name,
        place.region,
        region_name(place.country, place.region),
        place.country,
        country_name(place.country),
    )
    return {fold(word) for word in names} - {""}


def _matching_codes(query: str) -> list[_CodeMatch]:
    """Return the codes in the text. One query, and none if it has nothing like a code."""
    readings = parse_codes(query)
    if not readings:
        return []
    known = {
        (place.country, place.code): place
        for place in Place.objects.with_code({(reading.country, reading.code) for reading in readings})
    }
    return [match for reading in readings if (match := _match(reading, known))]


def _match(reading: CodeReading, known: dict[tuple[str, str], Place]) -> _CodeMatch | None:
    place = known.get((reading.country, reading.code))
    return _CodeMatch(place, reading.beside) if place else None


def _best_code(matches: list[_CodeMatch], default_country: str) -> FoundPlace | None:
    if not matches:
        return None
    fewest_beside = min(len(match.beside.split()) for match in matches)
    places = [match.place for match in matches if len(match.beside.split()) == fewest_beside]
    first, *others = sorted(set(places), key=_order(default_country))
    others.sort(key=_order(""))
    return FoundPlace(
        name=name_of(first).name,
        country=first.country,
        region=first.region,
        county=first.county,
        postal_code=first.code,
        point=_point(first),
        precision="area",
        alternatives=tuple(name_of(other) for other in others),
    )


# ---- towns


def _best_town(query: str, default_country: str) -> FoundPlace | None:
    """Return the best town for any reading of the text. One query for all readings."""
    readings = parse_towns(query)
    if not readings:
        return None
    named = list(Place.objects.named({reading.name_key for reading in readings})[:_MAX_NAMESAKES])
    for firmness in Firmness:
        level = [reading for reading in readings if reading.firmness == firmness]
        places = [place for place in named if any(_fits(place, reading) for reading in level)]
        if places:
            return _town(sorted(places, key=_town_order(default_country)), query, default_country)
    return None


def _town_order(default_country: str) -> Callable[[Place], tuple[bool, bool, bool, int, int]]:
    """Sort key with towns before places known only by a postal code: "Sydney" is not one in Florida."""
    order = _order(default_country)
    return lambda place: (place.kind != PlaceKind.TOWN, *order(place))


def _fits(place: Place, reading: TownReading) -> bool:
    return (
        place.name_key == reading.name_key
        and reading.country in ("", place.country)
        and reading.region in ("", place.region)
        and (not reading.county or reading.county == county_key(place.county))
    )


def _town(places: list[Place], query: str, default_country: str) -> FoundPlace | None:
    first, *others = _one_of_each(places)
    is_small = first.population < _MIN_POPULATION_ABROAD
    if is_small and len(query) > _MAX_ABBREVIATION_LENGTH and wider_areas(query, default_country):
        # "Canada" is the country, not the hamlet in Kentucky, which is still among the suggestions.
        return None
    others.sort(key=_order(""))
    return FoundPlace(
        name=name_of(first, as_town=True).name,
        country=first.country,
        region=first.region,
        county=first.county,
        postal_code="",
        point=_point(first),
        precision="town",
        alternatives=tuple(name_of(other, as_town=True) for other in others[:MAX_ALTERNATIVES]),
    )


def _one_of_each(places: Iterable[Place]) -> Iterator[Place]:
    """Yield the first place in each region: smaller namesakes there cannot be asked for by name."""
    seen = set()
    for place in places:
        if (area := (place.country, place.region)) not in seen:
            seen.add(area)
            yield place


def _order(default_country: str) -> Callable[[Place], tuple[bool, bool, int, int]]:
    """Sort key: the default country first ("": none), towns before postal codes, then by population."""
    return lambda place: (
        place.country != default_country,
        place.kind == PlaceKind.POSTAL_CODE,
        -place.population,
        place.pk,
    )


# ---- points


def _find_point(query: str) -> FoundPlace | None:
    try:
        parsed = parse_point(query)
    except ValueError as error:
        raise PlaceNotFound(query) from error
    if parsed is None:
        return None
    rounded = parsed.rounded(2)
    # Adding zero turns -0.0, which would be shown as "-0.00", into 0.0.
    point = Point(rounded.latitude + 0.0, rounded.longitude + 0.0)
    nearest = _nearest(point)
    return FoundPlace(
        name=point_name(point),
        country=nearest.country if nearest else "",
        region=nearest.region if nearest else "",
        county=nearest.county if nearest else "",
        postal_code="",
        point=point,
        precision="point",
    )


def _nearest(point: Point) -> Place | None:
    """Return the nearest place within about 55 km: 1 query in a settled country, 2 in an empty one."""
    for km in (_NEAR, _FAR):
        distances = (
            (distance_km(point, _point(place)), place.pk, place) for place in _places_around(point, km)
        )
        nearest = min(distances, default=None)
        if nearest and nearest[0] <= km:
            return nearest[2]
    return None


def _places_around(point: Point, km: float) -> Iterator[Place]:
    """Yield the places in a box. Military postal codes are left out: they lie anywhere."""
    box = Place.objects.in_box(*box_around(point, km))
    return box.exclude(country="US", region__in=MILITARY).iterator()


def _point(place: Place) -> Point:
    return Point(place.latitude, place.longitude)


# ---- service areas


def area_keys(place: FoundPlace) -> list[str]:
    """Return the service areas that contain this place, narrowest first.

    US:75201, US-TX/dallas, US-TX, US, *.
    """
    keys = []
    if place.country and place.postal_code:
        keys.append(f"{place.country}:{place.postal_code}")
    if place.country and place.region and place.county:
        keys.append(county_area(place.country, place.region, place.county))
    if place.country and place.region:
        keys.append(f"{place.country}-{place.region}")
    return [*keys, *([place.country] if place.country else []), "*"]


def county_area(country: str, region: str, county: str) -> str:
    """Return the service area of a county: ("US", "TX", "Dallas County") is "US-TX/dallas"."""
    return f"{country}-{region}/{county_key(county)}"


MAX_BOXES = 12  # in one query
MAX_ROWS = 600  # for all boxes together: the largest towns come first


def towns_around(points: Iterable[Point], *, km: float, limit: int) -> dict[Point, Sequence[Place]]:
    """Return for each point its `limit` most populous towns within `km`, the largest first.

    One query, which the index on latitude and longitude answers; points after the first twelve have none.
    """
    distinct = list(dict.fromkeys(points))[:MAX_BOXES]
    if not distinct:
        return {}
    boxes = Q(pk__in=())
    for point in distinct:
        boxes |= in_box_q(*box_around(point, km))
    towns = list(Place.objects.towns().filter(boxes).order_by("-population", "pk")[:MAX_ROWS])
    return {point: [town for town in towns if _km_to(town, point) <= km][:limit] for point in distinct}


def _km_to(town: Place, point: Point) -> float:
    return distance_km(point, Point(town.latitude, town.longitude))
