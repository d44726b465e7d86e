"""The documentation for people who write programs: a page of ours, drawn from the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from api.document import openapi_document


@dataclass(frozen=True)
class Parameter:
    """`where` it stands ("in the query"), and its `type`, in words."""

    name: str
    where: str
    required: bool
    type: str
    choices: list[str]
    description: str


@dataclass(frozen=True)
class ResponseDoc:
    status: str
    description: str


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Parameter]
    responses: list[ResponseDoc]
    examples: list[str]  # what follows `curl`, with "{root}" for the site's own address


@dataclass(frozen=True)
class Api:
    title: str
    version: str
    description: str
    openapi_url: str
    operations: list[Operation]
    examples: list[str]


@csrf_exempt  # it changes nothing, and a POST is told so plainly
@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    api = docs_context(openapi_document(get_language() or ""), root=request.build_absolute_uri("/")[:-1])
    return render(request, "pages/api_docs.html", {"api": api})


def docs_context(document: dict[str, Any], *, root: str) -> Api:
    """What the page shows of an OpenAPI document; `root` is the site's own address, for the lines to try."""
    operations = list(_operations(document))
    return Api(
        title=document["info"]["title"],
        version=document["info"]["version"],
        description=document["info"].get("description", ""),
        openapi_url=reverse("api:openapi"),
        operations=operations,
        examples=[
            f"curl {example.replace('{root}', root, 1)}"
            for operation in operations
            for example in operation.examples
        ],
    )


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield Operation(
                method=method.upper(),
                path=path,
                summary=operation.get("summary", ""),
                description=operation.get("description", ""),
                parameters=[
                    *(_parameter(each) for each in operation.get("parameters", ())),
                    *_body_members(operation, document),
                ],
                responses=[
                    ResponseDoc(status, each["description"])
                    for status, each in operation["responses"].items()
                ],
                examples=[f"'{{root}}{each}'" for each in operation.get("x-examples", [])]
                + _body_example(path, operation),
            )


def _body_members(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[Parameter]:
    """The members of the object that is sent, told like parameters."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        shape = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
        for name, schema in shape["properties"].items():
            yield Parameter(
                name=name,
                where=_("in the body"),
                required=name in shape.get("required", ()),
                type=_type(schema),
                choices=schema.get("enum", []),
                description=schema.get("description", "").partition("\n\n* `")[0],
            )


def _body_example(path: str, operation: dict[str, Any]) -> list[str]:
    body = operation.get("x-example-body")
    return [f"'{{root}}{path}' --json '{json.dumps(body)}'"] if body else []


def _parameter(said: dict[str, Any]) -> Parameter:
    schema = said["schema"]
    return Parameter(
        name=said["name"],
        where=_("in the path") if said["in"] == "path" else _("in the query"),
        required=said.get("required", False),
        type=_type(schema),
        choices=schema.get("items", schema).get("enum", []),
        description=said.get("description", ""),
    )


def _type(schema: dict[str, Any]) -> str:
    if schema["type"] == "array":
        return _("text, may be given several times")
    names = {"integer": _("whole number"), "number": _("number"), "string": _("text")}
    return _("UUID") if schema.get("format") == "uuid" else names[schema["type"]]
