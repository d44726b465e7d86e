"""Hours read as open and closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from resources.models.schedule import Frequency
from resources.timing.checking import faults
from resources.timing.opening import Opening, opening_at
from resources.timing.recurrence import Recurrence
from resources.vocabulary import DAY_CODES

NEW_YORK = ZoneInfo("America/New_York")


def hours(opens: str, closes: str | None, days: tuple[str, ...] = DAY_CODES, **more: object) -> Recurrence:
    return Recurrence(
        freq=Frequency.WEEKLY,
        byday=days,
        opens_at=time.fromisoformat(opens),
        closes_at=time.fromisoformat(closes) if closes else None,
        timezone="America/New_York",
        **more,  # type: ignore[arg-type]
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


WEEKDAYS = DAY_CODES[:5]
OFFICE = [hours("09:00", "17:00", WEEKDAYS)]
NIGHT = [hours("18:00", "02:00")]
ALWAYS = [hours("00:00", "00:00")]
NOT_AT_CHRISTMAS = [hours("00:00", "00:00", exception_dates=(date(2026, 12, 25),))]
TO_MIDNIGHT = [hours("09:00", "00:00")]
SPLIT = [hours("09:00", "12:00"), hours("12:00", "15:00")]

TABLE = [
    # hours             now                  what is said
    (OFFICE, "2026-11-25T09:00", Opening(True, until=at("2026-11-25T17:00"))),
    (OFFICE, "2026-11-25T16:59", Opening(True, until=at("2026-11-25T17:00"))),
    (OFFICE, "2026-11-25T17:00", Opening(False, opens_at=at("2026-11-26T09:00"))),
    (OFFICE, "2026-11-27T20:00", Opening(False, opens_at=at("2026-11-30T09:00"))),
    (NIGHT, "2026-11-25T01:30", Opening(True, until=at("2026-11-25T02:00"))),
    (NIGHT, "2026-11-25T02:00", Opening(False, opens_at=at("2026-11-25T18:00"))),
    (ALWAYS, "2026-11-25T03:00", Opening(True, until=None)),
    (NOT_AT_CHRISTMAS, "2026-12-24T12:00", Opening(True, until=at("2026-12-25T00:00"))),
    (NOT_AT_CHRISTMAS, "2026-12-25T12:00", Opening(False, opens_at=at("2026-12-26T00:00"))),
    (SPLIT, "2026-11-25T10:00", Opening(True, until=at("2026-11-25T15:00"))),
    (TO_MIDNIGHT, "2026-11-25T23:59", Opening(True, until=at("2026-11-26T00:00"))),
    ([hours("09:00", None)], "2026-11-25T10:00", None),
    ([hours("09:00", "17:00", until=date(2026, 1, 1))], "2026-11-25T10:00", None),
    ([], "2026-11-25T10:00", None),
    # the clocks go back at 2 am: the night is an hour longer, the hours are those on the clock
    (NIGHT, "2026-11-01T01:30", Opening(True, until=at("2026-11-01T02:00"))),
]


ALL_DAY = [hours("00:00", "23:59")]
LATE = [hours("18:00", "23:59"), hours("00:00", "08:00")]


@pytest.mark.parametrize(
    "now", ["2026-03-04 12:00:00", "2026-03-04 23:59:00", "2026-03-04 23:59:59", "2026-03-05 00:00:00"]
)
def test_a_day_until_a_minute_before_midnight_is_round_the_clock(now: str) -> None:
    assert opening_at(ALL_DAY, at(now)) == Opening(is_open=True, until=None)


def test_an_evening_until_a_minute_before_midnight_goes_on_after_it() -> None:
    assert opening_at(LATE, at("2026-03-04 23:59:30")) == Opening(is_open=True, until=at("2026-03-05 08:00"))


def test_hours_in_two_time_zones_are_each_told_by_its_own_clock() -> None:
    """Open from 9 am in London, and from 9 am in New York: the hour of one is never told as the other's."""
    london = replace(hours("09:00", "12:00"), timezone="Europe/London")
    two = [london, hours("09:00", "12:00")]
    for now, opens, zone in (
        ("2026-03-04 02:00", "2026-03-04 09:00+00:00", "Europe/London"),
        ("2026-03-04 08:00", "2026-03-04 09:00-05:00", "America/New_York"),
    ):
        for order in (two, two[::-1]):
            opening = opening_at(order, at(now))
            assert opening is not None
            assert opening.opens_at == datetime.fromisoformat(opens)
            assert opening.zone == zone


def test_hours_through_the_night_may_be_longer_than_half_a_day() -> None:
    night = [hours("17:00", "09:00")]
    assert opening_at(night, at("2026-03-04 03:00")) == Opening(is_open=True, until=at("2026-03-04 09:00"))
    assert opening_at(night, at("2026-03-04 12:00")) == Opening(
        is_open=False, opens_at=at("2026-03-04 17:00")
    )


@pytest.mark.parametrize(("recurrences", "now", "expected"), TABLE)
def test_hours_say_whether_it_is_open(
    recurrences: list[Recurrence], now: str, expected: Opening | None
) -> None:
    assert not any(fault for recurrence in recurrences for fault in faults(recurrence))
    assert opening_at(recurrences, at(now)) == expected
