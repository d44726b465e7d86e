"""Each country's postal codes, in every way people write them."""

import pytest

from resources.geo.schemes import SCHEMES, codes_in, normalize


@pytest.mark.parametrize(
    ("country", "written", "code"),
    [
        ("US", "75201", "75201"),
        ("US", " 75201-1234 ", "75201"),
        ("US", "752011234", "75201"),
        ("US", "7520", None),
        ("US", "７５２０１", None),
        ("GB", "M1", "M1"),
        ("GB", "M1 1AE", "M1"),
        ("GB", "m11ae", "M1"),
        ("GB", "M1 1", "M1"),
        ("GB", "M11", "M11"),
        ("GB", "sw1a1aa", "SW1A"),
        ("GB", "1AE", None),
        ("CA", "T2P 1J9", "T2P"),
        ("CA", "t2p1j9", "T2P"),
        ("CA", "T2P", "T2P"),
        ("CA", "D2P", None),
        ("AU", "3000", "3000"),
        ("AU", "300", None),
        ("NZ", "0110", "0110"),
        ("IE", "D02", "D02"),
        ("IE", "D02 AF30", "D02"),
        ("IE", "d02af30", "D02"),
        ("IE", "d6w", "D6W"),
        ("IE", "Dublin 2", "D02"),
        ("IE", "dublin 6w", "D6W"),
        ("FR", "75001", None),
    ],
)
def test_a_code_is_looked_up_by(country: str, written: str, code: str | None) -> None:
    assert normalize(country, written) == code


def test_a_code_may_be_several_countries() -> None:
    assert codes_in("3000") == [("AU", "3000"), ("NZ", "3000")]
    assert codes_in("E1W") == [("GB", "E1W"), ("CA", "E1W")]
    assert codes_in("W12") == [("GB", "W12"), ("IE", "W12")]


def test_there_is_one_scheme_for_each_country() -> None:
    assert sorted(scheme.country for scheme in SCHEMES) == ["AU", "CA", "GB", "IE", "NZ", "US"]
