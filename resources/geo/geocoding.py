"""From what a visitor typed to a place with its country, region and county, by the offline gazetteer.

`find_place` costs at most 3 queries if it finds a place, and 7 if not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from resources.geo.extents import Box, is_within
from resources.geo.names import county_key, fold
from resources.geo.naming import PlaceName, name_of, point_name
from resources.geo.point import KM_PER_DEGREE, Point, box_around, distance_km
from resources.geo.readings import (
    CodeReading,
    Firmness,
    NameReading,
    forces_address,
    parse_codes,
    parse_loose_names,
    parse_mistyped_codes,
    parse_names,
    parse_point,
    plain,
)
from resources.geo.regions import MILITARY, country_name, region_name
from resources.geo.rows import PlaceRow, rows_named, rows_with_code
from resources.geo.suggesting import near_spellings, places_beginning
from resources.models.place import Place, PlaceKind, in_box_q
from resources.vocabulary import COUNTRIES

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
# One elsewhere is meant if it is so many times as populous as that at home: London is in England.
ABROAD_RATIO = 10
# A namesake outside the countries of the directory is meant only if so many live there.
_WORLD_CITY = 300_000
# Whose namesakes are meant before those of other countries.
_NEIGHBORS = {"US": "CA", "CA": "US", "GB": "IE", "IE": "GB", "AU": "NZ", "NZ": "AU"}
# At home a region or named area is meant by its name, unless a town of this size has it too.
_LARGE_TOWN = 100_000
_SMALL_TOWN = 5_000
# A county with so many times the people of the town in it is meant: Donegal is the county.
_AREA_RATIO = 20
# "Bromley, Kent" was in Kent once: so far from the middle of an area a town is taken to be meant.
_ONCE_WITHIN_KM = 100
_WIDEST: list[str] = [PlaceKind.COUNTRY, PlaceKind.REGION, PlaceKind.AREA, PlaceKind.COUNTY]
# Search radii for the country of a point, in kilometers: a tenth and half a degree.
_NEAR, _FAR = 0.1 * KM_PER_DEGREE, 0.5 * KM_PER_DEGREE
_FORCES = "forces"
_PRECISIONS = {
    PlaceKind.COUNTY: "named_area",
    PlaceKind.AREA: "named_area",
    PlaceKind.REGION: "region",
    PlaceKind.COUNTRY: "country",
}


@dataclass(frozen=True)
class FoundPlace:
    """The place a visitor is taken to mean. Unknown parts are "".

    `precision` says what the point is: "area" the center of a postal code, "town" of a town, "point" as
    given. What has an extent is a "named_area" (a county, island or metro area, with its `boxes`), a "region"
    or a "country" (known by their codes); its point is the middle of its people. That of "forces" post is the
    middle of its country, and nothing is near it. `areas` are the service
    areas in it; of a town or code, the named areas around it. `query` is text that finds exactly this place
    again, "" for a point.

    `timezone` is the IANA name of the zone at the point.

    `alternatives` are the other places of that name or code in any country, the most populous first;
    `rivals` are those of them that could as well have been meant.
    """

    name: str
    country: str
    region: str
    county: str
    postal_code: str
    point: Point
    precision: str
    alternatives: tuple[PlaceName, ...] = ()
    rivals: tuple[PlaceName, ...] = ()
    boxes: tuple[Box, ...] = ()
    areas: tuple[str, ...] = ()
    query: str = ""
    timezone: str = ""

    def as_name(self) -> PlaceName:
        """Return the place as one to choose."""
        return PlaceName(self.name, self.country, self.region, self.query)

    @property
    def has_extent(self) -> bool:
        """True for a county, region or other area, which is searched as a whole and not by a radius."""
        return self.is_anywhere or self.precision in _PRECISIONS.values()

    @property
    def is_anywhere(self) -> bool:
        """True for forces post: only what serves its whole country or the world is known to help."""
        return self.precision == _FORCES


class PlaceNotFound(LookupError):
    """Raised if no place is called `text`; `suggestions` are at most five similar names."""

    def __init__(self, text: str, suggestions: Iterable[PlaceName] = ()) -> None:
        super().__init__(text)
        self.text = text
        self.suggestions = list(suggestions)


def find_place(text: str, *, default_country: str, country: str = "", with_areas: bool = True) -> FoundPlace:
    """Return the place that `text` names: a code, a town, a county or other area, a country, or "lat,lng".

    Of several, one in `country` if given, else one in `default_country`, unless one elsewhere is ten times as
    populous and that at home is not prominent. Without areas, only what has a point. Raises PlaceNotFound.
    """
    query = _readable(text)
    home = country or default_country
    place = _look_up(query, _Preference(home, bool(country), with_areas))
    if place is None:
        raise PlaceNotFound(query, near_spellings(query, default_country=home))
    return place


def suggest_places(text: str, *, default_country: str, limit: int = 8) -> list[PlaceName]:
    """Return the places whose name or code begins with `text`; if none does, what `find_place` takes it for.

    `default_country` first, then by population. 1 or 2 queries, and 5 more if no name begins so; empty for a
    single letter, or for more than 200 characters.
    """
    try:
        query = _readable(text)
        begun = [name_of(place) for place in places_beginning(query, default_country, limit)]
        if begun or len(fold(query)) < 2:
            return list({name.query: name for name in begun}.values())[:limit]
        found = _look_up(query, _Preference(default_country))
    except PlaceNotFound:
        return []
    return [found.as_name()] if found and found.query else []


def _look_up(query: str, preference: _Preference) -> FoundPlace | None:
    if place := _find_point(query):
        return place
    codes = _matching_codes(query)
    return (
        _best_code([match for match in codes if match.agrees], preference.home)
        or _best_name(query, preference)
        or _best_code(codes, preference.home)
        or _best_code(_mistyped_codes(query), preference.home)
        or _forces_post(query, preference)
    )


def _forces_post(query: str, preference: _Preference) -> FoundPlace | None:
    """Return the country of forces post, which is delivered anywhere. One query, if the text is such."""
    if not preference.with_areas or not (found := forces_address(query)):
        return None
    code, address = found
    country = next(row for row in rows_named([fold(country_name(code))]) if row.kind == PlaceKind.COUNTRY)
    return FoundPlace(
        name=address,
        country=code,
        region="",
        county="",
        postal_code="",
        point=country.point,
        precision=_FORCES,
        query=address,
        timezone=country.timezone,
    )


def _readable(text: str) -> str:
    """Return the text in plain letters, without lone surrogates, which no database accepts.

    Raises PlaceNotFound if it is empty, contains NUL, or is longer than 200 characters.
    """
    query = plain(text.encode("utf-8", "replace").decode()[: 2 * MAX_TEXT_LENGTH])
    if not query or len(query) > MAX_TEXT_LENGTH or "\0" in query:
        raise PlaceNotFound(query[:MAX_TEXT_LENGTH].replace("\0", ""))
    return query


# ---- postal codes


@dataclass(frozen=True)
class _CodeMatch:
    """An existing postal code, and the words beside it: "Melbourne 3010" is not in New Zealand."""

    place: PlaceRow
    beside: str

    @property
    def agrees(self) -> bool:
        words = f" {self.beside} "
        return not self.beside or any(f" {word} " in words for word in _words_about(self.place))


def _words_about(place: PlaceRow) -> set[str]:
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
    return _existing(parse_codes(query))


def _mistyped_codes(query: str) -> list[_CodeMatch]:
    """Return the existing codes with the fewest letters mistaken for digits. One query at most."""
    readings = parse_mistyped_codes(query)
    existing = _existing(readings)
    corrected = {(reading.country, reading.code): reading.corrected for reading in readings}
    fewest = min((corrected[match.place.country, match.place.code] for match in existing), default=0)
    return [match for match in existing if corrected[match.place.country, match.place.code] == fewest]


def _existing(readings: Sequence[CodeReading]) -> list[_CodeMatch]:
    if not readings:
        return []
    rows = rows_with_code({(reading.country, reading.code) for reading in readings})
    known = {(row.country, row.code): row for row in rows}
    return [
        _CodeMatch(place, reading.beside)
        for reading in readings
        if (place := known.get((reading.country, reading.code)))
    ]


def _best_code(matches: list[_CodeMatch], home: str) -> FoundPlace | None:
    if not matches:
        return None
    fewest_beside = min(len(match.beside.split()) for match in matches)
    places = [match.place for match in matches if len(match.beside.split()) == fewest_beside]
    first, *others = sorted(dict.fromkeys(places), key=_order(home))
    others.sort(key=_order(""))
    own = name_of(first)
    return FoundPlace(
        name=own.name,
        country=first.country,
        region=first.region,
        county=first.county,
        postal_code=first.code,
        point=first.point,
        precision="area",
        query=own.query,
        timezone=first.timezone,
        areas=first.service_areas,
        alternatives=tuple(name_of(other) for other in others),
    )


# ---- names


@dataclass(frozen=True)
class _Preference:
    """Where a name is looked for first; `is_chosen` if the visitor chose the country."""

    home: str
    is_chosen: bool = False
    with_areas: bool = True


@dataclass(frozen=True)
class _Candidate:
    row: PlaceRow
    is_spelled_out: bool


def _best_name(query: str, preference: _Preference) -> FoundPlace | None:
    """Return the best place for any reading of the text. One query for the usual readings, one for others."""
    for readings in (parse_names(query), parse_loose_names(query)):
        if not readings:
            continue
        rows = rows_named([key for reading in readings for key in (reading.name_key, reading.within) if key])
        for firmness in Firmness:
            level = [reading for reading in readings if reading.firmness == firmness]
            if found := _candidates(rows, level, preference):
                return _named_place(found, query, preference)
    return None


def _candidates(
    rows: Sequence[PlaceRow], readings: Sequence[NameReading], preference: _Preference
) -> list[_Candidate]:
    """Return each row that fits a reading, spelled out ones first."""
    by_key: dict[str, list[PlaceRow]] = {}
    for row in rows:
        by_key.setdefault(row.name_key, []).append(row)
    found: dict[PlaceRow, _Candidate] = {}
    for reading in readings:
        outer = [row for row in by_key.get(reading.within, ()) if row.is_area and row.boxes]
        for row in by_key.get(reading.name_key, ()):
            if (preference.with_areas or not row.is_area) and _fits(row, reading, outer):
                found.setdefault(row, _Candidate(row, reading.is_spelled_out))
    return list(found.values())


def _fits(row: PlaceRow, reading: NameReading, outer: Sequence[PlaceRow]) -> bool:
    if reading.country not in ("", row.country) or not _is_in_region(row, reading.region):
        return False
    if not reading.within:
        return True
    if row.is_area:
        return False
    return any(_lies_in(row, area, strictly=reading.firmness != Firmness.LOOSE) for area in outer)


def _is_in_region(row: PlaceRow, region: str) -> bool:
    return region in ("", row.region) or (
        not row.region and f"{row.country}-{region}" in row.areas.split(";")
    )


def _lies_in(row: PlaceRow, area: PlaceRow, *, strictly: bool = True) -> bool:
    """Return True if a town is in a county or other area; not strictly, if it is close to its middle."""
    if row.country != area.country:
        return False
    if area.county and row.county:
        if (area.region, area.county) == (row.region, row.county):
            return True
    elif is_within(row.point, area.extent):
        return True
    return not strictly and distance_km(row.point, area.point) <= _ONCE_WITHIN_KM


def _named_place(found: Sequence[_Candidate], query: str, preference: _Preference) -> FoundPlace:
    rows = _with_the_accent([candidate.row for candidate in found], query)
    spelled_out = {candidate.row for candidate in found if candidate.is_spelled_out}
    at_home = [row for row in rows if row.country == preference.home]
    abroad = [row for row in rows if row.country != preference.home]
    home = _leading(at_home, spelled_out)
    other = _leading_abroad(abroad, spelled_out, _NEIGHBORS.get(preference.home, ""))
    first = home or other or rows[0]
    if home and other and not preference.is_chosen and _is_meant_abroad(at_home, home, other):
        first = other
    rivals = [row for row in (home, other) if row and row is not first and _is_rival(row, first, preference)]
    return _found(first, rivals, rows)


def _with_the_accent(rows: list[PlaceRow], query: str) -> list[PlaceRow]:
    """Return only the rows with the accents that were typed; all if none has them."""
    if not _has_accent(query):
        return rows
    typed = query.casefold()
    return [row for row in rows if _has_accent(row.name) and row.name.casefold() in typed] or rows


def _has_accent(text: str) -> bool:
    return any(letter.isalpha() and not letter.isascii() for letter in text)


def _is_meant_abroad(at_home: Sequence[PlaceRow], home: PlaceRow, other: PlaceRow) -> bool:
    is_wide = other.kind in (PlaceKind.REGION, PlaceKind.COUNTRY)
    prominent = any(_is_well_known(row) if is_wide else row.is_prominent for row in at_home)
    return not prominent and other.people >= ABROAD_RATIO * max(home.people, 1)


def _is_rival(row: PlaceRow, first: PlaceRow, preference: _Preference) -> bool:
    """Return True if a place could as well have been meant: the larger one abroad, or a town at home."""
    if preference.is_chosen:
        return False
    return row.people > first.people or (row.country == preference.home and row.people >= _SMALL_TOWN)


def _leading_abroad(rows: Sequence[PlaceRow], spelled_out: set[PlaceRow], neighbor: str) -> PlaceRow | None:
    """Return the place that is meant among those of other countries.

    The neighbor's, unless one in another country of the directory is ten times as populous; and any of these,
    unless a large city in the rest of the world is.
    """
    first: PlaceRow | None = None
    for countries in (
        {neighbor},
        set(COUNTRIES) - {neighbor},
        {row.country for row in rows} - set(COUNTRIES),
    ):
        leading = [
            place
            for country in sorted(countries)
            if (place := _leading([row for row in rows if row.country == country], spelled_out))
        ]
        if not countries & set(COUNTRIES):
            leading = [row for row in leading if first is None or row.people >= _WORLD_CITY]
        best = max(leading, key=lambda row: (_is_well_known(row), row.people), default=None)
        if best and (first is None or _outdoes(best, first)):
            first = best
    return first


def _outdoes(row: PlaceRow, first: PlaceRow) -> bool:
    is_better_known = _is_well_known(row) and not _is_well_known(first) and row.people > first.people
    return is_better_known or row.people >= ABROAD_RATIO * max(first.people, 1)


def _is_well_known(row: PlaceRow) -> bool:
    """Return True for a prominent place, but for a county named without the word."""
    return row.is_prominent and not (row.kind == PlaceKind.COUNTY and row.is_alias)


def _leading(rows: Sequence[PlaceRow], spelled_out: set[PlaceRow]) -> PlaceRow | None:
    """Return the place that is meant among those of one country: a town, or an area."""
    as_typed = [row for row in rows if row in spelled_out] or rows
    towns = sorted((row for row in as_typed if not row.is_area), key=_order(""))
    areas = sorted(
        (row for row in as_typed if row.is_area), key=lambda row: (_WIDEST.index(row.kind), -row.population)
    )
    if not areas or not towns:
        return next(iter([*towns, *areas]), None)
    town, area = towns[0], areas[0]
    return area if _area_leads(area, town) else town


def _area_leads(area: PlaceRow, town: PlaceRow) -> bool:
    """Return True if by a name that an area and a town have, the area is meant."""
    if area.kind == PlaceKind.COUNTRY or town.kind == PlaceKind.POSTAL_CODE:
        return True
    is_far_larger = area.population >= _AREA_RATIO * town.population
    if area.kind == PlaceKind.REGION:
        is_inside = (town.country, town.region) == (area.country, area.region)
        return not is_inside and town.population < _LARGE_TOWN
    if _lies_in(town, area):
        return area.kind == PlaceKind.AREA and is_far_larger
    if area.kind == PlaceKind.AREA:
        return town.population < _LARGE_TOWN
    return is_far_larger and town.population < _SMALL_TOWN


def _found(first: PlaceRow, rivals: Sequence[PlaceRow], rows: Sequence[PlaceRow]) -> FoundPlace:
    by_size = sorted(rows, key=_order(""))
    others = [row for row in _one_of_each([first, *rivals, *by_size]) if row is not first]
    others.sort(key=_order(""))
    own = name_of(first, as_town=True)
    names = dict.fromkeys(name_of(row, as_town=True) for row in others)
    names.pop(own, None)
    return FoundPlace(
        name=own.name,
        country=first.country,
        region=first.region,
        county=first.county,
        postal_code="",
        point=first.point,
        precision=_PRECISIONS.get(PlaceKind(first.kind), "town"),
        alternatives=tuple(names)[:MAX_ALTERNATIVES],
        rivals=tuple(name_of(row, as_town=True) for row in rivals),
        query=own.query,
        timezone=first.timezone,
        boxes=first.extent,
        areas=first.service_areas,
    )


def _one_of_each(places: Iterable[PlaceRow]) -> Iterator[PlaceRow]:
    """Yield the first place in each region: smaller namesakes there cannot be asked for by name."""
    seen = set()
    for place in places:
        if (one := (place.country, place.region, place.is_area and place.name)) not in seen:
            seen.add(one)
            yield place


def _order(home: str) -> Callable[[PlaceRow], tuple[bool, bool, int]]:
    """Sort key: the home country first ("": none), towns before postal codes, then by population."""
    return lambda place: (
        place.country != home,
        place.kind == PlaceKind.POSTAL_CODE,
        -place.population,
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
        timezone=nearest.timezone if nearest else "",
        areas=tuple(filter(None, nearest.areas.split(";"))) if nearest else (),
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
    box = Place.objects.with_point().in_box(*box_around(point, km))
    return box.exclude(country="US", region__in=MILITARY).iterator()


def _point(place: Place) -> Point:
    return Point(place.latitude, place.longitude)


# ---- service areas


def area_keys(place: FoundPlace) -> list[str]:
    """Return the service areas that contain this place or lie in it, narrowest first.

    US:75201, US-TX/dallas, US-TX, US, *; and the named areas that it lies in, such as GB-ENG/ealing. Of a
    named area, it and all counties and regions that it touches.
    """
    if place.has_extent and place.areas:
        countries = dict.fromkeys(key[:2] for key in place.areas)
        return [*place.areas, *countries, "*"]
    keys = []
    if place.country and place.postal_code:
        keys.append(f"{place.country}:{place.postal_code}")
    if place.country and place.region and place.county:
        keys.append(county_area(place.country, place.region, place.county))
    keys += place.areas
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
