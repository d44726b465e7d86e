""" "More like this nearby" on the page of a service."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from resources import wording
from resources.models import Service
from resources.search.alike import more_like, question_of
from resources.search.question import Question


def nearby_view(service: Service, now: datetime) -> dict[str, Any] | None:
    """`nearby` for `components/nearby.html`: near the first of its places; None where nothing is."""
    places = service.service_at_locations.all()
    asked = next((each for row in places if (each := question_of(service.kind, row.location, now))), None)
    if asked is None:
        return None
    found = more_like(asked, but_not=service.pk)
    return {"results": [_row(result, asked) for result in found], "url": _address(asked)} if found else None


def _row(result: Mapping[str, Any], asked: Question) -> dict[str, Any]:
    location, place = result["location"], asked.place
    distance = wording.distance(
        result["distance_km"], country=place.country if place else "", about=result["distance_is_about"]
    )
    town = location["city"] if location else ""
    away = _("%(distance)s from there") % {"distance": distance} if distance else ""
    return {
        "name": result["service"]["name"],
        "url": reverse("pages:service", args=[result["service"]["id"]]),
        "where": ", ".join(part for part in (town, away) if part),
    }


def _address(asked: Question) -> str:
    point = asked.place.point if asked.place else None
    near = f"{point.latitude:.2f},{point.longitude:.2f}" if point else ""
    query = {"near": near, "kind": asked.values("kind"), "reach": asked.reach}
    return f"{reverse('pages:search')}?{urlencode(query, doseq=True)}"
