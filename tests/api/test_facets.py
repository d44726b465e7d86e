"""What a question can be narrowed by, and what an answer says of how it was found."""

from __future__ import annotations

import pytest
from django.test import Client

from resources.search.facets import FACETS
from tests.api.asking import V1, assert_fits, get, problem_in
from tests.build import DALLAS, build_organization, build_service
from tests.world import build_places

pytestmark = pytest.mark.django_db


def test_every_facet_is_listed_with_its_values_and_how_many_each_finds() -> None:
    build_service("Dallas group", at=[DALLAS], cost="free", losses=["early_miscarriage"])
    build_service("Line", kind="helpline", areas=["US"])
    body = get("facets/")
    assert_fits(body, "Facets")
    assert [facet["parameter"] for facet in body["facets"]] == [facet.name for facet in FACETS]
    assert body["count"] == 2
    values = {
        facet["parameter"]: {each["value"]: each for each in facet["values"]} for facet in body["facets"]
    }
    assert values["kind"]["helpline"]["count"] == 1
    assert values["kind"]["helpline"]["definition"].startswith("Call, text or chat")
    assert values["loss"]["early_miscarriage"]["parent"] == "miscarriage"
    assert values["loss"]["miscarriage"]["count"] == 1
    assert values["format"]["forum"]["definition"] is None


def test_facets_count_under_the_question_that_is_asked() -> None:
    build_places()
    build_service("Dallas group", at=[DALLAS], cost="free")
    build_service("Line", kind="helpline", areas=["US"], cost="donation")
    parameters = {"near": "75201", "kind": "helpline"}
    (kind, cost, *_) = get("facets/", parameters)["facets"]
    counted = {each["value"]: each["count"] for each in kind["values"] if each["count"]}
    assert counted == {"support_group": 1, "helpline": 1}
    assert {each["value"]: each["count"] for each in cost["values"] if each["count"]} == {"donation": 1}
    assert get("listings/", parameters)["facets"] == {}
    answer = get("listings/", {**parameters, "facets": "yes"})
    assert answer["facets"]["kind"] == {each["value"]: each["count"] for each in kind["values"]}


def test_facets_refuse_what_listings_refuse() -> None:
    for query in ("kind=spa", "colour=blue", "page=x", "near=Zzyzxqq"):
        problem_in(Client().get(f"{V1}facets/?{query}"), 400)


def test_words_are_offered_from_the_field_and_from_names() -> None:
    build_service("Miscarriage circle", areas=["US"], organization=build_organization("Misericordia"))
    body = get("words/", {"q": "mis"})
    assert_fits(body, "Words")
    assert {"miscarriage", "Misericordia", "Miscarriage circle"} <= set(body["results"])
    assert len(body["results"]) <= 8
    assert get("words/", {"q": "x"}) == {"results": []}
    assert get("words/", {"q": "%_"}) == {"results": []}
    for query in ({}, {"q": ""}, {"q": "x" * 201}, {"q": "a\0"}, {"q": "ab", "limit": "3"}):
        problem_in(Client().get(f"{V1}words/", query), 400)


def test_what_is_shown_only_on_request_is_not_offered_by_name() -> None:
    build_service("Misty crisis line", kind="crisis_line", areas=["US"])
    assert "Misty crisis line" not in get("words/", {"q": "mist"})["results"]


def test_an_answer_says_how_it_departs_from_the_question() -> None:
    build_places()
    build_service("Fort Worth ectopic group", at=[(32.7254, -97.3208)], formats=["in_person"])
    answer = get("listings/", {"near": "75201", "q": "ectpic", "format": "in_person", "widen": "yes"})
    assert_fits(answer, "Answer")
    assert [result["service"]["name"] for result in answer["results"]] == ["Fort Worth ectopic group"]
    assert answer["corrected"] == "ectopic"
    assert answer["relaxed"] == [
        {"parameter": "within", "asked": "25mi", "used": "100mi"},
    ]
    assert answer["question"].startswith("Support in person, matching “ectopic”, within 100 miles of Dallas")


def test_an_answer_says_what_was_left_out_and_what_is_not_known() -> None:
    build_service("Clear", areas=["US"], content_clear=["mentions_pregnancy"])
    build_service("Aye", areas=["US"], content_notes=["mentions_pregnancy"])
    build_service("Not known", areas=["US"])
    strict = get("listings/", {"avoid": "mentions_pregnancy"})
    assert (strict["count"], strict["hidden"], strict["not_known"]) == (1, 1, 1)
    answer = get("listings/", {"avoid": "mentions_pregnancy", "unknown": "include"})
    assert (answer["hidden"], answer["not_known"]) == (1, 1)
    assert [(result["service"]["name"], result["known_clear"]) for result in answer["results"]] == [
        ("Clear", True),
        ("Not known", False),
    ]
    assert get("listings/")["results"][0]["known_clear"] is None


def test_words_that_end_in_a_place_are_offered_with_it() -> None:
    build_places()
    build_service("Counselling", kind="counselling", areas=["US-TX"])
    answer = get("listings/", {"q": "therapist in dallas"})
    assert (answer["count"], answer["corrected"]) == (1, "therapist")
    assert answer["elsewhere"] == {
        "q": "therapist",
        "near": "Dallas, TX",
        "url": "http://testserver/api/v1/listings/?q=therapist&near=Dallas%2C+TX",
    }
    assert get(answer["elsewhere"]["url"])["count"] == 1
