"""The possible meanings of a typed place, before the gazetteer is queried. Pure.

A reading is one way to understand the text. All are returned, the firmest first, and
`resources.geo.geocoding` takes the first that the gazetteer has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from resources.geo.names import county_key, fold
from resources.geo.point import Point
from resources.geo.regions import Country, Region, country_named, regions_named
from resources.geo.schemes import codes_in

# "Newfoundland and Labrador", "South Georgia and the South Sandwich Islands".
_QUALIFIER_WORDS = 7
_CODE_WORDS = 3
# Common names of towns that the gazetteer has under another name.
_SHORT_NAMES = {
    "hull": "kingston upon hull",
    "la": "los angeles",
    "londonderry": "derry",
    "new york": "new york city",
    "newcastle": "newcastle upon tyne",
    "nyc": "new york city",
    "southend": "southend on sea",
    "stoke": "stoke on trent",
}
_NUMBER = r"([+-]?[0-9]{1,3}(?:\.[0-9]+)?)"
_FRACTION = r"([+-]?[0-9]{1,3}\.[0-9]+)"
_POINT = re.compile(rf"\s*(?:{_NUMBER}\s*[,;]\s*{_NUMBER}|{_FRACTION}\s+{_FRACTION})\s*")


class Firmness(IntEnum):
    """How explicit the text is; lower wins."""

    AT_A_COMMA = 0  # "Portland, OR"
    WHOLE = 1  # "Portland"
    IN_WORDS = 2  # "Portland Maine"
    CITY_ADDED = 3  # "Quebec City", which the gazetteer calls Québec


@dataclass(frozen=True)
class TownReading:
    """A folded name, and what the words after it limit it to; `county` is a county key."""

    name_key: str
    firmness: Firmness
    country: str = ""
    region: str = ""
    county: str = ""


@dataclass(frozen=True)
class CodeReading:
    """A postal code, and the folded words beside it ("dallas tx" in "Dallas, TX 75201")."""

    country: str
    code: str
    beside: str = ""


def parse_point(text: str) -> Point | None:
    """Return the point of "32.78,-96.80"; None if it is none. Raises ValueError if it is not on the globe."""
    match = _POINT.fullmatch(text)
    if match is None:
        return None
    latitude, longitude = (float(number) for number in match.groups() if number is not None)
    return Point(latitude, longitude)


def parse_codes(text: str) -> list[CodeReading]:
    """Return every postal code at the start or end of the text, in the country it names, if any."""
    words = [word for word in re.split(r"[,;\s]+", text) if word]
    readings: dict[CodeReading, None] = {}
    for rest, country in _without_country(words):
        for reading in _codes_of(rest):
            if country in ("", reading.country):
                readings[reading] = None
    return list(readings)


def _without_country(words: list[str]) -> Iterator[tuple[list[str], str]]:
    yield words, ""
    for at in range(max(1, len(words) - _QUALIFIER_WORDS), len(words)):
        if country := country_named(" ".join(words[at:])):
            yield words[:at], country.code


def _codes_of(words: list[str]) -> Iterator[CodeReading]:
    for count in range(min(_CODE_WORDS, len(words)), 0, -1):
        for code_words, others in ((words[-count:], words[:-count]), (words[:count], words[count:])):
            for country, code in codes_in(" ".join(code_words)):
                yield CodeReading(country, code, fold(" ".join(others)))


def parse_towns(text: str) -> list[TownReading]:
    """Return every reading as a town, alone or before its region, country or county; firmest first."""
    words = fold(text).split()
    if not words:
        return []
    commas = _words_before_commas(text)
    readings = {TownReading(" ".join(words), Firmness.WHOLE): None}
    for name, region, country in _qualified(words):
        firmness = Firmness.AT_A_COMMA if len(name) in commas else Firmness.IN_WORDS
        code = region.code if region else ""
        readings[TownReading(" ".join(name), firmness, country, code)] = None
    readings.update(dict.fromkeys(_county_readings(text)))
    readings.update({reading: None for known in tuple(readings) for reading in _other_names(known)})
    return sorted(readings, key=lambda reading: reading.firmness)


def _words_before_commas(text: str) -> set[int]:
    parts = text.split(",")
    return {len(fold(",".join(parts[:count])).split()) for count in range(1, len(parts))}


def _qualified(words: list[str]) -> Iterator[tuple[list[str], Region | None, str]]:
    """Yield each split of the words into a name and a region, a country, or both."""
    for name, tail in _splits(words):
        if country := country_named(tail):
            yield name, None, country.code
            yield from _in_region(name, country)
        for region in regions_named(tail):
            yield name, region, region.country


def _in_region(words: list[str], country: Country) -> Iterator[tuple[list[str], Region, str]]:
    for name, tail in _splits(words):
        for region in regions_named(tail, country.code):
            yield name, region, country.code


def _splits(words: list[str]) -> Iterator[tuple[list[str], str]]:
    for at in range(max(1, len(words) - _QUALIFIER_WORDS), len(words)):
        yield words[:at], " ".join(words[at:])


def _county_readings(text: str) -> Iterator[TownReading]:
    """Yield the text after the name as its county: "Oldham, Greater Manchester"."""
    name, *others = (part for part in text.split(",") if fold(part))
    for other in others[:1]:
        yield TownReading(fold(name), Firmness.AT_A_COMMA, county=county_key(other))
        if fold(other).startswith(("co ", "county ")):
            # The gazetteer has no Irish counties: of "Cork, Co. Cork" only the first word is used.
            yield TownReading(fold(name), Firmness.AT_A_COMMA, country="IE")


def _other_names(reading: TownReading) -> Iterator[TownReading]:
    name = reading.name_key
    if name in _SHORT_NAMES:
        yield replace(reading, name_key=_SHORT_NAMES[name])
    if not (reading.firmness == Firmness.WHOLE and regions_named(name)):
        other = name.removesuffix(" city") if name.endswith(" city") else f"{name} city"
        yield replace(reading, name_key=other, firmness=Firmness.CITY_ADDED)


def wider_areas(text: str, default_country: str) -> list[tuple[str, str]]:
    """Return each (country, region) that the whole text names, region "" for a country.

    "Canada", "Ontario, Canada". Regions of other countries only if their country is named, or none at home
    has that name.
    """
    country = country_named(text)
    regions = regions_named(text, default_country) or regions_named(text)
    inside = _regions_in_countries(fold(text).split())
    named = [(region.country, region.code) for region in (*regions, *inside)]
    return [(country.code, ""), *named] if country else named


def _regions_in_countries(words: list[str]) -> Iterator[Region]:
    for name, tail in _splits(words):
        if country := country_named(tail):
            yield from regions_named(" ".join(name), country.code)
