"""What becomes of a service when somebody checked it, and what visitors read next."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from resources.curation import assurance, permissions, placing, restore
from resources.history import revisions
from resources.models import (
    Assurance,
    Correction,
    Listing,
    Location,
    Phone,
    Service,
    ServiceAtLocation,
)
from resources.search.drift import find_drift
from resources.vocabulary import Decision, LocationType, Outcome, Precision, ProblemType, Role, Status
from tests.build import build_location, build_service
from tests.reading import card_of
from tests.resources.admin.desk import build_curator, sign_in
from tests.world import build_places

pytestmark = [pytest.mark.django_db, pytest.mark.slow("builds, checks and undoes in each test")]

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
TODAY = NOW.date()
HOUSTON = {"address_1": "1 Main Street", "city": "Houston", "region": "Texas", "country": "US"}


@pytest.fixture
def ada() -> User:
    return build_curator("ada")


@pytest.fixture(autouse=True)
def _listings_are_true() -> Any:
    yield
    assert list(find_drift(NOW)) == []


def last_comment(service: Service) -> str:
    revision = revisions.last_revision(service)
    assert revision is not None
    return str(revision.comment)


# ---- still right


def test_what_is_still_right_is_checked_today_and_no_longer_full_or_silent(ada: User) -> None:
    services = [
        build_service(
            unanswered_count=2, last_unanswered_date=date(2026, 2, 1), assurer_email="desk@kind.example"
        ),
        build_service(full_date=date(2026, 2, 1), assured_date=date(2025, 1, 1)),
    ]
    assert assurance.assure(services=services, by=ada, at=NOW, note="By telephone.") == []
    for service in services:
        service.refresh_from_db()
        assert (service.assured_date, service.full_date) == (TODAY, None)
        assert (service.unanswered_count, service.last_unanswered_date, service.last_modified) == (
            0,
            None,
            NOW,
        )
        assert card_of(service)["assured_date"] == "2026-03-03"
        assert last_comment(service) == "Checked: still correct. By telephone."
        assert service.attribution["assured_date"] == ["curator", "2026-03-03"]
    assert services[0].assurer_email == "desk@kind.example"
    assert [(row.outcome, row.by, row.made_at, row.note) for row in Assurance.objects.all()] == [
        (Outcome.RIGHT, ada, NOW, "By telephone.")
    ] * 2


@pytest.mark.parametrize("held", [True, False])
def test_what_is_hidden_may_be_checked_and_stays_hidden(ada: User, held: bool) -> None:
    service = build_service("Hidden", status=Status.INACTIVE, held=held)
    shown = build_service("Shown")
    assert assurance.assure(services=[service, shown], by=ada, at=NOW) == [service]
    service.refresh_from_db()
    assert (service.assured_date, service.status, service.held) == (TODAY, Status.INACTIVE, held)


def test_all_or_none_are_checked(ada: User) -> None:
    tex = build_curator("tex", regions=["US-TX"])
    dallas, oregon = build_service(at=[build_location()]), build_service(at=[build_location(region="OR")])
    with pytest.raises(permissions.NotAllowed):
        assurance.assure(services=[dallas, oregon], by=tex, at=NOW)
    assert not Assurance.objects.exists()
    assert not Service.objects.filter(assured_date=TODAY).exists()


def test_a_check_can_be_taken_back(ada: User) -> None:
    service = build_service(full_date=date(2026, 2, 1))
    assurance.assure(services=[service], by=ada, at=NOW)
    restore.undo(record=service, by=ada, at=NOW)
    service.refresh_from_db()
    assert (service.assured_date, service.full_date) == (None, date(2026, 2, 1))
    assert not Assurance.objects.exists()


# ---- no answer, and full


def test_no_answer_counts_the_tries_and_leaves_the_check_and_the_words_of_the_source(ada: User) -> None:
    service = build_service(assured_date=date(2026, 1, 1), full_date=date(2026, 1, 1))
    before = service.last_modified
    for _try in range(2):
        assurance.record_no_answer(services=[service], by=ada, at=NOW)
    service.refresh_from_db()
    assert (service.unanswered_count, service.last_unanswered_date) == (2, TODAY)
    assert (service.assured_date, service.full_date) == (date(2026, 1, 1), date(2026, 1, 1))
    assert service.last_modified == before, "an import may still bring the number that answers"
    assert card_of(service)["unanswered_on"] == "2026-03-03"
    assert [row.outcome for row in Assurance.objects.all()] == [Outcome.NO_ANSWER] * 2


def test_whoever_says_that_they_are_full_has_answered(ada: User) -> None:
    service = build_service(unanswered_count=1, last_unanswered_date=date(2026, 2, 1))
    assurance.mark_full(services=[service], by=ada, at=NOW)
    service.refresh_from_db()
    assert (service.full_date, service.assured_date, service.unanswered_count) == (TODAY, TODAY, 0)
    assert (card_of(service)["full_on"], card_of(service)["unanswered_on"]) == ("2026-03-03", None)


FULL = "Full when we last checked, on March 3, 2026. Ask about a waiting list."
SILENT = "We could not reach them on March 3, 2026."


@pytest.mark.parametrize(
    ("verb", "sentence", "field"),
    [(assurance.mark_full, FULL, "full_on"), (assurance.record_no_answer, SILENT, "unanswered_on")],
    ids=["full", "no answer"],
)
def test_visitors_and_programs_are_told_what_was_found_until_somebody_finds_it_right(
    client: Client, ada: User, verb: Any, sentence: str, field: str
) -> None:
    service = build_service("Evening circle")
    pages = (f"/services/{service.pk}/", "/search/?q=Evening+circle")

    def shown() -> list[Any]:
        result = client.get("/api/v1/listings/?q=Evening+circle").json()["results"][0]
        whole = client.get(f"/api/v1/services/{service.pk}/").json()
        shown = [sentence in client.get(page).content.decode() for page in pages]
        return [*shown, result[field], whole[field]]

    assert shown() == [False, False, None, None]
    verb(services=[service], by=ada, at=NOW)
    assert shown() == [True, True, "2026-03-03", "2026-03-03"]
    assurance.assure(services=[service], by=ada, at=NOW)
    assert shown() == [False, False, None, None]


# ---- closed


def test_what_has_closed_is_no_longer_shown_and_keeps_its_record(ada: User) -> None:
    service = build_service()
    assurance.mark_closed(service=service, by=ada, at=NOW, note="Their page says so.")
    service.refresh_from_db()
    assert (service.status, service.status_reason) == (Status.DEFUNCT, "Closed. Their page says so.")
    assert not Listing.objects.exists()
    assert Assurance.objects.get().outcome == Outcome.CLOSED
    restore.undo(record=service, by=ada, at=NOW)
    service.refresh_from_db()
    assert service.status == Status.ACTIVE
    assert not Assurance.objects.exists()


def test_an_editor_whose_edits_wait_reports_it_and_a_reviewer_decides() -> None:
    new = build_curator("new", edits_wait=True)
    service = build_service()
    for refused in (
        lambda: assurance.mark_closed(service=service, by=new, at=NOW),
        lambda: assurance.mark_moved(service=service, address=HOUSTON, by=new, at=NOW),
    ):
        with pytest.raises(permissions.NotAllowed):
            refused()
    for _twice in range(2):
        assurance.report_outcome(
            service=service, outcome=Outcome.CLOSED, by=new, at=NOW, note="A sign on the door."
        )
    report = Correction.objects.get()
    assert (report.wrong, report.decision) == (ProblemType.CLOSED, Decision.OPEN)
    assert report.note == "Found by a curator: closed. A sign on the door."
    assert Listing.objects.exists()


def test_a_viewer_finds_nothing() -> None:
    vera, service = build_curator("vera", Role.VIEWER), build_service()
    for refused in (
        lambda: assurance.assure(services=[service], by=vera, at=NOW),
        lambda: assurance.record_no_answer(services=[service], by=vera, at=NOW),
        lambda: assurance.mark_full(services=[service], by=vera, at=NOW),
        lambda: assurance.mark_closed(service=service, by=vera, at=NOW),
        lambda: assurance.mark_moved(service=service, address=None, by=vera, at=NOW),
        lambda: assurance.report_outcome(service=service, outcome=Outcome.CLOSED, by=vera, at=NOW),
    ):
        with pytest.raises(permissions.NotAllowed):
            refused()
    assert not Assurance.objects.exists()


# ---- moved


def test_what_has_moved_is_found_at_its_new_address_under_its_old_id(ada: User) -> None:
    build_places()
    old = build_location(address_1="9 Old Road")
    service = build_service(at=[old])
    there = ServiceAtLocation.objects.get()
    move = assurance.mark_moved(service=service, address=HOUSTON, by=ada, at=NOW)
    there.refresh_from_db()
    assert there.location == move.location != old
    assert (there.location.city, there.location.region) == ("Houston", "TX")
    assert there.location.precision == Precision.TOWN
    assert there.location.latitude == pytest.approx(29.76, abs=0.01)
    card = card_of(service)
    assert (card["id"], card["location"]["address"]) == (str(there.pk), "1 Main Street")
    service.refresh_from_db()
    assert (service.assured_date, service.attribution["serviceatlocation"]) == (
        TODAY,
        ["curator", "2026-03-03"],
    )
    assert Assurance.objects.get().outcome == Outcome.MOVED
    old.refresh_from_db()
    assert old.address_1 == "9 Old Road", "what others may share is left alone"


def test_a_service_that_shares_a_place_moves_alone(ada: User) -> None:
    shared = build_location(address_1="The hospital")
    Phone.objects.create(location=shared, number="214-555-0111", country="US")
    service, stays = build_service(at=[shared]), build_service("Stays", at=[shared])
    assurance.mark_moved(service=service, address=HOUSTON, by=ada, at=NOW)
    assert card_of(stays)["location"]["address"] == "The hospital"
    assert "214-555-0111" not in [phone["number"] for phone in card_of(service)["phones"]]


def test_an_address_that_the_gazetteer_does_not_know_is_kept_without_a_point(ada: User) -> None:
    service = build_service(at=[build_location()])
    move = assurance.mark_moved(
        service=service, address={"city": "Nowhere at all", "country": "US"}, by=ada, at=NOW
    )
    assert move.location is not None
    assert (move.location.city, move.location.latitude) == ("Nowhere at all", None)


def test_a_move_can_be_taken_back(ada: User) -> None:
    old = build_location()
    service = build_service(at=[old])
    assurance.mark_moved(service=service, address=HOUSTON, by=ada, at=NOW)
    restore.undo(record=service, by=ada, at=NOW)
    assert ServiceAtLocation.objects.get().location == old


def test_where_nobody_says_where_it_moved_it_is_no_longer_shown(ada: User) -> None:
    service = build_service(at=[build_location()])
    move = assurance.mark_moved(service=service, address=None, by=ada, at=NOW)
    service.refresh_from_db()
    assert (service.status, service.status_reason) == (
        Status.INACTIVE,
        "Moved; the new address is not known.",
    )
    assert (move.location, list(move.withdrawn)) == (None, [service])
    assert Assurance.objects.get().outcome == Outcome.MOVED


def test_of_several_places_one_says_which_and_the_others_stay(ada: User) -> None:
    service = build_service(at=[build_location(city="Dallas"), build_location(city="Austin")])
    moved, stays = service.service_at_locations.order_by("location__city")[::-1]
    with pytest.raises(assurance.PlaceNotSpecified):
        assurance.mark_moved(service=service, address=HOUSTON, by=ada, at=NOW)
    elsewhere = ServiceAtLocation.objects.create(service=build_service(), location=build_location())
    with pytest.raises(assurance.PlaceNotSpecified):
        assurance.mark_moved(service=service, address=HOUSTON, place=elsewhere, by=ada, at=NOW)
    elsewhere.delete()
    assurance.mark_moved(service=service, address=None, place=moved, by=ada, at=NOW)
    assert list(service.service_at_locations.all()) == [stays]
    assert Listing.objects.filter(service=service).count() == 1


def test_a_service_without_a_place_gets_its_first_one(ada: User) -> None:
    service = build_service(areas=["US-TX"])
    forum = Location.objects.create(location_type=LocationType.VIRTUAL, url="https://forum.example/")
    ServiceAtLocation.objects.create(service=service, location=forum)
    assurance.mark_moved(service=service, address=HOUSTON, by=ada, at=NOW)
    cities = service.service_at_locations.values_list("location__city", flat=True)
    assert sorted(cities) == ["", "Houston"], "the forum's address has not moved"


@pytest.mark.parametrize(
    "address", [{}, {"city": "Houston"}, {"country": "US", "address_1": "1 Main Street"}]
)
def test_a_new_address_needs_a_town_or_postal_code_and_a_country(ada: User, address: dict[str, str]) -> None:
    service = build_service(at=[build_location()])
    with pytest.raises(placing.AddressMissing):
        assurance.mark_moved(service=service, address=address, by=ada, at=NOW)
    assert not Assurance.objects.exists()


def test_a_move_that_leaves_no_way_to_make_contact_hides_the_service_and_says_so(ada: User) -> None:
    shared = build_location()
    Phone.objects.create(location=shared, number="214-555-0111", country="US")
    service, _stays = build_service(phone="", at=[shared]), build_service(at=[shared])
    move = assurance.mark_moved(service=service, address=HOUSTON, by=ada, at=NOW)
    assert list(move.withdrawn) == [service]
    assert not Listing.objects.filter(service=service).exists()


# ---- where an editor may leave it


PORTLAND = {"address_1": "1 Main Street", "city": "Portland", "region": "OR", "country": "US"}


def test_an_editor_moves_no_service_out_of_their_limits() -> None:
    build_places()
    tex, old = build_curator("tex", regions=["US-TX"]), build_location()
    service = build_service(at=[old])
    with pytest.raises(permissions.NotAllowed):
        assurance.mark_moved(service=service, address=PORTLAND, by=tex, at=NOW)
    assert service.service_at_locations.get().location == old
    assert not Assurance.objects.exists()
    assurance.mark_moved(service=service, address=HOUSTON, by=tex, at=NOW)
    assert service.service_at_locations.get().location.city == "Houston"


def test_an_editor_takes_off_no_place_that_is_all_that_is_within_their_limits() -> None:
    tex, here = build_curator("tex", regions=["US-TX"]), build_location()
    service = build_service(at=[here, build_location(region="OR", city="Portland")])
    moved = service.service_at_locations.get(location=here)
    with pytest.raises(permissions.NotAllowed):
        assurance.mark_moved(service=service, address=None, place=moved, by=tex, at=NOW)
    assert service.service_at_locations.count() == 2


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (PORTLAND, "__all__", "Nothing was saved. You do not have permission to do this to Circle."),
        (
            {"city": "Manchester", "region": "Greater Manchester", "country": "GB"},
            "region",
            "There is no region with that name in this country.",
        ),
    ],
    ids=["out of the limits", "a region of no such name"],
)
def test_the_page_of_a_move_says_why_not_and_keeps_what_was_typed(
    client: Client, typed: dict[str, str], field: str, sentence: str
) -> None:
    build_places()
    desk = sign_in(client, build_curator("tex", regions=["US-TX"]))
    service = build_service("Circle", at=[build_location()])
    page = reverse("admin:resources_service_found", args=[service.pk, "moved"])
    answer = desk.post(page, {**typed, "note": "By telephone."})
    assert answer.status_code == 200
    assert answer.context["form"].errors == {field: [sentence]}
    for text in (sentence, typed["city"], "By telephone."):
        assert text in answer.content.decode()
    assert service.service_at_locations.get().location.city == "Dallas"
    assert not Assurance.objects.exists()
