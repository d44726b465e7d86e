"""Made-up records: the same from one seed, true to the models, of every kind, and marked as made up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from resources.exchange.making import MakingRefused, make_listings
from resources.exchange.making.rows import ORDER
from resources.models import (
    Accessibility,
    CostOption,
    Language,
    Listing,
    ListingMeeting,
    ListingPrice,
    Location,
    Organization,
    Phone,
    Place,
    Schedule,
    Service,
    ServiceArea,
    ServiceAudience,
    Source,
    TaxonomyTerm,
)
from resources.models.schedule import Frequency
from resources.search.checking import find_drift
from resources.search.filters import ListingFilterSet
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
    OnRequest,
    Payment,
    PhoneType,
    Precision,
    Section,
    Status,
)
from tests.world import build_places

pytestmark = pytest.mark.django_db

# Schedules and prices lie around the day on which they are made.
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOW.date()


def make(number: int, seed: int = 1) -> None:
    make_listings(number=number, seed=seed, at=NOW)


@pytest.fixture
def made() -> None:
    """Enough for every value of every vocabulary, and for shares of all."""
    build_places()
    make(2000)


@pytest.fixture
def some_made() -> None:
    build_places()
    make(300)


def test_a_seed_makes_the_same_records_ids_and_all() -> None:
    build_places()
    make(60)
    first = records()
    empty()
    make(60)
    assert records() == first
    empty()
    make(60, seed=2)
    assert records() != first


def records() -> dict[str, list[tuple[Any, ...]]]:
    """Every record that is made, without numbers that the database gives and the time."""
    return {model.__name__: sorted(rows_of(model), key=repr) for model in ORDER[:-1]}


def rows_of(model: type[models.Model]) -> Iterable[tuple[Any, ...]]:
    columns = [field.attname for field in model._meta.concrete_fields if field.name != "last_modified"]
    given = isinstance(model._meta.pk, models.AutoField)
    rows: Iterable[tuple[Any, ...]] = model._default_manager.values_list(
        *(column for column in columns if not (given and column == "id"))
    )
    return rows


def empty() -> None:
    Organization.objects.all().delete()
    Source.objects.get(slug="made").records.all().delete()


def test_about_as_many_listings_are_made_as_were_asked_for() -> None:
    build_places()
    made = make_listings(number=300, seed=1, at=NOW)
    assert 300 <= made.listings <= 315
    assert made.listings == Listing.objects.count()
    assert made.services == Service.objects.count()


def test_what_is_told_is_how_far_it_has_come() -> None:
    build_places()
    told: list[tuple[int, int]] = []
    make_listings(number=50, seed=1, at=NOW, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (50, 50)
    assert told == sorted(told)


def test_another_seed_adds_more_and_the_same_one_says_that_it_is_there() -> None:
    build_places()
    make(40, seed=1)
    before = Listing.objects.count()
    make(40, seed=2)
    assert Listing.objects.count() >= before + 40
    with pytest.raises(MakingRefused, match="seed 2 are there already"):
        make(40, seed=2)


def test_nobody_takes_them_for_real(some_made: None) -> None:
    assert not Organization.objects.exclude(name__startswith="Made-up ").exists()
    assert not Service.objects.exclude(source_records__source__slug="made").exists()
    assert not TaxonomyTerm.objects.exclude(taxonomy__name="Made-up topics").exists()


def test_the_models_find_no_fault_with_them(some_made: None) -> None:
    for model in ORDER:
        for row in model._default_manager.order_by("pk")[:200]:
            row.full_clean(validate_unique=False, exclude=not_typed(model))


def not_typed(model: type[models.Model]) -> set[str]:
    """What no form fills in: foreign keys cost a query each, and ids of AutoField are the database's."""
    return {field.name for field in model._meta.concrete_fields if field.is_relation}


def test_nothing_in_them_drifts(some_made: None) -> None:
    assert list(find_drift(NOW)) == []


def test_three_in_ten_have_no_place(made: None) -> None:
    listings = Listing.objects.count()
    placeless = Listing.objects.filter(service_at_location=None).count()
    assert 0.26 <= placeless / listings <= 0.34
    for areas in (0, 1, 3):
        assert Service.objects.annotate(areas=models.Count("service_areas")).filter(areas=areas).exists()
    for places in (0, 1, 2, 3):
        number = models.Count("service_at_locations")
        assert Service.objects.annotate(places=number).filter(places=places).exists()


def test_a_few_are_not_active_and_never_listed(made: None) -> None:
    hidden = Service.objects.exclude(status=Status.ACTIVE)
    assert 0.01 <= hidden.count() / Service.objects.count() <= 0.08
    assert not Listing.objects.filter(service__in=hidden).exists()


def test_the_common_question_finds_some_seven_in_a_hundred(made: None) -> None:
    found = ListingFilterSet({"q": "miscarriage support"}).answer().count
    assert 0.05 <= found / Listing.objects.count() <= 0.1


def values_of(model: type[models.Model], column: str) -> set[Any]:
    return set(model._default_manager.values_list(column, flat=True))


def codes_of(column: str) -> set[str]:
    return {str(code) for codes in Service.objects.values_list(column, flat=True) for code in codes}


def test_every_value_of_every_vocabulary_occurs(made: None) -> None:
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
    yield range(len(Section))[1:], values_of(Listing, "section")
    yield range(len(OnRequest)), values_of(Listing, "on_request")


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
            schedule.byday.startswith(str(position))
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


def test_six_in_ten_groups_and_remembrances_say_when_they_meet(made: None) -> None:
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


def test_schedules_are_of_every_shape(made: None) -> None:
    meetings = schedules_of(*MEETS)
    for name, shape in SHAPES.items():
        assert any(map(shape, meetings)), name
    assert {schedule.timezone for schedule in meetings} > {"", "America/Chicago", "Europe/London"}
    assert {schedule.opens_at.minute for schedule in meetings if schedule.opens_at} == {0, 15, 30, 45}
    claims = [recurrence_or_none(schedule) is not None for schedule in meetings]
    assert 0.75 <= sum(claims) / len(claims) <= 0.95


def test_what_somebody_has_checked_meets(made: None) -> None:
    meeting = Listing.objects.filter(pk__in=ListingMeeting.objects.values("listing"))
    assert meeting.exists()
    assert not meeting.exclude(service__kind__in=MEETS).exists()
    assert not meeting.filter(service__assured_date=None).exists()


def test_lines_and_practices_are_open_at_hours(made: None) -> None:
    for kind in (Kind.HELPLINE, Kind.CLINIC, Kind.COUNSELLING):
        hours = {(each.byday, each.opens_at, each.closes_at) for each in schedules_of(kind)}
        assert any(byday == "MO,TU,WE,TH,FR" for byday, _opens_at, _closes_at in hours)
    lines = schedules_of(Kind.HELPLINE)
    assert any(each.opens_at == each.closes_at == time() for each in lines)
    assert any(each.opens_at and each.closes_at and time() < each.closes_at < each.opens_at for each in lines)
    others = set(Kind) - {*MEETS, Kind.HELPLINE, Kind.CLINIC, Kind.COUNSELLING}
    assert schedules_of(*others) == []


def test_prices_are_of_every_shape(made: None) -> None:
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
    assert ListingPrice.objects.filter(min_price=0).exists()
    assert ListingPrice.objects.filter(min_price__gt=0).exists()


def test_help_stands_around_the_towns_of_the_gazetteer(some_made: None) -> None:
    towns = {(town.name, town.region, town.country): town for town in Place.objects.towns()}
    for location in Location.objects.filter(latitude__isnull=False, longitude__isnull=False):
        town = towns[location.city, location.region, location.country]
        assert abs((location.latitude or 0) - town.latitude) < 1
        assert abs((location.longitude or 0) - town.longitude) < 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((0,), "Ask for 1 to 2,000,000 listings."),
        ((-5,), "Ask for 1 to 2,000,000 listings."),
        ((2_000_001,), "Ask for 1 to 2,000,000 listings."),
        ((10,), "The gazetteer is empty, and places are drawn from its towns. Run load_places first."),
    ],
)
def test_what_cannot_be_made_is_said_in_a_sentence(words: tuple[int], sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("make_listings", *words)
    assert str(refused.value) == sentence
    assert not Source.objects.filter(slug="made").exists()


def test_the_command_says_what_it_made() -> None:
    build_places()
    said = StringIO()
    call_command("make_listings", "20", "--seed", "3", stdout=said)
    services = Service.objects.count()
    listings = Listing.objects.count()
    assert said.getvalue() == f"Made up {listings} listings of {services} services, from seed 3.\n"
