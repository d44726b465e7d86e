"""Schedules as an iCalendar file (RFC 5545), for a person's own calendar.

Each schedule is one recurring event with its zone described (VTIMEZONE). Its UID stays the same, so that a
calendar that fetches the file again moves the event instead of adding another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vRecur

from resources.timing.recurrence import MAX_WINDOW_DAYS, Recurrence, regular_days_between

PAST_SHOWN = timedelta(days=31)  # past meetings a calendar still shows
AHEAD = timedelta(days=400)  # a schedule without a date within this is left out
ZONE_RULES_SPAN = timedelta(days=3 * 366)  # clock changes are listed this far ahead
PRODUCT = "-//Pregnancy Loss Directory//EN"


@dataclass(frozen=True)
class Entry:
    """One schedule with what a calendar shows; `uid` is globally unique and permanent.

    `is_cancelled` takes its meetings out of calendars that have them: the UID stays, the SEQUENCE is higher.
    """

    uid: str
    recurrence: Recurrence
    summary: str
    location: str
    description: str
    url: str
    changed_at: datetime
    is_cancelled: bool = False


def write_calendar(name: str, entries: Iterable[Entry], *, now: datetime) -> bytes:
    """Return the file. It has no event if nothing meets within AHEAD."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    for entry in entries:
        if event := _event(entry, now):
            calendar.add_component(event)
    first = (now - PAST_SHOWN).date()
    calendar.add_missing_timezones(first.replace(month=1, day=1), first + ZONE_RULES_SPAN)
    # icalendar adds the zones in the order of a set, which differs between processes; an ETag must mean the
    # same bytes in all of them.
    calendar.subcomponents.sort(key=lambda part: (part.name != "VTIMEZONE", str(part.get("tzid", ""))))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry, now: datetime) -> Event | None:
    rule = entry.recurrence
    since = now.astimezone(ZoneInfo(rule.timezone)).date() - PAST_SHOWN
    regular = list(regular_days_between(rule, since, since + PAST_SHOWN + AHEAD))
    meeting_days = [day for day in regular if day not in rule.exception_dates]
    added = [
        day
        for day in rule.added_dates
        if day >= since and day not in rule.exception_dates and day not in regular
    ]
    if not meeting_days and not added:
        return None
    event = Event()
    first = meeting_days[0] if meeting_days else added.pop(0)
    _add_times(event, rule, first)
    if meeting_days and rule.freq:
        event.add("rrule", _rrule(rule, first))
        _add_dates(
            event, "exdate", rule, [day for day in rule.exception_dates if day >= first and day in regular]
        )
    _add_dates(event, "rdate", rule, added)
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    if entry.is_cancelled:
        event.add("status", "CANCELLED")
        event.add("sequence", 1)
    for field in ("summary", "location", "description", "url"):
        if value := getattr(entry, field):
            event.add(field, value)
    return event


def _add_times(event: Event, rule: Recurrence, first: date) -> None:
    event.add("dtstart", _local(rule, first))
    if rule.opens_at is not None and rule.closes_at is not None:
        last = first + timedelta(days=1) if rule.ends_next_day else first
        event.add("dtend", datetime.combine(last, rule.closes_at, ZoneInfo(rule.timezone)))


def _add_dates(event: Event, name: str, rule: Recurrence, days: Sequence[date]) -> None:
    if days:
        event.add(name, [_local(rule, day) for day in days], parameters=_value_of(rule))


def _value_of(rule: Recurrence) -> dict[str, str]:
    return {"VALUE": "DATE"} if rule.opens_at is None else {}


def _local(rule: Recurrence, day: date) -> date:
    """Return the date itself if no time is stated, else the local time in its zone."""
    return day if rule.opens_at is None else datetime.combine(day, rule.opens_at, ZoneInfo(rule.timezone))


def _rrule(rule: Recurrence, first: date) -> vRecur:
    parts: dict[str, object] = {"FREQ": rule.freq, "INTERVAL": rule.interval, "WKST": rule.wkst}
    for name in ("byday", "bymonthday", "bymonth"):
        if value := getattr(rule, name):
            parts[name.upper()] = list(value)
    if not rule.byday and not rule.bymonthday and rule.freq == "MONTHLY" and rule.dtstart:
        parts["BYMONTHDAY"] = [rule.dtstart.day]
    if last := _last_day(rule, first):
        # RFC 5545, 3.3.10: in UTC if the start has a zone, a date if the start is a date.
        end = datetime.combine(last, time.max, ZoneInfo(rule.timezone)).astimezone(UTC)
        parts["UNTIL"] = last if rule.opens_at is None else end.replace(microsecond=0)
    return vRecur(parts)


def _last_day(rule: Recurrence, first: date) -> date | None:
    """Return the last date of the rule. A count becomes a date, as the file may begin after it started."""
    last = min(filter(None, (rule.until, rule.valid_to)), default=None)
    if rule.count is None:
        return last
    counted = list(regular_days_between(rule, first, first + timedelta(days=MAX_WINDOW_DAYS)))
    return counted[-1] if counted else first
