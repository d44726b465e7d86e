"""The pages of organizations, places and terms, and what may only be read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from resources.admin.organization import MAX_SERVICES
from resources.exchange.planning import edited_keys
from resources.models import (
    Listing,
    ListingText,
    Location,
    Place,
    Service,
    TaxonomyTerm,
)
from resources.vocabulary import Precision
from tests.build import build_location, build_organization, build_service, build_source_record, build_term
from tests.reading import card_of, facts_of
from tests.resources.admin.desk import (
    add_address,
    add_row,
    address,
    errors_of,
    messages_of,
    read_form,
    send,
    sign_in,
)

pytestmark = pytest.mark.django_db


# ---- organizations


def test_the_page_of_an_organization_lists_its_services_and_offers_to_add_one(desk: Client) -> None:
    organization = build_organization()
    service = build_service("Evening circle", organization=organization)
    page = desk.get(address(organization)).content.decode()
    assert f'<a href="{address(service)}">Evening circle</a>' in page
    assert f"{add_address(Service)}?organization={organization.pk}" in page


def test_an_organization_of_many_services_shows_the_first_and_leads_to_all(desk: Client) -> None:
    organization = build_organization()
    Service.objects.bulk_create(
        Service(name=f"Group {number}", organization=organization, kind="support_group")
        for number in range(MAX_SERVICES + 1)
    )
    page = desk.get(address(organization))
    assert len(page.context["services"]) == MAX_SERVICES
    everything = reverse("admin:resources_service_changelist") + f"?organization__id__exact={organization.pk}"
    assert everything in page.content.decode()
    assert desk.get(everything).context["cl"].result_count == MAX_SERVICES + 1


def test_an_organization_renamed_on_its_page_is_renamed_for_visitors(desk: Client, client: Client) -> None:
    service = build_service("Evening circle", organization=build_organization("Old name"))
    assert errors_of(send(desk, address(service.organization), name="New name")) == {}
    found = client.get("/api/v1/listings/", {"q": "Evening circle"}).json()["results"]
    assert [result["organization"]["name"] for result in found] == ["New name"]


def test_a_number_added_to_an_organization_reaches_its_services_that_have_none(desk: Client) -> None:
    organization = build_organization(website="https://kind.example.org")
    service = build_service(organization=organization, phone="")
    data = add_row(read_form(desk, address(organization)), "phones", number="988", type="voice", country="US")
    assert errors_of(desk.post(address(organization), data)) == {}
    assert [phone["number"] for phone in card_of(service)["phones"]] == ["988"]


@pytest.mark.parametrize("rows", [1, 100])
def test_the_lists_ask_the_database_as_often_at_1_row_as_at_100(
    desk: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, user, second step, role, two counts, the ids and the rows."""
    for number in range(rows):
        organization = build_organization(f"Organization {number}")
        build_location(organization=organization)
        Service.objects.create(name="Group", kind="forum", organization=organization)
    for name in ("organization", "location"):
        page = reverse(f"admin:resources_{name}_changelist")
        with django_assert_num_queries(LIST_QUERIES[name]):
            desk.get(page)


LIST_QUERIES = {"organization": 8, "location": 9}  # the list of places asks which countries there are


# ---- places


@pytest.fixture
def gazetteer(db: None) -> None:
    town = {"country": "US", "region": "TX", "latitude": 30.267, "longitude": -97.743}
    Place.objects.create(kind="town", name="Austin", name_key="austin", population=900_000, **town)
    Place.objects.create(kind="postal_code", name="Austin", name_key="austin", code="78701", **town)


def new_place(desk: Client, **typed: str) -> Any:
    page = add_address(Location)
    data = {**read_form(desk, page), "location_type": "physical", **typed}
    return desk.post(page, data, follow=True)


@pytest.mark.usefixtures("gazetteer")
@pytest.mark.parametrize(
    ("typed", "precision"),
    [
        ({"postal_code": "78701", "country": "US"}, Precision.AREA),
        ({"city": "Austin", "region": "Texas", "country": "US"}, Precision.TOWN),
        ({"city": "Austin", "country": "US"}, Precision.TOWN),
        ({"city": "Austin", "postal_code": "99999", "country": "US"}, Precision.TOWN),
    ],
)
def test_a_place_without_a_point_is_given_that_of_its_postal_code_or_town(
    desk: Client, typed: dict[str, str], precision: Precision
) -> None:
    answer = new_place(desk, **typed)
    assert "The point is that of Austin" in messages_of(answer)
    place = Location.objects.get()
    assert (place.latitude, place.longitude, place.precision) == (30.267, -97.743, precision)
    assert place.region in ("", "TX")


@pytest.mark.usefixtures("gazetteer")
def test_a_point_that_was_typed_is_kept(desk: Client) -> None:
    typed = {"city": "Austin", "region": "TX", "country": "US", "latitude": "30.5", "longitude": "-97.5"}
    new_place(desk, **typed, precision="exact")
    assert (Location.objects.get().latitude, Location.objects.get().precision) == (30.5, Precision.EXACT)


@pytest.mark.usefixtures("gazetteer")
def test_a_place_the_gazetteer_does_not_know_is_saved_and_the_page_says_what_is_missing(desk: Client) -> None:
    answer = new_place(desk, city="Nowhere at all", country="US")
    assert "could not find this address" in messages_of(answer)
    assert Location.objects.get().latitude is None


@pytest.mark.parametrize(
    ("typed", "code"), [("North Carolina", "NC"), ("nc", "NC"), ("Wonderland", "Wonderland")]
)
def test_a_state_is_kept_by_its_abbreviation_however_it_is_typed(desk: Client, typed: str, code: str) -> None:
    new_place(desk, region=typed, country="US")
    assert Location.objects.get().region == code


@pytest.mark.usefixtures("gazetteer")
def test_a_town_of_another_country_is_not_taken_for_this_one(desk: Client) -> None:
    new_place(desk, city="Austin", country="GB")
    assert Location.objects.get().latitude is None


@pytest.mark.usefixtures("gazetteer")
def test_a_place_that_moves_takes_its_looked_up_point_and_its_listings_along(desk: Client) -> None:
    place = build_location(precision=Precision.TOWN)
    service = build_service(at=[place])
    before = facts_of(service).cell
    assert errors_of(send(desk, address(place), city="Austin")) == {}
    assert facts_of(service).cell != before
    assert card_of(service)["location"]["city"] == "Austin"


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"latitude": "91", "longitude": "0", "precision": "exact"}, "latitude", "between -90 and 90"),
        ({"latitude": "0", "longitude": "-181", "precision": "exact"}, "longitude", "between -180 and 180"),
        ({"latitude": "north"}, "latitude", "number"),
        ({"latitude": "nan", "longitude": "nan", "precision": "exact"}, "latitude", "number"),
        ({"latitude": "30"}, "longitude", "both"),
        ({"latitude": "30", "longitude": "-97"}, "precision", "how exact"),
        ({"city": "Austin"}, "country", "Choose the country"),
        ({"country": "XX"}, "country", "not one of the available"),
        ({"location_type": "virtual"}, "url", "web address"),
        ({"name": "<i>Hall</i>"}, "name", "without HTML"),
        ({"region": "<i>TX</i>"}, "region", "without HTML"),
        ({"region": "T\u202eX"}, "region", "text-direction character"),
        ({"url": "https://user:pw@forum.example.org/"}, "url", "user name and password"),
        ({"organization": "zzz"}, "organization", "Select a valid record from the list"),
    ],
)
def test_a_bad_place_is_explained_at_its_field(
    desk: Client, typed: dict[str, str], field: str, sentence: str
) -> None:
    answer = new_place(desk, **typed)
    assert any(sentence in one for one in errors_of(answer).get(field, [])), errors_of(answer)
    assert not Location.objects.exists()


# ---- terms


def test_a_term_renamed_on_its_page_is_found_by_its_new_name_and_keeps_its_code(chief: Client) -> None:
    term = build_term("Walking")
    service = build_service(topics=[term])
    assert errors_of(send(chief, address(term), name="Gardening", code="changed")) == {}
    assert "garden" in ListingText.objects.get(listing__service=service).term_words
    assert TaxonomyTerm.objects.get(pk=term.pk).code == term.code


def test_a_term_deleted_on_its_page_is_no_longer_found(chief: Client) -> None:
    term = build_term("Walking")
    service = build_service(topics=[term])
    chief.post(address(term, "delete"), {"post": "yes"})
    assert "walk" not in ListingText.objects.get(listing__service=service).term_words


# ---- an importer does not undo it


def organization_of(service: Service) -> tuple[Any, dict[str, str]]:
    return service.organization, {"name": "Renamed here"}


def place_of(service: Service) -> tuple[Any, dict[str, str]]:
    return service.service_at_locations.get().location, {"address_1": ""}


def topic_of(service: Service) -> tuple[Any, dict[str, str]]:
    return service.topics.get(), {"name": "Gardening"}


@pytest.mark.parametrize("part", [organization_of, place_of, topic_of])
def test_what_a_curator_changed_beside_a_service_is_held_back_from_the_next_import(
    chief: Client, part: Any
) -> None:
    service = build_service(at=[build_location(address_1="1 Quiet Street")], topics=[build_term("Walking")])
    build_source_record(service, slug="leaflet", raw={"name": service.name})
    assert edited_keys("leaflet") == set()
    record, changed = part(service)
    assert errors_of(send(chief, address(record), **changed)) == {}
    assert edited_keys("leaflet") == {"1"}


# ---- a service is withdrawn, never deleted


@pytest.mark.parametrize("way", ["page", "list"])
def test_not_even_a_superuser_deletes_a_service(client: Client, way: str) -> None:
    sign_in(client, User.objects.create_superuser("root", password="a long enough word"))
    service = build_service(at=[build_location()])
    if way == "page":
        assert client.post(address(service, "delete"), {"post": "yes"}).status_code == 403
    else:
        chosen = {"action": "delete_selected", "_selected_action": str(service.pk), "post": "yes"}
        client.post(reverse("admin:resources_service_changelist"), chosen)
    assert Listing.objects.filter(service=service).exists()


# ---- read only


def test_the_page_of_a_service_leads_to_what_its_source_said(client: Client) -> None:
    sign_in(client, User.objects.create_superuser("root", password="a long enough word"))
    service = build_service("Evening circle")
    record = build_source_record(service, slug="leaflet", raw={"name": service.name})
    assert address(record) in client.get(address(service)).content.decode()
    page = client.get(address(record)).content.decode()
    assert "Evening circle" in page


@pytest.mark.parametrize("name", ["importrun", "sourcerecord", "place"])
def test_what_loaders_write_is_read_and_not_changed_even_by_a_superuser(client: Client, name: str) -> None:
    sign_in(client, User.objects.create_superuser("root", password="a long enough word"))
    assert client.get(reverse(f"admin:resources_{name}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:resources_{name}_add")).status_code == 403


@pytest.mark.usefixtures("gazetteer")
@pytest.mark.parametrize(
    ("question", "found"), [("AUST", 2), ("787", 1), ("dallas", 0), ("🕊", 2), ("aus%", 2)]
)
def test_the_gazetteer_is_searched_by_the_start_of_a_name_or_code(
    client: Client, question: str, found: int
) -> None:
    sign_in(client, User.objects.create_superuser("root", password="a long enough word"))
    page = client.get(reverse("admin:resources_place_changelist"), {"q": question})
    assert page.context["cl"].result_count == found


def test_a_deletion_says_what_goes_along_but_not_the_rows_of_searches(chief: Client) -> None:
    term = build_term("Grief")
    service = build_service(at=[build_location()], topics=[term])
    for record, said in (
        (service.service_at_locations.get(), "Place of the service"),
        (term, "Services that have it as a topic: 1"),
    ):
        page = chief.get(address(record, "delete")).content.decode()
        assert said in page
        assert not re.search("listing|service_topics|relationship", page, re.IGNORECASE)
