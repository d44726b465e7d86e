"""What lies around a point: the towns by which people know where it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from resources.geo.point import Point, box_around, distance_km
from resources.models import Place
from resources.models.place import in_box_q

MOST_BOXES = 12  # in one query
MOST_ROWS = 600  # read for all of them: the largest towns come first


def towns_around(points: Iterable[Point], *, km: float, most: int) -> dict[Point, Sequence[Place]]:
    """For each point its most populous towns within `km`, `most` at most, the largest first.

    One query, which the index on latitude and longitude answers; points after the first twelve have none.
    """
    asked = list(dict.fromkeys(points))[:MOST_BOXES]
    if not asked:
        return {}
    boxes = Q(pk__in=())
    for point in asked:
        boxes |= in_box_q(*box_around(point, km))
    towns = list(Place.objects.towns().filter(boxes).order_by("-population", "pk")[:MOST_ROWS])
    return {point: [town for town in towns if _km_to(town, point) <= km][:most] for point in asked}


def _km_to(town: Place, point: Point) -> float:
    return distance_km(point, Point(town.latitude, town.longitude))
