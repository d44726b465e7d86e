"""Suggested places: while someone types, and if nothing is called what they typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

from django.db.models import Case, Q, Value, When

from resources.geo.names import ABBREVIATIONS, fold
from resources.geo.naming import PlaceName, name_of
from resources.geo.readings import CodeReading, Firmness, TownReading, parse_codes, parse_towns, wider_areas
from resources.geo.regions import country_named, regions_named
from resources.geo.schemes import codes_in
from resources.models.place import Place, PlaceQuerySet, begins_q

MAX_SPELLINGS = 5
_MAX_TEXT_LENGTH = 200
_MIN_SIMILARITY = 0.75
_MAX_SIMILAR = 10
_MAX_NAMES = 3
# Names much less similar than the best one are noise.
_MAX_SIMILARITY_GAP = 0.15
# Comparing two spellings takes some microseconds, so at most this many towns are compared, the largest first.
_MAX_COMPARED = 2000


def suggest_places(text: str, *, default_country: str, limit: int = 8) -> list[PlaceName]:
    """Return places whose name or code begins with `text`: `default_country` first, then by population.

    At most 2 queries; empty for a single letter, or for more than 200 characters.
    """
    if "\0" in text or len(text) > _MAX_TEXT_LENGTH:
        return []
    places = [
        *_codes_beginning(text, default_country, limit),
        *_towns_beginning(text, default_country, limit),
    ]
    return _distinct(places, limit)


def _codes_beginning(text: str, default_country: str, limit: int) -> list[Place]:
    compact = re.sub(r"[^0-9A-Z]", "", text.upper())
    if len(compact) < 2 or not any(letter.isdigit() for letter in compact):
        return []
    whole = {code for _, code in codes_in(text)} | {compact}
    codes = Place.objects.with_code(codes_in(text)) | Place.objects.code_starting(compact)
    exact = Case(When(code__in=whole, then=Value(0)), default=Value(1))
    return list(codes.order_by(exact, *_order(default_country))[:limit])


def _towns_beginning(text: str, default_country: str, limit: int) -> list[Place]:
    name, _, narrower = text.partition(",")
    keys = _beginnings(fold(name))
    if not keys:
        return []
    matches = Q()
    for key in keys:
        matches |= begins_q("name_key", key)
    towns = Place.objects.towns().filter(matches)
    return list(_ordered(_narrowed(towns, narrower), default_country)[: 4 * limit])


def _beginnings(key: str) -> list[str]:
    """Return the prefixes to look up: keys abbreviate some words, so their beginnings find the short form."""
    if len(key) < 2:
        return []
    return [
        key,
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


def _order(default_country: str) -> tuple[Case | str, ...]:
    abroad = Case(When(country=default_country, then=Value(0)), default=Value(1))
    return abroad, "-population", "code", "pk"


def near_spellings(text: str, *, default_country: str) -> list[PlaceName]:
    """Return at most five places that someone who typed `text` may have meant. At most 3 queries."""
    codes = {reading for reading in parse_codes(text) if not reading.beside}
    if codes:
        return _distinct(_near_codes(codes, default_country), MAX_SPELLINGS)
    if areas := wider_areas(text, default_country):
        return _distinct(_within(areas, fold(text), default_country), MAX_SPELLINGS)
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


def _within(areas: Iterable[tuple[str, str]], key: str, default_country: str) -> list[Place]:
    """Return the largest towns of a region or country, which alone is no place, and a namesake at home."""
    inside = Q()
    for country, region in areas:
        inside |= Q(country=country, region=region) if region else Q(country=country)
    largest = _ordered(Place.objects.towns().filter(inside), default_country)
    namesakes = _ordered(Place.objects.towns().filter(name_key=key, country=default_country), default_country)
    home = list(namesakes[:1])
    return [*largest[: MAX_SPELLINGS - len(home)], *home]


def _similar_towns(text: str, default_country: str) -> list[Place]:
    """Return towns with a similar spelling, the closest first, one for each country and spelling."""
    readings = parse_towns(text)
    if not readings:
        return []
    own = {reading.name_key for reading in readings if reading.firmness != Firmness.CITY_ADDED}
    names = own | ({fold(text.split(",")[0])} - {""})
    names = set(sorted(names, key=len)[:_MAX_NAMES])
    candidates = [place for place in _candidates(names, default_country) if _allowed(place, readings)]
    similarity = _similarity(names, {place.name_key for place in candidates})
    similar = [place for place in candidates if place.name_key in similarity]
    similar.sort(key=lambda p: (-similarity[p.name_key], p.country != default_country, -p.population))
    return list({(place.name_key, place.country): place for place in reversed(similar)}.values())[::-1]


def _similarity(names: Iterable[str], keys: set[str]) -> dict[str, float]:
    """Return how similar each of `keys` is to the closest of `names`, for those that are similar at all."""
    ratios: dict[str, float] = {}
    for name in names:
        for key in get_close_matches(name, keys, _MAX_SIMILAR, _MIN_SIMILARITY):
            ratios[key] = max(ratios.get(key, 0.0), SequenceMatcher(None, key, name).ratio())
    best = max(ratios.values(), default=0.0)
    return {key: ratio for key, ratio in ratios.items() if ratio > best - _MAX_SIMILARITY_GAP}


def _candidates(names: set[str], default_country: str) -> Iterable[Place]:
    """Return namesakes, towns with the same first letters, and the largest towns at home.

    The last are for a wrong first letter.
    """
    largest = Place.objects.towns().order_by("-population")
    exact = Place.objects.towns().named(names)[:_MAX_COMPARED]
    alike = largest.name_starting(min(names, key=len)[:2])[:_MAX_COMPARED]
    at_home = largest.filter(country=default_country)[:_MAX_COMPARED]
    return {place.pk: place for places in (exact, alike, at_home) for place in places}.values()


def _allowed(place: Place, readings: list[TownReading]) -> bool:
    """True unless the text names another region or country after a comma."""
    named = [reading for reading in readings if reading.country and reading.firmness == Firmness.AT_A_COMMA]
    return not named or any(
        (place.country, place.region) == (r.country, r.region or place.region) for r in named
    )


def _distinct(places: Iterable[Place], limit: int) -> list[PlaceName]:
    names: dict[str, PlaceName] = {}
    for place in places:
        name = name_of(place)
        names.setdefault(name.query, name)
    return list(names.values())[:limit]
