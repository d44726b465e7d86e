"""Made-up records: the same from one seed, true to the models, of every kind, and marked as made up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import models

from benchmarks.make_listings import main
from benchmarks.making import MakingRefused, make_listings
from benchmarks.making.rows import ORDER
from resources.models import (
    Listing,
    Location,
    Organization,
    Place,
    Service,
    Source,
    TaxonomyTerm,
)
from resources.search.drift import find_drift
from tests.examples import share_of
from tests.world import build_places

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow("makes hundreds of listings for each test"),
    pytest.mark.sqlite("what is made up is the same on both; the brute force reads it on both"),
]

# Schedules and prices lie around the day on which they are made.
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOW.date()


def make(number: int, seed: int = 1) -> None:
    make_listings(number=number, seed=seed, at=NOW)


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


@pytest.mark.sqlite("validation is the same on both")
def test_the_models_find_no_fault_with_them(some_made: None) -> None:
    for model in ORDER:
        for row in model._default_manager.order_by("pk")[: share_of(200)]:
            row.full_clean(validate_unique=False, exclude=not_typed(model))


def not_typed(model: type[models.Model]) -> set[str]:
    """What no form fills in: foreign keys cost a query each, and ids of AutoField are the database's."""
    return {field.name for field in model._meta.concrete_fields if field.is_relation}


def test_nothing_in_them_drifts(some_made: None) -> None:
    assert list(find_drift(NOW)) == []


def test_help_stands_around_the_towns_of_the_gazetteer(some_made: None) -> None:
    towns = {(town.name, town.region, town.country): town for town in Place.objects.towns()}
    for location in Location.objects.filter(latitude__isnull=False, longitude__isnull=False):
        town = towns[location.city, location.region, location.country]
        assert abs((location.latitude or 0) - town.latitude) < 1
        assert abs((location.longitude or 0) - town.longitude) < 1


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("0", "Ask for 1 to 2,000,000 listings."),
        ("-5", "Ask for 1 to 2,000,000 listings."),
        ("2000001", "Ask for 1 to 2,000,000 listings."),
        ("10", "The gazetteer is empty, and places are drawn from its towns. Run load_places first."),
    ],
)
def test_what_cannot_be_made_is_said_in_a_sentence(number: str, sentence: str) -> None:
    with pytest.raises(SystemExit) as refused:
        main([number])
    assert refused.value.code == sentence
    assert not Source.objects.filter(slug="made").exists()


def test_the_command_says_what_it_made(capsys: pytest.CaptureFixture[str]) -> None:
    build_places()
    main(["20", "--seed", "3"])
    services = Service.objects.count()
    listings = Listing.objects.count()
    assert capsys.readouterr().out == f"Generated {listings} listings for {services} services (seed 3).\n"
