"""The extent of a named area, such as a county: a few boxes around the places that belong to it. Pure.

Nobody typed a border: the boxes follow from the points of an area's towns and postal codes. Each box is a
band of latitude, so that a long area is not one large rectangle that holds half of its neighbors.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from resources.geo.point import KM_PER_DEGREE, Point, distance_km, wrapped

MAX_BANDS = 8
# Help lies between and beside the points of towns and codes: each counts for half the usual distance to the
# next, which is at least and at most this many kilometers.
_MIN_MARGIN_KM, _MAX_MARGIN_KM = 2.0, 12.0
# A postal code of a county can stand for a box in another town. Farther out than this many times what is
# usual, a point does not belong to the area.
_STRAY = 5.0


@dataclass(frozen=True)
class Box:
    """South, west, north and east in degrees; eastward from west to east, also past 180."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, point: Point) -> bool:
        """Return True if the point is in the box or on its edge."""
        if not self.south <= point.latitude <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= point.longitude <= self.east
        return point.longitude >= self.west or point.longitude <= self.east

    def wider(self, degrees: float) -> Box:
        """Return the box with so many degrees more on each side."""
        return Box(
            max(self.south - degrees, -90.0),
            wrapped(self.west - degrees),
            min(self.north + degrees, 90.0),
            wrapped(self.east + degrees),
        )

    def sides(self) -> tuple[tuple[float, float, float, float], ...]:
        """Return four rows (a, b, c, d): a unit vector x, y, z is in the box where ax + by + cz >= d in all.

        Plain arithmetic for a database. Right for boxes up to 180 degrees wide.
        """
        west, east = math.radians(self.west), math.radians(self.east)
        return (
            (0.0, 0.0, 1.0, math.sin(math.radians(self.south))),
            (0.0, 0.0, -1.0, -math.sin(math.radians(self.north))),
            (-math.sin(west), math.cos(west), 0.0, 0.0),
            (math.sin(east), -math.cos(east), 0.0, 0.0),
        )


def boxes_around(points: Iterable[Point]) -> tuple[Box, ...]:
    """Return at most eight boxes, from south to north, that hold all of the points but strays.

    Empty for no points.
    """
    kept = _without_strays(list(dict.fromkeys(points)))
    if not kept:
        return ()
    margin = _margin_km(kept)
    south = min(point.latitude for point in kept)
    height = max(point.latitude for point in kept) - south
    bands = max(1, min(MAX_BANDS, math.floor(height * KM_PER_DEGREE / (2 * margin))))
    in_band: dict[int, list[Point]] = {}
    for point in kept:
        number = min(bands - 1, math.floor((point.latitude - south) / height * bands)) if height else 0
        in_band.setdefault(number, []).append(point)
    edges = [south + height * (number + 1) / bands for number in sorted(in_band)]
    up = margin / KM_PER_DEGREE
    bottoms, tops = [south - up, *edges[:-1]], [*edges[:-1], south + height + up]
    return tuple(
        _box(in_band[number], max(bottom, -90.0), min(top, 90.0), margin)
        for number, bottom, top in zip(sorted(in_band), bottoms, tops, strict=True)
    )


def is_within(point: Point, boxes: Sequence[Box]) -> bool:
    """Return True if any of the boxes contains the point."""
    return any(box.contains(point) for box in boxes)


def write_boxes(boxes: Iterable[Box]) -> str:
    """Return boxes as the gazetteer stores them: "33.38 -118.1 33.95 -117.44;..."."""
    sides = ((box.south, box.west, box.north, box.east) for box in boxes)
    return ";".join(" ".join(f"{side:.4f}" for side in box) for box in sides)


def read_boxes(text: str) -> tuple[Box, ...]:
    """Return the boxes that `write_boxes` wrote."""
    return tuple(Box(*map(float, box.split())) for box in text.split(";") if box)


def _without_strays(points: list[Point]) -> list[Point]:
    if len(points) < 4:
        return points
    middle = _middle(points)
    away = {point: distance_km(point, middle) for point in points}
    usual = median(away.values())
    return [point for point in points if away[point] <= _STRAY * usual]


def _middle(points: Sequence[Point]) -> Point:
    """Return the point of median latitude and longitude, measured from the first, so that 180 is no edge."""
    east = points[0].longitude
    return Point(
        median(point.latitude for point in points),
        wrapped(east + median(wrapped(point.longitude - east) for point in points)),
    )


def _margin_km(points: Sequence[Point]) -> float:
    """Return half the distance that points would have from each other, were they spread evenly."""
    south, north = min(point.latitude for point in points), max(point.latitude for point in points)
    whole = _box(points, south, north, 0.0)
    tall = max((north - south) * KM_PER_DEGREE, 1.0)
    across = math.cos(math.radians((north + south) / 2))
    wide = max((whole.east - whole.west) % 360 * KM_PER_DEGREE * across, 1.0)
    return min(_MAX_MARGIN_KM, max(_MIN_MARGIN_KM, math.sqrt(tall * wide / len(points)) / 2))


def _box(points: Sequence[Point], south: float, north: float, margin_km: float) -> Box:
    """Return the box between two latitudes that reaches as far west and east as the points and the margin."""
    across = margin_km / KM_PER_DEGREE / max(math.cos(math.radians((south + north) / 2)), 0.05)
    start = points[0].longitude
    offsets = [wrapped(point.longitude - start) for point in points]
    return Box(
        south=south,
        west=wrapped(start + min(offsets) - across),
        north=north,
        east=wrapped(start + max(offsets) + across),
    )
