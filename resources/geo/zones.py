"""The time zone of a place: proposed to a curator who has not said one, never claimed by itself."""

from __future__ import annotations

import tzfpy

from resources.geo.point import Point

# Countries in which one zone is right but for a few islands.
ONE_ZONE = {"GB": "Europe/London", "IE": "Europe/Dublin", "NZ": "Pacific/Auckland"}


def zone_at(point: Point | None, country: str = "") -> str:
    """The IANA name by the point, else by a country that has one zone; "" where neither tells it.

    The shapes of zones are simplified (tzfpy): within a few kilometres of a border they may be wrong.
    """
    if point is None:
        return ONE_ZONE.get(country, "")
    name: str = tzfpy.get_tz(point.longitude, point.latitude)
    return name or ONE_ZONE.get(country, "")
