"""Places that begin as someone types, and those that may be meant if nothing is called what they typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from django.db.models import Case, F, IntegerField, Q, Value, When

from resources.geo.names import ABBREVIATIONS, fold
from resources.geo.naming import PlaceName, name_of
from resources.geo.readings import (
    CodeReading,
    Firmness,
    NameReading,
    parse_codes,
    parse_names,
    regions_after,
    spellings_of,
)
from resources.geo.regions import country_named, regions_named
from resources.geo.schemes import codes_in
from resources.models.place import Place, PlaceKind, PlaceQuerySet, begins_q

MAX_SPELLINGS = 5
_MIN_SIMILARITY = 0.75
_MAX_SIMILAR = 10
_MAX_NAMES = 3
# Names much less similar than the best one are noise.
_MAX_SIMILARITY_GAP = 0.15
# Comparing two spellings takes some microseconds, so at most this many towns are compared, the largest first.
_MAX_COMPARED = 2000


def places_beginning(text: str, default_country: str, limit: int) -> list[Place]:
    """Return places whose name or code begins with `text`, also with a nickname. At most 2 queries."""
    return [
        *_codes_beginning(text, default_country, limit),
        *_names_beginning(text, default_country, limit),
    ]


def _codes_beginning(text: str, default_country: str, limit: int) -> list[Place]:
    compact = re.sub(r"[^0-9A-Z]", "", text.upper())
    if len(compact) < 2 or not any(letter.isdigit() for letter in compact):
        return []
    whole = {code for _, code in codes_in(text)} | {compact}
    codes = Place.objects.with_code(codes_in(text)) | Place.objects.code_starting(compact)
    exact = Case(When(code__in=whole, then=Value(0)), default=Value(1))
    return list(codes.order_by(exact, *_order(default_country))[:limit])


def _names_beginning(text: str, default_country: str, limit: int) -> list[Place]:
    name, _, narrower = text.partition(",")
    keys = _beginnings(fold(name))
    if not keys:
        return []
    matches = Q()
    for key in keys:
        matches |= begins_q("name_key", key)
    named = Place.objects.exclude(kind=PlaceKind.POSTAL_CODE).filter(matches)
    return list(_ordered(_narrowed(named, narrower), default_country)[: 4 * limit])


def _beginnings(key: str) -> list[str]:
    """Return the prefixes to look up: keys abbreviate some words, so their beginnings find the short form."""
    if len(key) < 2:
        return []
    return [
        key,
        *spellings_of(key),
        *(
            short
            for word, short in ABBREVIATIONS.items()
            if word.startswith(key) and not short.startswith(key)
        ),
    ]


def _narrowed(towns: PlaceQuerySet, words: str) -> PlaceQuerySet:
    """Return only towns of the region or country after the comma, once it is a known one."""
    wanted = Q()
    for region in regions_named(words):
        wanted |= Q(country=region.country, region=region.code)
    if country := country_named(words):
        wanted |= Q(country=country.code)
    return towns.filter(wanted)


def _ordered(places: PlaceQuerySet, default_country: str) -> PlaceQuerySet:
    return places.order_by(*_order(default_country))


def _order(default_country: str) -> tuple[Any, ...]:
    """Home first, then by population. A county or metro area counts a tenth: its town stands before it."""
    abroad = Case(When(country=default_country, then=Value(0)), default=Value(1))
    areas = Q(kind__in=(PlaceKind.COUNTY, PlaceKind.AREA))
    people = Case(
        When(areas, then=F("population") / 10), default=F("population"), output_field=IntegerField()
    )
    return abroad, people.desc(), "code", "pk"


def near_spellings(text: str, *, default_country: str) -> list[PlaceName]:
    """Return at most five places that someone who typed `text` may have meant. At most 3 queries."""
    codes = {reading for reading in parse_codes(text) if not reading.beside}
    if codes:
        return _distinct(_near_codes(codes, default_country), MAX_SPELLINGS)
    return _distinct(_similar_towns(text, default_country), MAX_SPELLINGS)


def _near_codes(codes: Iterable[CodeReading], default_country: str) -> list[Place]:
    """Return codes that differ from a nonexistent one in the last two characters only, the closest first."""
    wanted = Q()
    for country, code in {(reading.country, reading.code) for reading in codes}:
        wanted |= Q(country=country) & begins_q("code", code[: max(2, len(code) - 2)])
    places = Place.objects.postal_codes().filter(wanted)[:_MAX_COMPARED]
    codes_by_country = {reading.country: reading.code for reading in codes}

    def difference(place: Place) -> tuple[int, bool, str]:
        pairs = zip(place.code, codes_by_country[place.country], strict=False)
        different = sum(ours != theirs for ours, theirs in pairs)
        return different, place.country != default_country, place.code

    return sorted(places, key=difference)


def _similar_towns(text: str, default_country: str) -> list[Place]:
    """Return places with a similar spelling, the closest first, one for each country and spelling.

    A state or country at the end decides first: "Tornto ON" is Toronto in Ontario.
    """
    readings = [reading for reading in parse_names(text) if reading.firmness != Firmness.CITY_ADDED]
    if not readings:
        return []
    for inside, names in (_before_a_region(readings), (frozenset(), _whole_names(readings, text))):
        candidates = _candidates(names, default_country, inside) if names else []
        similarity = _similarity(names, {place.name_key for place in candidates})
        similar = [place for place in candidates if place.name_key in similarity]
        if similar:
            similar.sort(key=lambda p: (-similarity[p.name_key], p.country != default_country, -_people(p)))
            return list({(p.name_key, p.country): p for p in reversed(similar)}.values())[::-1]
    return []


def _people(place: Place) -> float:
    """Return the population; of a county or metro area a tenth, as in `_order`: its town stands before it."""
    return place.population / 10 if place.kind in (PlaceKind.COUNTY, PlaceKind.AREA) else place.population


def _before_a_region(readings: Iterable[NameReading]) -> tuple[frozenset[tuple[str, str]], set[str]]:
    """Return the regions that the readings end in, and the names before them; the narrowest if several."""
    ended = [reading for reading in readings if reading.country]
    inner = [reading for reading in ended if reading.region] or ended
    shortest = min((len(reading.name_key) for reading in inner), default=0)
    inner = [reading for reading in inner if len(reading.name_key) == shortest]
    return frozenset(regions_after(inner)), {reading.name_key for reading in inner}


def _whole_names(readings: Iterable[NameReading], text: str) -> set[str]:
    own = {reading.name_key for reading in readings if not reading.country and not reading.within}
    return set(sorted(own | ({fold(text.split(",")[0])} - {""}), key=len)[:_MAX_NAMES])


def _similarity(names: Iterable[str], keys: set[str]) -> dict[str, float]:
    """Return how similar each of `keys` is to the closest of `names`, for those that are similar at all."""
    ratios: dict[str, float] = {}
    for name in names:
        for key in get_close_matches(name, keys, _MAX_SIMILAR, _MIN_SIMILARITY):
            ratios[key] = max(ratios.get(key, 0.0), SequenceMatcher(None, key, name).ratio())
    best = max(ratios.values(), default=0.0)
    return {key: ratio for key, ratio in ratios.items() if ratio > best - _MAX_SIMILARITY_GAP}


def _candidates(names: set[str], default_country: str, inside: frozenset[tuple[str, str]]) -> Iterable[Place]:
    """Return namesakes, places with the same first letters, and the largest towns at home or `inside`.

    The last are for a wrong first letter. Only places `inside` if that is given.
    """
    named = Place.objects.exclude(kind=PlaceKind.POSTAL_CODE).order_by("-population")
    if inside:
        within = Q()
        for country, region in inside:
            within |= Q(country=country, region=region) if region else Q(country=country)
        return named.filter(within)[: 2 * _MAX_COMPARED]
    exact = named.filter(name_key__in=names)[:_MAX_COMPARED]
    alike = named.name_starting(min(names, key=len)[:2])[:_MAX_COMPARED]
    at_home = named.filter(country=default_country)[:_MAX_COMPARED]
    return {place.pk: place for places in (exact, alike, at_home) for place in places}.values()


def _distinct(places: Iterable[Place], limit: int) -> list[PlaceName]:
    names: dict[str, PlaceName] = {}
    for place in places:
        name = name_of(place)
        names.setdefault(name.query, name)
    return list(names.values())[:limit]
