"""What lies around a point: the towns by which people know where it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from django.db.models import Q

from resources.geo.point import Point, distance_km
from resources.models import Place

KM_PER_DEGREE = 111.195  # of latitude; of longitude at the equator
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
        boxes |= _box_q(point, km)
    towns = list(Place.objects.towns().filter(boxes).order_by("-population", "pk")[:MOST_ROWS])
    return {point: [town for town in towns if _km_to(town, point) <= km][:most] for point in asked}


def _box_q(point: Point, km: float) -> Q:
    """Not across 180 degrees: there the towns of one side are enough to know a place by."""
    reach = km / KM_PER_DEGREE
    across = min(reach / max(math.cos(math.radians(point.latitude)), 1e-9), 180.0)
    return Q(
        latitude__gte=point.latitude - reach,
        latitude__lte=point.latitude + reach,
        longitude__gte=point.longitude - across,
        longitude__lte=point.longitude + across,
    )


def _km_to(town: Place, point: Point) -> float:
    return distance_km(point, Point(town.latitude, town.longitude))
