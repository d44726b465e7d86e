"""The point of a location on a small map: with the circle it may lie in, nearby towns and a scale.

Drawn as SVG from our own gazetteer, so that no map service is contacted. On the page of a location the point
is moved by dragging or by arrow keys (point.js), which fills in the form; without a script one types the
numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from resources.geo.geocoding import towns_around
from resources.geo.point import KM_PER_DEGREE, Point, wrapped
from resources.models import Location, Place
from resources.vocabulary import Precision
from resources.wording import KM_PER_MILE

# Roughly how far the place may be from a point that is not exact, in kilometers.
RADIUS_KM: dict[str, float] = {Precision.AREA: 4.0, Precision.TOWN: 8.0}
LETTER_WIDTH = 11.0  # of a letter, in units of the map, on the narrowest page
LINE_HEIGHT = 24


@dataclass(frozen=True)
class MapFrame:
    """The size of a map in its own units, its reach from the center in km, and the number of towns on it."""

    width: int
    height: int
    reach_km: float
    towns: int
    bar_km: int

    @property
    def km(self) -> float:
        """Kilometers per unit."""
        return 2 * self.reach_km / self.width


LARGE = MapFrame(width=480, height=360, reach_km=30, towns=12, bar_km=10)
WIDER = MapFrame(width=480, height=360, reach_km=50, towns=12, bar_km=20)
SMALL = MapFrame(width=320, height=200, reach_km=20, towns=5, bar_km=10)
MIN_TOWNS = 3  # with fewer towns the large map shows a wider area


@dataclass(frozen=True)
class MapTown:
    x: float
    y: float
    name: str
    anchor: str  # of its name: "start" is to the right of the dot, "end" to the left


def editable_map(location: Location) -> str:
    """Render the map on the page of a location. Two queries at most."""
    point = point_of(location)
    if point is None:
        return _("No map point yet. We will look it up from the address when you save.")
    frame, towns = LARGE, _towns([point], LARGE)[point]
    if len(towns) < MIN_TOWNS:
        frame, towns = WIDER, _towns([point], WIDER)[point]
    return _render("admin/point.html", location, point, frame, towns)


def thumbnail_maps(locations: Sequence[Location]) -> dict[Any, str]:
    """Render small maps by the id of their location. One query for all of them."""
    points = {location.pk: point for location in locations if (point := point_of(location))}
    towns = _towns(points.values(), SMALL)
    return {
        location.pk: _render(
            "admin/point_small.html",
            location,
            points[location.pk],
            SMALL,
            towns.get(points[location.pk], ()),
        )
        for location in locations
        if location.pk in points
    }


def point_of(location: Location) -> Point | None:
    """Return the point of a location; None if it has none or is not on the globe."""
    if location.latitude is None or location.longitude is None:
        return None
    try:
        return Point(location.latitude, location.longitude)
    except ValueError:
        return None


def _towns(points: Any, frame: MapFrame) -> dict[Point, Sequence[Place]]:
    """Return the largest towns for each point: those in the circle around the frame, without those above or
    below.
    """
    half_height = frame.reach_km * frame.height / frame.width - 1
    around = towns_around(points, km=frame.reach_km, limit=2 * frame.towns)
    return {
        point: [town for town in towns if abs(town.latitude - point.latitude) * KM_PER_DEGREE < half_height][
            : frame.towns
        ]
        for point, towns in around.items()
    }


def _render(template: str, location: Location, point: Point, frame: MapFrame, towns: Sequence[Place]) -> str:
    radius_km = RADIUS_KM.get(location.precision, 0.0)
    context = {
        "frame": frame,
        "middle": (frame.width / 2, frame.height / 2),
        "point": point,
        "km": f"{frame.km:.6f}",
        "circle": round(radius_km / frame.km, 1),
        "towns": list(_without_overlaps(_position_towns(towns, point, frame), frame)),
        "bar": {"units": round(frame.bar_km / frame.km, 1), "end": round(16 + frame.bar_km / frame.km, 1)},
        "scale_label": _("%(km)d km (%(miles)d miles)")
        % {"km": frame.bar_km, "miles": round(frame.bar_km / KM_PER_MILE)},
        "description": _describe(location, point, towns),
    }
    return render_to_string(template, context)


def _describe(location: Location, point: Point, towns: Sequence[Place]) -> str:
    """Describe the map in words."""
    precision = str(location.get_precision_display() or _("not stated"))
    coordinates = f"{point.latitude:.5f}, {point.longitude:.5f}"
    towns_nearby = ", ".join(dict.fromkeys(town.name for town in towns))
    if not towns_nearby:
        return _("The point is at %(where)s (%(how)s).") % {"where": coordinates, "how": precision.lower()}
    return _("The point is at %(where)s (%(how)s). Towns around it: %(near)s.") % {
        "where": coordinates,
        "how": precision.lower(),
        "near": towns_nearby,
    }


def _position_towns(towns: Sequence[Place], center: Point, frame: MapFrame) -> Iterator[MapTown]:
    cos_latitude = math.cos(math.radians(center.latitude))
    for town in towns:
        east = wrapped(town.longitude - center.longitude) * KM_PER_DEGREE * cos_latitude
        north = (town.latitude - center.latitude) * KM_PER_DEGREE
        x, y = frame.width / 2 + east / frame.km, frame.height / 2 - north / frame.km
        fits = x + 8 + len(town.name) * LETTER_WIDTH <= frame.width
        yield MapTown(round(x, 1), round(y, 1), town.name, "start" if fits else "end")


def _without_overlaps(towns: Iterator[MapTown], frame: MapFrame) -> Iterator[MapTown]:
    """Yield the towns whose names do not overlap with those of larger towns or with the scale."""
    taken = [(0.0, frame.height - 48.0, frame.width * 0.5, float(frame.height))]
    for town in towns:
        box = _box_of(town)
        if not any(_overlap(box, other) for other in taken):
            taken.append(box)
            yield town


def _box_of(town: MapTown) -> tuple[float, float, float, float]:
    length = 8 + len(town.name) * LETTER_WIDTH
    left = town.x - 4 if town.anchor == "start" else town.x - length
    return left, town.y - LINE_HEIGHT / 2, left + length + 4, town.y + LINE_HEIGHT / 2


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
