"""What must be true of the listings after each verb, with the real projection."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from resources.curation import permissions, publishing
from resources.models import (
    CostOption,
    Listing,
    ListingText,
    Location,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from resources.vocabulary import Cost, Kind, PhoneType, PregnancyOptionsPolicy, Status
from tests.build import build_cost, build_location, build_organization, build_service, build_term
from tests.reading import card_of, facts_of
from tests.resources.admin.desk import build_curator

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def is_listed(service: Service) -> bool:
    return Listing.objects.filter(service=service).exists()


# ---- publish and withdraw


def test_publishing_lists_a_service_at_each_of_its_places_and_forgets_why_it_was_held() -> None:
    service = build_service(
        status=Status.INACTIVE, status_reason="To be checked", at=[build_location(), build_location()]
    )
    assert publishing.publish(services=[service], by=None, at=NOW) == 1
    service.refresh_from_db()
    assert (service.status, service.status_reason, service.last_modified) == (Status.ACTIVE, "", NOW)
    assert Listing.objects.filter(service=service).count() == 2


def test_publishing_what_is_published_changes_nothing() -> None:
    service = build_service()
    before = service.last_modified
    assert publishing.publish(services=[service], by=None, at=NOW) == 0
    service.refresh_from_db()
    assert service.last_modified == before


def test_withdrawing_takes_a_service_off_the_listings_and_keeps_it_with_its_reason() -> None:
    service = build_service(at=[build_location()])
    assert (
        publishing.withdraw(
            services=[service], reason=" The line has closed. ", status=Status.DEFUNCT, by=None, at=NOW
        )
        == 1
    )
    service.refresh_from_db()
    assert (service.status, service.status_reason) == (Status.DEFUNCT, "The line has closed.")
    assert service.last_modified == NOW
    assert not is_listed(service)


@pytest.mark.parametrize(
    ("reason", "status"),
    [("", Status.INACTIVE), ("  ", Status.INACTIVE), ("x" * 256, Status.INACTIVE), ("Why", Status.ACTIVE)],
)
def test_withdrawing_asks_for_a_reason_and_for_a_status_that_is_not_shown(
    reason: str, status: Status
) -> None:
    service = build_service()
    with pytest.raises(publishing.CannotWithdraw):
        publishing.withdraw(services=[service], reason=reason, status=status, by=None, at=NOW)
    assert is_listed(service)


NO_WAY: dict[str, Any] = {"phone": "", "status": Status.INACTIVE}


def test_what_has_no_way_to_make_contact_is_not_published_nor_what_was_asked_for_with_it() -> None:
    reachable = build_service("Open door", status=Status.INACTIVE)
    silent = build_service("Silent group", **NO_WAY)
    with pytest.raises(publishing.CannotPublish, match="Silent group"):
        publishing.publish(services=[reachable, silent], by=None, at=NOW)
    assert not is_listed(reachable)
    assert not is_listed(silent)


def test_a_long_list_of_refused_services_is_counted_and_not_recited() -> None:
    silent = [build_service(f"Silent {number}", **NO_WAY) for number in range(8)]
    with pytest.raises(publishing.CannotPublish, match="Silent 4 and 3 more"):
        publishing.publish(services=silent, by=None, at=NOW)


def service_phone(service: Service) -> None:
    Phone.objects.create(service=service, number="988", country="US")


def organization_phone(service: Service) -> None:
    Phone.objects.create(organization=service.organization, number="988", country="US")


def phone_there(service: Service) -> None:
    there = ServiceAtLocation.objects.create(service=service, location=build_location())
    Phone.objects.create(service_at_location=there, number="988", country="US")


def forum_address(service: Service) -> None:
    forum = build_location(
        None, location_type="virtual", url="https://forum.example.org", city="", region="", country=""
    )
    ServiceAtLocation.objects.create(service=service, location=forum)


@pytest.mark.parametrize("way", [service_phone, organization_phone, phone_there, forum_address])
def test_any_row_by_which_one_can_make_contact_is_enough(way: Any) -> None:
    service = build_service(**NO_WAY)
    way(service)
    publishing.publish(services=[service], by=None, at=NOW)
    assert is_listed(service)


@pytest.mark.parametrize("field", ["url", "email"])
def test_a_web_page_or_an_email_address_is_enough(field: str) -> None:
    way = {"url": "https://kind.example.org", "email": "hello@example.org"}
    silent: dict[str, Any] = {**NO_WAY, field: way[field]}
    service = build_service(**silent)
    publishing.publish(services=[service], by=None, at=NOW)
    assert is_listed(service)


@pytest.mark.parametrize(
    ("field", "value"), [("website", "https://kind.example.org"), ("email", "hello@example.org")]
)
def test_those_of_its_organization_are_enough(field: str, value: str) -> None:
    service = build_service(**NO_WAY, organization=build_organization(**{field: value}))
    publishing.publish(services=[service], by=None, at=NOW)
    assert is_listed(service)


def test_a_fax_is_no_way_to_make_contact() -> None:
    service = build_service(**NO_WAY)
    Phone.objects.create(service=service, number="214-555-0100", country="US", type=PhoneType.FAX)
    with pytest.raises(publishing.CannotPublish):
        publishing.publish(services=[service], by=None, at=NOW)


# ---- edits


def test_an_edit_of_a_price_is_on_the_listing_at_once() -> None:
    service = build_service(cost=Cost.FIXED, price=60)
    CostOption.objects.filter(service=service).update(amount=20)
    assert publishing.finish_edit(records=[service], by=None, at=NOW) == []
    service.refresh_from_db()
    assert service.last_modified == NOW
    assert card_of(service)["cost"]["min_price"] == 20
    assert facts_of(service).min_price == 2000


def test_an_edit_that_leaves_no_way_to_make_contact_withdraws_the_service_and_says_so() -> None:
    service = build_service("Quiet now")
    service.phones.all().delete()
    assert publishing.finish_edit(records=[service], by=None, at=NOW) == [service]
    service.refresh_from_db()
    assert service.status == Status.INACTIVE
    assert "contact" in service.status_reason
    assert not is_listed(service)


def test_a_renamed_organization_is_renamed_on_listings_nobody_saved() -> None:
    organization = build_organization("Old name")
    services = [build_service(organization=organization) for _ in range(2)]
    Organization.objects.filter(pk=organization.pk).update(name="New name")
    publishing.finish_edit(records=[organization], by=None, at=NOW)
    organization.refresh_from_db()
    assert organization.last_modified == NOW
    for service in services:
        assert card_of(service)["organization"]["name"] == "New name"
        assert "new" in ListingText.objects.get(listing__service=service).organization_words


def test_an_organization_that_loses_its_website_keeps_only_the_services_that_can_still_be_reached() -> None:
    organization = build_organization(website="https://kind.example.org")
    reached, stranded = (
        build_service(organization=organization),
        build_service(organization=organization, phone=""),
    )
    Organization.objects.filter(pk=organization.pk).update(website="")
    assert publishing.finish_edit(records=[organization], by=None, at=NOW) == [stranded]
    assert is_listed(reached)
    assert not is_listed(stranded)


def test_a_moved_location_moves_the_listings_of_services_nobody_saved() -> None:
    location = build_location()
    service = build_service(at=[location])
    before = facts_of(service)
    Location.objects.filter(pk=location.pk).update(city="Austin", latitude=30.27, longitude=-97.74)
    publishing.finish_edit(records=[location], by=None, at=NOW)
    after = facts_of(service)
    location.refresh_from_db()
    assert location.last_modified == NOW
    assert card_of(service)["location"]["city"] == "Austin"
    assert after.cell != before.cell


def test_a_renamed_term_is_found_by_its_new_name_on_services_nobody_saved() -> None:
    term = build_term("Walking")
    service = build_service(topics=[term])
    TaxonomyTerm.objects.filter(pk=term.pk).update(name="Gardening")
    publishing.finish_edit(records=[term], by=None, at=NOW)
    words = ListingText.objects.get(listing__service=service).term_words
    assert "garden" in words
    assert "walk" not in words


def edit_organization(service: Service) -> None:
    publishing.finish_edit(records=[service.organization], by=None, at=NOW)


def edit_location(service: Service) -> None:
    publishing.finish_edit(records=[service.service_at_locations.get().location], by=None, at=NOW)


def edit_term(service: Service) -> None:
    publishing.finish_edit(records=[service.topics.get()], by=None, at=NOW)


@pytest.mark.parametrize("edit", [edit_organization, edit_location, edit_term])
def test_an_edit_beside_a_service_counts_as_an_edit_of_it_and_of_no_other(edit: Any) -> None:
    service = build_service(at=[build_location()], topics=[build_term("Walking")])
    other = build_service(organization=build_organization("Others"))
    before = other.last_modified
    edit(service)
    service.refresh_from_db()
    other.refresh_from_db()
    assert service.last_modified == NOW
    assert other.last_modified == before


# ---- removals


@pytest.mark.parametrize("kind", ["service", "place", "organization", "host"])
def test_what_a_service_needs_is_not_removed(kind: str) -> None:
    room = build_location(organization=build_organization("Host"))
    service = build_service(at=[room])
    needed: Any = {
        "service": service,
        "place": room,
        "organization": service.organization,
        "host": room.organization,
    }[kind]
    with pytest.raises(publishing.CannotRemove, match="services use this record"):
        publishing.remove_records(records=[needed], by=None, at=NOW)
    assert card_of(service)["location"]["city"] == "Dallas"


def test_what_no_service_needs_is_removed() -> None:
    for record in (build_location(), build_organization()):
        publishing.remove_records(records=[record], by=None, at=NOW)
        assert not type(record)._default_manager.exists()


@pytest.mark.parametrize("model", [TaxonomyTerm, Taxonomy])
def test_a_removed_term_is_no_longer_among_the_words(model: Any) -> None:
    service = build_service(topics=[build_term("Walking")])
    publishing.remove_records(records=model.objects.all(), by=None, at=NOW)
    assert "walk" not in ListingText.objects.get(listing__service=service).term_words


def test_removing_nothing_is_no_error() -> None:
    assert publishing.remove_records(records=[], by=None, at=NOW) == ()


# ---- whole or not at all


def test_when_the_listings_cannot_be_written_the_record_is_not_changed_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = build_service(status=Status.INACTIVE)

    def fail(service_ids: Any, *, at: object) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(publishing, "refresh_listings", fail)
    with pytest.raises(RuntimeError):
        publishing.publish(services=[service], by=None, at=NOW)
    service.refresh_from_db()
    assert service.status == Status.INACTIVE


def test_more_services_than_one_statement_takes_are_published_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publishing, "SERVICE_BATCH_SIZE", 2)
    services = [build_service(status=Status.INACTIVE, refresh=False) for _ in range(5)]
    assert publishing.publish(services=services, by=None, at=NOW) == 5
    assert Listing.objects.count() == 5


def test_a_price_of_another_service_is_left_alone() -> None:
    service, other = build_service(cost=Cost.FREE), build_service(cost=Cost.FIXED, price=30)
    build_cost(service, Cost.DONATION)
    publishing.finish_edit(records=[service], by=None, at=NOW)
    other.refresh_from_db()
    assert other.last_modified != NOW
    assert card_of(other)["cost"]["min_price"] == 30


# ---- limits that hang on a record


def test_an_organization_that_an_account_is_limited_to_is_not_removed() -> None:
    theirs, service = build_organization("Theirs"), build_service()
    olga = build_curator("olga")
    olga.curator.organizations.add(theirs)
    with pytest.raises(publishing.CannotRemove, match="an account is limited to this organization"):
        publishing.remove_records(records=[build_organization("Others"), theirs], by=None, at=NOW)
    assert Organization.objects.filter(name="Others").exists()
    assert not permissions.can(olga, permissions.Action.EDIT, service)
    olga.curator.organizations.clear()
    publishing.remove_records(records=[theirs], by=None, at=NOW)
    assert not Organization.objects.filter(pk=theirs.pk).exists()


# ---- what is not listed


@pytest.mark.parametrize("kind", [Kind.COUNSELLING, Kind.CLINIC])
def test_an_edit_that_makes_it_what_is_not_listed_withdraws_it_with_that_reason(kind: str) -> None:
    service, other = build_service("One way", kind=kind), build_service(all_options=PregnancyOptionsPolicy.NO)
    Service.objects.filter(pk=service.pk).update(all_options=PregnancyOptionsPolicy.NO)
    (withdrawn,) = publishing.finish_edit(records=[service, other], by=None, at=NOW)
    service.refresh_from_db()
    assert withdrawn == service
    assert (service.status, service.status_reason) == (
        Status.INACTIVE,
        "It does not offer or refer for all options.",
    )
    assert withdrawn.status_reason == service.status_reason
    assert not is_listed(service)
    assert is_listed(other)


def test_each_that_an_edit_withdraws_has_its_own_reason() -> None:
    organization = build_organization(website="https://kind.example.org")
    both: dict[str, Any] = {
        "kind": Kind.CLINIC,
        "all_options": PregnancyOptionsPolicy.NO,
        "organization": organization,
    }
    build_service("A", phone="", **both)
    build_service("B", **both)
    build_service("C", phone="", organization=organization)
    Organization.objects.update(website="")
    withdrawn = publishing.finish_edit(records=[organization], by=None, at=NOW)
    no_way, one_way = (
        "The last contact detail was removed.",
        "It does not offer or refer for all options.",
    )
    reasons = {service.name: service.status_reason for service in withdrawn}
    assert reasons == {"A": no_way, "B": one_way, "C": no_way}
    assert dict(Service.objects.values_list("name", "status_reason")) == reasons
