"""Countries and their states, provinces and nations: by name, abbreviation or GeoNames code."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from resources.geo.names import fold
from resources.vocabulary import COUNTRIES

DATA = Path(__file__).resolve().parent.parent / "data" / "places"

# Postal codes of the US armed forces, which may be anywhere in the world.
MILITARY = ("AA", "AE", "AP")


@dataclass(frozen=True)
class Region:
    """One row of `regions.csv`. `geonames` is its GeoNames code ("08" for Ontario), or ""."""

    country: str
    code: str
    geonames: str
    iso: str
    name: str
    alternatives: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All names a person may use for it."""
        return (self.code, self.name, self.geonames, self.iso, *self.alternatives)


@dataclass(frozen=True)
class Country:
    """One row of `countries.csv`; `code` is ISO 3166-1 alpha-2."""

    code: str
    name: str
    alternatives: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All names a person may use for it."""
        return (self.code, self.name, *self.alternatives)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _alternatives(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(word for word in row.pop("alternatives").split(";") if word)


@cache
def all_regions() -> tuple[Region, ...]:
    """Return the rows of `regions.csv`."""
    return tuple(Region(alternatives=_alternatives(row), **row) for row in _rows("regions.csv"))


@cache
def all_countries() -> tuple[Country, ...]:
    """Return the rows of `countries.csv`."""
    return tuple(Country(alternatives=_alternatives(row), **row) for row in _rows("countries.csv"))


@cache
def _regions_by_word() -> dict[str, tuple[Region, ...]]:
    by_word: defaultdict[str, dict[Region, None]] = defaultdict(dict)
    for region in all_regions():
        for word in region.words:
            by_word[fold(word)][region] = None
    by_word.pop("", None)
    return {word: tuple(regions) for word, regions in by_word.items()}


@cache
def _regions_by_code() -> dict[tuple[str, str], Region]:
    return {(region.country, region.code): region for region in all_regions()}


@cache
def _countries_by_word() -> dict[str, Country]:
    by_name = {
        fold(word): country for country in all_countries() for word in (country.name, *country.alternatives)
    }
    return {fold(country.code): country for country in all_countries()} | by_name


def regions_named(text: str, country: str | None = None) -> tuple[Region, ...]:
    """Return every region that `text` may mean: "WA" is Washington and Western Australia."""
    regions = _regions_by_word().get(fold(text), ())
    return tuple(region for region in regions if country in (None, region.country))


def region_named(text: str, country: str | None = None) -> Region | None:
    """Return the region that `text` means, in `country` if given; None if there is none, or more than one."""
    regions = regions_named(text, country)
    return regions[0] if len(regions) == 1 else None


def region_name(country: str, code: str) -> str:
    """Return the name of a region code, or the code itself if unknown."""
    region = _regions_by_code().get((country, code))
    return region.name if region else code


def longest_region_name(country: str, code: str) -> str:
    """Return the name that no town of the region has: "New York State", "Auckland Region"; else its name."""
    region = _regions_by_code()[country, code]
    longer = (name for name in region.alternatives if name.endswith((" State", " Province", " Region")))
    return next(longer, region.name)


def country_named(text: str) -> Country | None:
    """Return the country of a name or two-letter code: "USA", "Éire" and "nz" are known."""
    return _countries_by_word().get(fold(text))


def country_name(code: str) -> str:
    """Return the English name of an ISO code, or the code itself if unknown."""
    return _country_names().get(code, code)


@cache
def _country_names() -> dict[str, str]:
    return {country.code: country.name for country in all_countries()}


# ---- keys of regions: a country or a part of it, "US" or "US-TX"


def is_region(key: str) -> bool:
    """Return True if `key` names a country of the vocabulary or a known region of one: "US" or "US-TX"."""
    country, dash, part = key.partition("-")
    return country in COUNTRIES and (not dash or (bool(part) and region_name(country, part) != part))


def parse_regions(text: str) -> list[str]:
    """Parse keys or names of regions, separated by commas. Raises ValidationError for an unknown one."""
    return list(
        dict.fromkeys(parse_region(part) for part in text.replace("\n", ",").split(",") if part.strip())
    )


def parse_region(text: str) -> str:
    """Parse a key in any case, or a name that only one region has."""
    text = text.strip()
    if is_region(text.upper()):
        return text.upper()
    if region := region_named(text):
        return f"{region.country}-{region.code}"
    country = country_named(text)
    if country and country.code in COUNTRIES and not regions_named(text):
        return country.code
    raise ValidationError(
        _("We do not recognize the region “%(text)s”. Enter a code such as US, US-TX or GB-ENG.")
        % {"text": text}
    )


def check_regions(keys: Iterable[str]) -> list[str]:
    """Return the keys without repeats. Raises ValidationError for an unknown one."""
    keys = list(dict.fromkeys(keys))
    for key in keys:
        if not (isinstance(key, str) and is_region(key)):
            raise ValidationError(_("“%(key)s” is not a valid region.") % {"key": key})
    return keys


def region_label(key: str) -> str:
    """Return "Texas, United States" for "US-TX" and "All of United States" for "US", for example."""
    country, _dash, part = key.partition("-")
    name_of_country = str(COUNTRIES.get(country, country))
    if part:
        return f"{region_name(country, part)}, {name_of_country}"
    return _("All of %(country)s") % {"country": name_of_country}
