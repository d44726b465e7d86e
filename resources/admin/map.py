"""The point of a place, drawn: with the circle it may lie in, the towns around it and a scale.

It is SVG by our own hand, from our own gazetteer: no tile of anybody's map is asked for. On the page of a
place the point is moved by hand or by arrow keys (point.js), which fills the boxes; without a script the
boxes are typed in.
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

# How far from a point that is not exact the place may lie, roughly, in kilometres.
UNSURE_KM: dict[str, float] = {Precision.AREA: 4.0, Precision.TOWN: 8.0}
LETTER = 11.0  # the width of one, in units of the drawing, on the narrowest page
LINE = 24


@dataclass(frozen=True)
class MapFrame:
    """The size of a drawing in its own units, how far it reaches to either side, and what is named on it."""

    width: int
    height: int
    reach_km: float
    towns: int
    bar_km: int

    @property
    def km(self) -> float:
        """Of one unit."""
        return 2 * self.reach_km / self.width


LARGE = MapFrame(width=480, height=360, reach_km=30, towns=12, bar_km=10)
WIDER = MapFrame(width=480, height=360, reach_km=50, towns=12, bar_km=20)
SMALL = MapFrame(width=320, height=200, reach_km=20, towns=5, bar_km=10)
FEW_TOWNS = 3  # fewer than this within the large sheet, and it is drawn wider


@dataclass(frozen=True)
class Town:
    x: float
    y: float
    name: str
    anchor: str  # of its name: "start" stands to the right of its dot, "end" to the left


def editable_map(location: Location) -> str:
    """The drawing on the page of a place itself. Two queries at most."""
    point = point_of(location)
    if point is None:
        return _("No point yet. One is looked up from the address when you save.")
    sheet, towns = LARGE, _towns([point], LARGE)[point]
    if len(towns) < FEW_TOWNS:
        sheet, towns = WIDER, _towns([point], WIDER)[point]
    return _drawn("admin/point.html", location, point, sheet, towns)


def thumbnail_maps(locations: Sequence[Location]) -> dict[Any, str]:
    """By id, for places among others. One query for all of them."""
    points = {location.pk: point for location in locations if (point := point_of(location))}
    towns = _towns(points.values(), SMALL)
    return {
        location.pk: _drawn(
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
    """None too for what was typed and is not on the globe."""
    if location.latitude is None or location.longitude is None:
        return None
    try:
        return Point(location.latitude, location.longitude)
    except ValueError:
        return None


def _towns(points: Any, sheet: MapFrame) -> dict[Point, Sequence[Place]]:
    """The largest on the sheet: those within the circle around it, but for what lies above and below."""
    half_height = sheet.reach_km * sheet.height / sheet.width - 1
    around = towns_around(points, km=sheet.reach_km, limit=2 * sheet.towns)
    return {
        point: [town for town in towns if abs(town.latitude - point.latitude) * KM_PER_DEGREE < half_height][
            : sheet.towns
        ]
        for point, towns in around.items()
    }


def _drawn(template: str, location: Location, point: Point, sheet: MapFrame, towns: Sequence[Place]) -> str:
    unsure = UNSURE_KM.get(location.precision, 0.0)
    context = {
        "sheet": sheet,
        "middle": (sheet.width / 2, sheet.height / 2),
        "point": point,
        "km": f"{sheet.km:.6f}",
        "circle": round(unsure / sheet.km, 1),
        "towns": list(_without_overlaps(_placed(towns, point, sheet), sheet)),
        "bar": {"units": round(sheet.bar_km / sheet.km, 1), "end": round(16 + sheet.bar_km / sheet.km, 1)},
        "bar_says": _("%(km)d km (%(miles)d miles)")
        % {"km": sheet.bar_km, "miles": round(sheet.bar_km / KM_PER_MILE)},
        "says": _said(location, point, towns),
    }
    return render_to_string(template, context)


def _said(location: Location, point: Point, towns: Sequence[Place]) -> str:
    """The drawing in words."""
    how = str(location.get_precision_display() or _("not stated"))
    where = f"{point.latitude:.5f}, {point.longitude:.5f}"
    near = ", ".join(dict.fromkeys(town.name for town in towns))
    if not near:
        return _("The point is at %(where)s (%(how)s).") % {"where": where, "how": how.lower()}
    return _("The point is at %(where)s (%(how)s). Towns around it: %(near)s.") % {
        "where": where,
        "how": how.lower(),
        "near": near,
    }


def _placed(towns: Sequence[Place], middle: Point, sheet: MapFrame) -> Iterator[Town]:
    shrink = math.cos(math.radians(middle.latitude))
    for town in towns:
        east = wrapped(town.longitude - middle.longitude) * KM_PER_DEGREE * shrink
        north = (town.latitude - middle.latitude) * KM_PER_DEGREE
        x, y = sheet.width / 2 + east / sheet.km, sheet.height / 2 - north / sheet.km
        fits = x + 8 + len(town.name) * LETTER <= sheet.width
        yield Town(round(x, 1), round(y, 1), town.name, "start" if fits else "end")


def _without_overlaps(towns: Iterator[Town], sheet: MapFrame) -> Iterator[Town]:
    """The larger town keeps its name; a name that would lie over another's, or the scale's, is left off."""
    taken = [(0.0, sheet.height - 48.0, sheet.width * 0.5, float(sheet.height))]
    for town in towns:
        box = _box_of(town)
        if not any(_overlap(box, other) for other in taken):
            taken.append(box)
            yield town


def _box_of(town: Town) -> tuple[float, float, float, float]:
    length = 8 + len(town.name) * LETTER
    left = town.x - 4 if town.anchor == "start" else town.x - length
    return left, town.y - LINE / 2, left + length + 4, town.y + LINE / 2


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
