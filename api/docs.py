"""The OpenAPI document, and the documentation page for developers drawn from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@lru_cache(maxsize=16)
def openapi_document(language: str) -> dict[str, Any]:
    """Return the document in `language` ("" is the site's own). Cached and shared: do not change it."""
    with translation.override(language or None):
        generator = SchemaGenerator()  # type: ignore[no-untyped-call]
        document: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document


@csrf_exempt  # changes nothing; a POST gets 405 instead of a CSRF error
@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Show the documentation page."""
    api = docs_context(openapi_document(get_language() or ""), root=request.build_absolute_uri("/")[:-1])
    return render(request, "pages/api_docs.html", {"api": api})


def docs_context(document: dict[str, Any], *, root: str) -> dict[str, Any]:
    """Return `api` for `pages/api_docs.html`; `root` is the site's URL, for the examples."""
    operations = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return {
        **document["info"],
        "openapi_url": reverse("api:openapi"),
        "operations": [
            {
                **operation,
                "method": method.upper(),
                "path": path,
                "parameters": [
                    *map(_parameter, operation.get("parameters", ())),
                    *_body_members(operation, document),
                ],
                "responses": [
                    {"status": status, "description": response["description"]}
                    for status, response in operation["responses"].items()
                ],
            }
            for path, method, operation in operations
        ],
        "examples": [
            f"curl '{root}{example}"
            for path, _method, operation in operations
            for example in _examples(path, operation)
        ],
    }


def _examples(path: str, operation: dict[str, Any]) -> Iterator[str]:
    """Yield example requests, without the site's URL."""
    for address in operation.get("x-examples", ()):
        yield f"{address}'"
    if body := operation.get("x-example-body"):
        yield f"{path}' --json '{json.dumps(body)}'"


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    schema = parameter["schema"]
    return {
        "name": parameter["name"],
        "location": _("in the path") if parameter["in"] == "path" else _("in the query"),
        "required": parameter.get("required", False),
        "type": _type(schema),
        "choices": schema.get("items", schema).get("enum", []),
        "description": parameter.get("description", ""),
    }


def _body_members(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the members of the request body, described like parameters."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        shape = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
        for name, schema in shape["properties"].items():
            yield {
                "name": name,
                "location": _("in the body"),
                "required": name in shape.get("required", ()),
                "type": _type(schema),
                "choices": schema.get("enum", []),
                "description": schema.get("description", "").partition("\n\n* `")[0],
            }


def _type(schema: dict[str, Any]) -> str:
    if schema["type"] == "array":
        return _("text, may be given several times")
    names = {"integer": _("whole number"), "number": _("number"), "string": _("text")}
    return _("UUID") if schema.get("format") == "uuid" else names[schema["type"]]
