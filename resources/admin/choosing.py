"""Choosing another record by name. What a browser sends is its id; what is no id is refused at the field.

Django's own widgets look up whatever was sent, also to show it again, and fail on what is no UUID.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

NOT_AN_ID = gettext_lazy("This is none of our records. Choose one from the list.")


def is_id(model: Any, value: Any) -> bool:
    """Whether a record of `model` could have this id; "" is none."""
    try:
        model._meta.pk.to_python(value)
    except ValidationError:
        return False
    return True


class OneBox(AutocompleteSelect):
    def optgroups(self, name: str, value: Sequence[Any], attr: Any = None) -> Any:
        return super().optgroups(name, _ids(self, value), attr)


class ManyBox(AutocompleteSelectMultiple):
    def optgroups(self, name: str, value: Sequence[Any], attr: Any = None) -> Any:
        return super().optgroups(name, _ids(self, value), attr)


class OneRecord(forms.ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value and not is_id(_model(self), value):
            raise ValidationError(NOT_AN_ID, code="invalid_choice")
        return super().to_python(value)


class ManyRecords(forms.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        if not all(is_id(_model(self), one) for one in value or ()):
            raise ValidationError(NOT_AN_ID, code="invalid_choice")
        return super().clean(value)


def _model(field: Any) -> Any:
    return field.queryset.model


def _ids(box: Any, value: Sequence[Any]) -> list[Any]:
    return [one for one in value if is_id(box.field.remote_field.model, one)]
