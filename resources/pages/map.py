"""A map of the results of one page, as a drawing of our own: no tiles, no script, nothing from anyone else.

It is drawn only when it was asked for (`map=1`): the circle that was searched, the largest towns in it to
find one's way by, and a numbered dot for each place, which leads to its card. The list says all of it too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from resources.geo.point import KM_PER_DEGREE, Point, box_around
from resources.models import Place
from resources.search.engine import Answer
from resources.search.summary import distance_label
from resources.vocabulary import MatchReason, Precision

MAP_PARAM = "map"
SIDE = 400  # of the drawing, in its own units
MARGIN = 1.15  # how far it reaches beyond the circle
MAX_TOWNS = 7
TOWN_GAP = 34  # units between the names of two towns, so that neither covers the other
PIN_GAP = 18  # units around the middle of a pin where no name stands
LETTER = 8  # units, the width of a letter, and the part of it that stands above its foot


def map_context(answer: Answer) -> dict[str, Any] | None:
    """Return `map` for `components/map.html`; None where no place was searched near, or an area
    of its own extent, or nothing is near it.

    One query, for the names of towns.
    """
    place = answer.question.place
    if place is None or place.has_extent:
        return None
    km = answer.question.within.km
    pins = pins_of(answer.results, place.point, km)
    if not pins:
        return None
    return {
        "side": SIDE,
        "middle": SIDE // 2,
        "radius": round(SIDE / 2 / MARGIN),
        "pins": pins,
        "towns": _towns(place.point, km, pins),
        "place": place.name,
        "distance": distance_label(answer.question.within),
    }


def pins_of(results: Iterable[Mapping[str, Any]], center: Point, km: float) -> list[dict[str, Any]]:
    """Return a pin for each place among the results within `km`, numbered in the order of the list.

    Results at one point share a pin. `is_town` marks a pin of which only the town is known.
    """
    pins: dict[tuple[float, float], dict[str, Any]] = {}
    for result in results:
        location = result["location"]
        if result["why"] != MatchReason.NEAR_YOU or not location or location["latitude"] is None:
            continue
        x, y = drawn_at(Point(location["latitude"], location["longitude"]), center, km)
        if not (0 <= x <= SIDE and 0 <= y <= SIDE):
            continue
        pin = pins.setdefault(
            (x, y),
            {
                "number": len(pins) + 1,
                "x": x,
                "y": y,
                "id": result["id"],
                "names": [],
                "is_town": location["precision"] == Precision.TOWN,
            },
        )
        pin["names"].append(result["service"]["name"])
    return list(pins.values())


def drawn_at(point: Point, center: Point, km: float) -> tuple[float, float]:
    """Return x (eastward) and y (southward) of a point in the drawing, whose middle is `center`.

    Equirectangular about the center: within 1% over the distances that are searched.
    """
    east = (point.longitude - center.longitude + 180) % 360 - 180
    per_km = SIDE / 2 / (km * MARGIN)
    x = SIDE / 2 + east * KM_PER_DEGREE * math.cos(math.radians(center.latitude)) * per_km
    y = SIDE / 2 - (point.latitude - center.latitude) * KM_PER_DEGREE * per_km
    return round(x, 1), round(y, 1)


def _towns(center: Point, km: float, pins: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows = Place.objects.towns().in_box(*box_around(center, km)).order_by("-population", "id")
    named = rows.values_list("name", "latitude", "longitude")[: MAX_TOWNS * 4]
    towns = (
        {"name": name, **dict(zip("xy", drawn_at(Point(latitude, longitude), center, km), strict=True))}
        for name, latitude, longitude in named
    )
    return spread_out(beside_pins(towns, pins))


def beside_pins(
    towns: Iterable[Mapping[str, Any]], pins: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the towns, each name where the town is, or above or below it where a pin would cover the name.

    A name that pins would cover at all three, or that would be cut at the edge, is left out.
    """
    for town in towns:
        reach = PIN_GAP + LETTER * len(town["name"]) / 2
        near = [pin["y"] for pin in pins if abs(town["x"] - pin["x"]) < reach]
        for y in (town["y"], town["y"] - PIN_GAP, town["y"] + PIN_GAP + LETTER):
            is_covered = any(-PIN_GAP < y - pin < PIN_GAP + LETTER for pin in near)
            if PIN_GAP <= y <= SIDE - PIN_GAP and not is_covered:
                yield {**town, "y": round(y, 1)}
                break


def spread_out(towns: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the first towns whose names have room beside those before them, MAX_TOWNS at most."""
    shown: list[dict[str, Any]] = []
    for town in towns:
        if len(shown) < MAX_TOWNS and not _is_crowded(town, shown):
            shown.append(dict(town))
    return shown


def _is_crowded(town: Mapping[str, Any], shown: Sequence[Mapping[str, Any]]) -> bool:
    return any(
        abs(town["y"] - other["y"]) < TOWN_GAP / 2 and abs(town["x"] - other["x"]) < TOWN_GAP * 3
        for other in shown
    )
