"""Where an address lies, as far as the gazetteer knows."""

from __future__ import annotations

from resources.geo.geocoding import FoundPlace, PlaceNotFound, find_place
from resources.vocabulary import Precision


class NoPoint(Exception):
    """The gazetteer knows neither the postal code nor the town."""


def point_of_address(
    *, city: str, region: str, postal_code: str, country: str
) -> tuple[FoundPlace, Precision]:
    """The postal code's area, else the town; raises NoPoint. `country` must be given.

    What is found in another country than the address's own is another place of the same name.
    """
    town = f"{city}, {region}" if region else city
    for text, precision in ((postal_code, Precision.AREA), (town if city else "", Precision.TOWN)):
        found = _find(text, country) if text else None
        if found:
            return found, precision
    raise NoPoint(postal_code or town)


def _find(text: str, country: str) -> FoundPlace | None:
    try:
        found = find_place(text, default_country=country)
    except PlaceNotFound:
        return None
    return found if found.country == country else None
