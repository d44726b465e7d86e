"""Suggestions and corrections sent by programs.

The answer only confirms receipt. Nothing of a contribution can be read here, and visitors see nothing of it
before a curator accepts it.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import keep_lazy_text
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.errors import InvalidParameters
from api.v1.serializers.bodies import FormSerializer, ServiceIdField, published_service
from resources.curation.contributions import (
    Contribution,
    CorrectionForm,
    EmptyContribution,
    SuggestionForm,
    receive_correction,
    receive_suggestion,
)
from resources.search.filters import ParameterError


class ServiceCorrectionForm(CorrectionForm):
    """`CorrectionForm` with the service it is about."""


ServiceCorrectionForm.base_fields = {
    "service": ServiceIdField(label=_("Service")),
    **CorrectionForm.base_fields,
}


class ContributionSerializer(FormSerializer):
    """The members of the body are described by the fields of the form that parses it."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {name: _member(field) for name, field in self.form_class.base_fields.items()}

    def mistyped(self, data: dict[str, Any]) -> list[ParameterError]:
        return [
            ParameterError(name[:100], _now("Send this as text."))
            for name, value in data.items()
            if not isinstance(value, str | None)
        ]

    def create(self, validated_data: dict[str, Any]) -> Contribution:
        """Store the contribution. Raises InvalidParameters if it is empty."""
        try:
            return self.receive(**self.form.received(), stamp=None, at=timezone.now())
        except EmptyContribution as error:
            raise InvalidParameters([ParameterError("note", error.messages[0])]) from error

    def receive(self, **received: Any) -> Contribution:
        """Store the contribution. Overridden by each kind."""
        raise NotImplementedError

    def to_representation(self, instance: Contribution) -> dict[str, Any]:
        """Return the shape of `ReceivedSerializer`."""
        return {"id": instance.pk, "received_at": instance.received_at}


class SuggestionSerializer(ContributionSerializer):
    form_class = SuggestionForm

    def receive(self, **received: Any) -> Contribution:
        return receive_suggestion(**received)


class CorrectionSerializer(ContributionSerializer):
    form_class = ServiceCorrectionForm

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {**attrs, "service": published_service(attrs["service"])}

    def receive(self, **received: Any) -> Contribution:
        return receive_correction(service=self.validated_data["service"], **received)


class ReceivedSerializer(serializers.Serializer):
    id = serializers.UUIDField(help_text=_("Reference for this submission. It gives no access."))
    received_at = serializers.DateTimeField()


def _member(field: forms.Field) -> serializers.Field:
    options: dict[str, Any] = {
        "required": field.required,
        "help_text": _label_and_help(field.label, field.help_text),
    }
    if isinstance(field, forms.UUIDField):
        return serializers.UUIDField(**options)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return serializers.ChoiceField(choices=[(code, label) for code, label in choices if code], **options)
    return serializers.CharField(max_length=getattr(field, "max_length", None), **options)


@keep_lazy_text
def _label_and_help(label: Any, help_text: Any) -> str:
    label = str(label)
    return f"{label}{'' if label.endswith('?') else '.'} {help_text}".strip()
