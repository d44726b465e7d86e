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
OLD_YEARS = 2  # the year stands beside words that are so old


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


def reported_times(data: ServiceData, *places: ServiceAtLocation | None) -> dict[str, Any] | None:
    """Return what the source says of when it meets or is open; None if nothing, or if someone has checked.

    `own_page` is True if the source is a page of the service or its organization. `year` is when it was seen.
    """
    lines = dict.fromkeys(line for row in data.schedules_at(*places) if (line := source_line(row)))
    if data.service.assured_date or not lines:
        return None
    record = data.record
    return {
        "words": "; ".join(lines),
        "own_page": data.is_from_own_page,
        "year": record and record.seen_year,
        "source_url": (record and record.source_url) or None,
    }


def reported_phrase(kind: str, reported: Mapping[str, Any] | None, this_year: int) -> str:
    """Return reported times in one phrase that says whose words they are; "" for None."""
    if reported is None:
        return ""
    return wording.reported_times(
        reported["words"],
        meets=kind in MEETING_KINDS,
        own_page=reported["own_page"],
        old_year=reported["year"] if (reported["year"] or this_year) <= this_year - OLD_YEARS else None,
    )


def source_line(schedule: Schedule) -> str:
    """Return the words of the source, or if there are none, what was recorded."""
    words = schedule.description
    if not words and (recurrence := recurrence_or_none(schedule)):
        words = wording.schedule(recurrence)
    return ". ".join(part for part in (words, schedule.notes) if part)


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
        "timezone": opening.zone or schedules[0]["rule"]["timezone"],
    }
