"""The dates and times at which a schedule meets, in its own time zone.

Dates are calculated on the local calendar without a zone, and the zone is attached afterwards: 19:00 stays
19:00 across a clock change. The rules are RFC 5545's, by python-dateutil. A local time that a clock change
skips is moved by the change; one that occurs twice is the first of the two (RFC 5545, 3.3.5). Every expansion
is limited to the requested window.
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
MAX_WINDOW_DAYS = 4_000  # some eleven years; a longer window is a mistake of the caller
WHOLE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Occurrence:
    """One meeting: `day` is the local date, times are in `timezone` (an IANA name).

    If no time of day is stated, `is_timed` is False and `starts_at` is the local midnight at which `day`
    begins. `ends_at` is None if no end is stated.
    """

    day: date
    starts_at: datetime
    ends_at: datetime | None
    is_timed: bool
    timezone: str

    @property
    def over_at(self) -> datetime:
        """The moment from which it is past: its end, else its start. One without a time ends with its day."""
        if self.ends_at:
            return self.ends_at
        return self.starts_at if self.is_timed else moment(self.day + WHOLE_DAY, time(), self.timezone)


@dataclass(frozen=True)
class Recurrence:
    """The days and times of a schedule as plain values; see `resources.models.Schedule`.

    `byday` holds RFC 5545 days such as "TU", or with a position "2TU"; `bymonthday` and `bymonth` are
    numbers.
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
        """True if it ends at or before its start time, so on the next day: 22:00 to 02:00, 00:00 to 00:00."""
        return bool(
            self.opens_at is not None and self.closes_at is not None and self.closes_at <= self.opens_at
        )

    def occurrence_on(self, day: date) -> Occurrence:
        """Return the occurrence on a local date."""
        starts_at = moment(day, self.opens_at or time(), self.timezone)
        ends_at = None
        if self.opens_at is not None and self.closes_at is not None:
            last = day + WHOLE_DAY if self.ends_next_day else day
            ends_at = moment(last, self.closes_at, self.timezone)
        return Occurrence(day, starts_at, ends_at, self.opens_at is not None, self.timezone)


def recurrence_of(schedule: Schedule) -> Recurrence:
    """Return the recurrence of a database row.

    Raises ValueError if a column is not written as in RFC 5545.
    """
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
    """Yield the local dates on which it meets from `first` to `last`, both included, in order.

    Only for a recurrence without faults (`resources.timing.checking`). Raises ValueError for a window of more
    than MAX_WINDOW_DAYS days.
    """
    if (last - first).days > MAX_WINDOW_DAYS:
        raise ValueError(f"a window of more than {MAX_WINDOW_DAYS} days")
    days = set(regular_days_between(recurrence, first, last))
    days |= {day for day in recurrence.added_dates if first <= day <= last}
    yield from sorted(days - set(recurrence.exception_dates))


def occurrences_between(recurrence: Recurrence, starts: datetime, ends: datetime) -> Iterator[Occurrence]:
    """Yield the occurrences that end after `starts` and begin before `ends` (both aware), in order."""
    zone = ZoneInfo(recurrence.timezone)
    # Datetimes of one zone are compared by local time, which repeats for an hour in autumn.
    starts, ends = starts.astimezone(UTC), ends.astimezone(UTC)
    first = starts.astimezone(zone).date() - WHOLE_DAY  # it may run past midnight
    for day in days_between(recurrence, first, ends.astimezone(zone).date()):
        occurrence = recurrence.occurrence_on(day)
        if occurrence.over_at > starts and occurrence.starts_at < ends:
            yield occurrence


def next_occurrences(
    recurrences: Sequence[Recurrence], now: datetime, *, limit: int, within: timedelta = timedelta(days=400)
) -> list[Occurrence]:
    """Return the next `limit` occurrences that are not over, of all these schedules together."""
    now = now.astimezone(UTC)  # where every day has 24 hours
    occurrences = [
        occurrence
        for recurrence in recurrences
        for occurrence in islice(occurrences_between(recurrence, now, now + within), limit)
    ]
    return sorted(occurrences, key=lambda occurrence: occurrence.starts_at.astimezone(UTC))[:limit]


def moment(day: date, at: time, timezone: str) -> datetime:
    """Return a local time as an aware datetime in its zone.

    Converted through UTC, so that a time skipped by a clock change becomes what the clock then shows.
    """
    zone = ZoneInfo(timezone)
    return datetime.combine(day, at, zone).astimezone(UTC).astimezone(zone)


def regular_days_between(recurrence: Recurrence, first: date, last: date) -> Iterator[date]:
    """Yield the dates of the rule itself, in order, before exceptions are removed and dates added."""
    first = max(filter(None, (first, recurrence.valid_from, recurrence.dtstart)))
    last = min(filter(None, (last, recurrence.valid_to, recurrence.until)))
    if first > last:
        return
    if not recurrence.freq:
        if recurrence.dtstart and recurrence.dtstart >= first:
            yield recurrence.dtstart
        return
    # Counted here because a rule takes either a count or a last day.
    for midnight in islice(_rule(recurrence, first, last), recurrence.count):
        if midnight.date() >= first:
            yield midnight.date()


def _rule(recurrence: Recurrence, first: date, last: date) -> rrule.rrule:
    """Return the rule from its first date, or from as close before the window as keeps its interval."""
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
    """Return where to start counting: the first date if it matters, else the start of the window."""
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
    """Convert "TU", "2TU" or "-1FR" to dateutil's form."""
    position, day = code[:-2], WEEKDAYS[code[-2:]]
    return day(int(position)) if position else day


def _split_list(column: str) -> tuple[str, ...]:
    return tuple(part for part in column.replace(",", " ").split() if part)


DATE_FIELDS = ("dtstart", "until", "valid_from", "valid_to")
TIME_FIELDS = ("opens_at", "closes_at")
DATE_LIST_FIELDS = ("exception_dates", "added_dates")


def recurrence_facts(recurrence: Recurrence) -> dict[str, Any]:
    """Return the recurrence as JSON without defaults: dates and times as ISO 8601, tuples as lists."""
    values = {field.name: getattr(recurrence, field.name) for field in fields(recurrence)}
    return {name: _as_json(value) for name, value in values.items() if value != getattr(Recurrence, name)}


def recurrence_from(facts: dict[str, Any]) -> Recurrence:
    """Return the recurrence of JSON that `recurrence_facts` made."""
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
