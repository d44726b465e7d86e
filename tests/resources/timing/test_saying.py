"""What is said of a schedule, and that it means what it says: what is said can be read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from resources import wording
from resources.timing.checking import faults
from resources.timing.parsing import parse_schedule
from resources.timing.recurrence import Recurrence, days_between
from resources.vocabulary import DAY_CODES
from tests.examples import examples

TODAY = date(2026, 11, 25)
JANUARY_7 = date(2026, 1, 7)  # a Wednesday
CHICAGO = "America/Chicago"
TOLD_ZONES = (
    CHICAGO,
    "America/New_York",
    "Europe/London",
    "Pacific/Auckland",
    "America/Port-au-Prince",
    "UTC",
)

SAID: dict[str, dict[str, Any]] = {
    "2nd and 4th Wednesday of the month, 6:30 pm to 8 pm (Chicago time), not in July and August": {
        "freq": "MONTHLY",
        "byday": ("2WE", "4WE"),
        "bymonth": (1, 2, 3, 4, 5, 6, 9, 10, 11, 12),
        "opens_at": time(18, 30),
        "closes_at": time(20),
        "timezone": CHICAGO,
    },
    "Every 2 weeks on Wednesday from Jan. 7, 2026": {
        "freq": "WEEKLY",
        "interval": 2,
        "byday": ("WE",),
        "dtstart": JANUARY_7,
        "timezone": CHICAGO,
    },
    "Every 2 weeks on Wednesday from Jan. 7, 2026, 7 pm (UTC)": {
        "freq": "WEEKLY",
        "interval": 2,
        "dtstart": JANUARY_7,
        "opens_at": time(19),
        "timezone": "UTC",
    },
    "Monday to Friday, 9 am to 5 pm": {
        "freq": "WEEKLY",
        "byday": DAY_CODES[:5],
        "opens_at": time(9),
        "closes_at": time(17),
    },
    "Every day, 24 hours a day": {
        "freq": "WEEKLY",
        "byday": DAY_CODES,
        "opens_at": time(),
        "closes_at": time(),
    },
    "Every Sunday, 24 hours a day": {
        "freq": "WEEKLY",
        "byday": ("SU",),
        "opens_at": time(),
        "closes_at": time(23, 59),  # as some lists write it
    },
    "Every Tuesday": {"freq": "WEEKLY", "byday": ("TU",)},
    "Every Saturday and Sunday": {"freq": "WEEKLY", "byday": ("SU", "SA")},
    "Every Monday, Wednesday and Friday, noon": {
        "freq": "WEEKLY",
        "byday": ("MO", "WE", "FR"),
        "opens_at": time(12),
    },
    "Every Friday, 10 pm to midnight": {
        "freq": "WEEKLY",
        "byday": ("FR",),
        "opens_at": time(22),
        "closes_at": time(),
    },
    "Every Wednesday from Jan. 7, 2026 until March 3, 2026": {
        "freq": "WEEKLY",
        "dtstart": JANUARY_7,
        "until": date(2026, 3, 3),
    },
    "Every Wednesday from Jan. 7, 2026, 6 times": {"freq": "WEEKLY", "dtstart": JANUARY_7, "count": 6},
    "Every Wednesday from Jan. 7, 2026, 1 time": {"freq": "WEEKLY", "dtstart": JANUARY_7, "count": 1},
    "2nd Thursday and 3rd Wednesday of the month": {"freq": "MONTHLY", "byday": ("2TH", "3WE")},
    "1st and last Sunday of the month": {"freq": "MONTHLY", "byday": ("-1SU", "1SU")},
    "2nd to last Friday of the month": {"freq": "MONTHLY", "byday": ("-2FR",)},
    "1st Tuesday of the month, in October": {"freq": "MONTHLY", "byday": ("+1TU",), "bymonth": (10,)},
    "1st Tuesday of the month, September to May": {
        "freq": "MONTHLY",
        "byday": ("1TU",),
        "bymonth": (1, 2, 3, 4, 5, 9, 10, 11, 12),
    },
    "15th of the month": {"freq": "MONTHLY", "bymonthday": (15,)},
    "last day of the month": {"freq": "MONTHLY", "bymonthday": (-1,)},
    "1st, 15th and 3rd to last day of the month": {"freq": "MONTHLY", "bymonthday": (-3, 1, 15)},
    "7th of the month from Jan. 7, 2026": {"freq": "MONTHLY", "dtstart": JANUARY_7},
    "Every 2 months on the 1st Wednesday of the month from Jan. 7, 2026": {
        "freq": "MONTHLY",
        "interval": 2,
        "byday": ("1WE",),
        "dtstart": JANUARY_7,
    },
    "Tuesday, January 12, 2027": {"dtstart": date(2027, 1, 12)},
    "Tuesday, January 12, 2027, 2 pm to 3:15 pm (London time)": {
        "added_dates": (date(2027, 1, 12),),
        "opens_at": time(14),
        "closes_at": time(15, 15),
        "timezone": "Europe/London",
    },
    "Jan. 5, 2027, Feb. 2, 2027 and March 2, 2027": {
        "dtstart": date(2027, 2, 2),
        "added_dates": (date(2027, 3, 2), date(2027, 1, 5)),
    },
    "Every Friday, except Dec. 25, 2026 and Jan. 1, 2027, also on Dec. 24, 2026": {
        "freq": "WEEKLY",
        "byday": ("FR",),
        "exception_dates": (date(2027, 1, 1), date(2026, 12, 25)),
        "added_dates": (date(2026, 12, 24),),
    },
    "Every Friday, only from March 1, 2026 until June 30, 2026": {
        "freq": "WEEKLY",
        "byday": ("FR",),
        "valid_from": date(2026, 3, 1),
        "valid_to": date(2026, 6, 30),
    },
    "Every Friday, only from March 1, 2026": {
        "freq": "WEEKLY",
        "byday": ("FR",),
        "valid_from": date(2026, 3, 1),
    },
    "Every Friday, only until June 30, 2026": {
        "freq": "WEEKLY",
        "byday": ("FR",),
        "valid_to": date(2026, 6, 30),
    },
}


@pytest.mark.parametrize(("phrase", "facts"), SAID.items(), ids=SAID)
def test_a_schedule_is_said_in_words(phrase: str, facts: dict[str, Any]) -> None:
    recurrence = Recurrence(**facts)
    assert not list(faults(replace(recurrence, timezone=recurrence.timezone or CHICAGO)))
    assert wording.schedule(recurrence) == phrase


@pytest.mark.parametrize(
    ("at", "worded"),
    [
        (time(19), "7 pm"),
        (time(18, 30), "6:30 pm"),
        (time(12), "noon"),
        (time(0), "midnight"),
        (time(0, 5), "12:05 am"),
        (time(12, 30), "12:30 pm"),
        (time(9), "9 am"),
    ],
)
def test_a_time_is_said_as_the_clock_is_read(at: time, worded: str) -> None:
    assert wording.clock(at) == worded


def test_other_languages_write_times_and_days_their_own_way() -> None:
    with translation.override("es"):
        assert wording.clock(time(19)) == "19:00"
        assert "martes" in wording.schedule(Recurrence(freq="WEEKLY", byday=("TU",)))
    with translation.override("en-gb"):
        assert wording.clock(time(19)) == "7 pm"


@pytest.mark.parametrize(
    ("name", "worded"),
    [
        ("America/New_York", "New York time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("UTC", "UTC"),
        ("", ""),
    ],
)
def test_a_zone_is_named_by_its_place(name: str, worded: str) -> None:
    assert wording.zone_name(name) == worded


# ---- what is said can be read back

dates = st.dates(date(2024, 1, 1), date(2029, 12, 31))
times = st.builds(time, st.integers(0, 23), st.sampled_from((0, 5, 15, 30, 45)))
positions = st.sampled_from((1, 2, 3, 4, 5, -1, -2, -3))
positioned = st.builds("{}{}".format, positions, st.sampled_from(DAY_CODES))


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """Days that repeat, with what they are counted from where that is needed."""
    first = draw(dates)
    kind = draw(st.sampled_from(("weekly", "every few weeks", "monthly", "every few months", "day of month")))
    if kind == "weekly":
        start = draw(st.sampled_from((None, first)))
        return {"freq": "WEEKLY", "byday": draw(_some(st.sampled_from(DAY_CODES))), "dtstart": start}
    if kind == "every few weeks":
        step = draw(st.integers(2, 12))
        days = {DAY_CODES[first.weekday()], *draw(_some(st.sampled_from(DAY_CODES)))}
        return {"freq": "WEEKLY", "interval": step, "byday": tuple(days), "dtstart": first}
    if kind == "monthly":
        return {
            "freq": "MONTHLY",
            "byday": draw(_some(positioned)),
            "dtstart": draw(st.sampled_from((None, first))),
        }
    if kind == "every few months":
        step = draw(st.integers(2, 12))
        byday = draw(_some(positioned))
        return {"freq": "MONTHLY", "interval": step, "byday": byday, "dtstart": first.replace(day=1)}
    numbers = st.one_of(st.integers(1, 28), st.integers(-28, -1))
    return {"freq": "MONTHLY", "bymonthday": draw(_some(numbers))}


def _some(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(parts, min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    """Without faults, in the part of the language that is both said and read.

    Validity is said and not read. Midnight by itself is not read, and with a doubt where a range begins with
    it. A zone is said beside times.
    """
    if draw(st.booleans()):
        facts = draw(rules())
        facts["bymonth"] = tuple(sorted(draw(st.sets(st.integers(1, 12), max_size=11))))
        facts["count"] = draw(st.sampled_from((None, 6))) if facts.get("dtstart") else None
        facts["until"] = draw(st.sampled_from((None, date(2030, 5, 31))))
        facts["exception_dates"] = draw(st.sets(dates, max_size=3).map(sorted).map(tuple))
        facts["added_dates"] = draw(st.sets(dates, max_size=3).map(sorted).map(tuple))
    else:
        days = sorted(draw(st.sets(dates, min_size=1, max_size=4)))
        facts = {"dtstart": days[0]} if len(days) == 1 else {"added_dates": tuple(days)}
    opens_at = draw(st.one_of(st.none(), times))
    if opens_at is not None:
        length = draw(st.sampled_from((15, 60, 90, 240, None if opens_at != time() else 30)))
        facts |= {"opens_at": opens_at, "timezone": draw(st.sampled_from(("", *TOLD_ZONES)))}
        facts["closes_at"] = length and _later(opens_at, length)
    return Recurrence(**facts)


def _later(at: time, minutes: int) -> time:
    total = (at.hour * 60 + at.minute + minutes) % 1440
    return time(total // 60, total % 60)


def in_one_order(recurrence: Recurrence) -> Recurrence:
    """The same recurrence, however its days were listed."""
    return replace(
        recurrence,
        byday=tuple(sorted(recurrence.byday)),
        bymonthday=tuple(sorted(recurrence.bymonthday)),
    )


@examples(600)
@given(recurrences())
@pytest.mark.slow("makes up schedules")
def test_what_is_said_means_what_it_says(recurrence: Recurrence) -> None:
    if any(faults(replace(recurrence, timezone=recurrence.timezone or CHICAGO))):
        return
    worded = wording.schedule(recurrence)
    reading = parse_schedule(worded, today=TODAY)
    if not _meets_where_it_counts_from(recurrence):
        assert reading.recurrence is None
        return
    assert reading.recurrence is not None, (worded, reading.reason)
    assert in_one_order(reading.recurrence) == in_one_order(recurrence), worded
    assert not reading.remainder
    if recurrence.opens_at != time():
        assert reading.is_certain


def _meets_where_it_counts_from(recurrence: Recurrence) -> bool:
    """Every second month from one in which it does not meet is not read."""
    first = recurrence.dtstart
    if first is None or recurrence.interval == 1:
        return True
    days = replace(recurrence, bymonth=(), exception_dates=(), added_dates=())
    last = first if recurrence.freq == "WEEKLY" else first + timedelta(days=27)
    return any(day.month == first.month for day in days_between(days, first, last + timedelta(days=3)))
