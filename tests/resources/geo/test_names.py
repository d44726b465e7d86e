"""However a name is written, it is the same place."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.geo.names import county_key, fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Montréal", "MONTREAL"),
        ("St. Louis", "saint louis"),
        ("Fort Worth", "Ft. Worth"),
        ("Winston-Salem", "winston salem"),
        ("Hawke's Bay", "Hawke’s  Bay"),
        ("Hawaiʻi", "hawaii"),
        ("Malmö", "malmo"),
        ("Łódź", "lodz"),
        ("Washington, D.C.", "washington dc"),
    ],
)
def test_two_spellings_of_one_name(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_a_key_holds_only_plain_letters_digits_and_single_spaces(text: str) -> None:
    key = fold(text)
    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", key)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Dallas", "dallas"),
        ("Dallas County", "dallas"),
        ("Baltimore", "baltimore"),
        ("Baltimore (city)", "baltimore city"),
        ("City of Harrisonburg", "harrisonburg city"),
        ("City and County of San Francisco", "san francisco"),
        ("Yukon-Koyukuk (CA)", "yukon koyukuk"),
        ("Sitka City and Borough", "sitka"),
        ("Orleans Parish", "orleans"),
        ("Co. Antrim", "antrim"),
        ("County Antrim", "antrim"),
        ("County", "county"),
    ],
)
def test_a_county_has_one_key(name: str, key: str) -> None:
    assert county_key(name) == key
