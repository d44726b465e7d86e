"""The root of the API: every address there is, as JSON and as a page."""

from __future__ import annotations

import re

from django.test import Client

from tests.api.asking import V1, get, problem_in

ADDRESSES = {
    "listings": "/api/v1/listings/",
    "meetings": "/api/v1/meetings/",
    "facets": "/api/v1/facets/",
    "places": "/api/v1/places/",
    "words": "/api/v1/words/",
    "organizations": "/api/v1/organizations/",
    "locations": "/api/v1/locations/",
    "exports": "/api/v1/exports/",
    "fee-estimate": "/api/v1/fee-estimate/",
    "suggestions": "/api/v1/suggestions/",
    "corrections": "/api/v1/corrections/",
    "openapi.json": "/api/v1/openapi.json",
    "docs": "/api/docs/",
}


def test_the_root_names_every_address() -> None:
    assert get("") == {name: f"http://testserver{address}" for name, address in ADDRESSES.items()}


def test_the_root_is_a_page_for_browsers_without_cookie_or_style_of_its_own() -> None:
    answer = Client().get(V1, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    page = answer.content.decode()
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert "Accept" in answer["Vary"]
    assert not answer.cookies
    assert " style=" not in page
    assert set(ADDRESSES.values()) <= set(re.findall(r'href="http://testserver([^"]*)"', page))


def test_the_page_and_the_json_are_told_apart() -> None:
    json_tag, page_tag = (
        Client().get(V1, headers={"Accept": accept})["ETag"] for accept in ("application/json", "text/html")
    )
    assert json_tag != page_tag


def test_what_goes_wrong_at_the_root_is_a_problem_in_json() -> None:
    for accept in ("application/json", "text/html"):
        (error,) = problem_in(Client().get(f"{V1}?page=1", headers={"Accept": accept}), 400)["errors"]
        assert (error["parameter"], error["choices"]) == ("page", [])
        problem_in(Client().post(V1, headers={"Accept": accept}), 405)
