"""More of the same kind near a place, by the search itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from resources.geo.geocoding import FoundPlace
from resources.geo.point import Point
from resources.geo.zones import zone_at
from resources.models import Location
from resources.search.answering import rows_of
from resources.search.question import Question, Reach, usual_distance
from resources.search.results import results_of

MOST = 3


def question_of(kind: str, location: Location, now: datetime) -> Question | None:
    """What is of this kind and near this location; None where the location is on no map."""
    if location.latitude is None or location.longitude is None:
        return None
    # Coarse, as a visitor's own place is: it stands in the address of "see more".
    point = Point(location.latitude, location.longitude).rounded()
    return Question(
        default_country=settings.DEFAULT_COUNTRY,
        place=FoundPlace(
            name=location.city,
            country=location.country,
            region=location.region,
            county="",
            postal_code="",
            point=point,
            precision="point",
        ),
        within=usual_distance(location.country),
        reach=Reach.LOCAL,
        facets={"kind": (kind,)},
        now=now,
        zone=zone_at(point, location.country),
    )


def more_like(asked: Question, *, but_not: UUID) -> list[dict[str, Any]]:
    """The first few results of the question, without those of one service. Three queries at most."""
    rows = rows_of(asked).exclude(service_id=but_not)
    return results_of(list(rows[:MOST]), asked)
