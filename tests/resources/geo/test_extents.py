"""The boxes of an area: around its places, without strays, across 180 degrees."""

import math

import pytest

from resources.geo.extents import MAX_BANDS, Box, boxes_around, is_within, read_boxes, write_boxes
from resources.geo.point import Point


def test_a_single_place_has_a_box_of_some_kilometers() -> None:
    (box,) = boxes_around([Point(50.0, 8.0)])
    assert box.contains(Point(50.01, 8.01))
    assert not box.contains(Point(50.1, 8.0))


def test_a_diagonal_area_does_not_hold_its_empty_corners() -> None:
    diagonal = [Point(50 + step / 10, 8 + step / 10) for step in range(21)]
    boxes = boxes_around(diagonal)
    assert 1 < len(boxes) <= MAX_BANDS
    assert all(is_within(point, boxes) for point in diagonal)
    assert not is_within(Point(52.0, 8.0), boxes)
    assert not is_within(Point(50.0, 10.0), boxes)


def test_there_is_no_gap_between_two_towns_far_apart() -> None:
    boxes = boxes_around([Point(50.0, 8.0), Point(50.1, 8.0), Point(52.0, 8.0), Point(52.1, 8.0)])
    assert is_within(Point(51.0, 8.0), boxes)


def test_a_code_that_stands_for_a_box_elsewhere_is_left_out() -> None:
    county = [Point(40 + step / 50, -100.0) for step in range(10)]
    assert not is_within(Point(45.0, -90.0), boxes_around([*county, Point(45.0, -90.0)]))


def test_an_area_may_lie_on_both_sides_of_180_degrees() -> None:
    boxes = boxes_around([Point(52.0, 179.5), Point(52.2, -179.5)])
    assert is_within(Point(52.1, 180.0), boxes)
    assert is_within(Point(52.1, -179.9), boxes)
    assert not is_within(Point(52.1, 0.0), boxes)


def test_no_places_have_no_extent() -> None:
    assert boxes_around([]) == ()


def test_boxes_are_read_as_they_were_written() -> None:
    boxes = (Box(-1.5, 2.25, 3.0, 4.0), Box(3.0, 179.0, 4.0, -179.0))
    assert read_boxes(write_boxes(boxes)) == boxes
    assert read_boxes("") == ()


@pytest.mark.parametrize("box", [Box(50, 8, 52, 9), Box(-20, 178, -10, -178), Box(-1, -120, 1, 10)])
def test_the_sides_of_a_box_decide_as_its_degrees_do(box: Box) -> None:
    for latitude in range(-88, 89, 4):
        for longitude in range(-178, 180, 4):
            point = Point(latitude + 0.5, longitude + 0.5)
            x, y, z = point.unit_vector()
            inside = all(a * x + b * y + c * z >= d for a, b, c, d in box.sides())
            # The planes of two meridians also hold what is behind the globe of a narrow box: nothing.
            assert inside == box.contains(point), (point, math.degrees(math.atan2(y, x)))
