"""Why a schedule claims no dates: mistakes, and missing facts. A sentence for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.models import Schedule
from resources.models.schedule import Frequency
from resources.timing.recurrence import Recurrence, recurrence_of
from resources.vocabulary import DAY_CODES

DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
DAY_OF_MONTH = re.compile(r"-?(?:[1-9]|[12][0-9]|3[01])")
MONTH = re.compile(r"[1-9]|1[0-2]")
# The columns that hold lists: the pattern of one item, and the message for any other.
LIST_COLUMNS = {
    "byday": (
        DAY,
        gettext_lazy(
            "Enter days as MO, TU, WE, TH, FR, SA, SU; 2TU is the second Tuesday, -1FR the last Friday."
        ),
    ),
    "bymonthday": (
        DAY_OF_MONTH,
        gettext_lazy("Enter days of the month as 1 to 31, such as 1,15; -1 is the last day."),
    ),
    "bymonth": (MONTH, gettext_lazy("Enter months as 1 to 12, such as 9,10,11.")),
}
LAST_SAFE_DAY = 28  # every month has this one
MAX_NIGHT = timedelta(hours=12)  # hours that end on the next day and last longer are a typo
FIRST_YEAR, LAST_YEAR = 1970, 2100
YEARS = {"first": FIRST_YEAR, "last": LAST_YEAR}


@dataclass(frozen=True)
class Fault:
    """A mistake in a field of a schedule, or a fact missing there."""

    field: str
    message: str


@cache
def known_zones() -> frozenset[str]:
    """Return the zones a schedule may have: those named for places, and UTC."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return frozenset({*places, "UTC"})


def recurrence_or_none(schedule: Schedule) -> Recurrence | None:
    """Return the recurrence of a schedule, or None if no date can be claimed from it."""
    if any(_written_faults(schedule)):
        return None
    recurrence = recurrence_of(schedule)
    return None if any(faults(recurrence)) else recurrence


def schedule_faults(schedule: Schedule) -> list[Fault]:
    """Return why the schedule claims no dates; empty if it claims some."""
    return list(_written_faults(schedule)) or list(faults(recurrence_of(schedule)))


def faults(recurrence: Recurrence) -> Iterator[Fault]:
    """Yield why no date can be claimed. If empty, `resources.timing.recurrence` can expand it."""
    yield from _zone_faults(recurrence)
    yield from _time_faults(recurrence)
    yield from _date_faults(recurrence)
    if not recurrence.freq:
        yield from _faults_of_single_days(recurrence)
        return
    yield from _step_faults(recurrence)
    if recurrence.freq == Frequency.WEEKLY:
        yield from _weekly_faults(recurrence)
    else:
        yield from _monthly_faults(recurrence)


def _written_faults(schedule: Schedule) -> Iterator[Fault]:
    """Yield what is not written as in RFC 5545; imported records may hold anything."""
    if schedule.freq and schedule.freq not in Frequency.values:
        yield Fault("freq", _("Choose weekly or monthly. For daily, choose weekly and all seven days."))
    if schedule.wkst and schedule.wkst not in DAY_CODES:
        yield Fault("wkst", _("Enter the day as MO or SU."))
    for name, (pattern, message) in LIST_COLUMNS.items():
        parts = getattr(schedule, name).replace(",", " ").split()
        if not all(pattern.fullmatch(part) for part in parts):
            yield Fault(name, str(message))


def _zone_faults(recurrence: Recurrence) -> Iterator[Fault]:
    if not recurrence.timezone:
        yield Fault("timezone", _("Enter its time zone, such as America/Chicago."))
    elif recurrence.timezone not in known_zones():
        yield Fault("timezone", _("Choose a time zone by its place, such as America/Chicago."))


def _time_faults(recurrence: Recurrence) -> Iterator[Fault]:
    opens, closes = recurrence.opens_at, recurrence.closes_at
    if closes is None:
        return
    if opens is None:
        yield Fault("opens_at", _("Enter when it starts."))
    elif closes == time() or closes > opens:  # until midnight does not pass it
        return
    elif opens == closes:
        yield Fault("closes_at", _("The start and end are the same. For all day, enter 00:00 to 00:00."))
    elif _past_midnight(opens, closes) > MAX_NIGHT:
        yield Fault("closes_at", _("The end is before the start."))


def _past_midnight(opens: time, closes: time) -> timedelta:
    """Return the time from `opens` to `closes` on the next day, by the clock."""
    return timedelta(days=1, hours=closes.hour - opens.hour, minutes=closes.minute - opens.minute)


def _date_faults(recurrence: Recurrence) -> Iterator[Fault]:
    for first, last in (("dtstart", "until"), ("valid_from", "valid_to")):
        begins, ends = getattr(recurrence, first), getattr(recurrence, last)
        if begins and ends and ends < begins:
            yield Fault(last, _("The last date is before the first."))
    for name in ("dtstart", "until", "valid_from", "valid_to"):
        day = getattr(recurrence, name)
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield Fault(name, _("Enter a year from %(first)d to %(last)d.") % YEARS)
    for name in ("exception_dates", "added_dates"):
        if not all(FIRST_YEAR <= day.year <= LAST_YEAR for day in getattr(recurrence, name)):
            yield Fault(name, _("Enter a year from %(first)d to %(last)d.") % YEARS)


def _faults_of_single_days(recurrence: Recurrence) -> Iterator[Fault]:
    """Yield the faults of a schedule without a rule: one day, or dates added by hand."""
    if (
        recurrence.byday
        or recurrence.bymonthday
        or recurrence.bymonth
        or recurrence.interval > 1
        or recurrence.count
    ):
        yield Fault("freq", _("Choose whether it repeats weekly or monthly."))
    elif recurrence.dtstart and recurrence.until not in (None, recurrence.dtstart):
        yield Fault("freq", _("Choose whether it repeats weekly or monthly between these dates."))
    elif not recurrence.dtstart and not recurrence.added_dates:
        yield Fault("freq", _("Choose how it repeats, or enter its dates."))


def _step_faults(recurrence: Recurrence) -> Iterator[Fault]:
    """Yield faults of intervals and counts, which need a date to count from."""
    if recurrence.dtstart is None and recurrence.interval > 1:
        yield Fault("dtstart", _("Enter one date when it meets, so we can count from there."))
    elif recurrence.dtstart is None and recurrence.count:
        yield Fault("dtstart", _("Enter the first date, so we can count from there."))


def _weekly_faults(recurrence: Recurrence) -> Iterator[Fault]:
    if recurrence.bymonthday:
        yield Fault("bymonthday", _("A weekly schedule uses days of the week, not days of the month."))
    if any(len(day) > 2 for day in recurrence.byday):
        yield Fault("byday", _("2TU is the second Tuesday of a month: choose monthly, or enter TU."))
    if not recurrence.byday and recurrence.dtstart is None:
        yield Fault("byday", _("Enter the day of the week."))


def _monthly_faults(recurrence: Recurrence) -> Iterator[Fault]:
    if any(len(day) == 2 for day in recurrence.byday):
        yield Fault("byday", _("Enter which one of the month: 1TU is the first Tuesday, -1TU the last."))
    if recurrence.byday and recurrence.bymonthday:
        yield Fault("bymonthday", _("Enter days of the week or days of the month, not both."))
    if any(not 1 <= abs(day) <= LAST_SAFE_DAY for day in recurrence.bymonthday):
        yield Fault("bymonthday", _("Not every month has this day. Enter -1 for the last day of the month."))
    if recurrence.bymonth and not _months_reached(recurrence) & set(recurrence.bymonth):
        yield Fault("bymonth", _("This day never occurs in these months."))
    if recurrence.byday or recurrence.bymonthday:
        return
    if recurrence.dtstart is None:
        yield Fault("byday", _("Enter the day of the month, such as 2TU or 15."))
    elif recurrence.dtstart.day > LAST_SAFE_DAY:
        yield Fault("dtstart", _("Not every month has this day. Enter a weekday, or -1 for the last day."))


def _months_reached(recurrence: Recurrence) -> set[int]:
    """Return the months that the interval reaches from the month of the first date."""
    if recurrence.dtstart is None:
        return set(range(1, 13))
    return {(recurrence.dtstart.month - 1 + step * recurrence.interval) % 12 + 1 for step in range(12)}
