"""Points on the globe and distances. Degrees are WGS 84; distances are kilometers."""

from __future__ import annotations

import math
from dataclasses import dataclass

EARTH_RADIUS_KM = 6371.0088
HALF_CIRCUMFERENCE_KM = math.pi * EARTH_RADIUS_KM
KM_PER_DEGREE = HALF_CIRCUMFERENCE_KM / 180  # of latitude; of longitude at the equator


@dataclass(frozen=True)
class Point:
    """A latitude and a longitude. Raises ValueError for values that are not on the globe."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        # Written so that NaN, which compares false with everything, is rejected too.
        if not -90 <= self.latitude <= 90:
            raise ValueError(f"latitude {self.latitude} is not between -90 and 90")
        if not -180 <= self.longitude <= 180:
            raise ValueError(f"longitude {self.longitude} is not between -180 and 180")

    def rounded(self, decimals: int = 2) -> Point:
        """Return the point rounded, as a visitor's position is: two decimals are about a kilometer."""
        return Point(round(self.latitude, decimals), round(self.longitude, decimals))

    def unit_vector(self) -> tuple[float, float, float]:
        """Return x, y, z on a globe of radius 1: the distance between two of them is plain arithmetic."""
        latitude, longitude = math.radians(self.latitude), math.radians(self.longitude)
        across = math.cos(latitude)
        return across * math.cos(longitude), across * math.sin(longitude), math.sin(latitude)


def distance_km(a: Point, b: Point) -> float:
    """Return the great-circle distance between two points, by the haversine formula."""
    latitudes = math.radians(b.latitude - a.latitude) / 2
    longitudes = math.radians(b.longitude - a.longitude) / 2
    slant = math.cos(math.radians(a.latitude)) * math.cos(math.radians(b.latitude))
    haversine = math.sin(latitudes) ** 2 + slant * math.sin(longitudes) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(haversine)))


def box_around(point: Point, km: float) -> tuple[float, float, float, float]:
    """Return south, north, west and east of the area within `km`.

    Eastward from west to east, also past 180.
    """
    reach = km / KM_PER_DEGREE
    across = min(reach / max(math.cos(math.radians(point.latitude)), 1e-9), 179.9)
    west, east = (wrapped(point.longitude + side) for side in (-across, across))
    return point.latitude - reach, point.latitude + reach, west, east


def wrapped(longitude: float) -> float:
    """Return the longitude in the range from -180 up to 180."""
    return (longitude + 180) % 360 - 180


def chord2_of_km(km: float) -> float:
    """Return the squared straight line through a globe of radius 1 between two points `km` apart."""
    angle = min(max(km, 0.0), HALF_CIRCUMFERENCE_KM) / EARTH_RADIUS_KM
    return 4 * math.sin(angle / 2) ** 2


def km_of_chord2(chord2: float) -> float:
    """Return the great-circle distance of a squared chord; the inverse of `chord2_of_km`."""
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(max(chord2, 0.0)) / 2))
