"""The map: where a point is drawn, what shares a pin, and that it is drawn only when it was asked for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from resources.geo.point import Point
from resources.pages.map import MAX_TOWNS, SIDE, beside_pins, drawn_at, pins_of, spread_out
from tests.build import DALLAS, build_location, build_service
from tests.reading import page
from tests.world import build_places

CENTER = Point(32.78, -96.8)


def found(name: str, latitude: float | None, longitude: float = -96.8, **facts: Any) -> dict[str, Any]:
    location = {"latitude": latitude, "longitude": longitude, "precision": "exact"} | facts.pop("at", {})
    return {
        "id": name,
        "why": "near_you",
        "service": {"name": name},
        "location": location if latitude is not None else None,
        **facts,
    }


@pytest.mark.parametrize(
    ("latitude", "longitude", "side"),
    [
        (32.78, -96.8, "middle"),
        (32.98, -96.8, "north"),
        (32.58, -96.8, "south"),
        (32.78, -96.5, "east"),
        (32.78, -97.1, "west"),
    ],
)
def test_north_is_up_and_east_is_right(latitude: float, longitude: float, side: str) -> None:
    x, y = drawn_at(Point(latitude, longitude), CENTER, 40)
    middle = SIDE / 2
    sides = {
        "middle": x == y == middle,
        "north": x == middle and y < middle,
        "south": x == middle and y > middle,
        "east": x > middle and y == middle,
        "west": x < middle and y == middle,
    }
    assert [name for name, holds in sides.items() if holds] == [side]


def test_a_point_at_the_radius_is_on_the_circle() -> None:
    _x, y = drawn_at(Point(32.78 + 40 / 111.195, -96.8), CENTER, 40)
    assert SIDE / 2 - y == pytest.approx(SIDE / 2 / 1.15, abs=0.5)


def test_across_the_date_line_near_is_near() -> None:
    x, _y = drawn_at(Point(-17, -179.9), Point(-17, 179.9), 40)
    assert SIDE / 2 < x < SIDE


def test_pins_are_numbered_in_the_order_of_the_list_and_shared_at_one_point() -> None:
    results = [
        found("First", 32.80),
        found("Same door", 32.80),
        found("By phone", None),
        found("Serves the state", 32.70, why="serves_your_state"),
        found("Second", 32.70, at={"precision": "town"}),
        found("Far", 40.0),
    ]
    pins = [(pin["number"], pin["names"], pin["is_town"]) for pin in pins_of(results, CENTER, 40)]
    assert pins == [(1, ["First", "Same door"], False), (2, ["Second"], True)]


def test_names_of_towns_do_not_cover_each_other() -> None:
    towns = [{"name": str(number), "x": 10 * number, "y": 100} for number in range(40)]
    assert [town["name"] for town in spread_out(towns)] == ["0", "11", "22", "33"]
    apart = [{"name": str(number), "x": 0, "y": 40 * number} for number in range(40)]
    assert len(spread_out(apart)) == MAX_TOWNS


def test_a_name_stands_beside_the_pin_of_its_town() -> None:
    towns = [{"name": "Plano", "x": 200, "y": y} for y in (100, 300)]
    pins = [{"x": 205, "y": y} for y in (101, 299, 281)]
    assert [town["y"] for town in beside_pins(towns, pins)] == [82, 326]
    assert not list(beside_pins(towns[:1], [{"x": 200, "y": y} for y in (60, 90, 120)]))


def test_the_map_is_drawn_only_when_it_was_asked_for(db: None, visitor: Client) -> None:
    build_places()
    service = build_service("Evening circle", at=[build_location(DALLAS, address_1="1 Elm St")])
    closed = page(visitor, "/search/?near=75201")
    assert "<svg viewBox" not in closed
    assert 'href="/search/?near=75201&amp;map=1"' in closed
    opened = page(visitor, "/search/?near=75201&map=1")
    assert "We ignored" not in opened
    assert 'href="/search/?near=75201"' in opened
    [pin] = re.findall(r'class="pin" href="#(r-[^"]+)"', opened)
    assert f'id="{pin}"' in opened
    assert service.name in opened


@pytest.mark.parametrize("address", ["/search/?map=1", "/search/?near=75201&map=1&reach=remote"])
def test_where_nothing_is_near_there_is_no_map(db: None, visitor: Client, address: str) -> None:
    build_places()
    build_service("Line", kind="helpline", areas=["US"])
    assert 'class="map"' not in page(visitor, address)
