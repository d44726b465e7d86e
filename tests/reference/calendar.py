"""When a listing meets: every day looked at by itself, and every moment found by walking UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from resources.models import Schedule
from resources.vocabulary import Kind

MEETING_KINDS = (Kind.SUPPORT_GROUP, Kind.REMEMBRANCE)
DAY = timedelta(days=1)
KNOWN_AHEAD = 400 * DAY  # from when the listing was written
DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SAFE_DAYS = range(1, 29)  # of a month: every month has them, from either end


MeetingFacts = tuple[
    str, str | None, str | None
]  # of a meeting: its local date, start and end as the API says them


class Meeting(NamedTuple):
    """One time that something meets; moments are in UTC. What is lower is told first.

    Of two that begin together that of the first schedule is told first: those of the service stand before
    those of the place, each by their ids. `minute` is that of the local day, None where no time is stated;
    it then begins with its day.
    """

    starts: datetime
    schedule_number: int
    day: date
    minute: int | None
    ends: datetime | None
    over: datetime
    zone: str
    schedule: UUID

    def facts(self) -> MeetingFacts:
        zone = ZoneInfo(self.zone)
        starts = None if self.minute is None else self.starts.astimezone(zone).isoformat()
        ends = None if self.ends is None else self.ends.astimezone(zone).isoformat()
        return self.day.isoformat(), starts, ends


def coming_meetings(schedule: Schedule, number: int, at: datetime) -> Iterator[Meeting]:
    """What is not over at that moment, and begins within the days that are known ahead."""
    if not _claims_dates(schedule):
        return
    zone = ZoneInfo(schedule.timezone)
    first = at.astimezone(zone).date() - DAY  # what began yesterday may still go on
    for day in _days_met(schedule, first, (at + KNOWN_AHEAD).astimezone(zone).date()):
        meeting = _meeting_on(schedule, number, day)
        if meeting.over > at and meeting.starts < at + KNOWN_AHEAD:
            yield meeting


def _claims_dates(schedule: Schedule) -> bool:
    """Whether it is whole: so much of the rule as made-up schedules may break."""
    first = schedule.dtstart
    if not schedule.timezone:
        return False
    if not schedule.freq:
        return bool(first or schedule.added_dates)
    if first is None and (schedule.count or (schedule.interval or 1) > 1):
        return False
    if schedule.freq == "WEEKLY":
        return bool(schedule.byday or first)
    if schedule.bymonthday:
        return all(abs(day) in SAFE_DAYS for day in _numbers(schedule.bymonthday))
    return bool(schedule.byday) or (first is not None and first.day in SAFE_DAYS)


def _days_met(schedule: Schedule, first: date, last: date) -> Iterator[date]:
    """Looking at every day: those of the rule, while it is valid, and those added, but for the exceptions.

    A number of times is counted from the first date, whatever is valid or excepted. Added days hold before
    the first date, after the last, and whether the rule is valid or not.
    """
    begins = min(first, schedule.dtstart) if schedule.count and schedule.dtstart else first
    met = 0
    for ordinal in range(begins.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        regular = _is_of_the_rule(schedule, day)
        met += regular
        regular &= met <= (schedule.count or met)
        regular &= (schedule.valid_from or day) <= day <= (schedule.valid_to or day)
        if day >= first and (regular or day in schedule.added_dates) and day not in schedule.exception_dates:
            yield day


def _is_of_the_rule(schedule: Schedule, day: date) -> bool:
    """By RFC 5545. A first date that does not fit the days of its rule is none of them."""
    if not (schedule.dtstart or day) <= day <= (schedule.until or day):
        return False
    if not schedule.freq:
        return day == schedule.dtstart
    if schedule.bymonth and day.month not in _numbers(schedule.bymonth):
        return False
    return _in_its_week(schedule, day) if schedule.freq == "WEEKLY" else _in_its_month(schedule, day)


def _in_its_week(schedule: Schedule, day: date) -> bool:
    """Every so many weeks from that of the first date; a week begins on Monday if nothing else is said."""
    first, begins = schedule.dtstart or day, 0 if schedule.wkst == "SU" else 1
    weeks = [(date_of_week.toordinal() - begins) // 7 for date_of_week in (first, day)]
    if (weeks[1] - weeks[0]) % (schedule.interval or 1):
        return False
    return DAY_CODES[day.weekday()] in (schedule.byday.split(",") if schedule.byday else _code_of(first))


def _in_its_month(schedule: Schedule, day: date) -> bool:
    """Every so many months; on days counted from either end of the month, else on that of the first date."""
    first = schedule.dtstart or day
    if (12 * (day.year - first.year) + day.month - first.month) % (schedule.interval or 1):
        return False
    if schedule.byday:
        positions = ((int(item[:-2]), item[-2:]) for item in schedule.byday.split(","))
        return any(code in _code_of(day) and _is_nth_in_its_month(day, nth) for nth, code in positions)
    if schedule.bymonthday:
        return any(
            day.day == number if number > 0 else (day - number * DAY).day == 1
            for number in _numbers(schedule.bymonthday)
        )
    return day.day == first.day


def _is_nth_in_its_month(day: date, nth: int) -> bool:
    """Among the days of its name; -1 is the last one."""
    if nth > 0:
        return 7 * (nth - 1) < day.day <= 7 * nth
    return (day - 7 * (nth + 1) * DAY).month == day.month != (day - 7 * nth * DAY).month


def _code_of(day: date) -> tuple[str]:
    return (DAY_CODES[day.weekday()],)


def _numbers(column: str) -> list[int]:
    return [int(number) for number in column.split(",")]


def _meeting_on(schedule: Schedule, number: int, day: date) -> Meeting:
    """Over at its end; without an end at its start; without a time when the day ends where it is.

    What ends at or before the time it begins ends on the next day.
    """
    opens, closes = schedule.opens_at, schedule.closes_at
    starts = _moment(day, opens or time(), schedule.timezone)
    ends = None
    if opens is not None and closes is not None:
        ends = _moment(day if closes > opens else day + DAY, closes, schedule.timezone)
    return Meeting(
        starts=starts,
        schedule_number=number,
        day=day,
        minute=None if opens is None else 60 * opens.hour + opens.minute,
        ends=ends,
        over=ends or (starts if opens is not None else _moment(day + DAY, time(), schedule.timezone)),
        zone=schedule.timezone,
        schedule=schedule.pk,
    )


@cache
def _moment(day: date, at: time, zone: str) -> datetime:
    """The first moment at which the clock there shows this; of what it skips, when it would have shown it."""
    shown = datetime.combine(day, at, UTC)
    moments = [shown - _ahead_of_utc(shown + apart, zone) for apart in (-DAY, DAY)]
    real = [candidate for candidate in moments if candidate + _ahead_of_utc(candidate, zone) == shown]
    return min(real, default=moments[0])


def _ahead_of_utc(at: datetime, zone: str) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
