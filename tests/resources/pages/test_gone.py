"""Old addresses: what is no longer listed says so, and offers the next step."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from resources.curation import publishing
from resources.models import Place, Service
from resources.models.place import PlaceKind
from resources.vocabulary import Kind, Status
from tests.build import build_location, build_organization, build_service

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def dallas(db: None) -> Place:
    return Place.objects.create(
        kind=PlaceKind.TOWN,
        country="US",
        region="TX",
        name="Dallas",
        name_key="dallas",
        population=1_300_000,
        latitude=32.78,
        longitude=-96.8,
    )


def withdraw(service: Service) -> None:
    publishing.withdraw(services=[service], reason="Unsafe", by=None, at=NOW)


def questions(page: str) -> list[dict[str, list[str]]]:
    """What each link to a search asks."""
    links = re.findall(r'href="(/search/\?[^"]*)"', page)
    return [parse_qs(urlsplit(link.replace("&amp;", "&")).query) for link in links]


def test_a_withdrawn_service_offers_what_is_near_and_of_its_kind_and_says_nothing_of_itself(
    client: Client, dallas: Place
) -> None:
    service = build_service(
        "Quiet Room", description="In the hall", at=[build_location(address_1="1 Main St")]
    )
    withdraw(service)
    answer = client.get(f"/services/{service.pk}/")
    assert answer.status_code == 410
    page = answer.content.decode()
    offered = questions(page)
    assert {"near": ["Dallas, Texas"]} in offered
    assert {"kind": [Kind.SUPPORT_GROUP], "near": ["Dallas, Texas"]} in offered
    assert {"kind": ["helpline"], "near": ["Dallas, Texas"]} in offered
    for word in ("Quiet Room", "In the hall", "Main St", "Unsafe", "214-555-0100", "Kind People"):
        assert word not in page


@pytest.mark.parametrize("status", [status for status in Status if status != Status.ACTIVE])
@pytest.mark.slow("opens many pages")
def test_a_service_that_visitors_were_never_shown_is_not_there(
    client: Client, dallas: Place, status: Status
) -> None:
    service = build_service("Quiet Room", at=[build_location()], status=status)
    publishing.finish_edit(records=[service], by=None, at=NOW)
    for address in ("", "correct/", "correct/thanks/"):
        answer = client.get(f"/services/{service.pk}/{address}")
        assert answer.status_code == 404
        assert b"Quiet Room" not in answer.content


@pytest.mark.slow("opens many pages")
def test_every_next_step_leads_to_an_answer(client: Client, dallas: Place) -> None:
    service = build_service(at=[build_location()])
    withdraw(service)
    page = client.get(f"/services/{service.pk}/").content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/search/\?[^"]*)"', page)]
    assert links
    for link in links:
        assert client.get(link).status_code == 200, link


def test_a_town_that_a_search_would_take_for_another_is_not_offered(client: Client, dallas: Place) -> None:
    service = build_service(at=[build_location(city="Dallas", region="ON", country="CA")])
    withdraw(service)
    offered = questions(client.get(f"/services/{service.pk}/").content.decode())
    assert all("near" not in question for question in offered)
    assert {"kind": [Kind.SUPPORT_GROUP]} in offered


def test_an_organization_that_lists_nothing_any_more_says_so(client: Client, dallas: Place) -> None:
    organization = build_organization("Kind People")
    service = build_service(organization=organization, at=[build_location()])
    assert client.get(f"/organizations/{organization.pk}/").status_code == 200
    withdraw(service)
    answer = client.get(f"/organizations/{organization.pk}/")
    assert answer.status_code == 410
    page = answer.content.decode()
    assert "no longer listed" in page
    assert {"near": ["Dallas, Texas"]} in questions(page)
    assert "Kind People" not in page


def test_an_organization_that_never_listed_anything_is_not_there(client: Client) -> None:
    organization = build_organization("Kind People")
    build_service(organization=organization, status=Status.INACTIVE)
    assert client.get(f"/organizations/{organization.pk}/").status_code == 404
