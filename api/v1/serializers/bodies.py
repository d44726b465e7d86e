"""Bodies that are sent to us: described by serializers, read and checked by the forms that pages use."""

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
    """A body that `form_class` reads, so that people and programs are held to the same rules.

    `form` is that form once the body has been read; the validated data are its cleaned values.
    """

    form_class: ClassVar[type[forms.Form]]

    def to_internal_value(self, data: dict[str, Any]) -> dict[str, Any]:
        """Raises InvalidParameters: unknown members first. A member that is null counts as not given."""
        self.form: Any = self.form_class(
            {name: _as_typed(value) for name, value in data.items() if value is not None}
        )
        known = tuple(self.form_class.base_fields)
        unknown = [
            ParameterError(name[:100], _now("There is no member of this name."), known)
            for name in data
            if name not in known
        ]
        raise_if_invalid([*unknown, *self.mistyped(data), *form_errors(self.form)])
        cleaned: dict[str, Any] = self.form.cleaned_data
        return cleaned

    def mistyped(self, data: dict[str, Any]) -> list[ParameterError]:
        """Members of a type that the form would not notice."""
        return []


class ServiceIdField(forms.UUIDField):
    def __init__(self, **kwargs: Any) -> None:
        wording = {"invalid": _("Write an id as other answers give it.")}
        super().__init__(help_text=_("The id of a published service."), error_messages=wording, **kwargs)


def published_service(pk: UUID) -> Service:
    """The service, loaded whole. Raises InvalidParameters if nothing published has this id."""
    service = whole_services().filter(pk=pk).first()
    if service is None:
        raise InvalidParameters([ParameterError("service", _now("Nothing published has this id."))])
    return service


def raise_if_invalid(errors: list[ParameterError]) -> None:
    if errors:
        raise InvalidParameters(errors)


def _as_typed(value: Any) -> str:
    """Numbers as they would be typed; what is no plain value is left for the form to refuse."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)
