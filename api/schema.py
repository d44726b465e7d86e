"""The OpenAPI 3.1 description. Named in REST_FRAMEWORK and in SPECTACULAR_SETTINGS.

Views (`extend_schema`) and serializers describe themselves. This adds the parameters, from the filter sets
that parse them, and the errors that an endpoint may return.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from api.errors import PROBLEM_JSON
from resources.search.filters import MAX_PRICE, IdsField, PriceField, field_choices


class RefusalSerializer(serializers.Serializer):
    """A parameter that cannot be used."""

    parameter = serializers.CharField(help_text=_("Name of the invalid parameter."))
    message = serializers.CharField(help_text=_("What is wrong with it."))
    choices = serializers.ListField(
        child=serializers.CharField(),
        help_text=_("Valid values or suggested spellings. Empty if there are too many to list."),
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
    merged_into = serializers.UUIDField(
        required=False, help_text=_("With 410 alone: the id of the service that this one is now part of.")
    )


class ErrorAwareSchema(AutoSchema):
    """Describes an endpoint with the parameters it takes and the errors it may return."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        for response in operation["responses"].values():
            response["description"] = response["description"] or _("Success.")
        problem = self.resolve_serializer(ProblemSerializer(), "response").ref
        for status, description in self._errors(operation).items():
            content = {PROBLEM_JSON: {"schema": problem}}
            operation["responses"][str(status)] = {"content": content, "description": description}
        return operation

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters of the view's filter set, described by its form fields."""
        view: Any = self.view
        filters = view.filterset_class.base_filters if self.method == "GET" and not view.detail else {}
        return [
            OpenApiParameter(
                name,
                type=field_schema(parameter.field),
                required=parameter.field.required,
                description=str(parameter.field.help_text or parameter.field.label),
            )
            for name, parameter in filters.items()
        ]

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Always False: a list is an object with its `results`, for which there is a serializer."""
        return False

    def _errors(self, operation: dict[str, Any]) -> dict[int, Any]:
        """Return the possible errors by status."""
        errors = {400: _("Some parameters are invalid. Each is named, with its valid choices.")}
        names = [parameter["name"] for parameter in operation.get("parameters", ())]
        if "id" in names:
            errors[404] = _("No published record has this id.")
        elif "name" in names:
            errors[404] = _("There is no such file.")
        elif "page" in names:
            errors[404] = _("The page is past the end.")
        if "requestBody" in operation:
            errors[413] = _("The body is too long, or has no Content-Length header.")
            errors[415] = _("The body is not application/json.")
        errors[429] = _("Too many requests from this network. Retry-After says when to continue.")
        return {**errors, 406: _("The Accept header asks for something other than application/json.")}


def field_schema(field: forms.Field) -> dict[str, Any]:
    """Return the JSON Schema of a form field; formats of distances and places are described in words.

    Raises TypeError for a kind of field that no parameter has had so far.
    """
    choices = list(field_choices(field))
    if isinstance(field, forms.MultipleChoiceField):
        return {"type": "array", "items": {"type": "string", "enum": choices}}
    if choices:
        return {"type": "string", "enum": choices}
    if isinstance(field, IdsField):
        return {"type": "array", "items": {"type": "string", "format": "uuid"}}
    if isinstance(field, forms.DateField):
        return {"type": "string", "format": "date"}
    if isinstance(field, forms.IntegerField):  # DecimalField is a subclass
        kind = "number" if isinstance(field, forms.DecimalField | forms.FloatField) else "integer"
        return {"type": kind, **_limits(minimum=field.min_value, maximum=field.max_value)}
    if isinstance(field, PriceField):  # "$20" is read too; a program writes a number
        return {"type": "number", **_limits(minimum=0, maximum=MAX_PRICE)}
    if isinstance(field, forms.CharField):
        return {
            "type": "string",
            **_limits(minLength=1 if field.required else None, maxLength=field.max_length),
        }
    raise TypeError(f"{type(field).__name__} has no description in OpenAPI")


def _limits(**limits: Any) -> dict[str, Any]:
    return {name: limit for name, limit in limits.items() if limit is not None}


def write_nullable_as_type(result: Any, generator: Any, request: Any, public: bool) -> Any:
    """Postprocessing hook: write `nullable` as a type, as OpenAPI 3.1 requires."""
    for node in _objects(result):
        if node.get("nullable") is True and "type" in node:
            del node["nullable"]
            kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
            node["type"] = list(dict.fromkeys([*kinds, "null"]))
    return result


def remove_internal_notes(result: Any, generator: Any, request: Any, public: bool) -> Any:
    """Postprocessing hook: remove docstrings of serializers and marks of the generator."""
    for shape in result["components"]["schemas"].values():
        shape.pop("description", None)
    for node in _objects(result):
        node.pop("x-spec-enum-id", None)
    return result


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a JSON document, outer ones first."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects(child)
