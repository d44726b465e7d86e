"""A grid over the globe, so that a search by radius begins with a short list of whole numbers.

A radius is every cell it touches; an exact test by distance must follow, since the corners of a cell lie
outside the circle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from resources.geo.point import EARTH_RADIUS_KM, Point

# Degrees, about a decimeter: rounding in trigonometry must never lose a point on the rim.
_SLACK = 1e-6


@dataclass(frozen=True)
class Grid:
    """Cells numbered eastward along each row, rows northward from the south pole."""

    degrees: float

    @property
    def columns(self) -> int:
        """The number of cells in a row."""
        return round(360 / self.degrees)

    @property
    def rows(self) -> int:
        """The number of rows."""
        return round(180 / self.degrees)

    def row_of(self, latitude: float) -> int:
        """Return the row of a latitude; the north pole belongs to the last row."""
        return min(math.floor((latitude + 90) / self.degrees), self.rows - 1)

    def column_of(self, longitude: float) -> int:
        """Return the column of a longitude; 180 degrees east is 180 degrees west, the first column."""
        return math.floor((longitude + 180) / self.degrees) % self.columns

    def cell_of(self, point: Point) -> int:
        """Return the number of the cell that contains a point."""
        return self.row_of(point.latitude) * self.columns + self.column_of(point.longitude)

    def ranges_within(self, point: Point, km: float) -> list[tuple[int, int]]:
        """Return the cells a circle touches as (first, last) inclusive, ascending.

        Two for a row that crosses 180.
        """
        angle = max(km, 0.0) / EARTH_RADIUS_KM
        if angle >= math.pi:
            return [(0, self.rows * self.columns - 1)]
        reach = math.degrees(angle) + _SLACK
        south, north = max(point.latitude - reach, -90.0), min(point.latitude + reach, 90.0)
        ranges: list[tuple[int, int]] = []
        for row in range(self.row_of(south), self.row_of(north) + 1):
            low, high = row * self.degrees - 90, (row + 1) * self.degrees - 90
            width = _half_width(point.latitude, angle, max(low, south), min(high, north))
            ranges += self._columns_within(row, point.longitude, width + _SLACK)
        return ranges

    def ranges_in(self, south: float, west: float, north: float, east: float) -> list[tuple[int, int]]:
        """Return the cells that a box touches as (first, last) inclusive, ascending."""
        middle, width = west + (east - west) % 360 / 2, (east - west) % 360 / 2
        ranges: list[tuple[int, int]] = []
        for row in range(self.row_of(max(south, -90.0)), self.row_of(min(north, 90.0)) + 1):
            ranges += self._columns_within(row, middle, width + _SLACK)
        return ranges

    def _columns_within(self, row: int, longitude: float, width: float) -> list[tuple[int, int]]:
        start = row * self.columns
        first = math.floor((longitude - width + 180) / self.degrees)
        last = math.floor((longitude + width + 180) / self.degrees)
        if last - first + 1 >= self.columns:
            return [(start, start + self.columns - 1)]
        first, last = first % self.columns, last % self.columns
        if first <= last:
            return [(start + first, start + last)]
        return [(start, start + last), (start + first, start + self.columns - 1)]


def _half_width(latitude: float, angle: float, low: float, high: float) -> float:
    """Return how many degrees of longitude a circle reaches to either side between two latitudes."""
    widest = math.sin(math.radians(latitude)) / math.cos(angle) if abs(math.cos(angle)) > 1e-12 else 2.0
    at = [low, high]
    if abs(widest) <= 1 and low < (turn := math.degrees(math.asin(widest))) < high:
        at.append(turn)
    return max(_half_width_at(latitude, angle, parallel) for parallel in at)


def _half_width_at(latitude: float, angle: float, at: float) -> float:
    center, parallel = math.radians(latitude), math.radians(at)
    across = math.cos(center) * math.cos(parallel)
    if across < 1e-12:
        return 180.0
    # At the top and bottom of the circle, where the width is zero, rounding can exceed 1.
    cosine = (math.cos(angle) - math.sin(center) * math.sin(parallel)) / across
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


CELL = Grid(0.25)


def cell_of(point: Point) -> int:
    """Return the quarter-degree cell of a point."""
    return CELL.cell_of(point)
