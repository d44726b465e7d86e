"""A column of several values of one vocabulary as a bitmask: narrow, portable, checked by the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable, register_combinable_fields
from django.utils.translation import gettext_lazy as _

from resources.vocabulary import Vocabulary


class CodesField(models.Field):
    """Codes of `vocabulary` in its own order: a tuple of members in Python, an integer in the database.

    No IntegerField, though stored as one: what shows or checks numbers would take the tuple for a number.
    Empty means that nothing is known. The model beside it adds `codes_check` so that the database
    refuses bits that stand for nothing.
    """

    empty_strings_allowed = False

    def __init__(self, vocabulary: type[Vocabulary], *args: Any, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        kwargs.setdefault("default", ())
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.vocabulary, *args], kwargs

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: int | None, *_: Any) -> tuple[Any, ...]:
        return self.vocabulary.unmask(value or 0)

    def to_python(self, value: Any) -> Any:
        if value is None or value == "":
            return ()
        if isinstance(value, int):
            return self.vocabulary.unmask(value)
        if isinstance(value, str):
            value = value.split(",")
        try:
            return self.vocabulary.unmask(self.vocabulary.mask(value))
        except ValueError as error:
            raise ValidationError(
                _("%(value)s is not one of the choices."), params={"value": error}
            ) from error

    def get_prep_value(self, value: int | Iterable[Any] | None) -> int:
        if isinstance(value, int):
            return value
        return self.vocabulary.mask(value or ())

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        mask = super().get_db_prep_value(value, connection, prepared)
        return connection.ops.adapt_integerfield_value(mask, self.get_internal_type())

    def value_to_string(self, obj: models.Model) -> str:
        return ",".join(self.value_from_object(obj))

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """`to_python` has refused every word that is not in the vocabulary."""

    def formfield(self, **kwargs: Any) -> Any:
        return forms.MultipleChoiceField(
            choices=self.vocabulary.choices,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            label=kwargs.get("label", self.verbose_name),
            help_text=kwargs.get("help_text", self.help_text),
        )


# The bits that two of them share are a number.
register_combinable_fields(CodesField, Combinable.BITAND, CodesField, models.BigIntegerField)


def codes_check(field: str, vocabulary: type[Vocabulary], *, name: str) -> models.CheckConstraint:
    """The database's own rule that a mask holds only bits of `vocabulary`."""
    limit = vocabulary.everything()
    return models.CheckConstraint(
        name=name, condition=models.Q(**{f"{field}__gte": 0, f"{field}__lte": limit})
    )


def choice_check(
    field: str, vocabulary: type[Vocabulary], *, name: str, blank: bool = False
) -> models.CheckConstraint:
    """The database's own rule that a column holds one word of `vocabulary` (or "", where `blank`)."""
    allowed = [*vocabulary.values, *([""] if blank else [])]
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{field}__in": allowed}))
