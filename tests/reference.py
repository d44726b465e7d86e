"""What a question must find, worked out the slow way: in plain Python, over the records, from the design.

Nothing of the search is used but its words: how a text becomes tokens, and the table of synonyms. Days on
which something meets are found by looking at each day. Where the design (SURFACE, VOCABULARY, DECISIONS)
leaves a rule open, the rule is stated here beside the code.

A set of listings is one whole number, with a bit for each listing: `&` is "and", `|` is "or".
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, cached_property, partial
from itertools import compress, count, islice
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from resources.geo.geocoding import FoundPlace
from resources.geo.names import county_key
from resources.geo.regions import region_name
from resources.geo.zones import zone_at
from resources.models import (
    Accessibility,
    CostOption,
    Language,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
)
from resources.search.synonyms import TABLE, read_lines
from resources.search.words import STOP_WORDS, fold, tokens_of
from resources.vocabulary import (
    COUNTRIES,
    LANGUAGES,
    PARENTS,
    Access,
    AccessFeature,
    Audience,
    ContentNote,
    Cost,
    Fit,
    Format,
    Kind,
    LedBy,
    Loss,
    Payment,
    Weekday,
)
from resources.wording import KM_PER_MILE, country_name, language_name

EARTH_RADIUS_KM = 6371.0088
RIM_KM = 1e-6  # a millimetre: nearer to the rim of a circle than this, arithmetic may say either
NOWHERE = math.inf
CURRENCIES = {"US": "USD", "GB": "GBP", "IE": "EUR", "CA": "CAD", "AU": "AUD", "NZ": "NZD"}
SECTIONS = ("near_you", "serves_you", "lower_cost_counselling", "general_clinics", "look_further")
REASONS = ("near_you", "serves_your_area", "serves_your_state", "national", "online", None)
HERE, AREA, REGION, COUNTRY, WORLD, ELSEWHERE = range(6)
NAME, TERMS, ORGANIZATION, TEXT = range(4)
MEETING_KINDS = (Kind.SUPPORT_GROUP, Kind.REMEMBRANCE)
DAY = timedelta(days=1)
KNOWN_AHEAD = 400 * DAY  # from when the listing was written
MEETINGS_TOLD = 3
DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SAFE_DAYS = range(1, 29)  # of a month: every month has them, from either end


# ---- what there is


Told = tuple[str, str | None, str | None]  # of a meeting: its local date, start and end as the API says them


class Meeting(NamedTuple):
    """One time that something meets; moments are in UTC. What is lower is told first.

    Of two that begin together that of the first schedule is told first: those of the service stand before
    those of the place, each by their ids. `minute` is that of the local day, None where no time is stated;
    it then begins with its day.
    """

    starts: datetime
    schedule_number: int
    day: date
    minute: int | None
    ends: datetime | None
    over: datetime
    zone: str
    schedule: UUID

    def told(self) -> Told:
        zone = ZoneInfo(self.zone)
        starts = None if self.minute is None else self.starts.astimezone(zone).isoformat()
        ends = None if self.ends is None else self.ends.astimezone(zone).isoformat()
        return self.day.isoformat(), starts, ends


@dataclass(frozen=True)
class Entry:
    """One listing as a visitor meets it: a published service at one of its places, or where it has none.

    `prices` is the lowest price of a session by currency, of which `currency` leads. `meetings` are those to
    come when the listing was written, in order.
    """

    id: str
    service: Service
    place: ServiceAtLocation | None
    areas: frozenset[str]
    country: str
    costs: frozenset[str]
    prices: Mapping[str, Decimal]
    currency: str
    meetings: Sequence[Meeting]
    audiences: frozenset[str]
    languages: frozenset[str]
    features: frozenset[str]
    texts: tuple[tuple[str, ...], ...]  # of the name, the terms, the organization and the rest

    @cached_property
    def point(self) -> tuple[float, float] | None:
        location = self.place and self.place.location
        if not location or location.latitude is None or location.longitude is None:
            return None
        return location.latitude, location.longitude

    @cached_property
    def countries(self) -> set[str]:
        """Where it is, and where whom it serves is; "*" for the world."""
        return {self.country, *(area[:2] for area in self.areas)}

    @cached_property
    def whole_names(self) -> set[str]:
        return {fold(name)[:255] for name in (self.service.name, self.service.organization.name)}

    @cached_property
    def name_key(self) -> str:
        return fold(self.service.name)[:255]

    @cached_property
    def kind_number(self) -> int:
        return Kind.values.index(self.service.kind)

    @cached_property
    def fit_number(self) -> int:
        return Fit.values.index(self.service.fit)

    @cached_property
    def assured(self) -> int:
        """The day as a number; what nobody has checked stands after all that somebody has."""
        return self.service.assured_date.toordinal() if self.service.assured_date else 0

    @cached_property
    def nobody_pays(self) -> bool:
        return bool(self.costs & {Cost.FREE, Cost.DONATION})

    @cached_property
    def section(self) -> str:
        """Where it stands when it is not near."""
        kind, is_general = self.service.kind, self.service.fit == Fit.GENERAL
        if kind in (Kind.DIRECTORY, Kind.INFORMATION):
            return "look_further"
        if not is_general:
            return "serves_you"
        if kind == Kind.CLINIC:
            return "general_clinics"
        return "lower_cost_counselling" if kind in (Kind.COUNSELLING, Kind.FINANCIAL_HELP) else "look_further"

    @cached_property
    def on_request(self) -> str:
        """The facet by which one must ask for it, "" where it is always shown. The first that applies."""
        if self.service.kind == Kind.CRISIS_LINE:
            return "kind"
        if self.audiences == {Audience.PROFESSIONALS}:
            return "audience"
        losses = set(self.service.losses)
        return "loss" if Loss.ABORTION in losses and losses <= {Loss.ABORTION, Loss.TFMR} else ""


def read_entries(written_at: datetime) -> list[Entry]:
    """Every listing that there ought to be, as it was to be written at that time."""
    records = Records(written_at)
    published = Service.objects.filter(status="active").select_related("organization")
    return [entry for service in published for entry in records.entries_of(service)]


class Records:
    """All that hangs on the services and their places, by the id of what it hangs on."""

    def __init__(self, written_at: datetime) -> None:
        self.written_at = written_at
        self.areas, self.prices = _by_service(ServiceArea), _by_service(CostOption)
        self.audiences, self.languages = _by_service(ServiceAudience), _by_service(Language)
        self.places = _by_service(ServiceAtLocation, "location")
        self.topics = _by_service(Service.topics.through, "taxonomyterm")
        self.features: dict[UUID, set[str]] = defaultdict(set)
        for arrangement in Accessibility.objects.exclude(feature=""):
            self.features[arrangement.location_id].add(arrangement.feature)
        self.schedules: dict[UUID | None, list[Schedule]] = defaultdict(list)
        for schedule in sorted(Schedule.objects.all(), key=lambda schedule: schedule.pk):
            self.schedules[schedule.service_id or schedule.service_at_location_id].append(schedule)

    def entries_of(self, service: Service) -> Iterator[Entry]:
        """One for each of its places, or one; the areas belong to the first place alone, by its id."""
        served = [area.area for area in self.areas[service.pk]]
        valid = [price for price in self.prices[service.pk] if _is_valid(price, self.written_at.date())]
        costs, prices, currency = _prices(valid)
        places: list[ServiceAtLocation | None] = [*self.places[service.pk]]
        for number, place in enumerate(places or [None]):
            yield Entry(
                id=str(place.pk if place else service.pk),
                service=service,
                place=place,
                areas=frozenset(served if number == 0 else ()),
                country=_country(place, served),
                costs=costs,
                prices=prices,
                currency=currency,
                meetings=self.meetings_of(service, place),
                audiences=frozenset(row.audience for row in self.audiences[service.pk]),
                languages=frozenset(language.code for language in self.languages[service.pk]),
                features=frozenset(self.features[place.location_id] if place else ()),
                texts=(
                    (service.name, service.alternate_name),
                    tuple(self.terms_of(service)),
                    (service.organization.name, service.organization.alternate_name),
                    (*self.texts_of(service, costs), *_place_names(place)),
                ),
            )

    def meetings_of(self, service: Service, place: ServiceAtLocation | None) -> list[Meeting]:
        """Only groups and remembrance meet, and only what somebody has checked is believed.

        What the service says holds at each of its places; what is said of one place, there alone.
        """
        if service.kind not in MEETING_KINDS or not service.assured_date:
            return []
        said = [*self.schedules[service.pk], *(self.schedules[place.pk] if place else ())]
        return sorted(
            meeting
            for number, schedule in enumerate(said)
            for meeting in _coming_meetings(schedule, number, self.written_at)
        )

    def terms_of(self, service: Service) -> Iterator[str]:
        yield from _labels([Kind(service.kind)], service.losses)
        yield from (row.taxonomyterm.name for row in self.topics[service.pk])
        yield from _labels(Audience(row.audience) for row in self.audiences[service.pk])

    def texts_of(self, service: Service, costs: Iterable[str]) -> Iterator[str]:
        yield from (service.description, service.eligibility_description)
        yield from (service.fees_description, service.application_process)
        yield from _labels(Cost(cost) for cost in costs if cost != Cost.UNKNOWN)
        yield from _labels(service.formats, service.led_by, service.payments)
        yield from (area.name for area in self.areas[service.pk])
        yield from (language_name(language.code) for language in self.languages[service.pk])


def _by_service(model: Any, *related: str) -> dict[UUID, list[Any]]:
    """The rows of each service in the order of their ids."""
    rows: dict[UUID, list[Any]] = defaultdict(list)
    for row in sorted(model.objects.select_related(*related), key=lambda row: row.pk):
        rows[row.service_id].append(row)
    return rows


def _labels(*codes: Iterable[Any]) -> list[str]:
    return [str(code.label) for some in codes for code in some]


def _place_names(place: ServiceAtLocation | None) -> tuple[str, ...]:
    if place is None:
        return ()
    at = place.location
    return at.name, at.city, region_name(at.country, at.region), country_name(at.country)


def _country(place: ServiceAtLocation | None, served: Iterable[str]) -> str:
    """Where it is; of what is nowhere, such as a forum, the first country by code that the service serves."""
    if place and place.location.country:
        return place.location.country
    return min((area[:2] for area in served if area != "*"), default="")


def _is_valid(price: CostOption, day: date) -> bool:
    """A price holds on its first day and on its last; `day` is that of UTC on which listings are written."""
    return (price.valid_from or day) <= day <= (price.valid_to or day)


def _prices(options: Sequence[CostOption]) -> tuple[frozenset[str], dict[str, Decimal], str]:
    """Kinds of cost; the lowest stated price of one session in each currency; and the currency that leads.

    A joining fee is none of it, and insurance is no price. "Unknown" counts only where nothing else is said.
    The first price above zero leads, the lowest amount first and discounts last; where there is none, the
    first that states a currency with its price. What asks nothing at all is nothing in the leading currency,
    as is what is free; it counts in its own as well, where that asks for something elsewhere.
    """
    paid = [option for option in options if not option.is_joining_fee]
    kinds = {option.kind for option in paid}
    kinds = (kinds - {Cost.UNKNOWN}) or {Cost.UNKNOWN}
    a_session = [
        option for option in paid if option.kind != Cost.INSURANCE and option.unit in ("", "session", "visit")
    ]
    a_session.sort(key=lambda option: (option.amount is None, option.amount or 0, option.pk))
    stated = [(*asks, option.currency) for option in a_session if (asks := _from_and_to(option))]
    above_zero = [currency for low, _high, currency in stated if low > 0]
    leading = next((currency for currency in (*above_zero, *(row[2] for row in stated)) if currency), "")
    lows: dict[str, list[Decimal]] = defaultdict(list)
    if kinds & {Cost.FREE, Cost.DONATION}:
        lows[leading].append(Decimal(0))
    for low, high, currency in stated:
        if currency in ("", leading) or high == 0:
            lows[leading].append(low)
    for other in {currency for _low, high, currency in stated if high > 0} - {leading}:
        lows[other] = [low for low, _high, currency in stated if currency == other]
    return frozenset(map(str, kinds)), {currency: min(each) for currency, each in lows.items()}, leading


def _from_and_to(option: CostOption) -> tuple[Decimal, Decimal] | None:
    """The lowest and highest that is asked; None where that is not stated, as of a discount alone."""
    if option.amount is not None:
        return option.amount, max(option.amount, option.amount_max or Decimal(0))
    if option.percent_off is None or option.full_fee is None:
        return None
    left = option.full_fee - option.full_fee * option.percent_off / 100
    return left, left


# ---- when it meets


def _coming_meetings(schedule: Schedule, number: int, at: datetime) -> Iterator[Meeting]:
    """What is not over at that moment, and begins within the days that are known ahead."""
    if not _claims_dates(schedule):
        return
    zone = ZoneInfo(schedule.timezone)
    first = at.astimezone(zone).date() - DAY  # what began yesterday may still go on
    for day in _days_met(schedule, first, (at + KNOWN_AHEAD).astimezone(zone).date()):
        meeting = _meeting_on(schedule, number, day)
        if meeting.over > at and meeting.starts < at + KNOWN_AHEAD:
            yield meeting


def _claims_dates(schedule: Schedule) -> bool:
    """Whether it is whole: so much of the rule as made-up schedules may break."""
    first = schedule.dtstart
    if not schedule.timezone:
        return False
    if not schedule.freq:
        return bool(first or schedule.added_dates)
    if first is None and (schedule.count or (schedule.interval or 1) > 1):
        return False
    if schedule.freq == "WEEKLY":
        return bool(schedule.byday or first)
    if schedule.bymonthday:
        return all(abs(day) in SAFE_DAYS for day in _numbers(schedule.bymonthday))
    return bool(schedule.byday) or (first is not None and first.day in SAFE_DAYS)


def _days_met(schedule: Schedule, first: date, last: date) -> Iterator[date]:
    """Looking at every day: those of the rule, while it is valid, and those added, but for the exceptions.

    A number of times is counted from the first date, whatever is valid or excepted. Added days hold before
    the first date, after the last, and whether the rule is valid or not.
    """
    begins = min(first, schedule.dtstart) if schedule.count and schedule.dtstart else first
    met = 0
    for ordinal in range(begins.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        regular = _is_of_the_rule(schedule, day)
        met += regular
        regular &= met <= (schedule.count or met)
        regular &= (schedule.valid_from or day) <= day <= (schedule.valid_to or day)
        if day >= first and (regular or day in schedule.added_dates) and day not in schedule.exception_dates:
            yield day


def _is_of_the_rule(schedule: Schedule, day: date) -> bool:
    """By RFC 5545. A first date that does not fit the days of its rule is none of them."""
    if not (schedule.dtstart or day) <= day <= (schedule.until or day):
        return False
    if not schedule.freq:
        return day == schedule.dtstart
    if schedule.bymonth and day.month not in _numbers(schedule.bymonth):
        return False
    return _in_its_week(schedule, day) if schedule.freq == "WEEKLY" else _in_its_month(schedule, day)


def _in_its_week(schedule: Schedule, day: date) -> bool:
    """Every so many weeks from that of the first date; a week begins on Monday if nothing else is said."""
    first, begins = schedule.dtstart or day, 0 if schedule.wkst == "SU" else 1
    weeks = [(each.toordinal() - begins) // 7 for each in (first, day)]
    if (weeks[1] - weeks[0]) % (schedule.interval or 1):
        return False
    return DAY_CODES[day.weekday()] in (schedule.byday.split(",") if schedule.byday else _code_of(first))


def _in_its_month(schedule: Schedule, day: date) -> bool:
    """Every so many months; on days counted from either end of the month, else on that of the first date."""
    first = schedule.dtstart or day
    if (12 * (day.year - first.year) + day.month - first.month) % (schedule.interval or 1):
        return False
    if schedule.byday:
        said = ((int(each[:-2]), each[-2:]) for each in schedule.byday.split(","))
        return any(code in _code_of(day) and _is_nth_in_its_month(day, nth) for nth, code in said)
    if schedule.bymonthday:
        return any(
            day.day == number if number > 0 else (day - number * DAY).day == 1
            for number in _numbers(schedule.bymonthday)
        )
    return day.day == first.day


def _is_nth_in_its_month(day: date, nth: int) -> bool:
    """Among the days of its name; -1 is the last one."""
    if nth > 0:
        return 7 * (nth - 1) < day.day <= 7 * nth
    return (day - 7 * (nth + 1) * DAY).month == day.month != (day - 7 * nth * DAY).month


def _code_of(day: date) -> tuple[str]:
    return (DAY_CODES[day.weekday()],)


def _numbers(column: str) -> list[int]:
    return [int(number) for number in column.split(",")]


def _meeting_on(schedule: Schedule, number: int, day: date) -> Meeting:
    """Over at its end; without an end at its start; without a time when the day ends where it is.

    What ends at or before the time it begins ends on the next day.
    """
    opens, closes = schedule.opens_at, schedule.closes_at
    starts = _moment(day, opens or time(), schedule.timezone)
    ends = None
    if opens is not None and closes is not None:
        ends = _moment(day if closes > opens else day + DAY, closes, schedule.timezone)
    return Meeting(
        starts=starts,
        schedule_number=number,
        day=day,
        minute=None if opens is None else 60 * opens.hour + opens.minute,
        ends=ends,
        over=ends or (starts if opens is not None else _moment(day + DAY, time(), schedule.timezone)),
        zone=schedule.timezone,
        schedule=schedule.pk,
    )


@cache
def _moment(day: date, at: time, zone: str) -> datetime:
    """The first moment at which the clock there shows this; of what it skips, when it would have shown it."""
    shown = datetime.combine(day, at, UTC)
    moments = [shown - _ahead_of_utc(shown + apart, zone) for apart in (-DAY, DAY)]
    real = [each for each in moments if each + _ahead_of_utc(each, zone) == shown]
    return min(real, default=moments[0])


def _ahead_of_utc(at: datetime, zone: str) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)


# ---- what finds it


def _with_kin(stated: Iterable[str]) -> set[str]:
    """The values that find what states these: themselves, their parents and their children."""
    values = set(map(str, stated))
    parents = {str(PARENTS[value]) for value in values if value in PARENTS}
    return values | parents | {str(child) for child, parent in PARENTS.items() if parent in values}


def _losses(entry: Entry) -> set[str]:
    """Who welcomes any loss is found by each, and who names some is found by "any loss"."""
    stated = entry.service.losses
    if Loss.ANY_LOSS in stated:
        return set(Loss.values)
    return _with_kin(stated) | ({Loss.ANY_LOSS} if stated else set())


def _leaders(entry: Entry) -> set[str]:
    stated = set(map(str, entry.service.led_by))
    return stated | ({LedBy.PEER, LedBy.PROFESSIONAL} if LedBy.BOTH in stated else set())


def _languages(entry: Entry) -> set[str]:
    """French finds Canadian French and the other way round; a language not in the list is never found."""
    spoken = entry.languages & set(LANGUAGES)
    return {
        asked
        for asked in LANGUAGES
        for one in spoken
        if asked == one or asked.startswith(f"{one}-") or one.startswith(f"{asked}-")
    }


def _faith(entry: Entry) -> set[str]:
    known = {"faith_based": entry.service.content_notes, "not_faith_based": entry.service.content_clear}
    return {value for value, stated in known.items() if ContentNote.FAITH_BASED in stated}


def _countries(entry: Entry) -> set[str]:
    """Where it is and what it serves; the world is every country."""
    if "*" in entry.areas:
        return set(COUNTRIES)
    at = {entry.place.location.country} if entry.place else set()
    return (at | {area[:2] for area in entry.areas}) & set(COUNTRIES)


def _not_mentioned(entry: Entry) -> set[str]:
    return set(ContentNote.values) - set(map(str, entry.service.content_notes))


# Each facet: its values, and by which of them a listing is found. Several are OR; of `avoid` they are AND.
FACETS: Mapping[str, tuple[Sequence[str], Callable[[Entry], Iterable[str]]]] = {
    "kind": (Kind.values, lambda entry: {entry.service.kind}),
    "cost": (Cost.values, lambda entry: entry.costs),
    "payment": (Payment.values, lambda entry: set(map(str, entry.service.payments))),
    "format": (Format.values, lambda entry: _with_kin(entry.service.formats)),
    "loss": (Loss.values, _losses),
    "audience": (Audience.values, lambda entry: _with_kin(entry.audiences)),
    "led_by": (LedBy.values, _leaders),
    "access": (Access.values, lambda entry: set(map(str, entry.service.access))),
    "fit": (Fit.values, lambda entry: {entry.service.fit}),
    "language": (tuple(LANGUAGES), _languages),
    "faith": (("faith_based", "not_faith_based"), _faith),
    "accessibility": (AccessFeature.values, lambda entry: entry.features),
    "country": (tuple(COUNTRIES), _countries),
    "avoid": (ContentNote.values, _not_mentioned),
}
# What has to be asked for, by facet: any of these values opens it.
OPENED_BY: Mapping[str, set[str]] = {
    "kind": {Kind.CRISIS_LINE},
    "loss": {Loss.ABORTION, Loss.TFMR},
    "audience": {Audience.PROFESSIONALS},
}


# ---- what is asked


@dataclass(frozen=True)
class Asked:
    """A question as SURFACE understands its parameters, asked at the moment `now`."""

    now: datetime
    place: FoundPlace | None = None
    within: tuple[float, str] = (25, "mi")
    reach: str = "any"
    words: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_price: Decimal | None = None
    currency: str = ""
    organizations: frozenset[UUID] = frozenset()
    since: date | None = None
    days: tuple[str, ...] = ()
    after: time | None = None
    before: time | None = None
    upcoming: int | None = None
    zone: str = ""
    sort: str = "best"

    @property
    def km(self) -> float:
        number, unit = self.within
        return number * KM_PER_MILE if unit == "mi" else number

    def values(self, facet: str) -> tuple[str, ...]:
        return self.facets.get(facet, ())

    @cached_property
    def times_said(self) -> tuple[tuple[str, str], ...]:
        """What is asked of a meeting, by its parameters; times as 18:00, however they were typed."""
        said = {
            "day": ",".join(self.days),
            "after": f"{self.after:%H:%M}" if self.after else "",
            "before": f"{self.before:%H:%M}" if self.before else "",
            "upcoming": str(self.upcoming or ""),
        }
        return tuple((name, words) for name, words in said.items() if words)

    def meetings(self, entry: Entry) -> Iterator[Meeting]:
        """Those that are not over and fit all that is asked of one meeting, in order."""
        return (meeting for meeting in entry.meetings if meeting.over > self.now and self._fits(meeting))

    def _fits(self, meeting: Meeting) -> bool:
        """What has no stated time begins neither after nor before one."""
        if self.days and Weekday.values[meeting.day.weekday()] not in self.days:
            return False
        if self.after and not (meeting.minute is not None and meeting.minute >= _minute_of(self.after)):
            return False
        if self.before and not (meeting.minute is not None and meeting.minute < _minute_of(self.before)):
            return False
        return self.upcoming is None or self._is_soon(meeting, self.upcoming)

    def _is_soon(self, meeting: Meeting, days: int) -> bool:
        """Begins before the last of these days ends, by the calendar of the place, else by its own.

        Today is the first of them; what began yesterday and is not over is met today.
        """
        zone = self.zone or meeting.zone
        return (meeting.starts.astimezone(ZoneInfo(zone)).date() - _today(self.now, zone)).days < days

    def having(self, facet: str, values: tuple[str, ...]) -> Asked:
        others = {name: each for name, each in self.facets.items() if name != facet}
        return replace(self, facets={**others, facet: values} if values else others)


def _minute_of(at: time) -> int:
    return 60 * at.hour + at.minute


@cache
def _today(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def read_question(
    said: Mapping[str, Any], place: FoundPlace | None, default_country: str, now: datetime
) -> Asked:
    """The parameters as a form sends them; `place` is what `near` was taken for."""
    country = place.country if place and place.country else default_country
    in_miles = country in ("US", "GB")
    within = (25.0, "mi") if in_miles else (40.0, "km")
    if text := said.get("within"):
        number = text.rstrip("mik")
        within = float(number), text.removeprefix(number) or within[1]
    return Asked(
        now=now,
        place=place,
        within=within,
        reach=said.get("reach", "any"),
        words=said.get("q", ""),
        facets={name: tuple(said[name]) for name in FACETS if name in said},
        max_price=Decimal(said["max_price"]) if "max_price" in said else None,
        currency=said.get("currency", CURRENCIES.get(country, "USD")),
        organizations=frozenset(map(UUID, said.get("organization", ()))),
        since=date.fromisoformat(said["assured_since"]) if "assured_since" in said else None,
        days=tuple(said.get("day", ())),
        after=_read_time(said["after"]) if "after" in said else None,
        before=_read_time(said["before"]) if "before" in said else None,
        upcoming=int(said["upcoming"]) if "upcoming" in said else None,
        zone=zone_at(place.point, country) if place else "",
        sort=said.get("sort", "best"),
    )


def _read_time(text: str) -> time:
    """ "18:30", "6:30 pm" or "6 pm"."""
    form = "%H:%M" if text[-1].isdigit() else "%I:%M %p" if ":" in text else "%I %p"
    return datetime.strptime(text, form).replace(tzinfo=UTC).time()


# ---- words


@dataclass(frozen=True)
class Wanted:
    """One thing wanted: all the tokens (side by side in a phrase), or one of the things that they mean."""

    words: tuple[str, ...]
    tokens: tuple[str, ...]
    things: frozenset[str] = frozenset()
    is_phrase: bool = False


def read_words(text: str) -> list[Wanted]:
    """Phrases in quotation marks as they stand; of the rest the longest known words for a thing, else each.

    Words such as "the" count only where there is nothing else.
    """
    parts = text.split('"')
    quoted = parts[1 : len(parts) - 1 : 2]
    loose = " ".join([*parts[0::2], *(parts[-1:] if len(parts) % 2 == 0 else [])])
    phrases = [
        Wanted(tuple(fold(each).split()), tuple(tokens_of(each)), is_phrase=True)
        for each in quoted
        if fold(each)
    ]
    plain = list(_plain_words(fold(loose).split()))
    telling = [each for each in plain if each.things or each.words[0] not in STOP_WORDS]
    return [*phrases, *(telling or ([] if phrases else plain))]


def _plain_words(words: Sequence[str]) -> Iterator[Wanted]:
    words = list(words)
    while words:
        length = next((n for n in range(len(words), 0, -1) if _things_meant(" ".join(words[:n]))), 1)
        taken, words = words[:length], words[length:]
        telling = [word for word in taken if word not in STOP_WORDS] or taken
        yield Wanted(tuple(taken), tuple(tokens_of(" ".join(telling))), _things_meant(" ".join(taken)))


@cache
def _things_meant(phrase: str) -> frozenset[str]:
    return frozenset(thing for thing, words in _words_in_questions() if words == tokens_of(phrase))


@cache
def _words_in_questions() -> list[tuple[str, list[str]]]:
    lines = read_lines(TABLE.read_text(encoding="utf-8"))
    return [(line.name, tokens_of(phrase)) for line in lines for phrase in (*line.same, *line.asked)]


@cache
def _words_in_texts() -> list[tuple[str, str]]:
    lines = read_lines(TABLE.read_text(encoding="utf-8"))
    return [(f" {' '.join(tokens_of(phrase))} ", line.name) for line in lines for phrase in line.same]


@cache
def said_in(text: str) -> str:
    """A text as its tokens, each between single spaces."""
    return f" {' '.join(tokens_of(text))} "


@cache
def things_in(text: str) -> frozenset[str]:
    """The things that a text speaks of, by the table of synonyms."""
    said = said_in(text)
    return frozenset(thing for phrase, thing in _words_in_texts() if phrase in said)


# ---- the answer


class Result(NamedTuple):
    """A listing in an answer, by all that may decide its order: what is lower stands first.

    `next_meeting` is when the first of its fitting meetings begins, in seconds; `meetings` are the first
    three.
    """

    id: str
    not_whole: bool  # the words are not its whole name
    not_known: bool  # to be clear of what is to be avoided
    section: int
    abroad: bool
    rank: int  # of its words
    fit: int
    reach: int
    km: float
    unassured: int  # the day it was last checked, below zero
    kind: int
    name: str
    next_meeting: float
    meetings: tuple[Meeting, ...]


ORDERS = {
    "best": attrgetter(
        *("not_whole", "not_known", "section", "abroad", "rank", "fit", "reach", "km"),
        *("unassured", "kind", "name", "id"),
    ),
    "distance": attrgetter("not_known", "km", "fit", "reach", "kind", "name", "id"),
    "next_meeting": attrgetter("not_known", "next_meeting", "fit", "reach", "km", "kind", "name", "id"),
    "assured": attrgetter("not_known", "unassured", "fit", "reach", "km", "kind", "name", "id"),
    "name": attrgetter("not_known", "name", "reach", "km", "id"),
}


@dataclass(frozen=True)
class Expected:
    """What the API must answer to `asked`, which is the question as it was mended and widened."""

    asked: Asked
    results: list[Result]
    sections: dict[str, int]
    facets: dict[str, dict[str, int]]
    hidden: int
    not_known: int
    relaxed: tuple[tuple[str, str, str], ...] = ()
    corrected: str = ""


class Reference:
    """The catalogue, and what any question must find in it."""

    def __init__(self, entries: Sequence[Entry], default_country: str) -> None:
        self.entries = entries
        self.everything = (1 << len(entries)) - 1
        self.distances: dict[tuple[float, float], list[float]] = {}
        self.found_by = {name: self._sets(finds) for name, (_values, finds) in FACETS.items()}
        self.clear = self._sets(lambda entry: map(str, entry.service.content_clear))
        self.by_request = self._sets(lambda entry: [entry.on_request])
        self.by_area = self._sets(lambda entry: entry.areas)
        self.of_service: dict[UUID, list[int]] = defaultdict(list)
        for number, entry in enumerate(entries):
            self.of_service[entry.service.pk].append(number)
        self.by_name = self._sets(lambda entry: entry.whole_names)
        self.by_token = [self._sets(partial(_tokens, column)) for column in range(4)]
        self.by_thing = [self._sets(partial(_things, column)) for column in range(4)]
        self.on_the_map = self.where(lambda entry: entry.point is not None)
        self.otherwise_than_going = self.where(
            lambda entry: bool(set(entry.service.formats) - {Format.IN_PERSON, Format.HOME_VISIT})
        )
        self.at_home = self.where(lambda entry: default_country in entry.countries)

    def _sets(self, keys_of: Callable[[Entry], Iterable[Any]]) -> Mapping[Any, int]:
        """For each key the set of the listings that have it; the empty set for any other."""
        sets: dict[Any, int] = defaultdict(int)
        for number, entry in enumerate(self.entries):
            for key in keys_of(entry):
                sets[key] |= 1 << number
        return sets

    def where(self, holds: Callable[[Entry], bool]) -> int:
        return int("".join("1" if holds(entry) else "0" for entry in reversed(self.entries)) or "0", 2)

    # ---- answering

    def answer(self, asked: Asked) -> Expected:
        """What fits; where nothing does, what fits it with its words mended, or else asked more widely."""
        strict = self.strict_answer(asked)
        if strict.results:
            return strict
        corrected = self.mended(asked.words)
        if corrected:
            asked = replace(asked, words=corrected)
            strict = replace(self.strict_answer(asked), corrected=corrected)
        if strict.results:
            return strict
        for wider, relaxed in wider_questions(asked):
            found = self.strict_answer(wider)
            if found.results:
                return replace(found, relaxed=relaxed, corrected=corrected)
        return strict

    def strict_answer(self, asked: Asked) -> Expected:
        reaches = self.reaches(asked)
        pool = self.allowed(asked, reaches)
        kept = {facet: self.kept_by(facet, asked.values(facet)) for facet in FACETS}
        fitting = all_of([pool, self.shown(asked), *kept.values()])
        clear = all_of([self.everything, *(self.clear[value] for value in asked.values("avoid"))])
        but_for_avoid = all_of([pool, self.shown(asked), *(kept[name] for name in FACETS if name != "avoid")])
        results = self.results(asked, fitting, clear, reaches)
        sections = Counter(SECTIONS[result.section] for result in results)
        return Expected(
            asked=asked,
            results=results,
            sections={name: sections[name] for name in SECTIONS if sections[name]},
            facets={facet: self.counts(asked, facet, pool, kept) for facet in FACETS},
            hidden=(but_for_avoid & ~kept["avoid"]).bit_count(),
            not_known=(fitting & ~clear).bit_count(),
        )

    def counts(self, asked: Asked, facet: str, pool: int, kept: Mapping[str, int]) -> dict[str, int]:
        """For each value how many would fit if it were the one value asked for, all else unchanged."""
        others = all_of([pool, *(kept[other] for other in FACETS if other != facet)])
        return {
            value: (
                others & self.kept_by(facet, (value,)) & self.shown(asked.having(facet, (value,)))
            ).bit_count()
            for value in FACETS[facet][0]
        }

    def kept_by(self, facet: str, values: Iterable[str]) -> int:
        sets = [self.found_by[facet][value] for value in values]
        if not sets:
            return self.everything
        return all_of(sets) if facet == "avoid" else any_of(sets)

    def shown(self, asked: Asked) -> int:
        """What is always shown, what was asked for, and what was called by its whole name."""
        opened = [facet for facet, values in OPENED_BY.items() if not values.isdisjoint(asked.values(facet))]
        return any_of([self.whole_name(asked), *(self.by_request[facet] for facet in ("", *opened))])

    def meetings(self, asked: Asked, first: date | None, last: date | None) -> list[tuple[Told, str]]:
        """What meets between two local days, both included, and the id of its listing: as it begins.

        The question is neither mended nor widened. Of what begins together the name decides, then the ids of
        the listing and the schedule.
        """
        kept = [self.kept_by(facet, asked.values(facet)) for facet in FACETS]
        fitting = all_of([self.allowed(asked, self.reaches(asked)), self.shown(asked), *kept])
        found = [
            (meeting.starts, entry.name_key, entry.id, meeting.schedule, meeting)
            for entry in map(self.entries.__getitem__, members(fitting))
            for meeting in asked.meetings(entry)
            if (first or meeting.day) <= meeting.day <= (last or meeting.day)
        ]
        return [(meeting.told(), public_id) for *_order, public_id, _schedule, meeting in sorted(found)]

    # ---- place

    def reaches(self, asked: Asked) -> list[int]:
        """The listings that reach the visitor, by how: here, area, state, country, world, elsewhere.

        Who is here in one place is not met again from afar by another. Where no place was given, one's own
        country stands first, then the world, then all others.
        """
        if asked.place is None:
            return _each_once([0, 0, 0, self.at_home, self.by_area["*"], self.everything])
        here = self.here(asked)
        met_here = set_of(
            other for number in members(here) for other in self.of_service[self.entries[number].service.pk]
        )
        levels = [here, 0, 0, 0, 0, 0]
        for area, level in areas_around(asked.place):
            levels[level] |= self.by_area[area] & ~met_here
        return _each_once(levels)

    def here(self, asked: Asked) -> int:
        assert asked.place
        radius, away = asked.km, self.kilometres(asked.place)
        return set_of(number for number, km in enumerate(away) if km <= radius)

    def kilometres(self, place: FoundPlace | None) -> list[float]:
        """How far each listing is; infinitely, where it has no point or none was given."""
        if place is None:
            return [NOWHERE] * len(self.entries)
        at = place.point.latitude, place.point.longitude
        if at not in self.distances:
            self.distances[at] = [
                great_circle_km(at, entry.point) if entry.point else NOWHERE for entry in self.entries
            ]
        return self.distances[at]

    def is_on_the_rim(self, asked: Asked) -> bool:
        """Whether some listing is so near to the edge of the circle that arithmetic alone decides."""
        radii = {asked.km, 160, 100 * KM_PER_MILE}
        return any(abs(km - radius) <= RIM_KM for km in self.kilometres(asked.place) for radius in radii)

    # ---- all that is no facet

    def allowed(self, asked: Asked, reaches: Sequence[int]) -> int:
        pool = any_of(reaches) & self._met_as_asked(asked, reaches)
        if asked.max_price is not None:
            pool &= self.where(lambda entry: is_affordable(entry, asked))
        if asked.organizations:
            pool &= self.where(lambda entry: entry.service.organization_id in asked.organizations)
        if asked.times_said:
            pool &= self.where(lambda entry: any(asked.meetings(entry)))
        if asked.since:
            since = asked.since.toordinal()
            pool &= self.where(lambda entry: entry.assured >= since)
        return pool & self.saying(asked.words, range(4))

    def _met_as_asked(self, asked: Asked, reaches: Sequence[int]) -> int:
        """`local`: here (without a place: on the map). `remote`: serves an area, by more than going there."""
        if asked.reach == "local":
            return reaches[HERE] if asked.place else self.on_the_map
        if asked.reach == "remote":
            around = areas_around(asked.place) if asked.place else ((area, 0) for area in self.by_area)
            serving = any_of(self.by_area[area] for area, _level in around)
            services = {self.entries[number].service.pk for number in members(serving)}
            of_these = self.where(lambda entry: entry.service.pk in services)
            return (serving & ~reaches[HERE]) | (of_these & reaches[HERE] & self.otherwise_than_going)
        return self.everything

    # ---- words

    def saying(self, text: str, columns: Iterable[int]) -> int:
        """What says every thing wanted, somewhere in these columns."""
        if not text:
            return self.everything
        wanted = read_words(text)
        return all_of(self._saying_one(each, columns) for each in wanted) if wanted else 0

    def _saying_one(self, wanted: Wanted, columns: Iterable[int]) -> int:
        columns = tuple(columns)
        said = all_of(any_of(self.by_token[at][token] for at in columns) for token in wanted.tokens)
        if wanted.is_phrase:
            said = set_of(number for number in members(said) if self._says_phrase(number, wanted, columns))
        return said | any_of(self.by_thing[at][thing] for at in columns for thing in wanted.things)

    def _says_phrase(self, number: int, wanted: Wanted, columns: Iterable[int]) -> bool:
        phrase, texts = f" {' '.join(wanted.tokens)} ", self.entries[number].texts
        return any(phrase in said_in(text) for at in columns for text in texts[at])

    def word_ranks(self, text: str) -> list[int]:
        """In the name alone; with the terms; with the organization; in the text: each listing once."""
        return _each_once([self.saying(text, range(last + 1)) for last in range(4)])

    def whole_name(self, asked: Asked) -> int:
        return self.by_name[fold(asked.words)] if asked.words else 0

    def mended(self, text: str) -> str:
        """The words with each that nobody uses put right by one typo; "" where nothing can be.

        Of several right ones it is that which most listings say, else the one with the same first letter.
        """
        unknown = [
            each.words[0]
            for each in read_words(text)
            if not (each.is_phrase or each.things or each.words[0] in STOP_WORDS)
            and 4 <= len(each.words[0]) <= 40
            and not self.saying(each.words[0], range(4))
        ]
        right = {word: best for word in unknown if (best := self._meant_by(word))}
        return " ".join(right.get(fold(word), word) for word in text.split()) if right else ""

    def _meant_by(self, word: str) -> str:
        near = [other for other in self._vocabulary if is_one_typo(word, other)]
        likely = sorted(near, key=lambda other: (other[0] != word[0], other))
        said = {other: self.saying(other, range(4)).bit_count() for other in likely}
        return max(likely, key=lambda other: said[other], default="") if any(said.values()) else ""

    @cached_property
    def _vocabulary(self) -> set[str]:
        """Words that someone may have meant: those of the listings, and those of the table of synonyms."""
        texts = {text for entry in self.entries for column in entry.texts for text in column}
        words = {word for text in texts for word in fold(text).split()}
        listed = {word for word in words if word.isascii() and word.isalpha() and 3 < len(word) <= 40}
        lines = read_lines(TABLE.read_text(encoding="utf-8"))
        return listed | {
            word for line in lines for said in (*line.same, *line.asked) for word in fold(said).split()
        }

    # ---- order

    def results(self, asked: Asked, fitting: int, clear: int, reaches: Sequence[int]) -> list[Result]:
        """In the order that SURFACE gives; `avoid` puts what is known to be clear first in every order."""
        away, reach_of = self.kilometres(asked.place), _place_in(reaches)
        rank_of = _place_in(self.word_ranks(asked.words)) if asked.words else {}
        whole, known = set(members(self.whole_name(asked))), set(members(clear))
        found = []
        for number in members(fitting):
            entry, reach = self.entries[number], reach_of[number]
            near = entry.section == "serves_you" and reach == HERE
            meetings = tuple(islice(asked.meetings(entry), MEETINGS_TOLD))
            found.append(
                Result(
                    id=entry.id,
                    not_whole=number not in whole,
                    not_known=number not in known,
                    section=SECTIONS.index("near_you" if near else entry.section),
                    abroad=reach == ELSEWHERE,
                    rank=rank_of.get(number, 0),
                    fit=entry.fit_number,
                    reach=reach,
                    km=away[number],
                    unassured=-entry.assured,
                    kind=entry.kind_number,
                    name=entry.name_key,
                    next_meeting=meetings[0].starts.timestamp() if meetings else NOWHERE,
                    meetings=meetings,
                )
            )
        return sorted(found, key=ORDERS[asked.sort])


Relaxed = tuple[tuple[str, str, str], ...]


def wider_questions(asked: Asked) -> Iterator[tuple[Asked, Relaxed]]:
    """Further; at another time; met otherwise; further at another time; all three; and from afar too.

    A time is dropped whole. Never wider in avoid, loss, cost or audience. A way that changes nothing is left
    out of each step, and what is then the same question is asked once.
    """
    ways = _ways_to_widen(asked)
    tried = set()
    for names in (
        *(("further",), ("time",), ("format",), ("further", "time")),
        *(("further", "time", "format"), ("further", "time", "format", "afar")),
    ):
        taken = tuple(name for name in names if name in ways)
        if taken and taken not in tried:
            tried.add(taken)
            changes = {name: value for way in taken for name, value in ways[way][0].items()}
            yield replace(asked, **changes), tuple(each for way in taken for each in ways[way][1])


def _ways_to_widen(asked: Asked) -> dict[str, tuple[dict[str, Any], Relaxed]]:
    """Each way that changes something: what of the question it changes, and what is said of that."""
    ways: dict[str, tuple[dict[str, Any], Relaxed]] = {}
    far = (100.0, "mi") if asked.within[1] == "mi" else (160.0, "km")
    if asked.place and asked.reach != "remote" and asked.km < replace(asked, within=far).km:
        ways["further"] = {"within": far}, (("within", _said(asked.within), _said(far)),)
    if asked.times_said:
        at_any_time = {"days": (), "after": None, "before": None, "upcoming": None}
        ways["time"] = at_any_time, tuple((name, words, "") for name, words in asked.times_said)
    if formats := asked.values("format"):
        met_anyhow = {"facets": asked.having("format", ()).facets}
        ways["format"] = met_anyhow, (("format", ",".join(formats), ""),)
    if asked.reach == "local":
        ways["afar"] = {"reach": "any"}, (("reach", "local", "any"),)
    return ways


def _said(distance: tuple[float, str]) -> str:
    return f"{distance[0]:g}{distance[1]}"


def is_affordable(entry: Entry, asked: Asked) -> bool:
    """Zero is met only where nobody has to pay; more by a price that is stated in the currency asked for.

    A leading currency of "" is that of prices that ask nothing: they are met in every currency.
    """
    assert asked.max_price is not None
    if asked.max_price == 0 or entry.nobody_pays:
        return entry.nobody_pays
    currency = asked.currency if entry.currency else ""
    return currency in entry.prices and entry.prices[currency] <= asked.max_price


def areas_around(place: FoundPlace) -> list[tuple[str, int]]:
    """The keys of the areas that hold a place, and how each reaches it."""
    areas = [("*", WORLD)]
    if place.country:
        areas.append((place.country, COUNTRY))
        if place.region:
            areas.append((f"{place.country}-{place.region}", REGION))
            if place.county:
                areas.append((f"{place.country}-{place.region}/{county_key(place.county)}", AREA))
        if place.postal_code:
            areas.append((f"{place.country}:{place.postal_code}", AREA))
    return areas


def great_circle_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """By the spherical law of cosines in its stable (Vincenty) form: not the arithmetic the search uses."""
    one, other, apart = math.radians(a[0]), math.radians(b[0]), math.radians(b[1] - a[1])
    across = math.hypot(
        math.cos(other) * math.sin(apart),
        math.cos(one) * math.sin(other) - math.sin(one) * math.cos(other) * math.cos(apart),
    )
    along = math.sin(one) * math.sin(other) + math.cos(one) * math.cos(other) * math.cos(apart)
    return EARTH_RADIUS_KM * math.atan2(across, along)


def is_one_typo(one: str, other: str) -> bool:
    """One letter too few, too many or wrong, or two neighbours that changed places."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), None)
    if start is None:
        return True
    a, b = one[start:], other[start:]
    swapped = a[:2] == b[1::-1] and a[2:] == b[2:]
    return swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:]


# ---- sets as numbers


def set_of(numbers: Iterable[int]) -> int:
    return any_of(1 << number for number in numbers)


def members(numbers: int) -> list[int]:
    """The members of a set, ascending."""
    digits = f"{numbers:b}"[::-1].encode().replace(b"0", b"\0")
    return list(compress(count(), digits))


def any_of(sets: Iterable[int]) -> int:
    union = 0
    for each in sets:
        union |= each
    return union


def all_of(sets: Iterable[int]) -> int:
    """What is in each of one or more sets."""
    first, *others = sets
    for each in others:
        first &= each
    return first


def _each_once(levels: Iterable[int]) -> list[int]:
    """The same sets without what an earlier one holds."""
    before, apart = 0, []
    for level in levels:
        apart.append(level & ~before)
        before |= level
    return apart


def _place_in(levels: Sequence[int]) -> dict[int, int]:
    return {number: place for place, level in enumerate(levels) for number in members(level)}


def _tokens(column: int, entry: Entry) -> set[str]:
    return {token for text in entry.texts[column] for token in said_in(text).split()}


def _things(column: int, entry: Entry) -> set[str]:
    return {thing for text in entry.texts[column] for thing in things_in(text)}
