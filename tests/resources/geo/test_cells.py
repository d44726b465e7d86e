"""A radius is the cells it touches, wherever on the globe."""

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resources.geo.cells import CELL, Grid, cell_of
from resources.geo.point import EARTH_RADIUS_KM, Point, distance_km
from resources.wording import KM_PER_MILE

DALLAS = Point(32.7904, -96.8044)
edges = st.sampled_from([-180.0, -179.999, 179.999, 180.0, 0.0])
longitudes = st.one_of(st.floats(-180, 180), edges)
latitudes = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, -89.9, 89.9, 90.0]))
points = st.builds(Point, latitudes, longitudes)
radii = st.one_of(st.floats(0.001, 810), st.floats(0.001, 20_100))


def travel(start: Point, bearing: float, km: float) -> Point:
    """The point `km` from `start` along a bearing in radians."""
    latitude, angle = math.radians(start.latitude), km / EARTH_RADIUS_KM
    sine = math.sin(latitude) * math.cos(angle) + math.cos(latitude) * math.sin(angle) * math.cos(bearing)
    there = math.asin(max(-1.0, min(1.0, sine)))
    east = math.sin(bearing) * math.sin(angle) * math.cos(latitude)
    turned = math.degrees(math.atan2(east, math.cos(angle) - math.sin(latitude) * math.sin(there)))
    return Point(math.degrees(there), (start.longitude + turned + 180) % 360 - 180)


@pytest.mark.parametrize("grid", [CELL, Grid(2.0)])
@given(middle=points, km=radii, bearing=st.floats(0, 2 * math.pi), part=st.floats(0, 1))
@example(middle=Point(0, 180), km=40, bearing=math.pi / 2, part=1)
@example(middle=Point(89.99, 0), km=40, bearing=0, part=1)
@example(middle=Point(-90, 0), km=500, bearing=1, part=0.9)
@example(middle=Point(60, 179.9), km=805, bearing=1.2, part=1)
def test_every_point_within_the_radius_lies_in_a_listed_cell(
    grid: Grid, middle: Point, km: float, bearing: float, part: float
) -> None:
    reached = travel(middle, bearing, km * part)
    if distance_km(middle, reached) <= km:
        cell = grid.cell_of(reached)
        assert any(first <= cell <= last for first, last in grid.ranges_within(middle, km))


@given(middle=points, km=radii)
def test_the_ranges_ascend_and_no_cell_is_listed_twice(middle: Point, km: float) -> None:
    ranges = CELL.ranges_within(middle, km)
    assert all(0 <= first <= last < 720 * 1440 for first, last in ranges)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


@given(middle=st.builds(Point, st.floats(-60, 60), longitudes), km=st.floats(1, 100))
def test_no_cell_is_listed_that_lies_far_outside(middle: Point, km: float) -> None:
    for first, last in CELL.ranges_within(middle, km):
        for cell in range(first, last + 1):
            row, column = divmod(cell, 1440)
            centre = Point(row / 4 - 90 + 0.125, column / 4 - 180 + 0.125)
            assert distance_km(middle, centre) <= km + 25


def test_cells_are_counted_as_the_search_table_counts_them() -> None:
    assert cell_of(DALLAS) == 491 * 1440 + 332


def test_180_degrees_east_and_west_are_one_cell_and_the_pole_has_one() -> None:
    assert cell_of(Point(0, 180)) == cell_of(Point(0, -180))
    assert cell_of(Point(90, 0)) == 719 * 1440 + 720


def test_twenty_five_miles_are_a_short_list() -> None:
    ranges = CELL.ranges_within(DALLAS, 25 * KM_PER_MILE)
    assert (len(ranges), sum(last - first + 1 for first, last in ranges)) == (4, 15)


def test_half_way_round_is_everywhere() -> None:
    assert CELL.ranges_within(DALLAS, 20_100) == [(0, 720 * 1440 - 1)]
