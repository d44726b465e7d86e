"""Of what kinds and shapes made-up records are: 2,000 listings made once, which the tests only read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.db import models, transaction
from pytest_django.plugin import DjangoDbBlocker

from benchmarks.duplicates import measure
from benchmarks.making import make_listings
from resources.models import (
    Accessibility,
    CostOption,
    Language,
    Listing,
    ListingMeeting,
    Location,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAudience,
)
from resources.models.schedule import Frequency
from resources.search.filters import ListingFilterSet
from resources.search.packing import unpack
from resources.search.version import clear_cached_version
from resources.timing.checking import recurrence_or_none
from resources.vocabulary import (
    COUNTRIES,
    LANGUAGES,
    Access,
    AccessFeature,
    Audience,
    AudienceRule,
    ContentNote,
    Cost,
    CostUnit,
    Extent,
    Fit,
    Format,
    Kind,
    LedBy,
    LocationType,
    Loss,
    OpenTo,
    Payment,
    PhoneType,
    Precision,
    Section,
    Status,
    Visibility,
)
from tests.world import build_places

# It is for this mark that pytest-django makes a database at all: without it the operator's own would be used.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow("makes 2,000 listings"),
    pytest.mark.sqlite("what is made up is the same on both; the brute force reads it on both"),
]

# Schedules and prices lie around the day on which they are made.
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(scope="module", autouse=True)
def _made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Enough for every value of every vocabulary, and for shares of all; nothing of it is committed."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            build_places()
            make_listings(number=2000, seed=1, at=NOW)
            yield
            transaction.set_rollback(True)
        clear_cached_version()


def test_three_in_ten_have_no_place() -> None:
    listings = Listing.objects.count()
    placeless = Listing.objects.filter(service_at_location=None).count()
    assert 0.24 <= placeless / listings <= 0.36
    for areas in (0, 1, 3):
        assert Service.objects.annotate(areas=models.Count("service_areas")).filter(areas=areas).exists()
    for places in (0, 1, 2, 3):
        number = models.Count("service_at_locations")
        assert Service.objects.annotate(places=number).filter(places=places).exists()


def test_a_few_are_not_active_and_never_listed() -> None:
    hidden = Service.objects.exclude(status=Status.ACTIVE)
    assert 0.01 <= hidden.count() / Service.objects.count() <= 0.08
    assert not Listing.objects.filter(service__in=hidden).exists()


def test_the_common_question_finds_some_seven_in_a_hundred() -> None:
    found = ListingFilterSet({"q": "miscarriage support"}).answer().count
    assert 0.05 <= found / Listing.objects.count() <= 0.1


def values_of(model: type[models.Model], column: str) -> set[Any]:
    return set(model._default_manager.values_list(column, flat=True))


def codes_of(column: str) -> set[str]:
    return {str(code) for codes in Service.objects.values_list(column, flat=True) for code in codes}


def test_every_value_of_every_vocabulary_occurs() -> None:
    for wanted, found in occurrences():
        assert set(wanted) <= found, sorted(map(str, set(wanted) - found))


def occurrences() -> Iterator[tuple[Iterable[Any], set[Any]]]:
    yield Status.values, values_of(Service, "status")
    yield Kind.values, values_of(Service, "kind")
    yield Fit.values, values_of(Service, "fit")
    yield Format.values, codes_of("formats")
    yield Loss.values, codes_of("losses")
    yield LedBy.values, codes_of("led_by")
    yield Access.values, codes_of("access")
    yield Payment.values, codes_of("payments")
    yield OpenTo.values, codes_of("open_to")
    yield ContentNote.values, codes_of("content_notes")
    yield ContentNote.values, codes_of("content_clear")
    yield Cost.values, values_of(CostOption, "kind")
    yield ["", *CostUnit.values], values_of(CostOption, "unit")
    yield [True, False], values_of(CostOption, "is_joining_fee")
    yield ["", "USD", "GBP", "EUR"], values_of(CostOption, "currency")
    yield [None], values_of(CostOption, "amount")
    yield Audience.values, values_of(ServiceAudience, "audience")
    yield AudienceRule.values, values_of(ServiceAudience, "rule")
    yield Extent.values, values_of(ServiceArea, "extent")
    yield ["*", *COUNTRIES], values_of(ServiceArea, "area")
    yield ["", *AccessFeature.values], values_of(Accessibility, "feature")
    yield LocationType.values, values_of(Location, "location_type")
    yield ["", *Precision.values], values_of(Location, "precision")
    yield PhoneType.values, values_of(Phone, "type")
    yield LANGUAGES, values_of(Language, "code")
    facts = [unpack(bytes(packed)) for packed in Listing.objects.values_list("facts", flat=True)]
    yield range(len(Section))[1:], {each.section for each in facts}
    yield range(len(Visibility)), {each.on_request for each in facts}


MEETS = (Kind.SUPPORT_GROUP, Kind.REMEMBRANCE)


def schedules_of(*kinds: Kind) -> list[Schedule]:
    """Those of the services of these kinds, and of their places."""
    of_these = models.Q(service__kind__in=kinds) | models.Q(service_at_location__service__kind__in=kinds)
    return list(Schedule.objects.filter(of_these))


def ends_before(schedule: Schedule, day: date) -> bool:
    return any(last and last < day for last in (schedule.until, schedule.valid_to))


SHAPES: dict[str, Callable[[Schedule], bool]] = {
    **{
        f"monthly by position {position}": lambda schedule, position=position: (  # type: ignore[misc]
            any(day.startswith(str(position)) for day in schedule.byday.split(","))
        )
        for position in (1, 2, 3, 4, 5, -1)
    },
    "weekly on one day": lambda schedule: len(schedule.byday) == 2,
    "weekly on two days": lambda schedule: len(schedule.byday) == 5 and schedule.byday[0].isalpha(),
    "every second week": lambda schedule: (schedule.freq, schedule.interval) == (Frequency.WEEKLY, 2),
    "every third week": lambda schedule: (schedule.freq, schedule.interval) == (Frequency.WEEKLY, 3),
    "on a day of the month": lambda schedule: bool(schedule.bymonthday),
    "on a single day": lambda schedule: not schedule.freq and bool(schedule.dtstart),
    "without an end": lambda schedule: bool(schedule.opens_at and not schedule.closes_at),
    "past midnight": lambda schedule: bool(
        schedule.opens_at and schedule.closes_at and schedule.closes_at <= schedule.opens_at
    ),
    "without a time": lambda schedule: bool(schedule.freq and not schedule.opens_at),
    "in some months": lambda schedule: bool(schedule.bymonth),
    "not on some days": lambda schedule: bool(schedule.exception_dates),
    "also on some days": lambda schedule: bool(schedule.freq and schedule.added_dates),
    "so many times": lambda schedule: bool(schedule.count),
    "to end": lambda schedule: bool(schedule.until and schedule.until > TODAY),
    "over": lambda schedule: ends_before(schedule, TODAY),
    "to begin": lambda schedule: bool(schedule.dtstart and schedule.dtstart > TODAY),
    "valid for a time": lambda schedule: bool(schedule.valid_from and schedule.valid_to),
    "in words alone": lambda schedule: not (schedule.freq or schedule.dtstart or schedule.added_dates),
    "without a zone": lambda schedule: bool(schedule.freq and not schedule.timezone),
    "weekly without a day": lambda schedule: (
        schedule.freq == Frequency.WEEKLY and not (schedule.byday or schedule.dtstart)
    ),
}


def test_six_in_ten_groups_and_remembrances_say_when_they_meet() -> None:
    groups = Service.objects.filter(kind__in=MEETS).annotate(
        stated=models.Count("schedules", distinct=True)
        + models.Count("service_at_locations__schedules", distinct=True)
    )
    said = list(groups.values_list("stated", flat=True))
    assert set(said) == {0, 1, 2}
    assert 0.5 <= sum(number > 0 for number in said) / len(said) <= 0.7
    assert said.count(2) < said.count(1) / 4
    assert Schedule.objects.filter(service_at_location=None).exists()
    assert Schedule.objects.exclude(service_at_location=None).exists()


def test_schedules_are_of_every_shape() -> None:
    meetings = schedules_of(*MEETS)
    for name, shape in SHAPES.items():
        assert any(map(shape, meetings)), name
    assert {schedule.timezone for schedule in meetings} > {"", "America/Chicago", "Europe/London"}
    assert {schedule.opens_at.minute for schedule in meetings if schedule.opens_at} == {0, 15, 30, 45}
    claims = [recurrence_or_none(schedule) is not None for schedule in meetings]
    assert 0.75 <= sum(claims) / len(claims) <= 0.95


def test_what_somebody_has_checked_meets() -> None:
    meeting = Listing.objects.filter(pk__in=ListingMeeting.objects.values("listing"))
    assert meeting.exists()
    assert not meeting.exclude(service__kind__in=MEETS).exists()
    assert not meeting.filter(service__assured_date=None).exists()


def test_lines_and_practices_are_open_at_hours() -> None:
    for kind in (Kind.HELPLINE, Kind.CLINIC, Kind.COUNSELLING):
        hours = {(each.byday, each.opens_at, each.closes_at) for each in schedules_of(kind)}
        assert any(byday == "MO,TU,WE,TH,FR" for byday, _opens_at, _closes_at in hours)
    lines = schedules_of(Kind.HELPLINE)
    assert any(each.opens_at == each.closes_at == time() for each in lines)
    assert any(each.opens_at and each.closes_at and time() < each.closes_at < each.opens_at for each in lines)
    others = set(Kind) - {*MEETS, Kind.HELPLINE, Kind.CLINIC, Kind.COUNSELLING}
    assert schedules_of(*others) == []


def test_prices_are_of_every_shape() -> None:
    prices = CostOption.objects.all()
    assert prices.filter(percent_off__isnull=False, full_fee__isnull=False).exists()
    assert prices.filter(percent_off__isnull=False, full_fee=None).exists()
    assert prices.filter(valid_to__lt=TODAY).exists()
    assert prices.filter(valid_from__gt=TODAY).exists()
    assert prices.filter(amount=0, amount_max__gt=0).exists()
    currencies = models.Count(
        "cost_options__currency", filter=~models.Q(cost_options__currency=""), distinct=True
    )
    numbers = Service.objects.annotate(currencies=currencies).values_list("currencies", flat=True)
    assert set(numbers) == {0, 1, 2, 3}
    assert Listing.objects.filter(prices__endswith=" 0").exists()
    assert Listing.objects.exclude(prices="").exclude(prices__endswith=" 0").exists()


def test_planted_pairs_are_found_and_little_else() -> None:
    result = measure(seed=7)
    assert result.planted == 60
    assert result.recall >= 0.9, result.missed
    assert result.precision >= 0.9
