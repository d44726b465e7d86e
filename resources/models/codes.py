"""A model field for several values of one vocabulary, stored as a bitmask that the database checks."""

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
    """Several codes of `vocabulary`, in its order: a tuple of members in Python, an integer in the database.

    It is no IntegerField, although it is stored as one: code that shows or checks numbers would take the
    tuple for a number. Empty means unknown. The model adds `codes_check`, so that the database refuses
    undefined bits.
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
        """Do nothing: `to_python` has already refused values outside the vocabulary."""

    def formfield(self, **kwargs: Any) -> Any:
        return forms.MultipleChoiceField(
            choices=self.vocabulary.choices,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            label=kwargs.get("label", self.verbose_name),
            help_text=kwargs.get("help_text", self.help_text),
        )


# The bitwise AND of two such fields is a number.
register_combinable_fields(CodesField, Combinable.BITAND, CodesField, models.BigIntegerField)


def codes_check(field: str, vocabulary: type[Vocabulary], *, name: str) -> models.CheckConstraint:
    """Return a constraint: a mask has only bits of `vocabulary`."""
    limit = vocabulary.everything()
    return models.CheckConstraint(
        name=name, condition=models.Q(**{f"{field}__gte": 0, f"{field}__lte": limit})
    )


def choice_check(
    field: str, vocabulary: type[Vocabulary], *, name: str, blank: bool = False
) -> models.CheckConstraint:
    """Return a constraint: a column has a value of `vocabulary`, or "" if `blank`."""
    allowed = [*vocabulary.values, *([""] if blank else [])]
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{field}__in": allowed}))
