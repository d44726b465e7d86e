"""From records to the API's JSON. Read-only; unknown is null."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from resources.models.codes import CodesField
from resources.presentation.cards import Fact
from resources.vocabulary import Vocabulary

# Field options from REST framework that affect reading.
SHAPE_OPTIONS = ("choices", "max_digits", "decimal_places")


class CodesListField(serializers.ListField):
    """Several values of one vocabulary. Empty means not stated."""

    def __init__(self, *, vocabulary: type[Vocabulary], **kwargs: Any) -> None:
        super().__init__(child=serializers.ChoiceField(choices=vocabulary.choices), **kwargs)

    def to_representation(self, data: Any) -> list[str]:
        return [str(value) for value in data]


def fact_field(fact: Fact) -> serializers.Field:
    """Return a field that describes a fact of a card. Its value is JSON already."""
    options: dict[str, Any] = {} if fact.many else {"help_text": fact.meaning}
    field: serializers.Field
    if issubclass(fact.holds, Vocabulary):
        field = serializers.ChoiceField(choices=fact.holds.choices, **options)
    else:
        kind = serializers.DateField if fact.holds is date else serializers.CharField
        field = kind(allow_null=not fact.many, **options)
    return serializers.ListField(child=field, help_text=fact.meaning) if fact.many else field


@extend_schema_field(OpenApiTypes.URI)
class AddressField(serializers.Field):
    """The absolute URL of a record, at `view_name`. No query."""

    def __init__(self, view_name: str, **kwargs: Any) -> None:
        self.view_name = view_name
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: models.Model) -> str:
        address: str = self.context["request"].build_absolute_uri(reverse(self.view_name, args=[value.pk]))
        return address


class EmptyAsNullMixin:
    """A serializer that writes null for the empty text by which models store an unknown fact."""

    fields: Any

    def to_representation(self, instance: Any) -> dict[str, Any]:
        facts = super().to_representation(instance)  # type: ignore[misc]
        return {
            name: None if value == "" and self.fields[name].allow_null else value
            for name, value in facts.items()
        }


class NullableModelSerializer(EmptyAsNullMixin, serializers.ModelSerializer):
    """The columns of a record: "" and NULL are both null. `help_texts` describe them.

    The models' own help texts are for curators, so they are not used here.
    """

    help_texts: ClassVar[dict[str, Any]] = {}

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        help_text = self.help_texts.get(field_name)
        if isinstance(model_field, CodesField):
            help_text = help_text or _("Empty if not stated.")
            return CodesListField, {"vocabulary": model_field.vocabulary, "help_text": help_text}
        field_class, found_options = super().build_standard_field(field_name, model_field)
        options: dict[str, Any] = {
            name: option for name, option in found_options.items() if name in SHAPE_OPTIONS
        }
        if issubclass(field_class, serializers.DecimalField):
            options["coerce_to_string"] = False
        if model_field.null or model_field.blank:
            options["allow_null"] = True
        return field_class, {**options, "help_text": help_text, "read_only": True}
