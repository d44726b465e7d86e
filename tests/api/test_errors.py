"""Whatever goes wrong under /api/ is told in one shape; elsewhere a page of ours says so."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory

from api.docs import openapi_document
from api.errors import problem_body
from directory import errors
from tests.api.asking import V1, problem_in
from tests.build import build_service

ADDRESSES = ["listings/", "organizations/", "locations/", "places/?q=ab", "openapi.json", ""]
NO_RECORD = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    "address",
    ["/api/", "/api/v2/listings/", "/api/v1/listings/1/", "/api/v1/nothing.json", "/api/%00"],
)
def test_an_address_that_leads_nowhere_is_told_as_a_problem(address: str) -> None:
    body = problem_in(Client().get(address), 404)
    assert body == problem_body(404)
    assert body["type"] == "about:blank"
    assert body["title"] == "Not Found"


def test_an_address_without_its_last_slash_is_sent_to_the_right_one() -> None:
    response = Client().get("/api/v1/listings?near=75201")
    assert response.status_code == 301
    assert response["Location"] == "/api/v1/listings/?near=75201"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "LINK"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_what_can_only_be_read_says_so(method: str, address: str) -> None:
    response = Client(enforce_csrf_checks=True).generic(method, V1 + address, "{}", "application/json")
    problem_in(response, 405)
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_head_answers_like_get_without_a_body(address: str) -> None:
    got, headed = Client().get(V1 + address), Client().head(V1 + address)
    assert headed.status_code == got.status_code == 200
    assert headed.content == b""
    assert headed["Content-Type"] == got["Content-Type"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "text/html, application/xhtml+xml, */*;q=0.8", "application/*"]
)
def test_json_is_sent_to_whoever_takes_it(accept: str) -> None:
    assert Client().get(f"{V1}listings/", headers={"Accept": accept}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "accept", ["", "text/html", "application/geo+json", "nonsense", ";;;", "a/b/c;q=x", "💔"]
)
def test_an_accept_header_we_cannot_meet_is_a_problem_in_json(accept: str) -> None:
    problem_in(Client().get(f"{V1}listings/", headers={"Accept": accept}), 406)


@pytest.mark.django_db
def test_format_is_how_people_meet_and_not_the_form_of_the_answer() -> None:
    response = Client().get(f"{V1}listings/?format=in_person")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("address", "crashing"),
    [
        ("listings/", "resources.search.filters.ListingFilterSet.answer"),
        (f"services/{NO_RECORD}/", "django.db.models.query.QuerySet.get"),
        ("organizations/", "django.core.paginator.Paginator.page"),
        ("places/?q=ab", "api.v1.views.suggest_places"),
    ],
)
@pytest.mark.parametrize("crash", [RuntimeError("private words"), DatabaseError("private words")])
def test_a_crash_is_a_problem_that_repeats_nothing(address: str, crashing: str, crash: Exception) -> None:
    with patch(crashing, side_effect=crash):
        response = Client(raise_request_exception=False).get(V1 + address)
    assert problem_in(response, 500) == problem_body(500)
    assert b"private" not in response.content


@pytest.mark.django_db
def test_more_parameters_than_django_reads_are_refused() -> None:
    too_many = range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)
    response = Client().get(f"{V1}listings/?" + "&".join(f"q=x{number}" for number in too_many))
    problem_in(response, 400)


def test_a_host_that_is_not_ours_is_refused() -> None:
    problem_in(Client().get(f"{V1}listings/", headers={"Host": "evil.example"}), 400)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "listings/",
        "listings/?page=x",
        "listings/?page=9",
        f"services/{NO_RECORD}/",
        "nowhere/",
        "openapi.json",
        "listings",
    ],
)
def test_any_site_may_read_any_answer(address: str) -> None:
    build_service()
    response = Client().get(V1 + address, headers={"Origin": "https://other.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in response
    assert response["Cache-Control"] == "private, no-cache"
    assert not response.cookies


def test_a_preflight_is_answered_before_anything_else() -> None:
    response = Client().options(
        f"{V1}listings/",
        headers={"Origin": "https://other.example", "Access-Control-Request-Method": "GET"},
    )
    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "GET" in response["Access-Control-Allow-Methods"]
    assert response.content == b""


def test_options_names_the_methods() -> None:
    response = Client().options(f"{V1}listings/")
    assert (response.status_code, response["Allow"]) == (204, "GET, HEAD, OPTIONS")


def test_the_pages_for_people_stay_closed_to_other_sites() -> None:
    for address in ("/api/docs/", "/about/"):
        response = Client().get(address)
        assert "Access-Control-Allow-Origin" not in response
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"


PAGES = [
    # the handler                                   its status, and a word of the page
    (lambda request: errors.bad_request(request, ValueError("private words")), 400),
    (lambda request: errors.forbidden(request, PermissionError("private words")), 403),
    (lambda request: errors.not_found(request, LookupError("private words")), 404),
    (errors.server_error, 500),
]


@pytest.mark.parametrize(("handler", "status"), PAGES)
def test_an_error_page_needs_no_database_and_repeats_nothing(handler: Any, status: int) -> None:
    with patch.object(connection, "cursor", side_effect=DatabaseError("down")):
        response = handler(RequestFactory().get("/search/", {"q": "private words"}))
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    assert "<h1>" in response.content.decode()
    assert "private" not in response.content.decode()


@pytest.mark.parametrize(("handler", "status"), PAGES)
def test_a_program_is_told_the_same_in_json(handler: Any, status: int) -> None:
    assert problem_in(handler(RequestFactory().get("/api/v1/listings/")), status) == problem_body(status)


def test_a_form_from_another_site_is_refused_with_our_own_page() -> None:
    assert errors.forbidden(RequestFactory().post("/admin/login/"), reason="no token").status_code == 403


def test_every_problem_is_in_the_promise() -> None:
    for path, methods in openapi_document("en")["paths"].items():
        (operation,) = methods.values()
        responses = operation["responses"]
        assert {"400", "406", "429"} <= set(responses), path
        assert ("201" in responses) == ("200" not in responses), path
        one_of_many = "{" in path or "page" in str(operation.get("parameters"))
        assert ("404" in responses) == one_of_many, path
        assert ({"413", "415"} <= set(responses)) == ("requestBody" in operation), path
