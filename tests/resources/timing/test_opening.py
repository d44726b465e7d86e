"""Hours read as open and closed."""

from __future__ import annotations

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


@pytest.mark.parametrize(("recurrences", "now", "expected"), TABLE)
def test_hours_say_whether_it_is_open(
    recurrences: list[Recurrence], now: str, expected: Opening | None
) -> None:
    assert not any(fault for recurrence in recurrences for fault in faults(recurrence))
    assert opening_at(recurrences, at(now)) == expected
