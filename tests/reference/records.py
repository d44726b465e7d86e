"""The listings that there ought to be, each with all that hangs on it, read from the records."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from resources.geo.regions import region_name
from resources.models import (
    Accessibility,
    CostOption,
    Language,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    SourceRecord,
)
from resources.search.tokens import fold
from resources.vocabulary import AccessFeature, Audience, ContentNote, Cost, Fit, Kind, Loss
from resources.wording import country_name, language_name
from tests.reference.calendar import MEETING_KINDS, Meeting, coming_meetings

PEOPLE = (Kind.SUPPORT_GROUP, Kind.FORUM, Kind.PEER_MENTOR, Kind.COUNSELLING)
LINES = (Kind.HELPLINE, Kind.CRISIS_LINE)


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
    topics: frozenset[str]
    texts: tuple[tuple[str, ...], ...]  # of the name, the terms, the organization and the rest
    seen_on: str  # by a source: a day or a year; "" if none says when
    is_from_elsewhere: bool  # a source found it on a page that is not its own

    @cached_property
    def point(self) -> tuple[float, float] | None:
        location = self.place and self.place.location
        if not location or location.latitude is None or location.longitude is None:
            return None
        return location.latitude, location.longitude

    def is_in(self, country: str, region: str) -> bool:
        """Whether its place is there by its address; "" is any region."""
        location = self.place and self.place.location
        return bool(location and location.country == country and region in ("", location.region))

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
    def focus(self) -> int:
        """Of a mental health clinic: 0 for pregnant or postpartum women, 1 after trauma, else 2."""
        if self.service.kind != Kind.MENTAL_HEALTH_CLINIC:
            return 0
        return 0 if "pregnant_postpartum" in self.topics else 1 if "trauma" in self.topics else 2

    @cached_property
    def assured(self) -> int:
        """The day as a number; what nobody has checked stands after all that somebody has."""
        return self.service.assured_date.toordinal() if self.service.assured_date else 0

    @cached_property
    def nobody_pays(self) -> bool:
        return bool(self.costs & {Cost.FREE, Cost.DONATION})

    @cached_property
    def section(self) -> str:
        """Where it stands from afar, by the table of SURFACE, read from the top."""
        kind, is_general = self.service.kind, self.service.fit == Fit.GENERAL
        if kind in LINES:
            return "by_phone"
        if kind in (*PEOPLE, Kind.BEREAVEMENT_CARE) and not is_general:
            return "serves_you"
        sections: dict[str, str] = {
            Kind.COUNSELLING: "lower_cost_counselling",
            Kind.MENTAL_HEALTH_CLINIC: "lower_cost_counselling",
            Kind.SPECIALIST_CLINIC: "hospital_clinics",
            Kind.CLINIC: "general_clinics",
            Kind.FINANCIAL_HELP: "money_and_practical",
            Kind.PRACTICAL_HELP: "money_and_practical",
        }
        return sections.get(kind, "look_further")

    @cached_property
    def section_here(self) -> str:
        """Where it stands when it is near: people, teams, practical help and remembrance move up."""
        near = (*PEOPLE, Kind.BEREAVEMENT_CARE, Kind.PRACTICAL_HELP, Kind.REMEMBRANCE)
        return "near_you" if self.service.kind in near and self.service.fit != Fit.GENERAL else self.section

    @cached_property
    def part(self) -> int:
        """What SURFACE puts first, second and so on within a section."""
        kind = self.service.kind
        if kind == Kind.MENTAL_HEALTH_CLINIC or (
            kind == Kind.COUNSELLING and self.service.fit == Fit.GENERAL
        ):
            if self.costs & {Cost.FREE, Cost.DONATION, Cost.SLIDING_SCALE, Cost.REDUCED_FEE}:
                return 0 if kind == Kind.COUNSELLING else 1
            return 2 if self.costs == {Cost.UNKNOWN} else 3
        later: dict[str, int] = {Kind.BEREAVEMENT_CARE: 1, Kind.PRACTICAL_HELP: 2, Kind.REMEMBRANCE: 3}
        return later.get(kind, 0)

    @cached_property
    def is_doubtful(self) -> bool:
        """Last seen before 2022, or undated and not on its own page, or only for a child of any age."""
        if set(self.service.losses) == {Loss.CHILD_ANY_AGE}:
            return True
        days = [str(self.service.assured_date or ""), self.seen_on]
        if any(days):
            return max(days) < "2022"
        return self.is_from_elsewhere

    @cached_property
    def is_for_some(self) -> bool:
        """Only for its own patients or for people of its area."""
        return bool(self.service.open_to) and "anyone" not in self.service.open_to

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
    # In one order on every database, whatever its collation: the questions are drawn from the entries.
    published = Service.objects.filter(status="active").select_related("organization").order_by("pk")
    return [entry for service in published for entry in records.entries_of(service)]


class Records:
    """All that hangs on the services and their places, by the id of what it hangs on."""

    def __init__(self, written_at: datetime) -> None:
        self.written_at = written_at
        self.areas, self.prices = _by_service(ServiceArea), _by_service(CostOption)
        self.audiences, self.languages = _by_service(ServiceAudience), _by_service(Language)
        self.places = _by_service(ServiceAtLocation, "location")
        self.sources = _by_service(SourceRecord, "source")
        for records in self.sources.values():
            records.sort(key=lambda record: (record.source.pk, record.key, record.part))
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
        if not prices and _is_public_care(service, costs):
            costs, prices = frozenset({str(Cost.FREE)}), {currency: Decimal(0)}
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
                topics=frozenset(row.taxonomyterm.code for row in self.topics[service.pk]),
                texts=(
                    (service.name, service.alternate_name),
                    tuple(self.terms_of(service)),
                    (service.organization.name, service.organization.alternate_name),
                    (*self.texts_of(service, costs), *_place_names(place), *self.features_of(place)),
                ),
                seen_on=self.seen_on(service),
                is_from_elsewhere=self.is_from_elsewhere(service),
            )

    def seen_on(self, service: Service) -> str:
        records = self.sources[service.pk][:1]
        return "".join(str(each.seen_on or each.raw.get("source_year") or "") for each in records)

    def is_from_elsewhere(self, service: Service) -> bool:
        """As its list says, else by the machine: that of a department belongs to its hospital."""
        for each in self.sources[service.pk][:1]:
            if each.source_type in ("own", "news", "third_party"):
                return bool(each.source_type != "own")
        sites = [
            service.url,
            service.organization.website,
            *(p.location.url for p in self.places[service.pk]),
        ]
        own = {machine for site in sites if (machine := _machine(site))}
        return any(
            not any(f".{machine}".endswith(f".{each}") or f".{each}".endswith(f".{machine}") for each in own)
            for machine in (_machine(each.source_url) for each in self.sources[service.pk][:1])
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
            for meeting in coming_meetings(schedule, number, self.written_at)
        )

    def terms_of(self, service: Service) -> Iterator[str]:
        yield from _labels([Kind(service.kind)], service.losses)
        yield from (row.taxonomyterm.name for row in self.topics[service.pk])
        yield from _labels(Audience(row.audience) for row in self.audiences[service.pk])

    def features_of(self, place: ServiceAtLocation | None) -> list[str]:
        return _labels(map(AccessFeature, self.features[place.location_id])) if place else []

    def texts_of(self, service: Service, costs: Iterable[str]) -> Iterator[str]:
        yield from (service.description, service.eligibility_description)
        yield from (service.fees_description, service.application_process)
        yield from _labels(Cost(cost) for cost in costs if cost != Cost.UNKNOWN)
        yield from _labels(service.formats, service.led_by, service.payments)
        yield from (area.name for area in self.areas[service.pk])
        yield from (language_name(language.code) for language in self.languages[service.pk])
        if ContentNote.FAITH_BASED in service.content_notes:
            yield "faith based"


def _by_service(model: Any, *related: str) -> dict[UUID, list[Any]]:
    """The rows of each service in the order of their ids."""
    rows: dict[UUID, list[Any]] = defaultdict(list)
    for row in sorted(model.objects.select_related(*related), key=lambda row: row.pk):
        rows[row.service_id].append(row)
    return rows


def _machine(address: str) -> str:
    return re.sub(r"^https?://(www\.)?|[/?#:].*", "", address.lower())


def _labels(*codes: Iterable[Any]) -> list[str]:
    return [str(code.label) for some in codes for code in some]


def _place_names(place: ServiceAtLocation | None) -> tuple[str, ...]:
    if place is None:
        return ()
    at = place.location
    return at.name, at.city, region_name(at.country, at.region), country_name(at.country)


def _country(place: ServiceAtLocation | None, served: Iterable[str]) -> str:
    """Where it is; of what is nowhere, such as a forum, the one country that the service serves."""
    if place and place.location.country:
        return place.location.country
    countries = {area[:2] for area in served if area != "*"}
    return countries.pop() if len(countries) == 1 else ""


def _is_valid(price: CostOption, day: date) -> bool:
    """A price holds on its first day and on its last; `day` is that of UTC on which listings are written."""
    return (price.valid_from or day) <= day <= (price.valid_to or day)


def _is_public_care(service: Service, costs: Iterable[str]) -> bool:
    """Nobody entitled to the NHS or a provincial plan pays for what it funds, where no cost is stated."""
    says_nothing = set(costs) == {Cost.UNKNOWN} and not service.fees_description
    return says_nothing and not {"nhs", "provincial"}.isdisjoint(service.payments)


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
