"""Points and distances."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.geo.point import (
    HALF_CIRCUMFERENCE_KM,
    KM_PER_DEGREE,
    Point,
    box_around,
    chord2_of_km,
    distance_km,
    km_of_chord2,
)

points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(90.1, 0), (-91, 0), (0, 180.1), (0, -181), (math.nan, 0), (0, math.nan), (math.inf, 0)],
)
def test_what_is_not_on_the_globe_is_no_point(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match="is not between"):
        Point(latitude, longitude)


def test_a_visitors_point_is_coarsened_to_two_decimals() -> None:
    assert Point(32.790412, -96.804449).rounded() == Point(32.79, -96.8)


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        (Point(0, 0), Point(0, 0), 0),
        (Point(0, 0), Point(0, 90), HALF_CIRCUMFERENCE_KM / 2),
        (Point(90, 0), Point(-90, 50), HALF_CIRCUMFERENCE_KM),
        (Point(10, 179.5), Point(10, -179.5), 109.506),
        (Point(90, -30), Point(90, 120), 0),
    ],
)
def test_the_distance_is_the_great_circle(a: Point, b: Point, km: float) -> None:
    assert distance_km(a, b) == pytest.approx(km, abs=0.01)


@given(points, points)
def test_the_squared_chord_of_unit_vectors_is_the_same_distance(a: Point, b: Point) -> None:
    chord2 = sum((one - other) ** 2 for one, other in zip(a.unit_vector(), b.unit_vector(), strict=True))
    assert km_of_chord2(chord2) == pytest.approx(distance_km(a, b), abs=0.001)


@given(st.floats(0, 20_000))
def test_a_distance_survives_its_chord_and_back(km: float) -> None:
    assert km_of_chord2(chord2_of_km(km)) == pytest.approx(km, abs=0.001)


def test_no_distance_is_more_than_half_way_round() -> None:
    assert chord2_of_km(50_000) == pytest.approx(4)
    assert chord2_of_km(-1) == 0


def test_a_box_around_a_point_reaches_past_180_degrees() -> None:
    box = box_around(Point(10, 179.5), 2 * KM_PER_DEGREE)
    assert box == pytest.approx((8, 12, 177.469, -178.469), abs=0.001)


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(0.1, 50))
def test_what_lies_due_north_or_east_within_it_is_in_the_box(lat: float, lng: float, km: float) -> None:
    south, north, west, east = box_around(Point(lat, lng), km)
    assert distance_km(Point(lat, lng), Point(north, lng)) == pytest.approx(km, abs=0.01)
    assert distance_km(Point(lat, lng), Point(lat, east)) == pytest.approx(km, abs=0.1)
    assert distance_km(Point(south, lng), Point(lat, west)) > km
