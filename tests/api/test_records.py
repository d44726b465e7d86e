"""Services, organizations and locations by their ids, whole, and only what is published."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.test import Client

from api.v1.serializers.locations import published_locations
from api.v1.serializers.organizations import published_organizations
from resources.curation import publishing
from resources.models import (
    Accessibility,
    Contact,
    Location,
    Organization,
    OrganizationIdentifier,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceAtLocation,
    SourceRecord,
    Taxonomy,
)
from resources.vocabulary import ContentNote, Cost, Loss, Status
from tests.api.asking import V1, assert_fits, get, problem_in, queries_of
from tests.build import (
    build_cost,
    build_location,
    build_organization,
    build_service,
    build_source_record,
    build_term,
)

pytestmark = pytest.mark.django_db


def build_whole_service(children: int = 1) -> Service:
    """A service with `children` rows of each kind that may hang on it."""
    numbers = range(children)
    organization = build_organization(website="https://kind.example/")
    service = build_service(
        "Gentle group",
        organization=organization,
        at=[build_location(address_1="1 Elm St") for _ in numbers],
        areas=["US", *[f"US:{75201 + number}" for number in numbers]],
        languages=["en", *[f"x{number:03}" for number in numbers]],
        audiences=["partner", "fathers"][:children],
        topics=[build_term(f"Topic {number}") for number in numbers],
        losses=[Loss.STILLBIRTH],
        content_notes=[ContentNote.PHOTOGRAPHS],
        assured_date=date(2026, 11, 1),
        assurer_email="checks@kind.example",
        status_reason="A note for curators",
    )
    for place in ServiceAtLocation.objects.filter(service=service).select_related("location"):
        Accessibility.objects.create(location=place.location, description="Step-free")
        Phone.objects.create(location=place.location, number="214-555-0101")
        Phone.objects.create(service_at_location=place, number="214-555-0102", extension="7")
        Schedule.objects.create(
            service_at_location=place,
            description="2nd Tuesday, 7 pm",
            freq="MONTHLY",
            byday="2TU",
            opens_at=time(19),
            timezone="America/Chicago",
        )
    for number in numbers:
        build_cost(service, Cost.FIXED, 20.5 + number, 200)
        Phone.objects.create(organization=organization, number="214-555-0103")
        Contact.objects.create(service=service, title="Coordinator")
        RequiredDocument.objects.create(service=service, document="A letter")
        build_source_record(
            service,
            str(number),
            raw={"private": "as given"},
            name="Starter",
            licence="CC0",
            source_url="https://kind.example/groups",
            seen_on=date(2026, 7, 19),
        )
    return service


def test_a_service_is_told_whole() -> None:
    service = build_whole_service()
    body = get(f"services/{service.pk}/")
    assert_fits(body, "Service")
    assert body["id"] == str(service.pk)
    assert body["organization"]["website"] == "https://kind.example/"
    assert body["losses"] == ["stillbirth"]
    assert body["content_notes"] == ["photographs"]
    assert body["audiences"] == [{"audience": "partner", "rule": "open"}]
    assert body["cost"]["min_price"] == 20.5
    assert body["cost_options"][0]["amount"] == 20.5
    assert {"code": "en", "name": "English", "note": None} in body["languages"]
    assert body["topics"][0]["name"] == "Topic 0"
    assert body["required_documents"] == [{"document": "A letter", "uri": None}]
    assert body["phones"][0]["href"] == "tel:+12145550100"
    assert body["assured_date"] == "2026-11-01"


def test_a_service_tells_where_and_when_it_meets() -> None:
    service = build_whole_service()
    (place,) = get(f"services/{service.pk}/")["service_at_locations"]
    assert place["location"]["address"] == "1 Elm St"
    assert place["location"]["precision"] == "exact"
    assert place["location"]["accessibility"][0]["description"] == "Step-free"
    assert place["location"]["phones"][0]["number"] == "214-555-0101"
    assert place["phones"][0]["extension"] == "7"
    (schedule,) = place["schedules"]
    assert schedule["description"] == "2nd Tuesday, 7 pm"
    assert (schedule["byday"], schedule["opens_at"]) == ("2TU", "19:00:00")
    assert schedule["timezone"] == "America/Chicago"


def test_a_service_says_who_told_us() -> None:
    service = build_whole_service()
    assert get(f"services/{service.pk}/")["sources"] == [
        {
            "name": "Starter",
            "url": None,
            "licence": "CC0",
            "source_url": "https://kind.example/groups",
            "source_type": None,
            "seen_on": "2026-07-19",
            "seen_year": 2026,
        }
    ]


def test_what_curators_keep_to_themselves_is_told_to_nobody() -> None:
    service = build_whole_service()
    answer = Client().get(f"{V1}services/{service.pk}/").content.decode()
    for hidden in ("A note for curators", "checks@kind.example", "as given"):
        assert hidden not in answer


def test_what_is_not_known_is_null_or_an_empty_list() -> None:
    body = get(f"services/{build_service(phone='').pk}/")
    assert_fits(body, "Service")
    assert body["description"] is None
    assert body["website"] is None
    assert body["minimum_age"] is None
    assert body["phones"] == body["formats"] == body["service_at_locations"] == body["sources"] == []
    assert body["cost"]["kinds"] == ["unknown"]
    assert body["cost"]["min_price"] is None


@pytest.mark.slow("builds a hundred rows of each kind")
def test_a_service_costs_the_same_queries_whatever_hangs_on_it() -> None:
    one = build_whole_service(1)
    at_one = queries_of(f"services/{one.pk}/")
    for hidden in (SourceRecord, Organization, Taxonomy):
        hidden.objects.all().delete()
    hundred = build_whole_service(100)
    assert queries_of(f"services/{hundred.pk}/") == at_one
    # The service with its organization, then one query for each kind of row that hangs on it.
    assert at_one == [
        "resources_service",
        "resources_serviceaudience",
        "resources_costoption",
        "resources_phone",  # of the service
        "resources_phone",  # of its organization
        "resources_language",
        "resources_servicearea",
        "resources_taxonomyterm",
        "resources_serviceatlocation",
        "resources_location",
        "resources_phone",  # of the places
        "resources_phone",  # of the service at its places
        "resources_schedule",  # of the service
        "resources_requireddocument",
        "resources_contact",
        "resources_credential",
        "resources_sourcerecord",
        "resources_source",
        "resources_accessibility",
        "resources_schedule",  # of the service at its places
    ]


def test_organizations_are_those_with_something_published() -> None:
    shown = build_service(organization=build_organization("Kind People")).organization
    build_service(organization=build_organization("Asleep"), status=Status.INACTIVE)
    build_organization("Empty")
    body = get("organizations/")
    assert_fits(body, "OrganizationPage")
    assert [row["name"] for row in body["results"]] == ["Kind People"]
    assert get(body["results"][0]["url"])["id"] == str(shown.pk)


def test_an_organization_lists_its_published_services_and_what_it_is_part_of() -> None:
    parent = build_service(organization=build_organization("All Kind People")).organization
    organization = build_organization("Kind People", parent_organization=parent)
    build_service("Shown", organization=organization)
    build_service("Not shown", organization=organization, status=Status.INACTIVE)
    OrganizationIdentifier.objects.create(
        organization=organization, identifier_scheme="US-EIN", identifier_type="EIN", identifier="12-3456789"
    )
    body = get(f"organizations/{organization.pk}/")
    assert_fits(body, "WholeOrganization")
    assert [service["name"] for service in body["services"]] == ["Shown"]
    assert body["parent_organization"]["name"] == "All Kind People"
    assert body["identifiers"][0]["identifier"] == "12-3456789"


def test_a_parent_with_nothing_published_is_not_told() -> None:
    organization = build_organization("Kind People", parent_organization=build_organization("Asleep"))
    build_service(organization=organization)
    assert get(f"organizations/{organization.pk}/")["parent_organization"] is None


def test_locations_are_those_where_something_published_happens() -> None:
    build_service("Shown", at=[build_location(name="Open room")])
    build_service(at=[build_location(name="Closed room")], status=Status.INACTIVE)
    build_location(name="Empty room")
    body = get("locations/")
    assert_fits(body, "LocationPage")
    assert [row["name"] for row in body["results"]] == ["Open room"]


def test_a_location_tells_what_is_given_there() -> None:
    place = build_location(name="Open room", address_1="1 Elm St", address_2="Floor 2")
    build_service("Shown", at=[place])
    build_service("Not shown", at=[place], status=Status.INACTIVE)
    Accessibility.objects.create(location=place, description="Step-free")
    body = get(f"locations/{place.pk}/")
    assert_fits(body, "WholeLocation")
    assert body["address"] == "1 Elm St, Floor 2"
    assert body["accessibility"] == [{"description": "Step-free", "details": None, "url": None}]
    assert [there["service"]["name"] for there in body["service_at_locations"]] == ["Shown"]


def test_a_virtual_location_has_a_web_address_and_no_point() -> None:
    place = build_location(
        None, location_type="virtual", url="https://board.example/", city="", region="", country=""
    )
    build_service(at=[place])
    body = get(f"locations/{place.pk}/")
    assert (body["website"], body["latitude"], body["precision"]) == ("https://board.example/", None, None)


LISTS = [
    # the list           its queries: how many there are, then one page of them
    ("organizations/", ["resources_organization", "resources_organization"]),
    ("locations/", ["resources_location", "resources_location"]),
]


@pytest.mark.slow("builds a hundred records")
@pytest.mark.parametrize(("address", "expected"), LISTS)
def test_a_hundred_records_cost_the_queries_of_one(address: str, expected: list[str]) -> None:
    build_service(at=[build_location()])
    at_one = queries_of(f"{address}?page_size=100")
    for _ in range(99):
        build_service(at=[build_location()], refresh=False)
    assert queries_of(f"{address}?page_size=100") == at_one
    assert at_one == expected
    assert len(get(address, {"page_size": "100"})["results"]) == 100


DETAILS = [
    # An organization, what it is part of, its identifiers, phones and services.
    (
        Organization,
        "organizations",
        [
            "resources_organization",
            "resources_organization",
            "resources_organizationidentifier",
            "resources_phone",
            "resources_service",
        ],
    ),
    # A location, its arrangements for access, its phones, the services there.
    (
        Location,
        "locations",
        ["resources_location", "resources_accessibility", "resources_phone", "resources_serviceatlocation"],
    ),
]


@pytest.mark.slow("builds a hundred services")
@pytest.mark.parametrize(("model", "name", "expected"), DETAILS)
def test_a_record_with_a_hundred_services_costs_the_queries_of_one(
    model: Any, name: str, expected: list[str]
) -> None:
    parent = build_service(organization=build_organization("Parent"), refresh=False).organization
    organization = build_organization(parent_organization=parent)
    place = build_location()
    build_service(organization=organization, at=[place], refresh=False)
    record = {"organizations": organization, "locations": place}[name]
    address = f"{name}/{record.pk}/"
    at_one = queries_of(address)
    for _ in range(99):
        build_service(organization=organization, at=[place], refresh=False)
    assert queries_of(address) == at_one == expected
    assert model.objects.filter(pk=record.pk).exists()


@pytest.mark.parametrize(
    "rows", [published_organizations(), published_locations()], ids=["organizations", "locations"]
)
def test_what_is_published_is_not_asked_row_by_row(rows: QuerySet[Any]) -> None:
    assert "CORRELATED" not in rows.explain()


@pytest.mark.parametrize("address", ["organizations/", "locations/"])
def test_a_list_turns_its_pages(address: str) -> None:
    for number in range(3):
        build_service(organization=build_organization(f"Organization {number}"), at=[build_location()])
    first = get(address, {"page_size": "2"})
    second = get(first["next"])
    assert (first["count"], first["pages"], second["next"]) == (3, 2, None)
    assert get(second["previous"]) == first
    assert len({row["id"] for row in first["results"] + second["results"]}) == 3
    problem_in(Client().get(f"{V1}{address}", {"page": "3", "page_size": "2"}), 404)


def test_an_empty_list_has_one_page() -> None:
    body = get("organizations/")
    assert (body["count"], body["page"], body["pages"], body["results"]) == (0, 1, 1, [])


@pytest.mark.parametrize("name", ["services", "organizations", "locations"])
def test_nothing_unpublished_has_an_address(name: str) -> None:
    place = build_location()
    service = build_service(status=Status.INACTIVE, at=[place])
    ids = {"services": service.pk, "organizations": service.organization_id, "locations": place.pk}
    for unknown in (ids[name], uuid4(), "not-a-uuid", "1"):
        body = problem_in(Client().get(f"{V1}{name}/{unknown}/"), 404)
        assert body["errors"] == []


def test_a_withdrawn_service_is_gone_and_says_since_when() -> None:
    service = build_service()
    withdrawn_at = datetime(2026, 11, 28, 12, tzinfo=UTC)
    publishing.withdraw(services=[service], reason="Moved.", by=None, at=withdrawn_at)
    publishing.finish_edit(records=[service], by=None, at=withdrawn_at + timedelta(days=2))
    body = problem_in(Client().get(f"{V1}services/{service.pk}/"), 410)
    assert body["detail"] == "This service was withdrawn on 2026-11-28."
    assert "Moved" not in str(body)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.ACTIVE])
def test_a_service_that_was_never_published_is_not_found(status: Status) -> None:
    service = build_service(status=status)
    publishing.finish_edit(records=[service], by=None, at=datetime(2026, 11, 28, 12, tzinfo=UTC))
    problem_in(Client().get(f"{V1}services/{service.pk}/"), 404)


def test_a_service_published_again_is_shown_again() -> None:
    service = build_service()
    for change in (partial(publishing.withdraw, reason="Moved."), publishing.publish):
        change(services=[service], by=None, at=datetime(2026, 11, 28, 12, tzinfo=UTC))
    assert get(f"services/{service.pk}/")["id"] == str(service.pk)


REFUSED = [
    ("organizations/?q=kind", "q", "page"),
    ("organizations/?page=x", "page", None),
    ("locations/?page_size=0", "page_size", None),
    ("locations/?near=75201", "near", "page_size"),
]


@pytest.mark.parametrize(("address", "parameter", "choice"), REFUSED)
def test_a_list_refuses_what_it_cannot_use(address: str, parameter: str, choice: str | None) -> None:
    (error,) = problem_in(Client().get(V1 + address), 400)["errors"]
    assert error["parameter"] == parameter
    assert choice is None or choice in error["choices"]


def test_a_record_takes_no_parameters() -> None:
    service = build_service()
    (error,) = problem_in(Client().get(f"{V1}services/{service.pk}/?full=1"), 400)["errors"]
    assert (error["parameter"], error["choices"]) == ("full", [])
