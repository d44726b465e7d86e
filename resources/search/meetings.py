"""Meetings to come: written out ahead of each listing, so that a question about days is a question of rows.

One meeting must fit all that is asked of day and time. Nothing is written of a schedule that nobody has
assured, or that claims no dates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery

from resources.models import ListingMeeting, Schedule
from resources.presentation.schedules import MEETING_KINDS
from resources.search.question import MeetingTimes
from resources.search.version import catalog_version
from resources.timing.checking import known_zones
from resources.timing.recurrence import Occurrence, moment, occurrences_between, recurrence_from

AHEAD = timedelta(days=400)
# After so many days listings are made anew (`rebuild_listings --if-outdated`): what is then left ahead is
# still longer than any question reaches.
FRESH_FOR = timedelta(days=30)
MEETINGS_KNOWN_FOR = AHEAD - 2 * FRESH_FOR
MAX_NEXT_MEETINGS = 3  # meetings of one result
MAX_PLACES = 20  # at which one schedule holds


def expand_meetings(
    kind: str, schedules: Iterable[Mapping[str, Any]], at: datetime
) -> Iterator[ListingMeeting]:
    """The meetings of what `assured_schedules` says, from `at` on, not yet given to a listing."""
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


def fitting_meetings(when: MeetingTimes, now: datetime, zone: str = "") -> QuerySet[ListingMeeting]:
    """The meetings to come, or going on, that fit; in no order. `zone` is that of the place asked about."""
    meetings = ListingMeeting.objects.filter(over_at__gt=now)
    if when.days:
        meetings = meetings.filter(weekday__in=when.days)
    if when.after is not None:
        meetings = meetings.filter(minute__gte=when.after)
    if when.before is not None:
        meetings = meetings.filter(minute__lt=when.before)
    if when.upcoming is not None:
        meetings = meetings.filter(_within_days(when.upcoming, now, zone))
    return meetings


def next_start(when: MeetingTimes, now: datetime, zone: str) -> Subquery:
    """When the soonest fitting meeting of a listing begins; NULL where none is known."""
    fitting = fitting_meetings(when, now, zone).filter(listing=OuterRef("pk")).order_by()
    return Subquery(fitting.values("listing").annotate(soonest=Min("starts_at")).values("soonest"))


def meetings_by_listing(
    listings: Iterable[int], when: MeetingTimes, now: datetime, zone: str = ""
) -> Mapping[int, Sequence[dict[str, Any]]]:
    """The next few fitting meetings of each listing, in the shape of the API; one query."""
    grouped: dict[int, list[dict[str, Any]]] = defaultdict(list)
    meetings = fitting_meetings(when, now, zone).filter(listing__in=list(listings))
    for meeting in meetings.order_by("starts_at", "pk").iterator():
        if len(grouped[meeting.listing_id]) < MAX_NEXT_MEETINGS:
            grouped[meeting.listing_id].append(meeting_facts(meeting))
    return grouped


def coming_meetings(service_id: UUID, now: datetime, *, limit: int) -> list[dict[str, Any]]:
    """The next meetings of a service wherever it meets, each once, in the shape of the API; one query."""
    meetings = fitting_meetings(MeetingTimes(), now).filter(listing__service=service_id)
    unique: dict[tuple[Any, ...], dict[str, Any]] = {}
    for meeting in meetings.order_by("starts_at", "pk")[: limit * MAX_PLACES]:
        unique.setdefault((meeting.schedule_id, meeting.day), meeting_facts(meeting))
    return list(unique.values())[:limit]


def meeting_facts(meeting: ListingMeeting) -> dict[str, Any]:
    """`date` is the local day; the moments have the offset of `timezone`, or are null where not stated."""
    zone = ZoneInfo(meeting.timezone)
    starts_at = meeting.starts_at.astimezone(zone)
    is_timed = meeting.minute is not None
    return {
        "date": starts_at.date().isoformat(),
        "starts_at": starts_at.isoformat() if is_timed else None,
        "ends_at": meeting.ends_at.astimezone(zone).isoformat() if meeting.ends_at else None,
        "timezone": meeting.timezone,
    }


def _within_days(number: int, now: datetime, zone: str) -> Q:
    """Of today and the next days where one is; else by each meeting's own calendar, of which there are up to
    three around the world at any moment.
    """
    if zone:
        after_the_last = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=number)
        return Q(starts_at__lt=moment(after_the_last, time(), zone))
    by_today: dict[int, list[str]] = defaultdict(list)
    for name in _zones(catalog_version()):
        by_today[now.astimezone(ZoneInfo(name)).toordinal()].append(name)
    wanted = Q(pk__in=())
    for today, names in by_today.items():
        wanted |= Q(timezone__in=names, day__lt=today + number)
    return wanted


@lru_cache(maxsize=1)
def _zones(version: str) -> tuple[str, ...]:
    """The zones of all meetings, kept until the catalogue changes."""
    meetings = Schedule.objects.exclude(timezone="").order_by().values_list("timezone", flat=True).distinct()
    return tuple(sorted(set(meetings) & known_zones()))
