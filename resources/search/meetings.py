"""Upcoming meetings, expanded in advance for each listing so that questions about dates query rows.

One meeting must match all conditions on day and time. Schedules that nobody has checked, or that state no
dates, are not expanded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from resources.models import ListingMeeting, Schedule
from resources.presentation.schedules import MEETING_KINDS
from resources.search.question import MeetingTimes
from resources.search.version import catalog_version
from resources.timing.checking import known_zones
from resources.timing.recurrence import Occurrence, moment, occurrences_between, recurrence_from

AHEAD = timedelta(days=400)
# Listings are rebuilt after this long (`rebuild_listings --if-outdated`). The meetings left ahead by then
# still reach farther than any question.
FRESH_FOR = timedelta(days=30)
MEETINGS_KNOWN_FOR = AHEAD - 2 * FRESH_FOR
MAX_NEXT_MEETINGS = 3  # of one result
MAX_COMING = 6  # kept of one listing: when the first are over, it is asked again
MAX_PLACES = 20  # of one schedule


def expand_meetings(
    kind: str, schedules: Iterable[Mapping[str, Any]], at: datetime
) -> Iterator[ListingMeeting]:
    """Yield the unsaved meetings of these schedules (see `assured_schedules`) from `at` on."""
    if kind not in MEETING_KINDS:
        return
    for schedule in schedules:
        for occurrence in occurrences_between(recurrence_from(schedule["rule"]), at, at + AHEAD):
            yield _meeting(UUID(schedule["id"]), occurrence)


def _meeting(schedule_id: UUID, occurrence: Occurrence) -> ListingMeeting:
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
    """Return the matching meetings that are not over, unordered; `zone` is the zone of the place."""
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


def soonest_starts(when: MeetingTimes, now: datetime, zone: str) -> Mapping[int, datetime]:
    """Return when the next matching meeting of each listing that has one begins. One query."""
    fitting = fitting_meetings(when, now, zone).order_by().values_list("listing_id")
    return dict(fitting.annotate(soonest=Min("starts_at")))


def meetings_by_listing(
    listings: Iterable[int], when: MeetingTimes, now: datetime, zone: str = ""
) -> Mapping[int, Sequence[dict[str, Any]]]:
    """Return the next few matching meetings of each listing, in the shape of the API; one query."""
    meetings = fitting_meetings(when, now, zone).filter(listing__in=list(listings))
    found = _first_of_each(meetings, MAX_NEXT_MEETINGS)
    return {listing: list(map(meeting_facts, few)) for listing, few in found.items()}


def _first_of_each(meetings: QuerySet[ListingMeeting], most: int) -> Mapping[int, list[ListingMeeting]]:
    """Return the first meetings of each listing, in order. One query."""
    grouped: dict[int, list[ListingMeeting]] = defaultdict(list)
    in_turn = Window(RowNumber(), partition_by="listing", order_by=("starts_at", "pk"))
    for meeting in meetings.annotate(turn=in_turn).filter(turn__lte=most).order_by("starts_at", "pk"):
        grouped[meeting.listing_id].append(meeting)
    return grouped


@dataclass(frozen=True)
class ComingMeetings:
    """The meetings of a listing that were not over at a moment, each with when it is: a row never changes.

    `are_all` is False if there are more than MAX_COMING.
    """

    since: datetime
    meetings: Sequence[tuple[datetime, dict[str, Any]]]
    are_all: bool

    def next_few(self, now: datetime) -> list[dict[str, Any]] | None:
        """Return what `meetings_by_listing` would find for this listing now; None if it has to be asked."""
        if now < self.since:
            return None
        coming = [facts for over_at, facts in self.meetings if over_at > now]
        return coming[:MAX_NEXT_MEETINGS] if self.are_all or len(coming) >= MAX_NEXT_MEETINGS else None


def coming_by_listing(listings: Sequence[int], now: datetime) -> Mapping[int, ComingMeetings]:
    """Return what each of these listings has coming. One query."""
    meetings = fitting_meetings(MeetingTimes(), now).filter(listing__in=listings)
    found = _first_of_each(meetings, MAX_COMING + 1)
    return {
        listing: ComingMeetings(
            since=now,
            meetings=[(each.over_at, meeting_facts(each)) for each in found.get(listing, ())][:MAX_COMING],
            are_all=len(found.get(listing, ())) <= MAX_COMING,
        )
        for listing in listings
    }


def coming_meetings(service_id: UUID, now: datetime, *, limit: int) -> list[dict[str, Any]]:
    """Return the next meetings of a service at all its places, without duplicates, in the shape of the API.

    One query.
    """
    meetings = fitting_meetings(MeetingTimes(), now).filter(listing__service=service_id)
    unique: dict[tuple[Any, ...], dict[str, Any]] = {}
    for meeting in meetings.order_by("starts_at", "pk")[: limit * MAX_PLACES]:
        unique.setdefault((meeting.schedule_id, meeting.day), meeting_facts(meeting))
    return list(unique.values())[:limit]


def meeting_facts(meeting: ListingMeeting) -> dict[str, Any]:
    """Return a meeting as JSON.

    `date` is local; times have the offset of `timezone`, or are null if not stated.
    """
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
    """Match today and the next days in `zone`; without one, by each meeting's own calendar.

    Up to three dates are current around the world at any moment.
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
    """Return the time zones of all schedules; cached until the catalog changes."""
    meetings = Schedule.objects.exclude(timezone="").order_by().values_list("timezone", flat=True).distinct()
    return tuple(sorted(set(meetings) & known_zones()))
