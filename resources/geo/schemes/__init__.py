"""National postal codes: one file and one class for each scheme. A new country is a file and a line here."""

from __future__ import annotations

from resources.geo.schemes.au import Australia
from resources.geo.schemes.base import Scheme
from resources.geo.schemes.ca import Canada
from resources.geo.schemes.gb import UnitedKingdom
from resources.geo.schemes.ie import Ireland
from resources.geo.schemes.nz import NewZealand
from resources.geo.schemes.us import UnitedStates

SCHEMES: tuple[Scheme, ...] = (
    UnitedStates(),
    UnitedKingdom(),
    Canada(),
    Australia(),
    NewZealand(),
    Ireland(),
)


def codes_in(text: str) -> list[tuple[str, str]]:
    """Return every (country, code) that `text` may be; whether it exists, the gazetteer decides."""
    codes = ((scheme.country, scheme.normalize(text)) for scheme in SCHEMES)
    return [(country, code) for country, code in codes if code]


def normalize(country: str, text: str) -> str | None:
    """Return the code of `text` in one country; None if it is not a code there, or the country is unknown."""
    return next((scheme.normalize(text) for scheme in SCHEMES if scheme.country == country), None)
