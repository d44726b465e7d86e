"""What `recurrence.py` says of days and moments, against a walk over every day and every quarter of an hour.

The walk knows no rule engine. A day is decided by arithmetic on that day alone, as RFC 5545 (3.3.10) has it;
a first date that is not of the rule does not count. A moment is found by going through UTC and reading what
the clock of the place shows, so that only "what time is it there now" is believed of `zoneinfo`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from math import gcd
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.timing.checking import faults
from resources.timing.recurrence import (
    MAX_WINDOW_DAYS,
    Occurrence,
    Recurrence,
    days_between,
    moment,
    next_occurrences,
    occurrences_between,
)
from tests.examples import examples

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)  # since 1990 each of these clocks has stood, and changed, at a whole quarter
FURTHEST = 60  # quarters: no clock is further from UTC than 15 hours
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ZONES = (
    *("America/Chicago", "America/New_York", "America/Phoenix", "Europe/London", "Europe/Dublin"),
    *("Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland"),
)
FIRST, LAST = date(2020, 1, 1), date(2029, 12, 31)
TEN_YEARS = (LAST - FIRST).days
EARLIEST, LATEST = date(1990, 1, 1), date(2060, 12, 31)
CHICAGO = "America/Chicago"


# The walk over days


def month_length(day: date) -> int:
    """28 to 31."""
    return ((day.replace(day=28) + 4 * DAY).replace(day=1) - DAY).day


def weeks_apart(first: date, day: date, week_begins_on: int) -> int:
    """How many beginnings of a week (0 is Monday) lie between."""
    begins = [each.toordinal() - (each.weekday() - week_begins_on) % 7 for each in (first, day)]
    return (begins[1] - begins[0]) // 7


def meets_in_its_week(recurrence: Recurrence, day: date) -> bool:
    first = recurrence.dtstart
    if first and weeks_apart(first, day, CODES.index(recurrence.wkst)) % recurrence.interval:
        return False
    if recurrence.byday:
        return CODES[day.weekday()] in recurrence.byday
    return first is not None and day.weekday() == first.weekday()


def meets_in_its_month(recurrence: Recurrence, day: date) -> bool:
    first, left = recurrence.dtstart, month_length(day) - day.day
    if first and ((day.year - first.year) * 12 + day.month - first.month) % recurrence.interval:
        return False
    if recurrence.byday:
        places = {(day.day - 1) // 7 + 1, -(left // 7 + 1)}
        return any(
            code[-2:] == CODES[day.weekday()] and int(code[:-2]) in places for code in recurrence.byday
        )
    if recurrence.bymonthday:
        return not {day.day, -(left + 1)}.isdisjoint(recurrence.bymonthday)
    return first is not None and day.day == first.day


def is_of_the_rule(recurrence: Recurrence, day: date) -> bool:
    """Whether it meets on that day, before one has counted how many times, and before exceptions."""
    if day < (recurrence.dtstart or day) or day > (recurrence.until or day):
        return False
    if not recurrence.freq:
        return day == recurrence.dtstart
    if recurrence.bymonth and day.month not in recurrence.bymonth:
        return False
    meets = meets_in_its_week if recurrence.freq == "WEEKLY" else meets_in_its_month
    return meets(recurrence, day)


def every_day(first: date, last: date) -> Iterator[date]:
    return (first + n * DAY for n in range((last - first).days + 1))


def days_of_the_rule(recurrence: Recurrence, first: date, last: date) -> Iterator[date]:
    """What the rule says, counted from the first date, within its validity."""
    most = recurrence.count
    counted_from = recurrence.dtstart if most is not None and recurrence.dtstart else first
    met = 0
    for day in every_day(counted_from, last):
        if is_of_the_rule(recurrence, day):
            met += 1
            if (most is None or met <= most) and day >= first:
                yield day


def walked_days(recurrence: Recurrence, first: date, last: date) -> list[date]:
    """Added days need no rule, exceptions win over everything."""
    lower, upper = recurrence.valid_from or date.min, recurrence.valid_to or date.max
    regular = {day for day in days_of_the_rule(recurrence, first, last) if lower <= day <= upper}
    added = {day for day in recurrence.added_dates if first <= day <= last}
    return sorted((regular | added) - set(recurrence.exception_dates))


# The walk over moments


def shown(instant: datetime, zone: str) -> datetime:
    """What the clock of the place shows, without its zone."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@cache
def walked_moment(day: date, at: time, zone: str) -> datetime:
    """The UTC moment at which the clock first shows it; if never, as much later as the clock jumped."""
    wanted = datetime.combine(day, at)
    middle = wanted.replace(tzinfo=UTC)
    before = None
    for n in range(-FURTHEST, FURTHEST + 1):
        instant = middle + n * QUARTER
        local = shown(instant, zone)
        if local == wanted:
            return instant
        if before and before < wanted < local:
            jumped = local - before - QUARTER
            return instant + (wanted + jumped - local)
        before = local
    raise AssertionError(f"{zone} passes {wanted} without showing or skipping it")


class Met(NamedTuple):
    """An occurrence with its moments written out, offset and all, so that no comparison can hide one."""

    day: date
    starts_at: str
    ends_at: str
    over_at: str
    is_timed: bool
    timezone: str


class Walked(NamedTuple):
    """The same by the walk; moments in UTC."""

    day: date
    starts_at: datetime
    ends_at: datetime | None
    over_at: datetime
    is_timed: bool
    timezone: str

    def written(self) -> Met:
        written = [
            moment and moment.astimezone(ZoneInfo(self.timezone)).isoformat()
            for moment in (self.starts_at, self.ends_at, self.over_at)
        ]
        return Met(self.day, written[0] or "", written[1] or "", written[2] or "", *self[4:])


def written(occurrence: Occurrence) -> Met:
    ends = occurrence.ends_at.isoformat() if occurrence.ends_at else ""
    starts, over = occurrence.starts_at.isoformat(), occurrence.over_at.isoformat()
    return Met(occurrence.day, starts, ends, over, occurrence.is_timed, occurrence.timezone)


def walked_occurrence(recurrence: Recurrence, day: date) -> Walked:
    zone, opens, closes = recurrence.timezone, recurrence.opens_at, recurrence.closes_at
    starts = walked_moment(day, opens or time(), zone)
    if opens is None:
        return Walked(day, starts, None, walked_moment(day + DAY, time(), zone), False, zone)
    if closes is None:
        return Walked(day, starts, None, starts, True, zone)
    ends = walked_moment(day if closes > opens else day + DAY, closes, zone)
    return Walked(day, starts, ends, ends, True, zone)


def walked_occurrences(recurrence: Recurrence, starts: datetime, ends: datetime) -> list[Walked]:
    first, last = starts.astimezone(UTC).date() - 4 * DAY, ends.astimezone(UTC).date() + 4 * DAY
    met = (walked_occurrence(recurrence, day) for day in walked_days(recurrence, first, last))
    starts, ends = starts.astimezone(UTC), ends.astimezone(UTC)
    return [each for each in met if each.over_at > starts and each.starts_at < ends]


# Recurrences by chance

zones = st.sampled_from(ZONES)
days = st.dates(EARLIEST, LATEST)
times = st.one_of(
    st.sampled_from([time(h, m) for h in (0, 1, 2, 3, 19, 23) for m in (0, 15, 30, 45, 59)]),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)
steps = st.one_of(st.just(1), st.integers(1, 6), st.sampled_from([12, 13, 18, 26, 53]))
positions = st.builds(
    "{}{}".format,
    st.sampled_from(["1", "2", "+3", "4", "5", "-1", "-2", "-3", "-4", "-5"]),
    st.sampled_from(CODES),
)
days_of_month = st.integers(1, 28).flatmap(lambda day: st.sampled_from([day, -day]))
months: st.SearchStrategy[list[int]] = st.one_of(
    st.just([]), st.lists(st.integers(1, 12), unique=True, max_size=11)
)


def some(values: st.SearchStrategy, most: int) -> st.SearchStrategy:
    return st.lists(values, min_size=1, max_size=most, unique=True).map(tuple)


def around(first: date, last: date, margin: int) -> st.SearchStrategy[date]:
    return st.dates(first - margin * DAY, last + margin * DAY)


@st.composite
def rules(draw: st.DrawFn, first: date, last: date) -> Recurrence:
    """Weekly or monthly, with all that belongs to it, or a single date; begun somewhere near the window."""
    starts = around(first, first, 1500) | around(first, last, 100)
    shape = draw(st.sampled_from(["week", "week", "position", "day of month", "as its first", "once"]))
    freq = draw(st.sampled_from(["WEEKLY", "MONTHLY"])) if shape == "as its first" else "MONTHLY"
    plain = Recurrence(freq=freq, bymonth=tuple(draw(months)), wkst=draw(st.sampled_from(["MO", "SU"])))
    if shape == "once":
        return Recurrence(dtstart=draw(starts))
    if shape == "as its first":
        day = draw(starts)
        plain = replace(plain, dtstart=day if freq == "WEEKLY" else day.replace(day=min(day.day, 28)))
    elif shape == "week":
        plain = replace(plain, freq="WEEKLY", byday=draw(some(st.sampled_from(CODES), 7)))
    elif shape == "position":
        plain = replace(plain, byday=draw(some(positions, 3)))
    else:
        plain = replace(plain, bymonthday=draw(some(days_of_month, 4)))
    if plain.dtstart is None and draw(st.booleans()):
        plain = replace(plain, dtstart=draw(starts))
    if plain.dtstart:
        plain = replace(plain, interval=draw(steps), count=draw(st.none() | st.integers(1, 200)))
    return in_months_it_counts_to(plain)


def in_months_it_counts_to(rule: Recurrence) -> Recurrence:
    """Every second month from July is never in August: such a rule is kept to the month it begins in."""
    if rule.freq != "MONTHLY" or not rule.dtstart or not rule.bymonth:
        return rule
    step = gcd(rule.interval, 12)
    met = [month for month in rule.bymonth if (month - rule.dtstart.month) % step == 0]
    return rule if met else replace(rule, bymonth=(rule.dtstart.month,))


@st.composite
def bounded(draw: st.DrawFn, rule: Recurrence, first: date, last: date) -> Recurrence:
    """The rule with a last date and a validity, each now and then."""
    near = around(first, last, 60)
    until = draw(st.none() | st.none() | near)
    valid = sorted(draw(st.lists(near, min_size=2, max_size=2)))
    lower, upper = draw(st.sampled_from([(0, 0), (0, 0), (1, 0), (0, 1), (1, 1)]))
    if until and rule.dtstart and (until < rule.dtstart or not rule.freq):
        until = rule.dtstart
    return replace(
        rule, until=until, valid_from=valid[0] if lower else None, valid_to=valid[1] if upper else None
    )


@st.composite
def recurrences(draw: st.DrawFn, first: date, last: date) -> Recurrence:
    """With exceptions and added days, by preference days on which it would have met; some are both."""
    rule = draw(bounded(draw(rules(first, last)), first, last))
    pool = around(first, last, 30)
    met = walked_days(rule, first, last)
    if met:
        pool = pool | st.sampled_from(met) | st.sampled_from([met[0], met[-1]])
    few = st.lists(pool, max_size=4)
    exceptions, added = draw(few), draw(few)
    both = draw(few)
    zone = draw(zones)
    return replace(
        rule, timezone=zone, exception_dates=(*exceptions, *both), added_dates=(*added, *reversed(both))
    )


@st.composite
def hours(draw: st.DrawFn) -> tuple[time | None, time | None]:
    """None stated, no end, hours of one day, hours into the next (twelve at most), or the whole day."""
    opens = draw(times)
    later = (datetime.combine(FIRST, opens) + draw(st.integers(1, 720)) * MINUTE).time()
    same_day = sorted({opens, draw(times)})
    choices: list[tuple[time | None, time | None]] = [
        (None, None),
        (opens, None),
        (opens, later),
        (same_day[0], same_day[-1] if len(same_day) > 1 else None),
        (time(), time()),
    ]
    return draw(st.sampled_from(choices))


@cache
def days_of_change(zone: str, year: int) -> tuple[date, ...]:
    """The local days of that year on which the clock is set."""
    middays = [datetime(year, 1, 1, 12, tzinfo=UTC) + n * DAY for n in range(-1, 366)]
    offsets = [shown(instant, zone) - instant.replace(tzinfo=None) for instant in middays]
    return tuple(
        next(day for day in (at.date(), at.date() + DAY) if is_day_of_change(zone, day))
        for at, before, after in zip(middays, offsets, offsets[1:], strict=False)
        if before != after
    )


def is_day_of_change(zone: str, day: date) -> bool:
    return walked_moment(day + DAY, time(), zone) - walked_moment(day, time(), zone) != DAY


@st.composite
def days_near_a_change(draw: st.DrawFn, zone: str) -> date:
    changes = days_of_change(zone, draw(st.integers(1990, 2059)))
    return draw(st.sampled_from(changes)) + draw(st.integers(-2, 2)) * DAY if changes else draw(days)


@st.composite
def timed(draw: st.DrawFn) -> Recurrence:
    """A recurrence with hours that meets often about a change of its clock, or anywhere."""
    zone = draw(zones)
    about = draw(days_near_a_change(zone) | days)
    first, last = about - 20 * DAY, about + 20 * DAY
    rule = Recurrence(freq="WEEKLY", byday=CODES)
    if draw(st.booleans()):
        rule = draw(recurrences(first, last))
    opens, closes = draw(hours())
    added = (*rule.added_dates, about)
    return replace(rule, timezone=zone, opens_at=opens, closes_at=closes, added_dates=added)


def chance(number: int) -> settings:
    return examples(number, derandomize=True)


# The days


@chance(120)
@given(st.data())
def test_ten_years_of_days_are_those_of_the_walk(data: st.DataObject) -> None:
    recurrence = data.draw(recurrences(FIRST, LAST))
    assert list(faults(recurrence)) == []
    assert list(days_between(recurrence, FIRST, LAST)) == walked_days(recurrence, FIRST, LAST)


@chance(500)
@given(st.data(), days, st.sampled_from([0, 1, 6, 27, 31, 62, 365, 800]))
@pytest.mark.slow("walks a calendar day by day")
def test_the_days_of_any_window_are_those_of_the_walk(data: st.DataObject, first: date, length: int) -> None:
    last = first + length * DAY
    recurrence = data.draw(recurrences(first, last))
    assert list(faults(recurrence)) == []
    assert list(days_between(recurrence, first, last)) == walked_days(recurrence, first, last)


@chance(60)
@given(st.data(), days)
def test_it_is_counted_from_a_first_date_long_ago(data: st.DataObject, first: date) -> None:
    last = first + 400 * DAY
    begun = data.draw(st.dates(date(1970, 1, 1), first))
    rule = data.draw(rules(first, last).filter(lambda rule: bool(rule.byday)))
    rule = replace(rule, dtstart=begun, interval=data.draw(steps), count=None, timezone=CHICAGO)
    rule = in_months_it_counts_to(rule)
    assert list(days_between(rule, first, last)) == walked_days(rule, first, last)
    met = walked_days(rule, begun, last)
    if met:
        rule = replace(rule, count=data.draw(st.sampled_from([len(met) - 1 or 1, len(met)])))
        assert list(days_between(rule, first, last)) == walked_days(rule, first, last)


def day_of(text: str) -> date:
    return date.fromisoformat(text)


# RFC 5545, 3.8.5.3, with its own answers.
EXAMPLES = {
    "every other week on Tuesday and Sunday, weeks from Monday": (
        Recurrence(
            freq="WEEKLY", interval=2, count=4, byday=("TU", "SU"), wkst="MO", dtstart=date(1997, 8, 5)
        ),
        "1997-08-05 1997-08-10 1997-08-19 1997-08-24",
    ),
    "the same, weeks from Sunday": (
        Recurrence(
            freq="WEEKLY", interval=2, count=4, byday=("TU", "SU"), wkst="SU", dtstart=date(1997, 8, 5)
        ),
        "1997-08-05 1997-08-17 1997-08-19 1997-08-31",
    ),
    "every other month on the first and last Sunday": (
        Recurrence(freq="MONTHLY", interval=2, count=10, byday=("1SU", "-1SU"), dtstart=date(1997, 9, 7)),
        "1997-09-07 1997-09-28 1997-11-02 1997-11-30 1998-01-04 1998-01-25 1998-03-01 1998-03-29 "
        "1998-05-03 1998-05-31",
    ),
    "the second last Monday": (
        Recurrence(freq="MONTHLY", count=6, byday=("-2MO",), dtstart=date(1997, 9, 22)),
        "1997-09-22 1997-10-20 1997-11-17 1997-12-22 1998-01-19 1998-02-16",
    ),
    "the third last day": (
        Recurrence(freq="MONTHLY", count=6, bymonthday=(-3,), dtstart=date(1997, 9, 28)),
        "1997-09-28 1997-10-29 1997-11-28 1997-12-29 1998-01-29 1998-02-26",
    ),
    "every 18 months on the 10th to 15th": (
        Recurrence(
            freq="MONTHLY", interval=18, count=10, bymonthday=tuple(range(10, 16)), dtstart=date(1997, 9, 10)
        ),
        "1997-09-10 1997-09-11 1997-09-12 1997-09-13 1997-09-14 1997-09-15 "
        "1999-03-10 1999-03-11 1999-03-12 1999-03-13",
    ),
}


@pytest.mark.parametrize(("recurrence", "answers"), EXAMPLES.values(), ids=EXAMPLES)
def test_the_examples_of_the_standard_have_its_answers(recurrence: Recurrence, answers: str) -> None:
    expected = [day_of(text) for text in answers.split()]
    window = date(1997, 1, 1), date(1999, 12, 31)
    assert list(days_between(recurrence, *window)) == expected
    assert walked_days(recurrence, *window) == expected


WEDNESDAY = date(2019, 1, 2)
MOST_OF_THE_YEAR = (1, 2, 3, 4, 5, 6, 9, 10, 11, 12)
HOLIDAYS = tuple(date(year, 12, 25) for year in range(2020, 2030))
REAL = {
    "2nd Tuesday, not in July and August": Recurrence(
        freq="MONTHLY", byday=("2TU",), bymonth=MOST_OF_THE_YEAR, opens_at=time(19), timezone=CHICAGO
    ),
    "last Friday, 6:30 to 8 pm": Recurrence(
        freq="MONTHLY",
        byday=("-1FR",),
        opens_at=time(18, 30),
        closes_at=time(20),
        timezone="America/New_York",
    ),
    "every 2 weeks": Recurrence(
        freq="WEEKLY",
        interval=2,
        byday=("WE",),
        dtstart=WEDNESDAY,
        opens_at=time(19),
        timezone="Europe/London",
    ),
    "5th Saturday": Recurrence(
        freq="MONTHLY", byday=("5SA",), opens_at=time(10), closes_at=time(12), timezone="Pacific/Auckland"
    ),
    "1st and 3rd Thursday": Recurrence(
        freq="MONTHLY", byday=("1TH", "3TH"), opens_at=time(19, 30), timezone="Europe/Dublin"
    ),
    "the 15th": Recurrence(freq="MONTHLY", bymonthday=(15,), opens_at=time(12), timezone="Australia/Sydney"),
    "the last day of the month, no time stated": Recurrence(
        freq="MONTHLY", bymonthday=(-1,), timezone="Australia/Lord_Howe"
    ),
    "every 3 months on the second last Monday": Recurrence(
        freq="MONTHLY",
        interval=3,
        byday=("-2MO",),
        dtstart=date(2020, 2, 17),
        opens_at=time(18),
        timezone="Australia/Lord_Howe",
    ),
    "Monday to Friday, except 25 December": Recurrence(
        freq="WEEKLY",
        byday=CODES[:5],
        exception_dates=HOLIDAYS,
        opens_at=time(9),
        closes_at=time(17),
        timezone="America/Phoenix",
    ),
    "every day at all hours": Recurrence(
        freq="WEEKLY", byday=CODES, opens_at=time(), closes_at=time(), timezone=CHICAGO
    ),
    "Saturday and Sunday nights, through the change of the clock": Recurrence(
        freq="WEEKLY", byday=("SA", "SU"), opens_at=time(22), closes_at=time(2, 30), timezone="Europe/London"
    ),
    "Sunday at an hour that is skipped once and doubled once": Recurrence(
        freq="WEEKLY", byday=("SU",), opens_at=time(2, 15), closes_at=time(2, 45), timezone="Pacific/Auckland"
    ),
    "eight evenings from one date, one moved": Recurrence(
        freq="WEEKLY",
        byday=("TU",),
        count=8,
        dtstart=date(2024, 2, 6),
        exception_dates=(date(2024, 3, 12),),
        added_dates=(date(2024, 3, 14),),
        opens_at=time(19),
        closes_at=time(20, 30),
        timezone="America/New_York",
    ),
    "one evening": Recurrence(dtstart=date(2027, 1, 12), opens_at=time(19), timezone="Europe/Dublin"),
}


@pytest.mark.slow("walks through ten years, day by day")
@pytest.mark.parametrize("recurrence", REAL.values(), ids=REAL)
def test_ten_years_of_a_real_schedule_are_those_of_the_walk(recurrence: Recurrence) -> None:
    assert list(faults(recurrence)) == []
    window = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    expected = [each.written() for each in walked_occurrences(recurrence, *window)]
    assert [written(each) for each in occurrences_between(recurrence, *window)] == expected
    assert list(days_between(recurrence, FIRST, LAST)) == walked_days(recurrence, FIRST, LAST)


def test_the_dates_of_a_known_group_are_those_on_the_calendar_on_the_wall() -> None:
    group = REAL["2nd Tuesday, not in July and August"]
    met = [day.isoformat() for day in days_between(group, date(2026, 5, 1), date(2026, 12, 31))]
    assert met == ["2026-05-12", "2026-06-09", "2026-09-08", "2026-10-13", "2026-11-10", "2026-12-08"]


# The bounds, one by one


def test_an_exception_wins_over_an_added_day_and_over_a_single_date() -> None:
    day = date(2026, 6, 2)
    once = Recurrence(dtstart=day, added_dates=(day,), exception_dates=(day,), timezone=CHICAGO)
    assert list(days_between(once, day, day)) == []


def test_exceptions_are_taken_away_after_counting() -> None:
    first = date(2026, 6, 2)
    three = Recurrence(freq="WEEKLY", byday=("TU",), dtstart=first, count=3, timezone=CHICAGO)
    without_the_second = replace(three, exception_dates=(first + 7 * DAY,))
    assert list(days_between(without_the_second, FIRST, LAST)) == [first, first + 14 * DAY]


def test_the_count_runs_from_the_first_date_though_it_is_valid_only_later() -> None:
    first = date(2026, 6, 2)
    three = Recurrence(freq="WEEKLY", byday=("TU",), dtstart=first, count=3, timezone=CHICAGO)
    assert list(days_between(replace(three, valid_from=first + DAY), FIRST, LAST)) == [
        first + 7 * DAY,
        first + 14 * DAY,
    ]


def test_added_days_need_no_rule_no_last_date_and_no_validity() -> None:
    first, added = date(2026, 6, 2), (date(2028, 1, 1), date(2025, 1, 1), date(2028, 1, 1))
    rule = Recurrence(freq="WEEKLY", byday=("TU",), dtstart=first, until=first, added_dates=added)
    for bounds in ({}, {"until": None, "count": 1}, {"valid_from": first, "valid_to": first}):
        bound = replace(rule, **bounds)
        assert list(days_between(bound, FIRST, LAST)) == [date(2025, 1, 1), first, date(2028, 1, 1)]


def test_first_and_last_date_and_validity_are_included() -> None:
    first, last = date(2026, 6, 2), date(2026, 6, 16)
    tuesdays = Recurrence(freq="WEEKLY", byday=("TU",), timezone=CHICAGO)
    expected = [first, first + 7 * DAY, last]
    assert list(days_between(replace(tuesdays, dtstart=first, until=last), FIRST, LAST)) == expected
    assert list(days_between(replace(tuesdays, valid_from=first, valid_to=last), FIRST, LAST)) == expected
    assert list(days_between(tuesdays, first, last)) == expected


def test_a_window_that_ends_before_it_begins_is_empty() -> None:
    every_day_of_all = Recurrence(freq="WEEKLY", byday=CODES, timezone=CHICAGO)
    assert list(days_between(every_day_of_all, FIRST, FIRST - DAY)) == []


def test_a_window_too_long_is_refused() -> None:
    every_day_of_all = Recurrence(freq="WEEKLY", byday=CODES, timezone=CHICAGO)
    longest = FIRST + (MAX_WINDOW_DAYS - 1) * DAY
    assert len(list(days_between(every_day_of_all, FIRST, longest))) == MAX_WINDOW_DAYS
    with pytest.raises(ValueError, match=str(MAX_WINDOW_DAYS)):
        list(days_between(every_day_of_all, FIRST, longest + 2 * DAY))
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match=str(MAX_WINDOW_DAYS)):
        list(occurrences_between(every_day_of_all, begins, begins + (MAX_WINDOW_DAYS + 2) * DAY))


# The moments


@pytest.mark.slow("tries some ten thousand moments")
@pytest.mark.parametrize("zone", ZONES)
def test_every_quarter_of_an_hour_about_every_change_of_the_clock_is_that_of_the_walk(zone: str) -> None:
    begins = [time(h, m) for h in range(24) for m in (0, 15, 30, 45)]
    for year in range(2020, 2030):
        for day in days_of_change(zone, year):
            for at in begins:
                assert moment(day, at, zone).isoformat() == shown_with_offset(day, at, zone)


def shown_with_offset(day: date, at: time, zone: str) -> str:
    return walked_moment(day, at, zone).astimezone(ZoneInfo(zone)).isoformat()


def test_the_clock_changes_twice_a_year_but_in_phoenix() -> None:
    changes = {zone: [len(days_of_change(zone, year)) for year in range(2020, 2030)] for zone in ZONES}
    assert changes == {zone: [0 if zone == "America/Phoenix" else 2] * 10 for zone in ZONES}


@chance(400)
@given(st.data(), zones, times)
def test_any_moment_of_seventy_years_is_that_of_the_walk(data: st.DataObject, zone: str, at: time) -> None:
    day = data.draw(days_near_a_change(zone) | days)
    assert moment(day, at, zone).isoformat() == shown_with_offset(day, at, zone)


@pytest.mark.parametrize(
    ("zone", "local", "expected_local"),
    [
        (CHICAGO, "2026-03-08 01:59", "2026-03-08T01:59:00-06:00"),
        (CHICAGO, "2026-03-08 02:00", "2026-03-08T03:00:00-05:00"),
        (CHICAGO, "2026-03-08 02:30", "2026-03-08T03:30:00-05:00"),
        (CHICAGO, "2026-11-01 01:30", "2026-11-01T01:30:00-05:00"),
        (CHICAGO, "2026-11-01 02:00", "2026-11-01T02:00:00-06:00"),
        ("America/Phoenix", "2026-03-08 02:30", "2026-03-08T02:30:00-07:00"),
        ("Europe/London", "2026-03-29 01:30", "2026-03-29T02:30:00+01:00"),
        ("Europe/Dublin", "2026-03-29 01:30", "2026-03-29T02:30:00+01:00"),
        ("Europe/Dublin", "2026-10-25 01:30", "2026-10-25T01:30:00+01:00"),
        ("Australia/Sydney", "2026-10-04 02:30", "2026-10-04T03:30:00+11:00"),
        ("Australia/Sydney", "2026-04-05 02:30", "2026-04-05T02:30:00+11:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-04T02:45:00+11:00"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-05T01:45:00+11:00"),
        ("Pacific/Auckland", "2026-09-27 02:45", "2026-09-27T03:45:00+13:00"),
    ],
)
def test_a_skipped_time_is_later_by_the_jump_and_a_doubled_one_is_the_first(
    zone: str, local: str, expected_local: str
) -> None:
    at = datetime.fromisoformat(local)
    assert moment(at.date(), at.time(), zone).isoformat() == expected_local
    assert shown_with_offset(at.date(), at.time(), zone) == expected_local


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        (CHICAGO, "2026-03-08", 23 * 60),
        (CHICAGO, "2026-03-09", 24 * 60),
        (CHICAGO, "2026-11-01", 25 * 60),
        ("Europe/London", "2026-10-25", 25 * 60),
        ("Australia/Lord_Howe", "2026-10-04", 23 * 60 + 30),
        ("Australia/Lord_Howe", "2026-04-05", 24 * 60 + 30),
        ("America/Phoenix", "2026-11-01", 24 * 60),
    ],
)
def test_a_whole_day_is_as_long_as_the_day(zone: str, day: str, length: int) -> None:
    always = Recurrence(freq="WEEKLY", byday=CODES, opens_at=time(), closes_at=time(), timezone=zone)
    met = always.occurrence_on(day_of(day))
    assert met.ends_at is not None
    assert met.ends_at.astimezone(UTC) - met.starts_at.astimezone(UTC) == length * MINUTE
    without_time = replace(always, opens_at=None, closes_at=None).occurrence_on(day_of(day))
    assert (without_time.starts_at, without_time.over_at) == (met.starts_at, met.ends_at)


# The occurrences


def edges(occurrences: Sequence[Walked]) -> list[datetime]:
    """Where a window would cut finely: at, and by the smallest step beside, each start and end."""
    smallest = timedelta(microseconds=1)
    moments = [at for each in occurrences for at in (each.starts_at, each.over_at)]
    return [at + step for at in moments for step in (-smallest, timedelta(), smallest)]


@st.composite
def windows(draw: st.DrawFn, recurrence: Recurrence) -> tuple[datetime, datetime]:
    """Two moments, told in UTC, in the zone of the schedule or in another."""
    about = recurrence.added_dates[-1]
    noon = datetime.combine(about, time(12), UTC)
    cuts = edges(walked_occurrences(recurrence, noon - 3 * DAY, noon + 3 * DAY))
    anywhere = st.integers(-5000, 5000).map(lambda minutes: noon + minutes * MINUTE)
    ends = draw(st.lists(anywhere | st.sampled_from(cuts or [noon]), min_size=2, max_size=2))
    told_in = ZoneInfo(draw(st.sampled_from(["UTC", recurrence.timezone, "Asia/Tokyo"])))
    first, last = sorted(ends)
    return first.astimezone(told_in), last.astimezone(told_in)


@chance(500)
@given(st.data(), timed())
@pytest.mark.slow("walks a calendar day by day")
def test_the_occurrences_of_any_window_are_those_of_the_walk(
    data: st.DataObject, recurrence: Recurrence
) -> None:
    assert list(faults(recurrence)) == []
    starts, ends = data.draw(windows(recurrence))
    expected = [each.written() for each in walked_occurrences(recurrence, starts, ends)]
    assert [written(each) for each in occurrences_between(recurrence, starts, ends)] == expected


def windows_told_at_home(zone: str) -> Iterator[tuple[Recurrence, datetime, datetime]]:
    """Of each change of the clock in 2026: an hour that is met, and windows that cut it, told in its zone."""
    for day in days_of_change(zone, 2026):
        met = Recurrence(dtstart=day, opens_at=time(1), closes_at=time(1, 50), timezone=zone)
        midnight = walked_moment(day, time(), zone)
        for quarters in range(25):
            instant = (midnight + quarters * QUARTER).astimezone(ZoneInfo(zone))
            yield met, instant, instant + 2 * DAY
            yield met, instant - 2 * DAY, instant


@pytest.mark.parametrize("zone", ZONES)
def test_a_window_may_be_told_on_the_clock_of_the_schedule(zone: str) -> None:
    for recurrence, starts, ends in windows_told_at_home(zone):
        expected = [each.written() for each in walked_occurrences(recurrence, starts, ends)]
        assert [written(each) for each in occurrences_between(recurrence, starts, ends)] == expected


def test_a_window_may_begin_in_the_hour_that_comes_a_second_time() -> None:
    early = Recurrence(dtstart=date(2026, 11, 1), opens_at=time(1), closes_at=time(1, 45), timezone=CHICAGO)
    over_since_three_quarters = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZoneInfo(CHICAGO))
    assert next_occurrences([early], over_since_three_quarters, limit=1) == []


@chance(150)
@given(st.data(), st.lists(timed(), max_size=4), st.integers(0, 12), st.sampled_from([1, 9, 40, 400]))
def test_the_next_of_several_are_the_soonest_of_all_together(
    data: st.DataObject, several: list[Recurrence], most: int, within: int
) -> None:
    about = several[0].added_dates[-1] if several else FIRST
    now = datetime.combine(about, data.draw(times), UTC)
    schedules = [replace(each, added_dates=(about, about + 9 * DAY)) for each in several]
    all_of_them = [met for each in schedules for met in walked_occurrences(each, now, now + within * DAY)]
    soonest = sorted(all_of_them, key=lambda met: met.starts_at)
    found = next_occurrences(schedules, now, limit=most, within=within * DAY)
    assert [at.starts_at.astimezone(UTC) for at in found] == [met.starts_at for met in soonest[:most]]
    found = next_occurrences(schedules, now, limit=len(all_of_them) + 1, within=within * DAY)
    assert sorted(map(written, found)) == sorted(met.written() for met in all_of_them)


def test_the_next_may_be_as_far_as_400_days_unless_told_otherwise() -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    days_on = [date(2026, 1, 1) + n * DAY for n in (0, 5, 399, 400, 401)]
    noons = Recurrence(added_dates=tuple(days_on), opens_at=time(5), timezone="America/Phoenix")
    assert [met.day for met in next_occurrences([noons], now, limit=9)] == days_on[1:3]
    assert [met.day for met in next_occurrences([noons], now - MINUTE, limit=1)] == days_on[:1]
