"""How the API is described in OpenAPI 3.1: from the views' own words and forms, refusals included.

Named in REST_FRAMEWORK and in SPECTACULAR_SETTINGS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from api.errors import PROBLEM_JSON
from api.parameters import documented


class RefusalSerializer(serializers.Serializer):
    parameter = serializers.CharField(help_text=_("The parameter at fault."))
    message = serializers.CharField(help_text=_("What is wrong with it."))
    choices = serializers.ListField(
        child=serializers.CharField(),
        help_text=_("Values, names or spellings that would do. Empty where there are too many to list."),
    )


class ProblemSerializer(serializers.Serializer):
    """Problem details, RFC 9457."""

    type = serializers.CharField(
        help_text=_("Always about:blank: the status says what kind of problem it is.")
    )
    title = serializers.CharField(help_text=_("The name of the status."))
    status = serializers.IntegerField(help_text=_("The HTTP status."))
    detail = serializers.CharField(help_text=_("What is wrong, in a sentence."))
    errors = RefusalSerializer(many=True)  # type: ignore[assignment]  # a field, taken away from the class


_ID = OpenApiParameter(
    "id",
    type={"type": "string", "format": "uuid"},
    location=OpenApiParameter.PATH,
    description=_("The id, as other answers give it."),
)


class Documented(Protocol):
    """What a view says of itself."""

    operation_id: str
    summary: Any
    description: Any
    answers_with: type[serializers.Serializer]
    example_queries: tuple[str, ...]
    also_answers_in: tuple[str, ...]

    def documented_fields(self) -> Mapping[str, forms.Field]: ...


class ErrorAwareSchema(AutoSchema):
    @property
    def said(self) -> Documented:
        return cast("Documented", self.view)

    def get_operation_id(self) -> str:
        return self.said.operation_id

    def get_summary(self) -> str:
        return str(self.said.summary)

    def get_description(self) -> str:  # type: ignore[override]
        return str(self.said.description)

    def get_override_parameters(self) -> list[Any]:
        named = documented(self.said.documented_fields())
        return [_ID, *named] if self._finds_one_record() else named

    def get_request_serializer(self) -> Any:
        return getattr(self.said, "takes", None)

    def get_response_serializers(self) -> Any:
        refusals = {400: _("A parameter cannot be used. Each is named with the choices there are.")}
        if self._finds_one_record():
            refusals[404] = _("Nothing published has this id.")
        elif "page" in self.said.documented_fields():
            refusals[404] = _("The page is past the end.")
        if self.get_request_serializer():
            refusals[413] = _("The body is too long, or does not say how long it is.")
            refusals[415] = _("The body is not application/json.")
        if getattr(self.said, "is_counted", False):
            refusals[429] = _("More than one address may send in an hour. Retry-After says when to go on.")
        refusals[406] = _("The Accept header asks for something other than application/json.")
        answer = OpenApiResponse(self.said.answers_with, description=_("The answer."))
        files = {
            (200, media_type): OpenApiResponse(OpenApiTypes.STR, description=_("The answer."))
            for media_type in self.said.also_answers_in
        }
        return (
            {getattr(self.said, "answers_status", 200): answer}
            | files
            | {
                (status, PROBLEM_JSON): OpenApiResponse(ProblemSerializer, description=words)
                for status, words in refusals.items()
            }
        )

    def get_extensions(self) -> dict[str, Any]:
        """`x-examples`: addresses to try; `x-example-body`: what to send to one that takes a body."""
        examples = [f"{self.path}{query}" for query in self.said.example_queries]
        body = getattr(self.said, "example_body", None)
        return {
            **({"x-examples": examples} if examples else {}),
            **({"x-example-body": body} if body else {}),
        }

    def _finds_one_record(self) -> bool:
        return "{id}" in self.path


def write_nullable_as_type(result: Any, generator: Any, request: Any, public: bool) -> Any:
    """A POSTPROCESSING_HOOK: OpenAPI 3.1 ignores `nullable`, which the libraries still write."""
    _write_nullable(result)
    return result


def _write_nullable(node: Any) -> None:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in list(children):
        _write_nullable(child)
    if isinstance(node, dict) and node.get("nullable") is True and "type" in node:
        del node["nullable"]
        kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
        node["type"] = list(dict.fromkeys([*kinds, "null"]))
