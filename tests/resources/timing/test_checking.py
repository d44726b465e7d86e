"""Which schedules claim no dates, at which field that is said, and that all others can be expanded."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from resources.models import Schedule
from resources.timing.checking import (
    FIRST_YEAR,
    LAST_YEAR,
    faults,
    known_zones,
    recurrence_or_none,
    schedule_faults,
)
from resources.timing.recurrence import Recurrence, days_between, occurrences_between
from tests.calls import calls_of
from tests.examples import examples

DAY = timedelta(days=1)
FIRST = date(2026, 1, 6)  # a Tuesday
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_CALLS = 200_000  # to expand a year, which is some tens of milliseconds
MOST_WORDS = 20  # of a sentence that visitors or curators read

# What is said of a recurrence, besides its zone, and the fields at which something is wrong with it.
WRONG: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing at all": ({}, ["freq"]),
    "only hours": ({"opens_at": time(9), "closes_at": time(17)}, ["freq"]),
    "only an exception": ({"exception_dates": (FIRST,)}, ["freq"]),
    "only a validity": ({"valid_from": FIRST, "valid_to": FIRST}, ["freq"]),
    "only a last date": ({"until": FIRST}, ["freq"]),
    "days, and not how often": ({"byday": ("TU",)}, ["freq"]),
    "months, and not how often": ({"bymonth": (1,)}, ["freq"]),
    "one date and a day of the week": ({"dtstart": FIRST, "byday": ("TU",)}, ["freq"]),
    "one date, three times": ({"dtstart": FIRST, "count": 3}, ["freq"]),
    "one date, every second": ({"dtstart": FIRST, "interval": 2}, ["freq"]),
    "from one date to another": ({"dtstart": FIRST, "until": FIRST + 30 * DAY}, ["freq"]),
    "every 2 months from July, in August": (
        {"freq": "MONTHLY", "byday": ("2TU",), "interval": 2, "dtstart": date(2025, 7, 8), "bymonth": (8,)},
        ["bymonth"],
    ),
    "no zone": ({"freq": "WEEKLY", "byday": ("TU",), "timezone": ""}, ["timezone"]),
    "a zone of another planet": (
        {"freq": "WEEKLY", "byday": ("TU",), "timezone": "Mars/Olympus"},
        ["timezone"],
    ),
    "a zone that is a path": ({"freq": "WEEKLY", "byday": ("TU",), "timezone": "../UTC"}, ["timezone"]),
    "a zone that is part of a path": (
        {"freq": "WEEKLY", "byday": ("TU",), "timezone": "America"},
        ["timezone"],
    ),
    "a zone in small letters": (
        {"freq": "WEEKLY", "byday": ("TU",), "timezone": "america/chicago"},
        ["timezone"],
    ),
    "a zone of no place": ({"freq": "WEEKLY", "byday": ("TU",), "timezone": "Etc/GMT+6"}, ["timezone"]),
    "an abbreviation": ({"freq": "WEEKLY", "byday": ("TU",), "timezone": "EST"}, ["timezone"]),
    "weekly, on no day": ({"freq": "WEEKLY"}, ["byday"]),
    "the second Tuesday of the week": ({"freq": "WEEKLY", "byday": ("2TU",)}, ["byday"]),
    "the last Friday of the week, among others": ({"freq": "WEEKLY", "byday": ("TU", "-1FR")}, ["byday"]),
    "weekly, on the third": ({"freq": "WEEKLY", "byday": ("TU",), "bymonthday": (3,)}, ["bymonthday"]),
    "monthly, on no day": ({"freq": "MONTHLY"}, ["byday"]),
    "monthly, on no day, in May": ({"freq": "MONTHLY", "bymonth": (5,)}, ["byday"]),
    "monthly on Tuesday": ({"freq": "MONTHLY", "byday": ("TU",)}, ["byday"]),
    "monthly on the 2nd Tuesday, and on Friday": ({"freq": "MONTHLY", "byday": ("2TU", "FR")}, ["byday"]),
    "2nd Tuesday and the 15th": (
        {"freq": "MONTHLY", "byday": ("2TU",), "bymonthday": (15,)},
        ["bymonthday"],
    ),
    "31st of every month": ({"freq": "MONTHLY", "bymonthday": (31,)}, ["bymonthday"]),
    "29th of every month": ({"freq": "MONTHLY", "bymonthday": (29,)}, ["bymonthday"]),
    "the 1st and the 30th": ({"freq": "MONTHLY", "bymonthday": (1, 30)}, ["bymonthday"]),
    "the 31st from the end": ({"freq": "MONTHLY", "bymonthday": (-31,)}, ["bymonthday"]),
    "29 February, monthly": ({"freq": "MONTHLY", "dtstart": date(2028, 2, 29)}, ["dtstart"]),
    "31 January, monthly": ({"freq": "MONTHLY", "dtstart": date(2026, 1, 31)}, ["dtstart"]),
    "every 2 weeks from nowhere": ({"freq": "WEEKLY", "byday": ("TU",), "interval": 2}, ["dtstart"]),
    "every 3 months from nowhere": ({"freq": "MONTHLY", "byday": ("2TU",), "interval": 3}, ["dtstart"]),
    "ten times from nowhere": ({"freq": "WEEKLY", "byday": ("TU",), "count": 10}, ["dtstart"]),
    "until before the first": (
        {"freq": "WEEKLY", "byday": ("TU",), "dtstart": FIRST, "until": FIRST - DAY},
        ["until"],
    ),
    "valid to before it is valid": (
        {"freq": "WEEKLY", "byday": ("TU",), "valid_from": FIRST, "valid_to": FIRST - DAY},
        ["valid_to"],
    ),
    "an end and no beginning": ({"freq": "WEEKLY", "byday": ("TU",), "closes_at": time(20)}, ["opens_at"]),
    "8 pm to 7 pm": (
        {"freq": "WEEKLY", "byday": ("TU",), "opens_at": time(20), "closes_at": time(19)},
        ["closes_at"],
    ),
    "a night of more than twelve hours": (
        {"freq": "WEEKLY", "byday": ("TU",), "opens_at": time(20), "closes_at": time(8, 1)},
        ["closes_at"],
    ),
    "7 pm to 7 pm": (
        {"freq": "WEEKLY", "byday": ("TU",), "opens_at": time(19), "closes_at": time(19)},
        ["closes_at"],
    ),
}

RIGHT: dict[str, dict[str, Any]] = {
    "weekly": {"freq": "WEEKLY", "byday": ("TU",)},
    "weekly, on the day of its first date": {"freq": "WEEKLY", "dtstart": FIRST},
    "every 2 weeks from a date on which it does not meet": {
        "freq": "WEEKLY",
        "byday": ("TH",),
        "interval": 2,
        "dtstart": FIRST,
    },
    "2nd and last": {"freq": "MONTHLY", "byday": ("2TU", "-1FR")},
    "5th Saturday": {"freq": "MONTHLY", "byday": ("5SA",)},
    "the 28th and the 28th from the end": {"freq": "MONTHLY", "bymonthday": (28, -28)},
    "28 February": {"freq": "MONTHLY", "bymonthday": (28,), "bymonth": (2,)},
    "monthly, on the day of its first date": {"freq": "MONTHLY", "dtstart": date(2026, 1, 28)},
    "2nd Tuesday, counted from a 31st": {
        "freq": "MONTHLY",
        "byday": ("2TU",),
        "dtstart": date(2026, 1, 31),
        "interval": 2,
    },
    "a single date": {"dtstart": FIRST},
    "29 February, once": {"dtstart": date(2028, 2, 29)},
    "a single date that is also the last": {"dtstart": FIRST, "until": FIRST},
    "several dates": {"added_dates": (FIRST, FIRST + 9 * DAY)},
    "both bounds on one day": {
        "freq": "WEEKLY",
        "byday": ("TU",),
        "valid_from": FIRST,
        "valid_to": FIRST,
        "until": FIRST,
    },
    "the whole day": {"freq": "WEEKLY", "byday": CODES, "opens_at": time(), "closes_at": time()},
    "a night": {"freq": "WEEKLY", "byday": ("FR",), "opens_at": time(22), "closes_at": time(2)},
    "a night of twelve hours": {
        "freq": "WEEKLY",
        "byday": ("FR",),
        "opens_at": time(20),
        "closes_at": time(8),
    },
    "an evening until midnight": {
        "freq": "WEEKLY",
        "byday": ("FR",),
        "opens_at": time(18),
        "closes_at": time(),
    },
    "no end": {"freq": "WEEKLY", "byday": ("FR",), "opens_at": time(22)},
    "UTC": {"freq": "WEEKLY", "byday": ("FR",), "timezone": "UTC"},
    "the first day and the last of all": {
        "freq": "WEEKLY",
        "byday": ("FR",),
        "dtstart": date(FIRST_YEAR, 1, 1),
        "until": date(LAST_YEAR, 12, 31),
    },
}


def chicago(**given: Any) -> Recurrence:
    """In Chicago, unless it is said to be elsewhere."""
    return Recurrence(**{"timezone": "America/Chicago", **given})


@pytest.mark.parametrize(("given", "fields"), WRONG.values(), ids=WRONG)
def test_it_is_said_at_the_field(given: dict[str, Any], fields: list[str]) -> None:
    assert [fault.field for fault in faults(chicago(**given))] == fields


@pytest.mark.parametrize("given", [given for given, _fields in WRONG.values()], ids=WRONG)
def test_it_is_said_in_short_sentences(given: dict[str, Any]) -> None:
    for fault in faults(chicago(**given)):
        sentences = re.split(r"[.:?] ?", fault.message)
        assert fault.message.endswith((".", "?"))
        assert max(len(sentence.split()) for sentence in sentences) <= MOST_WORDS


@pytest.mark.parametrize("given", RIGHT.values(), ids=RIGHT)
def test_nothing_is_said_of_what_is_right(given: dict[str, Any]) -> None:
    assert list(faults(chicago(**given))) == []


@pytest.mark.parametrize("year", [1, FIRST_YEAR - 1, LAST_YEAR + 1, 9999])
@pytest.mark.parametrize(
    "field", ["dtstart", "until", "valid_from", "valid_to", "exception_dates", "added_dates"]
)
def test_a_year_that_no_schedule_means_is_said_at_its_date(field: str, year: int) -> None:
    day = date(year, 3, 14)
    value = (FIRST, day) if field.endswith("dates") else day
    given = chicago(freq="WEEKLY", byday=("TU",), **{field: value})
    assert [fault.field for fault in faults(given)] == [field]


def test_all_that_is_wrong_is_said_at_once() -> None:
    given = Recurrence(
        freq="WEEKLY",
        byday=("2TU",),
        interval=2,
        valid_from=FIRST,
        valid_to=FIRST - DAY,
        closes_at=time(20),
        timezone="Mars/Olympus",
    )
    assert {fault.field for fault in faults(given)} == {
        "timezone",
        "byday",
        "dtstart",
        "valid_to",
        "opens_at",
    }


@pytest.mark.parametrize(
    ("column", "text"),
    [
        *[("byday", text) for text in ("XX", "6TU", "0TU", "-0TU", "tu", "TU;TH", "Tuesday", "TU2", "٢TU")],
        *[("bymonthday", text) for text in ("0", "32", "-32", "-0", "1.5", "1;2", "٣", "third")],
        *[("bymonth", text) for text in ("0", "13", "-1", "May", "1-3", "٣")],
    ],
)
def test_what_is_not_written_as_the_standard_has_it_is_said_at_its_column(column: str, text: str) -> None:
    days = {"byday": "2TU"} if column == "bymonth" else {}
    row = Schedule(freq="MONTHLY", timezone="America/Chicago", **{**days, column: text})
    assert [fault.field for fault in schedule_faults(row)] == [column]
    assert recurrence_or_none(row) is None


@pytest.mark.parametrize(
    ("column", "word"), [("freq", "DAILY"), ("freq", "weekly"), ("wkst", "xx"), ("wkst", "mo")]
)
def test_a_word_outside_the_choices_is_said_at_its_column(column: str, word: str) -> None:
    weekly = {"freq": "WEEKLY", "byday": "TU", "dtstart": FIRST, "timezone": "America/Chicago"}
    row = Schedule(**{**weekly, column: word})
    assert column in [fault.field for fault in schedule_faults(row)]
    assert recurrence_or_none(row) is None


def test_words_alone_claim_no_date() -> None:
    words = Schedule(description="Every other Tuesday, call first")
    assert {fault.field for fault in schedule_faults(words)} == {"timezone", "freq"}
    assert recurrence_or_none(words) is None


def test_zones_are_those_of_places() -> None:
    assert {"America/Chicago", "Europe/Dublin", "Australia/Lord_Howe", "UTC"} <= known_zones()
    assert not {"", "EST", "CST6CDT", "GMT+0", "Etc/GMT+6", "posixrules", "localtime"} & known_zones()


# Rows by chance

TEXTS = st.text(max_size=60)
dates = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
times = st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0))
signs = st.sampled_from(["", "", "", "-"])


def listed(values: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[str]:
    """As a column holds it: with commas between, some of them with a space."""
    between = st.sampled_from([",", ", "])
    return st.builds(
        lambda comma, each: comma.join(map(str, each)), between, st.lists(values, max_size=most, unique=True)
    )


weekdays = listed(st.sampled_from(CODES), 7)
positions = listed(st.builds("{}{}{}".format, signs, st.integers(1, 5), st.sampled_from(CODES)), 12)
days_of_month = listed(st.builds("{}{}".format, signs, st.integers(1, 28)), 12)
few = st.lists(dates, max_size=3).map(tuple)

# What a column can hold: the database keeps an interval or a count of less than one out of it.
likely: dict[str, st.SearchStrategy[Any]] = {
    "freq": st.sampled_from(["WEEKLY", "MONTHLY", "MONTHLY", ""]),
    "interval": st.none() | st.integers(1, 60) | st.integers(1, 32767),
    "byday": st.just("") | weekdays | positions,
    "bymonthday": st.just("") | st.just("") | days_of_month,
    "bymonth": st.just("") | listed(st.integers(1, 12), 12),
    "count": st.none() | st.integers(1, 9) | st.integers(1, 32767),
    "wkst": st.sampled_from(["", "MO", "SU"]),
    "exception_dates": few,
    "added_dates": few,
    "dtstart": st.none() | dates,
    "until": st.none() | st.none() | dates,
    "valid_from": st.none() | st.none() | dates,
    "valid_to": st.none() | st.none() | dates,
    "opens_at": times,
    "closes_at": st.none() | st.none() | times,
    "timezone": st.sampled_from(["America/Chicago", "Australia/Lord_Howe", "Pacific/Apia"]),
}
anything: dict[str, st.SearchStrategy[Any]] = {
    **{
        name: values | st.none() | st.dates()
        for name, values in likely.items()
        if name in ("dtstart", "until")
    },
    **{name: likely[name] | TEXTS for name in ("freq", "byday", "bymonthday", "bymonth", "wkst", "timezone")},
    "exception_dates": st.lists(st.dates(), max_size=3).map(tuple),
    "valid_to": st.none() | st.dates(),
    "opens_at": st.none() | st.times(),
    "closes_at": st.none() | st.times(),
}
shapes: list[dict[str, st.SearchStrategy[Any]]] = [
    {"freq": st.just("WEEKLY"), "byday": weekdays, "bymonthday": st.just("")},
    {"freq": st.just("MONTHLY"), "byday": positions, "bymonthday": st.just("")},
    {"freq": st.just("MONTHLY"), "byday": st.just(""), "bymonthday": days_of_month},
    {"freq": st.just(""), "byday": st.just(""), "bymonthday": st.just("")},
]
likely_rows = st.one_of([st.builds(Schedule, **{**likely, **shape}) for shape in shapes])
any_rows = st.one_of(
    st.builds(Schedule, **{**likely, **anything}),
    *[
        st.builds(Schedule, **{**likely, **shape, name: values})
        for shape in shapes
        for name, values in anything.items()
    ],
)


def chance(number: int) -> settings:
    return examples(number, derandomize=True)


def expand(recurrence: Recurrence, year: int) -> None:
    """A year of it, day by day and as occurrences."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    met = list(days_between(recurrence, first, last))
    assert met == sorted(set(met))
    assert all(first <= day <= last for day in met)
    starts = datetime(year, 1, 1, tzinfo=UTC)
    assert len(list(occurrences_between(recurrence, starts, starts + 365 * DAY))) <= 367


def calls_to_expand(recurrence: Recurrence, year: int) -> int:
    return calls_of(lambda: list(days_between(recurrence, date(year, 1, 1), date(year, 12, 31))))


@chance(1000)
@given(any_rows, st.integers(FIRST_YEAR, LAST_YEAR))
@pytest.mark.slow("makes up schedules")
def test_whatever_a_row_holds_it_has_faults_or_can_be_expanded(row: Schedule, year: int) -> None:
    recurrence = recurrence_or_none(row)
    assert (recurrence is None) == bool(schedule_faults(row))
    event("faultless" if recurrence else "faulty")
    if recurrence:
        expand(recurrence, year)


@chance(1000)
@given(likely_rows, st.integers(FIRST_YEAR, LAST_YEAR))
@pytest.mark.slow("makes up schedules")
def test_what_has_no_faults_is_expanded_in_few_steps(row: Schedule, year: int) -> None:
    recurrence = recurrence_or_none(row)
    event("faultless" if recurrence else "faulty")
    if recurrence:
        expand(recurrence, year)
        assert calls_to_expand(recurrence, year) < MOST_CALLS


NEVER = {
    "28 February, monthly": chicago(freq="MONTHLY", bymonthday=(28,), bymonth=(2,)),
    "a fifth Monday in February": chicago(freq="MONTHLY", byday=("5MO",), bymonth=(2,)),
    "a fifth Monday in February, of no leap year": chicago(
        freq="MONTHLY", byday=("5MO",), bymonth=(2,), interval=24, dtstart=date(2025, 2, 1)
    ),
    "every 52 weeks from July, in January": chicago(
        freq="WEEKLY", byday=("TU",), bymonth=(1,), interval=52, dtstart=date(2025, 7, 8)
    ),
    "a first date after its validity": chicago(
        freq="WEEKLY", byday=("TU",), dtstart=FIRST, valid_to=FIRST - DAY
    ),
    "long since counted out": chicago(freq="WEEKLY", byday=("TU",), count=9, dtstart=date(FIRST_YEAR, 1, 1)),
    "32,767 times since 1970": chicago(
        freq="WEEKLY", byday=CODES, count=32767, dtstart=date(FIRST_YEAR, 1, 1)
    ),
}


@pytest.mark.parametrize("recurrence", NEVER.values(), ids=NEVER)
def test_what_hardly_ever_meets_is_expanded_in_few_steps(recurrence: Recurrence) -> None:
    assert list(faults(recurrence)) == []
    for year in (2026, 2099):
        assert calls_to_expand(recurrence, year) < MOST_CALLS
