"""Places suggested while somebody types."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.api.asking import V1, assert_fits, build_place, get, problem_in, queries_of

pytestmark = pytest.mark.django_db


def test_places_begin_with_what_was_typed_and_lead_to_their_listings() -> None:
    build_place("Portland", "US", region="OR", population=600_000)
    build_place("Portland", "US", region="ME", population=60_000)
    build_place("Dallas", "US", region="TX")
    body = get("places/", {"q": "portl"})
    assert_fits(body, "Places")
    assert [place["region"] for place in body["results"]] == ["OR", "ME"]
    assert get(body["results"][1]["url"])["place"]["region"] == "ME"


def test_nothing_is_called_so() -> None:
    assert get("places/", {"q": "💔"}) == {"results": []}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "required"),
        ({"q": ""}, "required"),
        ({"q": "  "}, "required"),
        ({"q": "x" * 201}, "200"),
        ({"q": "x" * 10_240}, "200"),
        ({"q": "a\0"}, ""),
        ({"q": "ab", "limit": "3"}, "Unknown parameter"),
    ],
)
def test_a_text_of_no_use_is_refused(query: dict[str, str], words: str) -> None:
    (error,) = problem_in(Client().get(f"{V1}places/", query), 400)["errors"]
    assert error["parameter"] == ("limit" if "limit" in query else "q")
    assert words in error["message"]


def test_many_places_cost_the_queries_of_one() -> None:
    build_place("Portland", "US", region="OR")
    at_one = queries_of("places/?q=portl")
    for number in range(99):
        build_place(f"Portland {number}", "US", region="OR")
    assert queries_of("places/?q=portl") == at_one
    assert at_one == ["resources_place"]
