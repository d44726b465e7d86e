"""The OpenAPI document is the promise: valid, complete, and changed only on purpose."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema

from api.docs import openapi_document
from api.schema import field_schema, write_nullable_as_type
from resources.search.filters import ListingFilterSet
from tests.api.asking import V1, build_place, get

KEPT = Path(__file__).with_name("openapi.json")
# Text for people, such as the labels of codes. A member of the API of this name is no text but a schema.
WORDING = ("description", "summary")
RENEW = """
The promise of the API has changed. If that is meant, and breaks nobody, renew it and read the difference:
    RENEW_OPENAPI=1 make test PYTEST_ARGS=tests/api/test_openapi.py
    git diff tests/api/openapi.json
"""


def without_the_operators_words(document: dict[str, Any]) -> dict[str, Any]:
    info = {name: value for name, value in document["info"].items() if name not in ("title", "description")}
    return {**document, "info": info}


def test_the_document_is_the_one_that_was_promised() -> None:
    served = get("openapi.json")
    if os.environ.get("RENEW_OPENAPI"):
        KEPT.write_text(json.dumps(served, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    promised_document = json.loads(KEPT.read_text(encoding="utf-8"))
    broken = list(
        broken_promises(without_the_operators_words(promised_document), without_the_operators_words(served))
    )
    assert broken == [], RENEW


def broken_promises(promised_document: Any, served: Any, at: str = "") -> Iterator[str]:
    """Yield what was promised and no longer holds. Additions and other wordings break nothing."""
    if isinstance(promised_document, dict) and isinstance(served, dict):
        for name, promised in promised_document.items():
            if name in WORDING and isinstance(promised, str):
                continue
            if name in served:
                yield from broken_promises(promised, served[name], f"{at}/{name}")
            else:
                yield f"{at}/{name} is gone"
    elif isinstance(promised_document, list) and isinstance(served, list):
        yield from broken_promises(by_name(promised_document), by_name(served), at)
    elif promised_document != served:
        yield f"{at} was {promised_document!r}"


def by_name(items: list[Any]) -> dict[str, Any]:
    """A list whose order says nothing: parameters by their names, choices by themselves."""
    return {item["name"] if isinstance(item, dict) and "name" in item else repr(item): item for item in items}


@pytest.mark.parametrize(
    ("promised_document", "served", "broken"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": 1}, {"a": 2}, ["/a was 1"]),
        ({"enum": ["x", "y"]}, {"enum": ["y", "z", "x"]}, []),
        ({"enum": ["x", "y"]}, {"enum": ["x"]}, ["/enum/'y' is gone"]),
        ({"description": "* `x` - Old label"}, {"description": "* `x` - New label"}, []),
        ({"description": {"type": "string"}}, {}, ["/description is gone"]),
        (
            {"p": [{"name": "q", "in": "query"}]},
            {"p": [{"name": "q", "in": "path"}]},
            ["/p/q/in was 'query'"],
        ),
    ],
)
def test_a_promise_is_broken_by_a_change_and_not_by_more(
    promised_document: Any, served: Any, broken: list[str]
) -> None:
    assert list(broken_promises(promised_document, served)) == broken


@pytest.mark.slow("checks the whole document against its schema")
def test_the_document_is_valid_openapi_3_1() -> None:
    document = get("openapi.json")
    assert document["openapi"].startswith("3.1.")
    validate_schema(document)  # type: ignore[no-untyped-call]


@pytest.mark.slow("makes the whole document")
def test_the_generator_has_nothing_to_warn_of(tmp_path: Path) -> None:
    call_command("spectacular", file=str(tmp_path / "openapi.yaml"), validate=True, fail_on_warn=True)


def test_the_document_names_every_address_but_its_own() -> None:
    assert sorted(get("openapi.json")["paths"]) == [
        "/api/v1/corrections/",
        "/api/v1/exports/",
        "/api/v1/exports/{name}",
        "/api/v1/facets/",
        "/api/v1/fee-estimate/",
        "/api/v1/listings/",
        "/api/v1/locations/",
        "/api/v1/locations/{id}/",
        "/api/v1/meetings/",
        "/api/v1/organizations/",
        "/api/v1/organizations/{id}/",
        "/api/v1/places/",
        "/api/v1/services/{id}/",
        "/api/v1/suggestions/",
        "/api/v1/words/",
    ]


def listing_parameters() -> dict[str, dict[str, Any]]:
    parameters = get("openapi.json")["paths"]["/api/v1/listings/"]["get"]["parameters"]
    return {parameter["name"]: parameter for parameter in parameters}


def test_every_parameter_of_the_search_form_is_described_with_its_choices() -> None:
    described = listing_parameters()
    form = ListingFilterSet({}).form
    assert set(described) == {*form.fields, "as", "facets"}
    assert all(parameter["description"] for parameter in described.values())
    for name in ("kind", "cost", "loss", "format", "language"):
        items = described[name]["schema"]["items"]
        assert items["enum"] == [str(value) for value, _ in form.fields[name].choices]
    assert described["page_size"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100}
    assert described["max_price"]["schema"]["type"] == "number"


def test_a_field_nobody_can_describe_is_not_passed_over() -> None:
    with pytest.raises(TypeError, match="FileField"):
        field_schema(forms.FileField())


def test_nothing_of_the_code_shows_in_the_document() -> None:
    text = json.dumps(get("openapi.json"))
    for word in ("x-spec-enum-id", "nullable", "prefetch", "Serializer", "None"):
        assert word not in text


def test_the_document_says_the_name_of_the_site() -> None:
    assert get("openapi.json")["info"]["title"] == settings.SITE_NAME


def test_nullable_becomes_a_kind_of_its_own() -> None:
    written = {
        "a": {"type": "string", "nullable": True},
        "b": [{"type": ["integer"], "nullable": True}],
        "c": {"type": "string"},
        "properties": {"nullable": {"type": "boolean"}},
    }
    assert write_nullable_as_type(written, None, None, True) == {
        "a": {"type": ["string", "null"]},
        "b": [{"type": ["integer", "null"]}],
        "c": {"type": "string"},
        "properties": {"nullable": {"type": "boolean"}},
    }


@pytest.mark.django_db
@pytest.mark.slow("asks every example")
def test_every_example_has_an_answer() -> None:
    build_place("Dallas", "US", region="TX", code="75201")
    build_place("Manchester", "GB", region="ENG", code="M1", latitude=53.48, longitude=-2.24)
    examples = [
        example
        for methods in openapi_document("en")["paths"].values()
        for example in methods.get("get", {}).get("x-examples", ())
    ]
    assert f"{V1}listings/?near=75201" in examples
    for example in examples:
        assert Client().get(example).status_code == 200, example


def test_the_documentation_for_people_shows_every_operation() -> None:
    page = Client().get("/api/docs/").content.decode()
    for path in get("openapi.json")["paths"]:
        assert path in page
    for word in ("max_price", "sliding_scale", "The page is past the end.", "/api/v1/openapi.json", "curl"):
        assert word in page, word


def test_the_documentation_only_shows() -> None:
    assert Client(enforce_csrf_checks=True).post("/api/docs/").status_code == 405
