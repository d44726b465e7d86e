"""Listings say what their records say, whatever is done to the records by the verbs."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from resources.curation import assurance, publishing, restore
from resources.models import (
    Accessibility,
    CatalogueWord,
    CostOption,
    Language,
    Listing,
    ListingMeeting,
    ListingText,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    TaxonomyTerm,
)
from resources.search.drift import find_drift
from resources.search.packing import NO_PRICE, unpack
from resources.search.projection import is_outdated, rebuild_listings, refresh_listings
from resources.vocabulary import AccessFeature, Audience, Cost, Format, Kind, Loss, Status
from tests.build import DALLAS, build_cost, build_location, build_organization, build_service, build_term
from tests.examples import PROFILE
from tests.reading import facts_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NAMES = ("Quiet Room", "M.E.N.D.", "Féileacáin", "Baby loss café", "مساعدة", "Group of " + "long " * 40)
AREAS = (
    ("world", "*"),
    ("country", "US"),
    ("country", "GB"),
    ("region", "US-TX"),
    ("postal_code", "US:75201"),
)


def some(chance: random.Random, model: Any) -> Any:
    return chance.choice(list(model.objects.order_by("pk")))


def publish_one(chance: random.Random) -> None:
    try:
        publishing.publish(services=[some(chance, Service)], by=None, at=NOW)
    except publishing.CannotPublish:
        return


def withdraw_one(chance: random.Random) -> None:
    status = chance.choice([Status.INACTIVE, Status.DEFUNCT, Status.TEMPORARILY_CLOSED])
    publishing.withdraw(services=[some(chance, Service)], reason="Moved.", by=None, at=NOW, status=status)


def edit_a_service(chance: random.Random) -> None:
    service = some(chance, Service)
    service.name = chance.choice(NAMES)
    service.kind = chance.choice(Kind.values)
    service.losses = chance.sample(list(Loss), 2)
    service.formats = chance.sample(list(Format), chance.randint(0, 3))
    service.assured_date = chance.choice([None, date(2026, 1, 31)])
    service.description = " ".join(chance.sample(NAMES, 3))
    service.save()
    publishing.finish_edit(records=[service], by=None, at=NOW)


def edit_what_hangs_on_a_service(chance: random.Random) -> None:
    service = some(chance, Service)
    for model in (CostOption, Language, ServiceArea, ServiceAudience, Phone):
        if chance.random() < 0.5:
            model._default_manager.filter(service=service).delete()
    extent, area = chance.choice(AREAS)
    ServiceArea.objects.get_or_create(service=service, area=area, defaults={"extent": extent, "name": area})
    CostOption.objects.create(service=service, kind=Cost.FIXED, amount=chance.randint(1, 90), currency="USD")
    CostOption.objects.create(
        service=service,
        kind=Cost.SLIDING_SCALE,
        percent_off=chance.randint(0, 100),
        full_fee=chance.choice([None, 80]),
        currency=chance.choice(["USD", "GBP"]),
        valid_to=chance.choice([None, NOW.date(), date(2026, 1, 1)]),
    )
    Schedule.objects.filter(service=service).delete()
    Schedule.objects.create(
        service=service,
        freq=chance.choice(["WEEKLY", "MONTHLY"]),
        byday=chance.choice(["TU", "2TU", "-1FR"]),
        opens_at=chance.choice([None, time(19)]),
        timezone=chance.choice(["America/Chicago", "Europe/London", ""]),
    )
    Language.objects.get_or_create(service=service, code=chance.choice(["en", "es", "fr-CA"]))
    ServiceAudience.objects.get_or_create(service=service, audience=chance.choice(Audience.values))
    if chance.random() < 0.7:
        Phone.objects.create(service=service, number="214-555-0100", country="US")
    service.topics.set(chance.sample(list(TaxonomyTerm.objects.all()), 1))
    publishing.finish_edit(records=[service], by=None, at=NOW)


def give_a_service_another_place(chance: random.Random) -> None:
    service, location = some(chance, Service), some(chance, Location)
    ServiceAtLocation.objects.get_or_create(service=service, location=location)
    publishing.finish_edit(records=[service], by=None, at=NOW)


def rename_an_organization(chance: random.Random) -> None:
    organization = some(chance, Organization)
    organization.name = chance.choice(NAMES)
    organization.website = chance.choice(["", "https://example.org/"])
    organization.save()
    publishing.finish_edit(records=[organization], by=None, at=NOW)


def move_a_location(chance: random.Random) -> None:
    location = some(chance, Location)
    location.latitude, location.longitude = chance.uniform(-60, 70), chance.uniform(-179, 179)
    location.precision, location.country = "town", chance.choice(["US", "GB", ""])
    location.city = chance.choice(NAMES)[:100]
    location.save()
    Accessibility.objects.filter(location=location).delete()
    Accessibility.objects.create(
        location=location, feature=chance.choice(["", *AccessFeature.values]), description="A ramp."
    )
    publishing.finish_edit(records=[location], by=None, at=NOW)


def rename_a_term(chance: random.Random) -> None:
    term = some(chance, TaxonomyTerm)
    term.name = chance.choice(NAMES)[:120]
    term.save()
    publishing.finish_edit(records=[term], by=None, at=NOW)


def remove_something(chance: random.Random) -> None:
    """Where services need it, nothing is removed."""
    model: Any = chance.choice([Location, TaxonomyTerm, Organization])
    if model.objects.count() > 2:  # the other verbs need something to be done to
        with suppress(publishing.CannotRemove):
            publishing.remove_records(records=[some(chance, model)], by=None, at=NOW)


def leave_a_place(chance: random.Random) -> None:
    if places := list(ServiceAtLocation.objects.all()):
        place = chance.choice(places)
        place.delete()
        publishing.finish_edit(records=[place.service], by=None, at=NOW)


def check_a_service(chance: random.Random) -> None:
    verbs: list[Any] = [assurance.assure, assurance.record_no_answer, assurance.mark_full]
    chance.choice(verbs)(services=[some(chance, Service)], by=None, at=NOW)


def undo_something(chance: random.Random) -> None:
    record = some(chance, chance.choice([Service, Location, Organization]))
    with suppress(restore.NothingToUndo, restore.CannotRestore):
        restore.undo(record=record, by=None, at=NOW)


VERBS: tuple[Callable[[random.Random], None], ...] = (
    publish_one,
    publish_one,
    withdraw_one,
    edit_a_service,
    edit_what_hangs_on_a_service,
    give_a_service_another_place,
    rename_an_organization,
    move_a_location,
    rename_a_term,
    remove_something,
    leave_a_place,
    check_a_service,
    check_a_service,
    undo_something,
    undo_something,
)


SEEDS = 12 if PROFILE == "nightly" else 2


def build_small_catalogue() -> None:
    organizations = [
        build_organization(f"Kind People {number}", website="https://kind.example/") for number in range(4)
    ]
    terms = [build_term(f"Topic {number}") for number in range(4)]
    locations = [build_location((30 + number, -90)) for number in range(4)]
    for number in range(8):
        build_service(
            f"Group {number}",
            organization=organizations[number % 4],
            at=locations[: number % 3],
            areas=["US", "US-TX"][: number % 3],
            topics=[terms[number % 4]],
            status=Status.ACTIVE if number % 4 else Status.INACTIVE,
        )


@pytest.mark.slow("compares every listing with its records after each of 300 changes")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_verb_leaves_a_listing_that_says_something_else(seed: int) -> None:
    build_small_catalogue()
    chance = random.Random(seed)
    done, most = [], 0
    for _step in range(25):
        verb = chance.choice(VERBS)
        verb(chance)
        done.append(verb.__name__)
        assert list(find_drift(NOW)) == [], " -> ".join(done)
        most = max(most, Listing.objects.count())
    assert most > 0, "chance may withdraw them all in the end, but something must have been compared"


@pytest.mark.slow("compares every listing with its records")
def test_an_edit_behind_the_verbs_back_is_found_and_mended() -> None:
    build_small_catalogue()
    Organization.objects.filter(name="Kind People 1").update(name="Renamed")
    with pytest.raises(CommandError, match="services are out of date"):
        call_command("check_listings", stdout=StringIO())
    call_command("rebuild_listings", stdout=StringIO())
    call_command("check_listings", stdout=StringIO())


def tamper(**facts: Any) -> None:
    [listing] = Listing.objects.all()
    listing.facts = replace(unpack(bytes(listing.facts)), **facts).pack()
    listing.save()


TAMPERED: dict[str, Callable[[], Any]] = {
    "a fact": lambda: tamper(losses=1),
    "a point": lambda: tamper(x=0.5),
    "the card": lambda: ListingText.objects.update(card={}),
    "the words": lambda: ListingText.objects.update(text_words="other"),
    "an area": lambda: Listing.objects.update(areas=""),
    "a text that is gone": lambda: ListingText.objects.all().delete(),
    "a listing that is gone": lambda: Listing.objects.first().delete(),  # type: ignore[union-attr]
    "a meeting that is moved": lambda: ListingMeeting.objects.update(minute=1),
    "the next meeting": lambda: ListingMeeting.objects.earliest("starts_at").delete(),
    "a price in another currency": lambda: Listing.objects.update(prices="GBP 1"),
    "a word that is gone": lambda: CatalogueWord.objects.all().delete(),
    "a service that is withdrawn": lambda: Service.objects.update(status=Status.INACTIVE),
}


@pytest.mark.slow("compares every listing with its records")
@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_tampered_with_is_found(what: str) -> None:
    evening = {"freq": "WEEKLY", "byday": "TU", "opens_at": time(19)}
    service = build_service("Group", at=[DALLAS], areas=["US"], assured_date=NOW.date(), schedules=[evening])
    for currency in ("USD", "GBP"):
        build_cost(service, Cost.FIXED, 20, currency=currency)
    refresh_listings([service.pk], at=NOW)
    assert list(find_drift(NOW)) == []
    assert list(find_drift(NOW + timedelta(days=30))) == [], "time alone is no drift before listings are old"
    TAMPERED[what]()
    assert list(find_drift(NOW)) != []


def test_listings_are_made_anew_only_where_the_rules_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    def rebuild() -> str:
        output = StringIO()
        call_command("rebuild_listings", "--if-outdated", stdout=output)
        return output.getvalue()

    build_service("Group", areas=["US"])
    assert "Rebuilt 1 listings" in rebuild()
    assert "up to date" in rebuild()
    monkeypatch.setattr("resources.search.projection.projection_digest", lambda: "other")
    assert "Rebuilt 1 listings" in rebuild()


def test_a_price_that_begins_or_ends_makes_listings_outdated() -> None:
    service = build_service("Group", areas=["US"])
    build_cost(service, Cost.FIXED, 20, valid_to=NOW.date())
    rebuild_listings(at=NOW)
    assert facts_of(service).min_price == 2000
    assert not is_outdated(NOW)
    assert is_outdated(NOW + timedelta(days=1))
    rebuild_listings(at=NOW + timedelta(days=1))
    assert facts_of(service).min_price == NO_PRICE
    assert not is_outdated(NOW + timedelta(days=1))
