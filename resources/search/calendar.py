"""The coming meetings of a listing, written out ahead, so that a question about days is a question of rows.

Nothing is written of a schedule that nobody has assured, or that claims no dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from resources.models import ListingMeeting, Schedule, ServiceAtLocation
from resources.search.facts import Facts
from resources.timing.checking import recurrence_or_none
from resources.timing.recurrence import Occurrence, facts_of, occurrences_between, recurrence_from
from resources.vocabulary import Kind

# What meets at times. The schedules of every other kind are hours in which it is open.
MEETING_KINDS = (Kind.SUPPORT_GROUP, Kind.REMEMBRANCE)
AHEAD = timedelta(days=400)
# After so many days listings are made anew (`rebuild_listings --if-outdated`): what is then left ahead is
# still longer than any question reaches.
FRESH_FOR = timedelta(days=30)
MEETINGS_KNOWN_FOR = AHEAD - 2 * FRESH_FOR


def claimed_schedules(facts: Facts, place: ServiceAtLocation | None) -> list[dict[str, Any]]:
    """What the assured schedules here say, for the card.

    `id`, `rule` (see `facts_of`), `notes`, `link`, and `is_here`: whether this is the only place it is about.
    """
    if not facts.service.assured_date:
        return []
    return [said for schedule in facts.schedules_at(place) if (said := _said(schedule, facts))]


def _said(schedule: Schedule, facts: Facts) -> dict[str, Any] | None:
    said = schedule_facts(schedule)
    is_here = schedule.service_at_location_id is not None or len(facts.places) == 1
    return said and {**said, "is_here": is_here}


def schedule_facts(schedule: Schedule) -> dict[str, Any] | None:
    """None for a schedule that claims no dates."""
    recurrence = recurrence_or_none(schedule)
    if recurrence is None:
        return None
    return {
        "id": str(schedule.pk),
        "rule": facts_of(recurrence),
        "notes": schedule.notes or None,
        "link": schedule.schedule_link or None,
    }


def write_out(kind: str, schedules: Iterable[Mapping[str, Any]], at: datetime) -> Iterator[ListingMeeting]:
    """The meetings of what `claimed_schedules` says, from `at` on, not yet given to a listing."""
    if kind not in MEETING_KINDS:
        return
    for schedule in schedules:
        for occurrence in occurrences_between(recurrence_from(schedule["rule"]), at, at + AHEAD):
            yield _meeting(schedule["id"], occurrence)


def _meeting(schedule_id: Any, occurrence: Occurrence) -> ListingMeeting:
    starts_at = occurrence.starts_at
    return ListingMeeting(
        schedule_id=schedule_id,
        starts_at=starts_at.astimezone(UTC),
        ends_at=occurrence.ends_at and occurrence.ends_at.astimezone(UTC),
        over_at=occurrence.over_at.astimezone(UTC),
        timezone=occurrence.timezone,
        day=occurrence.day.toordinal(),
        weekday=occurrence.day.weekday(),
        minute=starts_at.hour * 60 + starts_at.minute if occurrence.is_timed else None,
    )
