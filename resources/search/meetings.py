"""Which meetings a question asks about: one meeting must fit all that is asked of day and time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery

from resources.models import ListingMeeting, Schedule
from resources.search.question import When
from resources.search.version import catalogue_version
from resources.timing.checking import known_zones
from resources.timing.recurrence import moment

SHOWN = 3  # meetings of one result
MOST_PLACES = 20  # at which one schedule holds


def fitting_meetings(when: When, now: datetime, zone: str = "") -> QuerySet[ListingMeeting]:
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


def next_start(when: When, now: datetime, zone: str) -> Subquery:
    """When the soonest fitting meeting of a listing begins; NULL where none is known."""
    fitting = fitting_meetings(when, now, zone).filter(listing=OuterRef("pk")).order_by()
    return Subquery(fitting.values("listing").annotate(soonest=Min("starts_at")).values("soonest"))


def meetings_by_listing(
    listings: Iterable[int], when: When, now: datetime, zone: str = ""
) -> Mapping[int, Sequence[dict[str, Any]]]:
    """The next few fitting meetings of each listing, in the shape of the API; one query."""
    grouped: dict[int, list[dict[str, Any]]] = defaultdict(list)
    meetings = fitting_meetings(when, now, zone).filter(listing__in=list(listings))
    for meeting in meetings.order_by("starts_at", "pk").iterator():
        if len(grouped[meeting.listing_id]) < SHOWN:
            grouped[meeting.listing_id].append(meeting_facts(meeting))
    return grouped


def coming_meetings(service_id: UUID, now: datetime, *, most: int) -> list[dict[str, Any]]:
    """The next meetings of a service wherever it meets, each once, in the shape of the API; one query."""
    meetings = fitting_meetings(When(), now).filter(listing__service=service_id)
    told: dict[tuple[Any, ...], dict[str, Any]] = {}
    for meeting in meetings.order_by("starts_at", "pk")[: most * MOST_PLACES]:
        told.setdefault((meeting.schedule_id, meeting.day), meeting_facts(meeting))
    return list(told.values())[:most]


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
    for name in _zones(catalogue_version()):
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
