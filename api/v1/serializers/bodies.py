"""Request bodies: described by serializers, parsed and checked by the forms that pages use."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.errors import InvalidParameters
from api.v1.serializers.services import whole_services
from resources.models import Service
from resources.search.filters import ParameterError, form_errors


class FormSerializer(serializers.Serializer):
    """A body that `form_class` parses, so that people and programs follow the same rules.

    `form` is the bound form after parsing; the validated data are its cleaned values.
    """

    form_class: ClassVar[type[forms.Form]]

    def to_internal_value(self, data: dict[str, Any]) -> dict[str, Any]:
        """Parse a body; null counts as not given. Raises InvalidParameters, unknown members first."""
        self.form: Any = self.form_class(
            {name: _as_typed(value) for name, value in data.items() if value is not None}
        )
        known = tuple(self.form_class.base_fields)
        unknown = [
            ParameterError(name[:100], _now("Unknown member."), known) for name in data if name not in known
        ]
        raise_if_invalid([*unknown, *self.mistyped(data), *form_errors(self.form)])
        cleaned: dict[str, Any] = self.form.cleaned_data
        return cleaned

    def mistyped(self, data: dict[str, Any]) -> list[ParameterError]:
        """Return errors for types that the form would not notice."""
        return []


class ServiceIdField(forms.UUIDField):
    """The id of a published service."""

    def __init__(self, **kwargs: Any) -> None:
        wording = {"invalid": _("Enter a valid UUID.")}
        super().__init__(help_text=_("The id of a published service."), error_messages=wording, **kwargs)


def published_service(pk: UUID) -> Service:
    """Return the service with everything loaded. Raises InvalidParameters if it is not published."""
    service = whole_services().filter(pk=pk).first()
    if service is None:
        raise InvalidParameters([ParameterError("service", _now("No published record has this id."))])
    return service


def raise_if_invalid(errors: list[ParameterError]) -> None:
    """Raise InvalidParameters if there are errors."""
    if errors:
        raise InvalidParameters(errors)


def _as_typed(value: Any) -> str:
    """Return a number as it would be typed. Other types are left for the form to reject."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)
