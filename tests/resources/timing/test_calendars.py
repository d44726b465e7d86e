"""A calendar file, read back by a library that knows nothing of ours, means the same moments."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import recurring_ical_events
from hypothesis import assume, given
from hypothesis import strategies as st

from resources.models.schedule import Frequency
from resources.timing.calendars import Entry, write_calendar
from resources.timing.checking import faults
from resources.timing.recurrence import Recurrence, occurrences_between
from resources.vocabulary import DAY_CODES
from tests.examples import examples

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
YEAR = timedelta(days=365)
ZONES = ("America/Chicago", "Europe/London", "Australia/Sydney", "Pacific/Auckland", "America/Phoenix")
SUMMER_OFF = tuple(month for month in range(1, 13) if month not in (7, 8))
dates = st.dates(date(2025, 6, 1), date(2028, 1, 1))
evenings = st.sampled_from([None, time(9), time(18, 30), time(19), time(21, 45)])


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    opens_at = draw(evenings)
    has_end = opens_at is not None and draw(st.booleans())
    ends = draw(st.one_of(st.none(), dates))
    starts = draw(st.one_of(st.none(), dates))
    common: dict[str, Any] = {
        "opens_at": opens_at,
        "closes_at": time(23) if has_end else None,
        "timezone": draw(st.sampled_from(ZONES)),
        "bymonth": draw(st.sampled_from([(), SUMMER_OFF, (1, 12)])),
        "dtstart": starts,
        "until": ends,
        "interval": draw(st.integers(1, 3)) if starts else 1,
        "count": draw(st.sampled_from([None, None, 3, 12])) if starts else None,
        "exception_dates": tuple(draw(st.lists(dates, max_size=3))),
        "added_dates": tuple(sorted(draw(st.sets(dates, max_size=3)))),
    }
    if draw(st.booleans()):
        days = tuple(draw(st.sets(st.sampled_from(DAY_CODES), min_size=1, max_size=2)))
        return Recurrence(
            freq=Frequency.WEEKLY, byday=days, wkst=draw(st.sampled_from(["MO", "SU"])), **common
        )
    if draw(st.booleans()):
        position = draw(st.sampled_from(["1", "2", "3", "4", "5", "-1"]))
        return Recurrence(
            freq=Frequency.MONTHLY, byday=(position + draw(st.sampled_from(DAY_CODES)),), **common
        )
    return Recurrence(freq=Frequency.MONTHLY, bymonthday=(draw(st.sampled_from([1, 15, 28, -1])),), **common)


def read_back(written: bytes) -> list[tuple[date, datetime | None]]:
    """When each event starts and ends, days as days and moments in UTC, in order."""
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(written)).between(NOW, NOW + YEAR)
    found = []
    for event in events:
        start, end = _utc(event["dtstart"].dt), _utc(event["dtend"].dt)
        # Where the file states no end, the library makes it that of the start, or of the day.
        found.append((start, end if isinstance(end, datetime) and end != start else None))
    return sorted(found, key=str)


def _utc(value: date) -> date:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def entry(recurrence: Recurrence) -> Entry:
    return Entry(
        "one@example.org", recurrence, "Quiet Room", "Hall, Dallas", "Ask first.", "https://example.org/", NOW
    )


@examples(150, derandomize=True)
@given(recurrences())
def test_a_schedule_read_back_meets_at_the_same_moments(recurrence: Recurrence) -> None:
    assume(not any(faults(recurrence)))
    expected = [
        (each.starts_at.astimezone(UTC), each.ends_at and each.ends_at.astimezone(UTC))
        if each.is_timed
        else (each.day, None)
        for each in occurrences_between(recurrence, NOW, NOW + YEAR)
    ]
    found = read_back(write_calendar("Meetings", [entry(recurrence)], now=NOW))
    if recurrence.opens_at is None:  # a day is a day in every zone: the library asks about it by UTC
        first, last = (NOW + timedelta(days=2)).date(), (NOW + YEAR - timedelta(days=2)).date()
        found = [each for each in found if first <= each[0] <= last]
        expected = [each for each in expected if first <= each[0] <= last]
    else:
        found = [each for each in found if each[0] >= NOW or (each[1] and each[1] > NOW)]
    assert found == sorted(expected, key=str)


def test_the_file_describes_its_zones_and_keeps_its_ids() -> None:
    recurrence = Recurrence(
        freq=Frequency.MONTHLY,
        byday=("2TU",),
        opens_at=time(19),
        closes_at=time(20, 30),
        timezone="America/Chicago",
    )
    first = write_calendar("Meetings", [entry(recurrence)], now=NOW)
    later = write_calendar("Meetings", [entry(recurrence)], now=NOW + timedelta(days=90))
    for written in (first, later):
        calendar = icalendar.Calendar.from_ical(written)
        assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["America/Chicago"]
        assert [str(event["uid"]) for event in calendar.walk("VEVENT")] == ["one@example.org"]
    assert b"RRULE:FREQ=MONTHLY" in first
    assert first.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in first.split(b"\r\n"))


def test_nineteen_oclock_stays_nineteen_oclock_when_the_clocks_change() -> None:
    recurrence = Recurrence(freq=Frequency.WEEKLY, byday=("WE",), opens_at=time(19), timezone="Europe/London")
    written = write_calendar("Meetings", [entry(recurrence)], now=NOW)
    local = {
        str(each.start.timetz())[:5]
        for each in recurring_ical_events.of(icalendar.Calendar.from_ical(written)).between(NOW, NOW + YEAR)
    }
    assert local == {"19:00"}


def test_what_is_over_leaves_the_file_empty() -> None:
    over = Recurrence(dtstart=date(2020, 1, 1), opens_at=time(19), timezone="Europe/London")
    calendar = icalendar.Calendar.from_ical(write_calendar("Meetings", [entry(over)], now=NOW))
    assert list(calendar.walk("VEVENT")) == []


# Writes the calendar of meetings in five zones. Each process orders its sets by its own hash seed.
WRITE_FIVE_ZONES = """
from datetime import UTC, date, datetime, time

import django

django.setup()
from resources.timing.calendars import Entry, write_calendar
from resources.timing.recurrence import Recurrence

now = datetime(2026, 11, 25, 18, tzinfo=UTC)
zones = "America/Chicago Europe/London Australia/Sydney Pacific/Auckland America/Phoenix".split()
meetings = [
    Recurrence(freq="WEEKLY", byday=("TU",), opens_at=time(19), timezone=zone, dtstart=date(2026, 1, 6))
    for zone in zones
]
entries = [Entry(str(at), one, "Quiet Room", "", "", "", now) for at, one in enumerate(meetings)]
print(write_calendar("Meetings", entries, now=now).decode())
"""


def test_every_process_writes_the_same_bytes() -> None:
    """One ETag stands for the answers of all processes, which order their sets differently."""
    written = {
        subprocess.run(
            [sys.executable, "-c", WRITE_FIVE_ZONES],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    [text] = written
    assert re.findall("^TZID:(.+)$", text, re.MULTILINE) == sorted(ZONES)
