"""An answer as a file: all of it, streamed, in the format that `as` names."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from tests.api.asking import V1, get, problem_in
from tests.build import build_service, build_services

pytestmark = [pytest.mark.django_db, pytest.mark.slow("writes files of many listings")]

READERS: dict[str, Any] = {
    "csv": lambda text: [row["id"] for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))],
    "geojson": lambda text: [feature["id"] for feature in json.loads(text)["features"]],
    "ndjson": lambda text: [json.loads(line)["id"] for line in text.splitlines()],
}
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "ndjson": "application/x-ndjson",
}


def file_of(name: str, **question: Any) -> str:
    query: dict[str, Any] = {**question, "as": name}
    answer: Any = Client().get(f"{V1}listings/", query)
    assert answer.status_code == 200
    assert answer.streaming
    assert answer.headers["Content-Type"] == MEDIA_TYPES[name]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="listings.{name}"'
    assert "ETag" in answer.headers
    text: str = answer.getvalue().decode()
    return text


@pytest.fixture
def many(db: None) -> list[str]:
    """More than a page, and more than is read at a time."""
    names = [f"Group {number:02}" for number in range(45)]
    build_services(names[::5], areas=["US"], kind="helpline")
    build_services([name for name in names if name not in names[::5]], areas=["US"], kind="forum")
    pages = [get("listings/", {"sort": "name", "page": page})["results"] for page in (1, 2)]
    return [result["id"] for page in pages for result in page]


@pytest.mark.parametrize("name", READERS)
def test_a_file_holds_the_whole_answer_in_its_order(
    name: str, many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.search.engine.STREAM_CHUNK", 7)
    assert len(many) == 45
    assert READERS[name](file_of(name, sort="name")) == many


@pytest.mark.parametrize("name", READERS)
def test_a_page_of_it_where_a_page_is_asked_for(name: str, many: list[str]) -> None:
    assert READERS[name](file_of(name, sort="name", page=2, page_size=10)) == many[10:20]
    problem_in(Client().get(f"{V1}listings/?as={name}&page=99"), 404)


def test_records_in_a_file_have_their_addresses(many: list[str]) -> None:
    first = json.loads(file_of("ndjson", sort="name").splitlines()[0])
    assert first["service"]["url"] == f"http://testserver/api/v1/services/{first['service']['id']}/"
    assert first["service"]["page_url"] == f"http://testserver/services/{first['service']['id']}/"


@pytest.mark.parametrize("accept", ["text/csv", "*/*", "text/html", "application/json"])
def test_the_format_named_is_given_whatever_the_header_says(accept: str) -> None:
    build_service()
    answer = Client().get(f"{V1}listings/?as=csv", headers={"Accept": accept})
    assert answer.headers["Content-Type"] == MEDIA_TYPES["csv"]


def test_json_named_or_empty_is_the_plain_answer() -> None:
    build_service("Quiet room", areas=["US"])
    plain = get("listings/")
    for name in ("json", ""):
        assert get("listings/", {"as": name})["results"] == plain["results"]


def test_a_head_request_is_told_the_type_without_the_file() -> None:
    answer = Client().head(f"{V1}listings/?as=csv")
    assert answer.headers["Content-Type"] == MEDIA_TYPES["csv"]


def test_every_fault_is_named_with_the_format() -> None:
    body = problem_in(Client().get(f"{V1}listings/?as=pdf&kind=spa&colour=blue"), 400)
    assert {error["parameter"] for error in body["errors"]} == {"as", "kind", "colour"}
