"""On which days a schedule says it meets, and from when to when, in its own time zone.

A schedule's days are worked out on the local calendar, without a zone, and the zone is attached to each
afterwards: so 19:00 stays 19:00 across a change of the clock. The rules are RFC 5545's, by python-dateutil.
A local time that a change of the clock skips is met as much later as the clock jumped; one that comes twice
is met the first time (RFC 5545, 3.3.5). Every expansion is bounded by the window that is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule

from resources.models import Schedule
from resources.models.schedule import Frequency
from resources.vocabulary import DAY_CODES

FREQUENCIES: dict[str, Any] = {Frequency.WEEKLY: rrule.WEEKLY, Frequency.MONTHLY: rrule.MONTHLY}
WEEKDAYS = dict(
    zip(DAY_CODES, (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU), strict=True)
)
MAX_WINDOW_DAYS = 4_000  # days, some eleven years: a longer one is a mistake of the caller
WHOLE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Occurrence:
    """One time it meets: `day` is the local date, the moments are in `timezone` (an IANA name).

    Where no time of day is stated, `is_timed` is False and `starts_at` the midnight that `day` begins with.
    `ends_at` is None where no end is stated.
    """

    day: date
    starts_at: datetime
    ends_at: datetime | None
    is_timed: bool
    timezone: str

    @property
    def over_at(self) -> datetime:
        """The moment from which it is past: its end, else its start. A day without a time ends with it."""
        if self.ends_at:
            return self.ends_at
        return self.starts_at if self.is_timed else moment(self.day + WHOLE_DAY, time(), self.timezone)


@dataclass(frozen=True)
class Recurrence:
    """What a schedule says of its days and times, as plain values; see `resources.models.Schedule`.

    `byday` are RFC 5545's "TU" or (position, day) written "2TU"; `bymonthday` and `bymonth` are numbers.
    """

    freq: str = ""
    interval: int = 1
    byday: tuple[str, ...] = ()
    bymonthday: tuple[int, ...] = ()
    bymonth: tuple[int, ...] = ()
    count: int | None = None
    wkst: str = "MO"
    dtstart: date | None = None
    until: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    opens_at: time | None = None
    closes_at: time | None = None
    timezone: str = ""
    exception_dates: tuple[date, ...] = ()
    added_dates: tuple[date, ...] = ()

    @property
    def ends_next_day(self) -> bool:
        """Hours that end at or before they begin end on the next day: 22:00 to 02:00, 00:00 to 00:00."""
        return bool(
            self.opens_at is not None and self.closes_at is not None and self.closes_at <= self.opens_at
        )

    def occurrence_on(self, day: date) -> Occurrence:
        starts_at = moment(day, self.opens_at or time(), self.timezone)
        ends_at = None
        if self.opens_at is not None and self.closes_at is not None:
            last = day + WHOLE_DAY if self.ends_next_day else day
            ends_at = moment(last, self.closes_at, self.timezone)
        return Occurrence(day, starts_at, ends_at, self.opens_at is not None, self.timezone)


def recurrence_of(schedule: Schedule) -> Recurrence:
    """What a row of the database says. Raises ValueError where a column is not written as in RFC 5545."""
    return Recurrence(
        freq=schedule.freq,
        interval=schedule.interval or 1,
        byday=_split_list(schedule.byday),
        bymonthday=tuple(map(int, _split_list(schedule.bymonthday))),
        bymonth=tuple(map(int, _split_list(schedule.bymonth))),
        count=schedule.count,
        wkst=schedule.wkst or "MO",
        dtstart=schedule.dtstart,
        until=schedule.until,
        valid_from=schedule.valid_from,
        valid_to=schedule.valid_to,
        opens_at=schedule.opens_at,
        closes_at=schedule.closes_at,
        timezone=schedule.timezone,
        exception_dates=tuple(schedule.exception_dates),
        added_dates=tuple(schedule.added_dates),
    )


def days_between(recurrence: Recurrence, first: date, last: date) -> Iterator[date]:
    """The local dates on which it meets, in order, `first` and `last` included.

    Only for a recurrence without faults (`resources.timing.checking`). Raises ValueError for a window of
    more than MAX_WINDOW_DAYS days.
    """
    if (last - first).days > MAX_WINDOW_DAYS:
        raise ValueError(f"a window of more than {MAX_WINDOW_DAYS} days")
    days = set(regular_days_between(recurrence, first, last))
    days |= {day for day in recurrence.added_dates if first <= day <= last}
    yield from sorted(days - set(recurrence.exception_dates))


def occurrences_between(recurrence: Recurrence, starts: datetime, ends: datetime) -> Iterator[Occurrence]:
    """What is not over at `starts` and begins before `ends` (both aware), in order."""
    zone = ZoneInfo(recurrence.timezone)
    # Two moments of one zone would be compared by what its clocks show, which an hour shows twice in autumn.
    starts, ends = starts.astimezone(UTC), ends.astimezone(UTC)
    first = starts.astimezone(zone).date() - WHOLE_DAY  # one that runs past midnight
    for day in days_between(recurrence, first, ends.astimezone(zone).date()):
        occurrence = recurrence.occurrence_on(day)
        if occurrence.over_at > starts and occurrence.starts_at < ends:
            yield occurrence


def next_occurrences(
    recurrences: Sequence[Recurrence], now: datetime, *, limit: int, within: timedelta = timedelta(days=400)
) -> list[Occurrence]:
    """The `most` soonest that are not over, of all these schedules together."""
    now = now.astimezone(UTC)  # of which a day has 24 hours
    occurrences = [
        occurrence
        for recurrence in recurrences
        for occurrence in islice(occurrences_between(recurrence, now, now + within), limit)
    ]
    return sorted(occurrences, key=lambda occurrence: occurrence.starts_at.astimezone(UTC))[:limit]


def moment(day: date, at: time, timezone: str) -> datetime:
    """A local time as a moment, in its zone.

    By way of UTC, so that a time which a change of the clock skips is told as what the clock then shows.
    """
    zone = ZoneInfo(timezone)
    return datetime.combine(day, at, zone).astimezone(UTC).astimezone(zone)


def regular_days_between(recurrence: Recurrence, first: date, last: date) -> Iterator[date]:
    """The days of the rule itself, in order: exceptions are not yet taken away, nor days added."""
    first = max(filter(None, (first, recurrence.valid_from, recurrence.dtstart)))
    last = min(filter(None, (last, recurrence.valid_to, recurrence.until)))
    if first > last:
        return
    if not recurrence.freq:
        if recurrence.dtstart and recurrence.dtstart >= first:
            yield recurrence.dtstart
        return
    # Counted here and not by the rule, which takes either a number of times or a last day.
    for midnight in islice(_rule(recurrence, first, last), recurrence.count):
        if midnight.date() >= first:
            yield midnight.date()


def _rule(recurrence: Recurrence, first: date, last: date) -> rrule.rrule:
    """The rule from its first date, or from as near before the window as keeps its step."""
    start = _start(recurrence, first)
    anchor = recurrence.dtstart or start
    byday = [_weekday(day) for day in recurrence.byday]
    bymonthday: Sequence[int] | None = recurrence.bymonthday or None
    if not byday and bymonthday is None:
        if recurrence.freq == Frequency.WEEKLY:
            byday = [_weekday(DAY_CODES[anchor.weekday()])]
        else:
            bymonthday = [anchor.day]
    return rrule.rrule(
        FREQUENCIES[recurrence.freq],
        dtstart=datetime.combine(start, time()),
        interval=recurrence.interval,
        wkst=WEEKDAYS[recurrence.wkst],
        byweekday=byday or None,
        bymonthday=bymonthday,
        bymonth=recurrence.bymonth or None,
        until=datetime.combine(last, time()),
    )


def _start(recurrence: Recurrence, first: date) -> date:
    """Where to begin counting: what is counted from its first date, and what has none from the window's."""
    anchor = recurrence.dtstart
    if anchor is None or recurrence.count:
        return anchor or first
    if recurrence.freq == Frequency.WEEKLY:
        step = recurrence.interval * 7
        return anchor + timedelta(days=max(0, (first - anchor).days // step - 1) * step)
    months = (first.year - anchor.year) * 12 + first.month - anchor.month
    skipped = max(0, months // recurrence.interval - 1) * recurrence.interval
    if not skipped:
        return anchor
    years, month = divmod(anchor.month - 1 + skipped, 12)
    return date(anchor.year + years, month + 1, 1)


def _weekday(code: str) -> rrule.weekday:
    """ "TU" or "2TU" or "-1FR" as dateutil writes it."""
    position, day = code[:-2], WEEKDAYS[code[-2:]]
    return day(int(position)) if position else day


def _split_list(column: str) -> tuple[str, ...]:
    return tuple(part for part in column.replace(",", " ").split() if part)


DATE_FIELDS = ("dtstart", "until", "valid_from", "valid_to")
TIME_FIELDS = ("opens_at", "closes_at")
DATE_LIST_FIELDS = ("exception_dates", "added_dates")


def recurrence_facts(recurrence: Recurrence) -> dict[str, Any]:
    """The recurrence as JSON, only what it says: days and times as ISO 8601, lists as lists."""
    values = {field.name: getattr(recurrence, field.name) for field in fields(recurrence)}
    return {name: _as_json(value) for name, value in values.items() if value != getattr(Recurrence, name)}


def recurrence_from(facts: dict[str, Any]) -> Recurrence:
    """The recurrence that `recurrence_facts` wrote down."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()
    }
    values |= {name: date.fromisoformat(facts[name]) for name in DATE_FIELDS if name in facts}
    values |= {name: time.fromisoformat(facts[name]) for name in TIME_FIELDS if name in facts}
    values |= {
        name: tuple(map(date.fromisoformat, facts[name])) for name in DATE_LIST_FIELDS if name in facts
    }
    return Recurrence(**values)


def _as_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_as_json(part) for part in value]
    return value.isoformat() if isinstance(value, date | time) else value
