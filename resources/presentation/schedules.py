"""What the schedules of a service say: the checked ones for its card, and whether it is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from resources import wording
from resources.models import Schedule, ServiceAtLocation
from resources.presentation.service_data import ServiceData
from resources.timing.checking import recurrence_or_none
from resources.timing.opening import opening_at
from resources.timing.recurrence import recurrence_facts, recurrence_from
from resources.vocabulary import Kind

# Kinds that meet. The schedules of all others are opening hours.
MEETING_KINDS = (Kind.SUPPORT_GROUP, Kind.REMEMBRANCE)


def assured_schedules(data: ServiceData, place: ServiceAtLocation | None) -> list[dict[str, Any]]:
    """Return the checked schedules at a place, for the card.

    Each has `id`, `rule` (see `recurrence_facts`), `notes`, `link` and `is_here`: True if it is about this
    place only.
    """
    if not data.service.assured_date:
        return []
    only_here = len(data.places) == 1
    return [
        card
        for row in data.schedules_at(place)
        if (card := _schedule_card(row, is_here=only_here or row.service_at_location_id is not None))
    ]


def _schedule_card(schedule: Schedule, *, is_here: bool) -> dict[str, Any] | None:
    """Return None for a schedule that claims no dates."""
    recurrence = recurrence_or_none(schedule)
    if recurrence is None:
        return None
    return {
        "id": str(schedule.pk),
        "rule": recurrence_facts(recurrence),
        "notes": schedule.notes or None,
        "link": schedule.schedule_link or None,
        "is_here": is_here,
    }


def schedule_summary(schedule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a checked schedule as one phrase, with its note and the page of its dates."""
    phrase = wording.schedule(recurrence_from(schedule["rule"]))
    return {"phrase": phrase, "notes": schedule["notes"], "link": schedule["link"]}


def opening_of(kind: str, schedules: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, Any] | None:
    """Return whether it is open now, by its checked hours; None if unknown, or if it has meetings."""
    if kind in MEETING_KINDS or not schedules:
        return None
    opening = opening_at((recurrence_from(schedule["rule"]) for schedule in schedules), now)
    if opening is None:
        return None
    return {
        "open_now": opening.is_open,
        "until": opening.until and opening.until.isoformat(),
        "opens_at": opening.opens_at and opening.opens_at.isoformat(),
        "timezone": schedules[0]["rule"]["timezone"],
    }
