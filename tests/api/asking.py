"""Asking the API, and holding its answers to what it promises."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator

from api.docs import openapi_document
from api.errors import PROBLEM_JSON
from resources.models import Place

V1 = "/api/v1/"


def get(address: str, query: Any = None) -> dict[str, Any]:
    """The JSON at `address` under /api/v1/ (or a full one), which must answer 200."""
    response = Client().get(address if "://" in address else V1 + address, query)
    assert response.status_code == 200, response.content[:500]
    assert response["Content-Type"] == "application/json"
    body: dict[str, Any] = response.json()
    return body


def problem_in(response: Any, status: int) -> dict[str, Any]:
    """The problem that `response` tells, whose shape is always the same."""
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"] == PROBLEM_JSON
    body: dict[str, Any] = json.loads(response.content)
    assert_fits(body, "Problem")
    assert body["status"] == status
    assert body["detail"].endswith((".", "”."))
    return body


def assert_fits(body: dict[str, Any], shape: str) -> None:
    """`body` is exactly `shape` of the OpenAPI document: nothing is missing, nothing goes unsaid."""
    components = {
        name: {**schema, "additionalProperties": False}
        for name, schema in openapi_document("en")["components"]["schemas"].items()
    }
    schema = {"$ref": f"#/components/schemas/{shape}", "components": {"schemas": components}}
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    faults = [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(body)]
    assert faults == []


def queries_of(address: str) -> list[str]:
    """The tables that answering `address` reads, query by query, in a process that has answered it before."""
    get(address)
    with CaptureQueriesContext(connection) as seen:
        get(address)
    return [query["sql"].split(" FROM ")[1].split()[0].strip('"(') for query in seen.captured_queries]


def build_place(name: str, country: str, **fields: Any) -> Place:
    """A town of the gazetteer; with `code`, the middle of a postal code."""
    kind = "postal_code" if "code" in fields else "town"
    plain = {"latitude": 32.79, "longitude": -96.8, "population": 1000}
    key = name.lower()
    return Place.objects.create(kind=kind, name=name, name_key=key, country=country, **{**plain, **fields})
