"""The possible meanings of a typed place, before the gazetteer is queried. Pure.

A reading is one way to understand the text. All are returned, the firmest first, and
`resources.geo.geocoding` takes the first that the gazetteer has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import chain, product

from resources.geo.names import fold
from resources.geo.point import Point
from resources.geo.regions import Country, Region, country_named, regions_named
from resources.geo.schemes import codes_in

# "Newfoundland and Labrador", "South Georgia and the South Sandwich Islands".
_QUALIFIER_WORDS = 7
_AREA_WORDS = 4  # of an area after a town: "East Riding of Yorkshire"
_CODE_WORDS = 3
_NUMBER = r"([+-]?[0-9]{1,3}(?:\.[0-9]+)?)"
_FRACTION = r"([+-]?[0-9]{1,3}\.[0-9]+)"
_POINT = re.compile(rf"\s*(?:{_NUMBER}\s*[,;]\s*{_NUMBER}|{_FRACTION}\s+{_FRACTION})\s*")

# ---- the text as it is read

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-") | dict.fromkeys('"“”„‟«»＂', ""))


def plain(text: str) -> str:
    """Return the text without quotation marks and invisible characters, "&" as "and", with plain letters.

    Wide letters and digits, as an East Asian keyboard types them, become the usual ones.
    """
    letters = unicodedata.normalize("NFKC", text).translate(_DASHES)
    letters = letters.replace("&", " and ")
    visible = "".join(letter for letter in letters if unicodedata.category(letter) != "Cf")
    return " ".join(visible.split())


class Firmness(IntEnum):
    """How explicit the text is; lower wins."""

    AT_A_COMMA = 0  # "Portland, OR"
    WHOLE = 1  # "Portland"
    IN_WORDS = 2  # "Portland Maine", "Maidstone Kent"
    CITY_ADDED = 3  # "Quebec City", which the gazetteer calls Québec
    LOOSE = 4  # "near Dallas", "Brighton & Hove", "Bromley, Kent"


@dataclass(frozen=True)
class NameReading:
    """A folded name, and what the words after it limit it to.

    `within` is the folded name of a county or other area that must contain it. `is_spelled_out` is False if
    the name was changed to be understood ("N Las Vegas").
    """

    name_key: str
    firmness: Firmness
    country: str = ""
    region: str = ""
    within: str = ""
    is_spelled_out: bool = True


@dataclass(frozen=True)
class CodeReading:
    """A postal code, and the folded words beside it ("dallas tx" in "Dallas, TX 75201").

    `corrected` is the number of letters read as the digit they look like, or the other way round.
    """

    country: str
    code: str
    beside: str = ""
    corrected: int = 0


def parse_point(text: str) -> Point | None:
    """Return the point of "32.78,-96.80"; None if it is none. Raises ValueError if it is not on the globe."""
    match = _POINT.fullmatch(text)
    if match is None:
        return None
    latitude, longitude = (float(number) for number in match.groups() if number is not None)
    return Point(latitude, longitude)


# ---- postal codes

# What is typed for another: "M1 lAE", "SW1A OAA".
_ALIKE = {"O": "O0", "0": "0O", "I": "I1", "L": "L1", "1": "1I"}
_MAX_ALIKE = 5
_LIKE_A_CODE = re.compile(r"(?=.*[0-9]).{3,10}")
_FORCES = re.compile(
    r"\b(?:(?P<GB>BFPO\s*[0-9]{1,4}|BF1\s*[0-9][A-Z]{2})|(?P<US>[AFD]PO,?\s+A[AEP]))\b", re.IGNORECASE
)


def forces_address(text: str) -> tuple[str, str] | None:
    """Return (country, address) for forces post, which is on no map: "BFPO 57", "BF1 2AA", "APO AE"."""
    match = _FORCES.search(text)
    return (str(match.lastgroup), " ".join(match[0].upper().split())) if match else None


# Cyrillic and Greek capitals that look like those of a postal code.
_LETTERS_ALIKE = str.maketrans("АВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYXABEZHIKMNOPTYX")


def parse_codes(text: str) -> list[CodeReading]:
    """Return every postal code at the start or end of the text, in the country it names, if any."""
    words = [word for word in re.split(r"[,;\s]+", text.translate(_LETTERS_ALIKE)) if word]
    readings: dict[CodeReading, None] = {}
    for rest, country in _without_country(words):
        for reading in _codes_of(rest):
            if country in ("", reading.country):
                readings[reading] = None
    return list(readings)


def parse_mistyped_codes(text: str) -> list[CodeReading]:
    """Return the codes of a text that is none as it stands: O for 0, l for 1, a space within."""
    letters = text.upper().strip()
    alike = [at for at, letter in enumerate(letters) if letter in _ALIKE]
    if not _LIKE_A_CODE.fullmatch(letters) or len(alike) > _MAX_ALIKE:
        return []
    readings = dict.fromkeys(codes_in(letters.replace(" ", "").replace("-", "")), 0)
    for chosen in product(*(_ALIKE[letters[at]] for at in alike)):
        changed = list(letters)
        for at, letter in zip(alike, chosen, strict=True):
            changed[at] = letter
        corrected = sum(letters[at] != letter for at, letter in zip(alike, chosen, strict=True))
        for found in codes_in("".join(changed)):
            readings[found] = min(corrected, readings.get(found, corrected))
    return [
        CodeReading(country, code, corrected=corrected)
        for (country, code), corrected in sorted(readings.items(), key=lambda item: item[1])
    ]


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


# ---- names

_DIRECTIONS = {
    "e": "east",
    "gr": "greater",
    "gt": "great",
    "lwr": "lower",
    "n": "north",
    "ne": "north east",
    "no": "north",
    "nth": "north",
    "nw": "north west",
    "s": "south",
    "se": "south east",
    "so": "south",
    "sth": "south",
    "sw": "south west",
    "upr": "upper",
    "w": "west",
}
_ENDINGS = {
    "bch": "beach",
    "co": "county",
    "cty": "county",
    "hts": "heights",
    "jct": "junction",
    "pk": "park",
    "spg": "spring",
    "spgs": "springs",
    "twp": "township",
    "vlg": "village",
}
_BEFORE = re.compile(
    r"^(?:(?:i live |i am |im |live )?(?:somewhere )?(?:just )?"
    r"(?:near|nearby|close to|around|in|outside|outside of|by|at|from)"
    r"|(?:the )?(?:north|south|east|west)(?:ern|side| side)?(?: of)?"
    r"|(?:the )?(?:downtown|central|inner|greater|metro|metropolitan|uptown|midtown|suburban|rural)"
    r"|(?:the )?(?:city|town|village|borough|district|municipality|suburbs|outskirts|area) of"
    r"|(?:the )?(?:state|province|republic|region) of|the) "
)
_AFTER = re.compile(
    r" (?:cbd|downtown|metro|metropolitan|metro area|metropolitan area|metroplex|area|region|suburbs"
    r"|city cent(?:re|er)|town cent(?:re|er)|cent(?:re|er)|city area|inner city"
    r"|and area|and surrounding areas?|and surrounds|and district|district|borough|township|town|village"
    r"|state|province|surrounds|municipality)$"
)
_COUNTY_FIRST = re.compile(r"^(?:co|cty|cnty) (?=.)")
_MAX_PARTS = 3
_PARTS = re.compile(r"\s*(?:/|\||&|\+|\band\b|\bor\b|\s-\s)\s*", re.IGNORECASE)


def parse_names(text: str) -> list[NameReading]:
    """Return every reading as a name, alone or before its region, country or area; firmest first."""
    text = _without_brackets(text)
    words = fold(text).split()
    if not words:
        return []
    commas = _words_before_commas(text)
    readings = dict.fromkeys(_whole(" ".join(words), Firmness.WHOLE))
    for name, region, country in _qualified(words):
        firmness = Firmness.AT_A_COMMA if len(name) in commas else Firmness.IN_WORDS
        code = region.code if region else ""
        for reading in _whole(" ".join(name), firmness):
            readings[replace(reading, country=country, region=code)] = None
    readings |= dict.fromkeys(_readings_within(words, commas))
    readings |= dict.fromkeys(other for known in tuple(readings) for other in _city_names(known))
    return sorted(readings, key=lambda reading: (reading.firmness, not reading.is_spelled_out))


def _without_brackets(text: str) -> str:
    """Return "Newport, Wales" for "Newport (Wales)"."""
    return re.sub(r"\s*\(([^()]*)\)", r", \1", text)


def _whole(name: str, firmness: Firmness) -> Iterator[NameReading]:
    """Yield the name, and as it would be written without its abbreviations, in one word or in two."""
    if not name:
        return
    yield NameReading(name, firmness)
    for other in spellings_of(name):
        yield NameReading(other, firmness, is_spelled_out=False)


def spellings_of(name: str) -> Iterator[str]:
    """Yield the folded name without abbreviations, a county's word where else it stands, or in one word."""
    words = name.split()
    first, last = _DIRECTIONS.get(words[0]), _ENDINGS.get(words[-1])
    if first and len(words) > 1:
        yield " ".join([first, *words[1:]])
    if last and len(words) > 1:
        yield " ".join([*words[:-1], last])
    if _COUNTY_FIRST.match(name):
        yield _COUNTY_FIRST.sub("county ", name)
    if words[-1] in ("parish", "borough") and len(words) > 1:
        yield " ".join([*words[:-1], "county"])
    if words[0] == "county" and len(words) > 1:
        rest = " ".join(words[2:] if words[1] == "of" else words[1:])
        yield f"{rest} county"
        yield f"county {rest}"
    if len(words) == 2:
        yield "".join(words)


def _city_names(reading: NameReading) -> Iterator[NameReading]:
    """Yield "Quebec" for "Quebec City", and the other way round."""
    name = reading.name_key
    if not reading.is_spelled_out or (reading.firmness == Firmness.WHOLE and regions_named(name)):
        return
    other = name.removesuffix(" city") if name.endswith(" city") else f"{name} city"
    yield replace(reading, name_key=other, firmness=Firmness.CITY_ADDED)


def _words_before_commas(text: str) -> set[int]:
    parts = re.split(r"[,;]", text)
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


def _readings_within(words: list[str], commas: set[int]) -> Iterator[NameReading]:
    """Yield each split into a name and the area it lies in: "Oldham, Greater Manchester"."""
    for at in range(max(1, len(words) - _AREA_WORDS - 1), len(words)):
        firmness = Firmness.AT_A_COMMA if at in commas else Firmness.IN_WORDS
        for reading in _whole(" ".join(words[:at]), firmness):
            for area in area_names(" ".join(words[at:])):
                yield replace(reading, within=area)


def area_names(words: str) -> Iterator[str]:
    """Yield the folded names under which the gazetteer may have the area of these words."""
    yield words
    yield from (other for other in spellings_of(words) if other != words)
    if words.startswith("co "):
        yield words.removeprefix("co ")
    if not words.endswith((" county", " parish")) and not words.startswith("co"):
        yield f"{words} county"
        yield f"county {words}"


def parse_loose_names(text: str) -> list[NameReading]:
    """Return the readings without the words around a name, and those of each part of a double name.

    "near Dallas", "Auckland CBD", "Greater Dallas, TX", "Londonderry/Derry".
    """
    text = _without_brackets(text)
    first, comma, rest = text.partition(",")
    texts = [f"{shorter}{comma}{rest}" for shorter in _without_fillers(fold(first))]
    for name, region, country in _qualified(fold(text).split()):
        where = ", ".join(part for part in (region.name if region else "", country) if part)
        texts += [f"{shorter}, {where}" for shorter in _without_fillers(" ".join(name))]
    parts = _PARTS.split(first)
    if 1 < len(parts) <= _MAX_PARTS:
        texts += [f"{part}{comma}{rest}" for part in parts if len(part) > 2]
    readings = dict.fromkeys(
        replace(reading, firmness=Firmness.LOOSE)
        for reading in (*_readings_within(fold(text).split(), set()), *chain(*map(parse_names, texts)))
    )
    return list(readings)


_NOWHERE = ("me", "us", "here", "home")  # "near me" is not near Maine


def _without_fillers(name: str) -> Iterator[str]:
    """Yield ever shorter names: "downtown dallas area" gives "dallas area" and "dallas"."""
    for _round in range(3):
        shorter = _BEFORE.sub("", name)
        if shorter == name:
            shorter = _AFTER.sub("", name)
        if shorter in (name, "", *_NOWHERE):
            return
        yield (name := shorter)


def regions_after(readings: Iterable[NameReading]) -> set[tuple[str, str]]:
    """Return the (country, region) that readings end in, as with "Tornto ON"; region "" for a country."""
    return {(reading.country, reading.region) for reading in readings if reading.country}
