"""From what a visitor typed to a point and its country, region and county, by the offline gazetteer alone.

`find_place` costs at most 2 queries when it finds a place, and 5 when it does not.
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
# A name such as San Antonio has some hundreds of rows; none has more.
_MAX_NAMESAKES = 1000
# A town of so many people is meant by its name even where a country or region has the same.
_MIN_POPULATION_ABROAD = 20_000
_MAX_ABBREVIATION_LENGTH = 3
# Within how many kilometres, a tenth and half a degree, a point's country is looked for.
_NEAR, _FAR = 0.1 * KM_PER_DEGREE, 0.5 * KM_PER_DEGREE


@dataclass(frozen=True)
class FoundPlace:
    """Where a visitor is taken to be. Parts not known are "".

    `precision` says what the point is: "area" a postal code's middle, "town" a town's, "point" as given.
    `alternatives` are the other places of that name or code, in whatever country, the most populous first.
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
    """No place is called `text`; `suggestions` are at most five near spellings."""

    def __init__(self, text: str, suggestions: Iterable[PlaceName] = ()) -> None:
        super().__init__(text)
        self.text = text
        self.suggestions = list(suggestions)


def find_place(text: str, *, default_country: str) -> FoundPlace:
    """The place that `text` names: a postal code, a town with or without its region or country, or "lat,lng".

    Of several it is one in `default_country`, else the most populous. Raises PlaceNotFound.
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
    """Stripped, and without lone surrogates, which no database takes.

    Raises PlaceNotFound for nothing, for NUL, and for more than 200 letters.
    """
    query = text.encode("utf-8", "replace").decode().strip()
    if not query or len(query) > MAX_TEXT_LENGTH or "\0" in query:
        raise PlaceNotFound(query[:MAX_TEXT_LENGTH].replace("\0", ""))
    return query


# ---- postal codes


@dataclass(frozen=True)
class _CodeMatch:
    """A postal code that exists, and the words beside it: "Melbourne 3010" is not in New Zealand."""

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
    """One query, and none when the text holds nothing like a code."""
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
    """One query for every reading of the text together."""
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
    """Towns before places known only by a postal code: "Sydney" is no ZIP code's place in Florida."""
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
        # "Canada" is the country and not the hamlet in Kentucky, which stays among the suggestions.
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
    """The first in each region: its smaller namesakes there cannot be asked for by name."""
    seen = set()
    for place in places:
        if (area := (place.country, place.region)) not in seen:
            seen.add(area)
            yield place


def _order(default_country: str) -> Callable[[Place], tuple[bool, bool, int, int]]:
    """The default country first ("": none is); towns before postal codes of that name; then by population."""
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
    # Adding zero turns -0.0, which would be said as "-0.00", into 0.0.
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
    """The nearest place within about 55 km: 1 query in a settled country, 2 in an empty one."""
    for km in (_NEAR, _FAR):
        distances = (
            (distance_km(point, _point(place)), place.pk, place) for place in _places_around(point, km)
        )
        nearest = min(distances, default=None)
        if nearest and nearest[0] <= km:
            return nearest[2]
    return None


def _places_around(point: Point, km: float) -> Iterator[Place]:
    """Armed forces' post lies in other countries than its own, so it says nothing about where one is."""
    box = Place.objects.in_box(*box_around(point, km))
    return box.exclude(country="US", region__in=MILITARY).iterator()


def _point(place: Place) -> Point:
    return Point(place.latitude, place.longitude)


# ---- service areas


def area_keys(place: FoundPlace) -> list[str]:
    """The service areas that hold this place, narrowest first: US:75201, US-TX/dallas, US-TX, US, *."""
    keys = []
    if place.country and place.postal_code:
        keys.append(f"{place.country}:{place.postal_code}")
    if place.country and place.region and place.county:
        keys.append(county_area(place.country, place.region, place.county))
    if place.country and place.region:
        keys.append(f"{place.country}-{place.region}")
    return [*keys, *([place.country] if place.country else []), "*"]


def county_area(country: str, region: str, county: str) -> str:
    """The service area of a county: ("US", "TX", "Dallas County") is "US-TX/dallas"."""
    return f"{country}-{region}/{county_key(county)}"


MAX_BOXES = 12  # in one query
MAX_ROWS = 600  # read for all of them: the largest towns come first


def towns_around(points: Iterable[Point], *, km: float, limit: int) -> dict[Point, Sequence[Place]]:
    """For each point its most populous towns within `km`, `most` at most, the largest first.

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
