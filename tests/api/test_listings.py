"""A question put by a program: what is answered, what is refused, and in which words."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from resources.vocabulary import Cost, Format, Kind, Status
from tests.api.asking import V1, assert_fits, build_place, get, problem_in, queries_of
from tests.build import DALLAS, build_location, build_organization, build_service, build_services

pytestmark = pytest.mark.django_db

REFUSED: list[tuple[dict[str, Any], str, str, str | None]] = [
    # the question                     the parameter at fault   what its message holds    one of the choices
    ({"page": "two"}, "page", "whole number", None),
    ({"page": "0"}, "page", "1", None),
    ({"page": "-1"}, "page", "whole number", None),
    ({"page": "9" * 5000}, "page", "whole number", None),
    ({"page_size": "101"}, "page_size", "100", None),
    ({"max_price": "cheap"}, "max_price", "amount", None),
    ({"max_price": "NaN"}, "max_price", "amount", None),
    ({"max_price": "-1"}, "max_price", "0", None),
    ({"within": "far"}, "within", "25mi", None),
    ({"within": "501mi"}, "within", "500", None),
    ({"colour": "blue"}, "colour", "Unknown parameter", "near"),
    ({"as": "pdf"}, "as", "pdf", "csv"),
    ({"organization": "MEND"}, "organization", "Enter a valid UUID", None),
    ({"assured_since": "01/02/2026"}, "assured_since", "2026-01-31", None),
    ({"avoid": "sadness"}, "avoid", "sadness", "mentions_pregnancy"),
    ({"country": "FR"}, "country", "FR", "US"),
    ({"kind": "spa"}, "kind", "spa", "support_group"),
    ({"kind": ["clinic", "spa"]}, "kind", "spa", "support_group"),
    ({"cost": "cheap"}, "cost", "cheap", "sliding_scale"),
    ({"loss": "x\0"}, "loss", "", "stillbirth"),
    ({"format": "json"}, "format", "json", "in_person"),
    ({"language": "klingon"}, "language", "klingon", "es"),
    ({"reach": "wide"}, "reach", "wide", "remote"),
    ({"sort": "price"}, "sort", "price", "best"),
    ({"sort": "distance"}, "sort", "enter a place", "distance"),
    ({"currency": "XXX"}, "currency", "XXX", "USD"),
    ({"near": "Dalas"}, "near", "could not find that place", "Dallas, Texas, United States"),
    ({"near": "\0"}, "near", "", None),
    ({"near": "x" * 10_000}, "near", "200", None),
    ({"q": "a\0b"}, "q", "", None),
    ({"q": "x" * 10_240}, "q", "500", None),
]


@pytest.mark.parametrize(
    ("query", "parameter", "words", "choice"),
    REFUSED,
    ids=[f"{row[1]}-{number}" for number, row in enumerate(REFUSED)],
)
def test_a_question_that_cannot_be_used_is_refused_by_name(
    query: dict[str, Any], parameter: str, words: str, choice: str | None
) -> None:
    build_place("Dallas", "US", region="TX")
    body = problem_in(Client().get(f"{V1}listings/", query), 400)
    (error,) = body["errors"]
    assert error["parameter"] == parameter
    assert error["message"].endswith(".")
    assert words in error["message"]
    if choice is not None:
        assert choice in error["choices"]


def test_every_fault_of_a_question_is_named_at_once() -> None:
    body = problem_in(Client().get(f"{V1}listings/", {"page": "x", "kind": "spa", "colour": "blue"}), 400)
    assert {error["parameter"] for error in body["errors"]} == {"page", "kind", "colour"}


ANSWERED: list[dict[str, Any]] = [
    {},
    {"q": "", "kind": "", "near": "", "page": "", "max_price": ""},
    {"q": "🕊️ 💔"},
    {"q": "' OR 1=1 --"},
    {"q": "x" * 500},
    {"kind": ["support_group", "clinic", "support_group"]},
    {"page": ["7", "1"]},
    {"format": "in_person"},
    {"page_size": "100"},
    {"max_price": "0", "currency": "GBP"},
    {"reach": "local", "sort": "name"},
]


@pytest.mark.parametrize("query", ANSWERED)
def test_an_odd_question_has_an_answer(query: dict[str, Any]) -> None:
    build_service("Gentle group", at=[DALLAS], formats=[Format.IN_PERSON])
    assert_fits(get("listings/", query), "Answer")


def test_bytes_that_are_not_text_have_an_answer() -> None:
    assert Client().get(f"{V1}listings/?q=%FF%ED%A0%80").status_code == 200


def test_an_answer_says_what_was_asked_where_and_what_was_found() -> None:
    build_place("Dallas", "US", region="TX", code="75201")
    build_service(
        "Gentle group",
        at=[build_location(name="Quiet room", address_1="1 Elm St", postal_code="75201")],
        organization=build_organization("Kind People", website="https://kind.example/"),
        cost=Cost.SLIDING_SCALE,
        price=20,
        languages=["en", "es"],
        formats=[Format.IN_PERSON],
    )
    body = get("listings/", {"near": "75201"})
    assert_fits(body, "Answer")
    assert (body["count"], body["page"], body["pages"], body["next"], body["previous"]) == (
        1,
        1,
        1,
        None,
        None,
    )
    assert body["place"]["country"] == "US"
    assert body["place"]["latitude"] == pytest.approx(32.79)
    assert "Dallas" in body["question"]
    (result,) = body["results"]
    assert result["service"]["name"] == "Gentle group"
    assert result["location"]["address"] == "1 Elm St"
    assert result["why"] == "near_you"
    assert result["distance_km"] == pytest.approx(1, abs=0.5)
    assert result["cost"]["min_price"] == 20
    assert result["languages"] == ["en", "es"]
    assert result["website"] == "https://kind.example/"
    assert result["assured_date"] is None


def test_a_result_leads_to_its_service_and_its_organization() -> None:
    build_service("Gentle group")
    (result,) = get("listings/")["results"]
    assert result["id"] == result["service"]["id"]
    assert result["location"] is None
    assert get(result["service"]["url"])["name"] == "Gentle group"
    assert get(result["organization"]["url"])["services"][0]["id"] == result["service"]["id"]
    assert urlsplit(result["service"]["page_url"]).path == f"/services/{result['service']['id']}/"
    assert (
        urlsplit(result["organization"]["page_url"]).path == f"/organizations/{result['organization']['id']}/"
    )


def test_a_place_of_two_countries_comes_with_the_other_one() -> None:
    build_place(
        "Melbourne", "AU", region="VIC", code="3000", latitude=-37.8, longitude=145, population=5_000_000
    )
    build_place("Gisborne", "NZ", code="3000", latitude=-38.7, longitude=178, population=30_000)
    place = get("listings/", {"near": "3000", "kind": Kind.SUPPORT_GROUP})["place"]
    assert place["country"] == "AU"
    (other,) = place["alternatives"]
    assert other["country"] == "NZ"
    parameters = parse_qs(urlsplit(other["url"]).query)
    assert parameters == {"near": [other["query"]], "kind": ["support_group"]}
    assert get(other["url"])["place"]["country"] == "NZ"


def test_the_links_between_pages_keep_every_parameter_and_visit_every_result_once() -> None:
    for number in range(5):
        build_service(f"Group {number}", kind=Kind.CLINIC if number % 2 else Kind.SUPPORT_GROUP)
    address: str | None = "listings/?kind=clinic&kind=support_group&page_size=2&q="
    seen: list[str] = []
    while address:
        body = get(address)
        seen += [result["id"] for result in body["results"]]
        assert body["pages"] == 3
        address = body["next"]
        if address:
            assert parse_qs(urlsplit(address).query)["kind"] == ["clinic", "support_group"]
    assert len(seen) == len(set(seen)) == 5
    assert get(body["previous"])["page"] == 2


def test_a_page_past_the_end_is_not_found_and_says_where_the_end_is() -> None:
    build_service()
    body = problem_in(Client().get(f"{V1}listings/", {"page": "2"}), 404)
    assert "1" in body["detail"]


def test_what_is_not_published_is_not_found() -> None:
    build_service(status=Status.INACTIVE)
    assert get("listings/")["count"] == 0


@pytest.mark.slow("builds a hundred services")
def test_a_hundred_results_cost_the_queries_of_one() -> None:
    build_place("Dallas", "US", region="TX", code="75201")
    address = "listings/?near=75201&q=gentle&kind=support_group&max_price=50&page_size=100"
    build_service("Gentle group", at=[DALLAS], cost=Cost.FREE, languages=["en"])
    at_one = queries_of(address)
    names = [f"Gentle group {number}" for number in range(99)]
    build_services(names, at=[DALLAS], cost=Cost.FREE, languages=["en", "es"])
    assert queries_of(address) == at_one
    # The place; what has the words as its name. The results are written already.
    assert at_one == ["resources_place", "resources_listingtext"]
    assert len(get(address)["results"]) == 100
