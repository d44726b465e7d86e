"""The time zone of a place: proposed to curators who have not stated one, never claimed by itself."""

from __future__ import annotations

import tzfpy

from resources.geo.point import Point

# Countries with a single zone, apart from a few islands.
ONE_ZONE = {"GB": "Europe/London", "IE": "Europe/Dublin", "NZ": "Pacific/Auckland"}


def zone_at(point: Point | None, country: str = "") -> str:
    """Return the IANA name for a point, else for a country with a single zone; "" if unknown.

    Zone borders are simplified (tzfpy): within a few kilometers of one the result may be wrong.
    """
    if point is None:
        return ONE_ZONE.get(country, "")
    name: str = tzfpy.get_tz(point.longitude, point.latitude)
    return name or ONE_ZONE.get(country, "")
