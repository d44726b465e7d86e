"""Schedules of made-up services: meetings and opening hours in every form, past, future or missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from benchmarks.making.chance import Chance
from benchmarks.making.locations import DrawnPlace
from benchmarks.making.places import Town
from resources.models import Schedule, Service
from resources.models.schedule import Frequency
from resources.vocabulary import Kind

Columns = dict[str, Any]  # of a schedule
Rule = Callable[[Chance, date], Columns]

# A few zones of each country with their regions, the first that of all others: different clocks, and no map.
ZONES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "US": {
        "America/New_York": (),
        "America/Chicago": ("AL", "AR", "IA", "IL", "LA", "MN", "MO", "MS", "OK", "TN", "TX", "WI"),
        "America/Denver": ("CO", "MT", "NM", "UT", "WY"),
        "America/Phoenix": ("AZ",),
        "America/Los_Angeles": ("CA", "NV", "OR", "WA"),
        "Pacific/Honolulu": ("HI",),
    },
    "GB": {"Europe/London": ()},
    "IE": {"Europe/Dublin": ()},
    "CA": {
        "America/Toronto": (),
        "America/Halifax": ("NB", "NS", "PE"),
        "America/St_Johns": ("NL",),
        "America/Regina": ("SK",),
        "America/Edmonton": ("AB", "NT"),
        "America/Vancouver": ("BC",),
    },
    "AU": {
        "Australia/Sydney": (),
        "Australia/Melbourne": ("VIC",),
        "Australia/Brisbane": ("QLD",),
        "Australia/Adelaide": ("SA",),
        "Australia/Perth": ("WA",),
    },
    "NZ": {"Pacific/Auckland": (), "Pacific/Chatham": ("CIT",)},
}

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
POSITIONS = {1: 24, 2: 24, 3: 22, 4: 14, -1: 12, 5: 4}
# The hours in which something begins: most in the evening, some late at night.
HOURS = dict.fromkeys((9, 11, 12, 14, 16), 3) | {10: 8, 17: 6, 18: 20, 19: 30, 20: 8, 23: 6}
MINUTES = {0: 60, 15: 6, 30: 28, 45: 6}
LENGTHS = {60: 35, 75: 5, 90: 35, 120: 25}
NOT_IN_SUMMER = "1,2,3,4,5,6,9,10,11,12"

DESCRIPTIONS = ("Every month.", "In the evening.", "Most weeks in term.", "Ring for the next date.")
NOTES = ("Moves for holidays.", "Please write before the first time.")

MEETS, MEETS_TWICE = 0.6, 0.1  # of groups and remembrance; the second of those with one
IS_OPEN = 0.4  # of what is open at hours: the others have not said when
AT_A_PLACE = 0.5  # of what has one; the others hold wherever the service is


def draw_schedules(
    chance: Chance, service: Service, home: Town, places: Sequence[DrawnPlace], today: date
) -> Iterator[Schedule]:
    """The schedules of one service, each of itself or of one of its places, with dates around `today`."""
    for columns in _draw_columns(chance, Kind(service.kind), today):
        place = chance.choice(places) if places and chance.happens(AT_A_PLACE) else None
        zone = _zone_of(place.town if place else home)
        yield Schedule(
            id=chance.new_id(),
            service_id=None if place else service.id,
            service_at_location_id=place.id if place else None,
            **{"timezone": zone, **columns},
        )


def _draw_columns(chance: Chance, kind: Kind, today: date) -> Iterator[Columns]:
    if kind in (Kind.SUPPORT_GROUP, Kind.REMEMBRANCE) and chance.happens(MEETS):
        yield _draw_meetings(chance, today)
        if chance.happens(MEETS_TWICE):
            yield _draw_meetings(chance, today)
    elif kind in OPENING_HOURS and chance.happens(IS_OPEN):
        yield chance.one_of(OPENING_HOURS[kind])(chance, today)


def _zone_of(town: Town) -> str:
    zones = ZONES[town.country]
    return next((zone for zone, regions in zones.items() if town.region in regions), next(iter(zones)))


# ---- what meets


def _draw_meetings(chance: Chance, today: date) -> Columns:
    """A rule with its times and limits, and how it was said."""
    columns = chance.one_of(RULES)(chance, today)
    if chance.happens(0.2):
        columns |= {"description": chance.choice(DESCRIPTIONS)}
    if chance.happens(0.1):
        columns |= {"schedule_link": f"https://{chance.getrandbits(40):x}.example/dates"}
    if chance.happens(0.1):
        columns |= {"notes": chance.choice(NOTES)}
    return columns


def _monthly(chance: Chance, today: date) -> Columns:
    """The second Tuesday, or the first and third one; seldom only every second month."""
    day = chance.choice(DAYS)
    positions = {chance.one_of(POSITIONS) for _each in range(chance.choice((1, 1, 1, 2)))}
    byday = ",".join(f"{position}{day}" for position in sorted(positions))
    step = {"interval": 2, "dtstart": _first_date(chance, today)} if chance.happens(0.1) else {}
    return _limited(chance, today, freq=Frequency.MONTHLY, byday=byday, **step)


def _weekly(chance: Chance, today: date) -> Columns:
    return _limited(chance, today, freq=Frequency.WEEKLY, byday=",".join(chance.few_of(DAYS, 2)))


def _every_few_weeks(chance: Chance, today: date) -> Columns:
    """Counted from a first date, whose day of the week is meant where none is said."""
    byday = ",".join(chance.few_of(DAYS, 2)) if chance.happens(0.5) else ""
    return _limited(
        chance,
        today,
        freq=Frequency.WEEKLY,
        interval=chance.choice((2, 2, 3)),
        dtstart=_first_date(chance, today),
        byday=byday,
        wkst=chance.choice(("", "MO", "SU")),
    )


def _day_of_month(chance: Chance, today: date) -> Columns:
    days = chance.choice(("1", "15", "28", "-1", "1,15", str(chance.randint(1, 28))))
    return _limited(chance, today, freq=Frequency.MONTHLY, bymonthday=days)


def _day_of_first_date(chance: Chance, today: date) -> Columns:
    """On the 31st it claims no date."""
    return _limited(chance, today, freq=Frequency.MONTHLY, dtstart=_first_date(chance, today))


def _single_days(chance: Chance, today: date) -> Columns:
    """No rule: a ceremony on one day, or on days that were written down."""
    day = today + timedelta(days=chance.randint(-60, 200))
    days = {"dtstart": day} if chance.happens(0.5) else {"added_dates": _few_days(chance, today)}
    return {**days, **_draw_times(chance)}


def _only_words(chance: Chance, today: date) -> Columns:
    return {"description": chance.choice(DESCRIPTIONS), "timezone": ""}


def _without_a_zone(chance: Chance, today: date) -> Columns:
    return {**_monthly(chance, today), "timezone": ""}


def _without_a_day(chance: Chance, today: date) -> Columns:
    return {"freq": Frequency.WEEKLY, **_draw_times(chance)}


RULES: Mapping[Rule, float] = {
    _monthly: 38,
    _weekly: 18,
    _every_few_weeks: 14,
    _day_of_month: 8,
    _day_of_first_date: 4,
    _single_days: 6,
    # These claim no date.
    _only_words: 5,
    _without_a_zone: 4,
    _without_a_day: 3,
}


def _first_date(chance: Chance, today: date) -> date:
    return today + timedelta(days=chance.randint(-500, 60))


def _few_days(chance: Chance, today: date) -> tuple[date, ...]:
    days = {today + timedelta(days=chance.randint(-40, 120)) for _each in range(chance.randint(1, 4))}
    return tuple(sorted(days))


# ---- its limits and times


def _limited(chance: Chance, today: date, **rule: Any) -> Columns:
    """The rule with times of day, and now and then with what limits it."""
    if chance.happens(0.1):
        rule.setdefault("dtstart", _first_date(chance, today))
    limits = [limit for limit, share in LIMITS.items() if chance.happens(share)]
    for limit in limits:
        rule |= limit(chance, today, rule.get("dtstart"))
    return {**rule, **_draw_times(chance)}


def _only_in_some_months(chance: Chance, today: date, first: date | None) -> Columns:
    return {"bymonth": NOT_IN_SUMMER}


def _not_on_some_days(chance: Chance, today: date, first: date | None) -> Columns:
    """A break of some days on end, so that it is likely to miss a meeting."""
    begins = today + timedelta(days=chance.randint(-10, 60))
    return {"exception_dates": tuple(begins + timedelta(days=day) for day in range(chance.randint(1, 30)))}


def _also_on_some_days(chance: Chance, today: date, first: date | None) -> Columns:
    return {"added_dates": _few_days(chance, today)}


def _until_a_day(chance: Chance, today: date, first: date | None) -> Columns:
    last = today + timedelta(days=chance.randint(-100, 300))
    return {"until": max(first, last) if first else last}


def _so_many_times(chance: Chance, today: date, first: date | None) -> Columns:
    """Counted from a first date, without which a number would claim none."""
    number = chance.choice((1, 4, 6, 8, 12, 24))
    return {"count": number, "dtstart": first or today + timedelta(days=chance.randint(-120, 30))}


def _valid_for_a_time(chance: Chance, today: date, first: date | None) -> Columns:
    """Valid from a day, to a day, or between both."""
    begins = today + timedelta(days=chance.randint(-300, 60))
    ends = begins + timedelta(days=chance.randint(0, 500))
    return chance.choice(
        ({"valid_from": begins}, {"valid_to": ends}, {"valid_from": begins, "valid_to": ends})
    )


# In this order: a last date looks at the first one, which a number of times may have set.
LIMITS: Mapping[Callable[[Chance, date, date | None], Columns], float] = {
    _so_many_times: 0.08,
    _until_a_day: 0.1,
    _only_in_some_months: 0.12,
    _not_on_some_days: 0.15,
    _also_on_some_days: 0.1,
    _valid_for_a_time: 0.1,
}


def _draw_times(chance: Chance) -> Columns:
    """From a quarter of an hour on, mostly to another, which may lie past midnight; or no time at all."""
    if chance.happens(0.15):
        return {}
    opens_at = time(chance.one_of(HOURS), chance.one_of(MINUTES))
    if chance.happens(0.2):
        return {"opens_at": opens_at}
    ends = datetime.combine(date(2001, 1, 1), opens_at) + timedelta(minutes=chance.one_of(LENGTHS))
    return {"opens_at": opens_at, "closes_at": ends.time()}


# ---- what is open


def _weekdays(chance: Chance, today: date) -> Columns:
    opens_at = time(chance.choice((8, 9, 10)), chance.choice((0, 30)))
    return _open(",".join(DAYS[:5]), opens_at, time(chance.choice((16, 17, 18))))


def _always(chance: Chance, today: date) -> Columns:
    return _open(",".join(DAYS), time(), time())


def _past_midnight(chance: Chance, today: date) -> Columns:
    """Evenings of every day, or of the end of the week."""
    byday = chance.choice((",".join(DAYS), "FR,SA", "TH,FR,SA,SU"))
    return _open(byday, time(chance.choice((18, 20, 22))), time(chance.choice((0, 1, 2))))


def _open(byday: str, opens_at: time, closes_at: time) -> Columns:
    return {"freq": Frequency.WEEKLY, "byday": byday, "opens_at": opens_at, "closes_at": closes_at}


OPENING_HOURS: Mapping[Kind, Mapping[Rule, float]] = {
    Kind.HELPLINE: {_weekdays: 40, _always: 30, _past_midnight: 30},
    Kind.CLINIC: {_weekdays: 95, _always: 5},
    Kind.COUNSELLING: {_weekdays: 90, _past_midnight: 10},
}
