"""The crosswalk of regions: number, abbreviation and name are one region, and the right one."""

import pytest
from django.core.exceptions import ValidationError

from resources.geo.point import Point, distance_km
from resources.geo.regions import (
    MILITARY,
    Region,
    all_regions,
    country_name,
    country_named,
    parse_regions,
    region_name,
    region_named,
    regions_named,
)
from resources.models.place import Place

pytestmark = [
    pytest.mark.slow("loads every place that ships"),
    pytest.mark.sqlite("regions are looked up by folded keys alone"),
]


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("TX", "US", "TX"),
        ("texas", "US", "TX"),
        ("Ont.", "CA", "ON"),
        ("Ontario", "CA", "ON"),
        ("08", "CA", "ON"),
        ("08", "AU", "WA"),
        ("CA-QC", "CA", "QC"),
        ("Quebec", "CA", "QC"),
        ("Québec", "CA", "QC"),
        ("new south wales", "AU", "NSW"),
        ("E7", "NZ", "AUK"),
        ("Northern Ireland", "GB", "NIR"),
        ("Cymru", "GB", "WLS"),
        ("Munster", "IE", "M"),
        ("D.C.", "US", "DC"),
    ],
)
def test_a_region_is_known_by_name_abbreviation_and_number(text: str, country: str, code: str) -> None:
    region = region_named(text, country)
    assert region is not None
    assert region.code == code


def test_a_word_that_two_countries_use_is_nobodys_without_one() -> None:
    assert region_named("WA") is None
    assert {region.country for region in regions_named("WA")} == {"US", "AU"}
    assert region_named("nowhere") is None


def test_geonames_numbers_are_of_one_country() -> None:
    calgary, hobart = region_named("01", "CA"), region_named("06", "AU")
    assert calgary is not None
    assert hobart is not None
    assert (calgary.code, hobart.code) == ("AB", "TAS")
    assert region_named("99", "CA") is None
    assert region_named("", "US") is None


def test_codes_have_names() -> None:
    assert region_name("GB", "ENG") == "England"
    assert region_name("FR", "11") == "11"
    assert country_name("IE") == "Ireland"
    assert country_name("ZZ") == "ZZ"


@pytest.mark.parametrize(
    ("text", "code"), [("USA", "US"), ("u.k.", "GB"), ("Éire", "IE"), ("nz", "NZ"), ("France", "FR")]
)
def test_a_country_is_known_by_name_and_code(text: str, code: str) -> None:
    country = country_named(text)
    assert country is not None
    assert country.code == code


def test_every_code_is_listed_once() -> None:
    codes = [(region.country, region.code) for region in all_regions()]
    assert len(codes) == len(set(codes)) == 109


with_towns = [region for region in all_regions() if region.code not in (*MILITARY, "MH", "CIT")]


@pytest.mark.usefixtures("gazetteer")
@pytest.mark.parametrize("region", with_towns, ids=lambda region: region.iso)
def test_its_towns_lie_among_its_postal_codes(region: Region) -> None:
    """Towns came with GeoNames' number, codes with the abbreviation: a number crossed wrongly shows."""
    towns = (
        Place.objects.towns().filter(country=region.country, region=region.code).order_by("-population")[:5]
    )
    nearest = [_region_of_the_nearest_code(town) for town in towns]
    assert nearest.count(region.code) > len(nearest) / 2


def _region_of_the_nearest_code(town: Place) -> str:
    here = Point(town.latitude, town.longitude)
    codes = Place.objects.postal_codes().filter(country=town.country).exclude(region__in=("", *MILITARY))
    for reach in (0.3, 3, 30):
        box = (here.latitude - reach, here.latitude + reach, here.longitude - reach, here.longitude + reach)
        near = [
            (distance_km(here, Point(code.latitude, code.longitude)), code.region)
            for code in codes.in_box(*box)
        ]
        if near:
            return min(near)[1]
    pytest.fail(f"no postal code anywhere near {town}")


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("US", ["US"]),
        ("us-tx", ["US-TX"]),
        ("Texas", ["US-TX"]),
        ("England, Scotland", ["GB-ENG", "GB-SCT"]),
        ("GB-ENG,GB-ENG", ["GB-ENG"]),
        ("Georgia", ["US-GA"]),
        ("CA", ["CA"]),
        ("Ireland\nNew Zealand", ["IE", "NZ"]),
        ("", []),
        (" , ", []),
    ],
    ids=lambda value: str(value) or "nothing",
)
def test_regions_are_typed_by_key_or_by_name(typed: str, keys: list[str]) -> None:
    assert parse_regions(typed) == keys


@pytest.mark.parametrize("typed", ["FR", "US-XX", "TX-US", "US-TX/dallas", "*", "Paris", "\0"])
def test_what_is_no_region_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        parse_regions(typed)
