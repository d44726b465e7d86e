"""What is missing or wrong, told by a program: received, and never to be read here."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from resources.curation.contributions import SuggestionForm
from resources.models import Correction, ReplyAddress, Service, Suggestion
from resources.vocabulary import Decision, ProblemType
from tests.api.asking import V1, assert_fits, problem_in
from tests.build import build_service

pytestmark = pytest.mark.django_db
SUGGESTIONS, CORRECTIONS = f"{V1}suggestions/", f"{V1}corrections/"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def post(address: str, body: Any, **extra: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    kind = extra.pop("content_type", "application/json")
    return Client(enforce_csrf_checks=True).post(address, text, content_type=kind, **extra)


def received(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 201, answer.content
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Location" not in answer.headers
    assert not answer.cookies
    body: dict[str, Any] = answer.json()
    assert_fits(body, "Received")
    assert set(body) == {"id", "received_at"}
    return body


@pytest.mark.slow("makes the API document")
def test_a_suggestion_is_received() -> None:
    with time_machine.travel(NOW, tick=False):
        body = received(
            post(SUGGESTIONS, {"name": "Butterfly room", "where": "Leeds", "contact": "me@example.org"})
        )
    stored = Suggestion.objects.get()
    assert (body["id"], body["received_at"]) == (str(stored.pk), "2026-11-28T12:00:00+00:00")
    assert stored.proposed == {"name": "Butterfly room", "where": "Leeds"}
    assert stored.stamp is None
    assert ReplyAddress.objects.get().suggestion == stored


def test_a_correction_is_received_and_changes_nothing() -> None:
    service = build_service("Evening circle", description="Old")
    body = received(post(CORRECTIONS, {"service": str(service.pk), "description": "New", "wrong": None}))
    stored = Correction.objects.get()
    assert (body["id"], stored.service, stored.wrong) == (str(stored.pk), service, ProblemType.WRONG)
    assert stored.decision == Decision.OPEN
    assert Service.objects.get().description == "Old"


def test_two_alike_are_both_received() -> None:
    for _ in range(2):
        received(post(SUGGESTIONS, {"name": "Butterfly room"}))
    assert Suggestion.objects.count() == 2


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({}, "name", "Enter its name."),
    ({"name": ""}, "name", "Enter its name."),
    ({"name": "x" * 256}, "name", "Use at most 255 characters"),
    ({"name": ["x"]}, "name", "Send this as text."),
    ({"name": "x", "note": {"a": 1}}, "note", "Send this as text."),
    ({"name": 5}, "name", "Send this as text."),
    ({"name": "a\0b"}, "name", "invalid character"),
    ({"name": "<b>x</b>"}, "name", "without HTML tags"),
    ({"name": "x", "kind": "party"}, "kind", "not one of the choices"),
    ({"name": "x", "url": "javascript:alert(1)"}, "url", "web address"),
    ({"name": "x", "email": "nobody"}, "email", "email address"),
    ({"name": "x", "stamp": "1"}, "stamp", "Unknown member"),
    ({"name": "x", "decision": "accepted"}, "decision", "Unknown member"),
]


@pytest.mark.parametrize(("body", "parameter", "expected"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_used_is_named(body: dict[str, Any], parameter: str, expected: str) -> None:
    problem = problem_in(post(SUGGESTIONS, body), 400)
    errors = {error["parameter"]: error["message"] for error in problem["errors"]}
    assert expected in errors[parameter]
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("name", list(SuggestionForm.base_fields))
def test_html_is_refused_in_every_member(name: str) -> None:
    body = {"name": "x", name: "<script>alert(1)</script>"}
    problem = problem_in(post(SUGGESTIONS, body), 400)
    assert [error["parameter"] for error in problem["errors"]] == [name]


@pytest.mark.parametrize("service", ["x", "", None, "00000000-0000-4000-8000-000000000000", "hidden"])
def test_a_correction_is_about_something_published(service: str | None) -> None:
    if service == "hidden":
        service = str(build_service(status="inactive").pk)
    problem = problem_in(post(CORRECTIONS, {"service": service, "note": "x"}), 400)
    assert [error["parameter"] for error in problem["errors"]] == ["service"]
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"wrong": "wrong"}, {"contact": "me@example.org"}, {"phone": "214-555-0100"}]
)
def test_a_correction_says_at_least_one_thing(body: dict[str, str]) -> None:
    service = build_service(phone="214-555-0100")
    problem = problem_in(post(CORRECTIONS, {"service": str(service.pk), **body}), 400)
    assert "in one of the boxes" in problem["errors"][0]["message"]
    assert not Correction.objects.exists()


@pytest.mark.parametrize("body", ["[]", "1", "{", '"x"', "\udcff", '{"name": "\\ud800"}'])
def test_a_body_that_is_no_object_is_refused(body: str) -> None:
    answer = post(SUGGESTIONS, body.encode("utf-8", "surrogateescape").decode("latin-1"))
    problem_in(answer, 400)


def test_a_megabyte_is_refused_before_it_is_read_and_every_member_full_is_not() -> None:
    problem = problem_in(post(SUGGESTIONS, {"name": "x", "note": "y" * 1_000_000}), 413)
    assert "64 KB" in problem["detail"]
    full = {
        name: "喪" * field.max_length  # type: ignore[attr-defined]
        for name, field in SuggestionForm.base_fields.items()
        if name not in ("kind", "country", "url", "email")
    }
    received(post(SUGGESTIONS, full))


@pytest.mark.parametrize("length", ["", "²", "-1"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    problem_in(post(SUGGESTIONS, {"name": "x"}, CONTENT_LENGTH=length), 413)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])
def test_any_other_type_is_refused(kind: str) -> None:
    problem_in(post(SUGGESTIONS, '{"name": "x"}', content_type=kind), 415)


@pytest.mark.parametrize("address", [SUGGESTIONS, CORRECTIONS])
@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete"])
def test_nothing_can_be_read_or_changed_here(address: str, method: str) -> None:
    answer = getattr(Client(), method)(address)
    assert answer.status_code == 405
    assert answer["Allow"] == "POST, OPTIONS"


def test_what_was_received_has_no_address() -> None:
    body = received(post(SUGGESTIONS, {"name": "Butterfly room"}))
    problem_in(Client().get(f"{SUGGESTIONS}{body['id']}/"), 404)


def test_after_so_many_in_an_hour_it_is_said_when_to_go_on() -> None:
    service = build_service()
    for _ in range(5):
        received(post(SUGGESTIONS, {"name": "x"}))
    problem_in(post(SUGGESTIONS, {}), 400)
    for address, body in (
        (SUGGESTIONS, {"name": "x"}),
        (CORRECTIONS, {"service": str(service.pk), "note": "x"}),
    ):
        answer = post(address, body)
        problem_in(answer, 429)
        assert 0 < int(answer["Retry-After"]) <= 3600
        assert answer["Access-Control-Allow-Origin"] == "*"
    received(post(SUGGESTIONS, {"name": "x"}, REMOTE_ADDR="203.0.113.9"))


def test_other_sites_may_send_it_as_they_may_ask() -> None:
    preflight_headers = {"Origin": "https://other.example", "Access-Control-Request-Method": "POST"}
    preflight = Client().options(SUGGESTIONS, headers=preflight_headers)
    assert preflight.status_code == 204
    assert "POST" in preflight["Access-Control-Allow-Methods"]
    answer = post(SUGGESTIONS, {"name": "x"}, headers={"Origin": "https://other.example"})
    received(answer)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
