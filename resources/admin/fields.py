"""Widgets and form fields of the admin, and validators of typed values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.curation.validators import mend_text
from resources.models.codes import CodesField
from resources.timing.checking import known_zones
from resources.vocabulary import COUNTRIES

COMMON_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "America/Toronto",
    "America/Winnipeg",
    "America/Edmonton",
    "America/Vancouver",
    "America/Halifax",
    "America/St_Johns",
    "America/Regina",
    "Europe/London",
    "Europe/Dublin",
    "Australia/Sydney",
    "Australia/Melbourne",
    "Australia/Brisbane",
    "Australia/Adelaide",
    "Australia/Perth",
    "Australia/Darwin",
    "Australia/Hobart",
    "Pacific/Auckland",
)


class PlainTextField(forms.CharField):
    """Text of a record, mended as the text of imports is (`mend_text`)."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return mend_text(text) if isinstance(text, str) else text


class CheckboxGroup(forms.CheckboxSelectMultiple):
    """Checkboxes in columns, labeled as one group."""

    def __init__(self, label: Any = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.label = label

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        boxes = super().render(*args, **kwargs)
        return format_html('<div class="ticks" role="group" aria-label="{}">{}</div>', self.label, boxes)


def with_code_labels(fieldsets: Any, model: type[models.Model]) -> list[tuple[Any, dict[str, Any]]]:
    """Replace fields of codes in fieldsets by their labels, for a reader without edit permission."""
    displays = {
        field.name: _code_labels(field)
        for field in model._meta.concrete_fields
        if isinstance(field, CodesField)
    }

    def replace(line: Any) -> Any:
        return tuple(map(replace, line)) if isinstance(line, list | tuple) else displays.get(line, line)

    return [
        (title, {**options, "fields": [replace(line) for line in options["fields"]]})
        for title, options in fieldsets
    ]


def _code_labels(field: CodesField) -> Callable[[models.Model], str]:
    @admin.display(description=field.verbose_name)
    def labels(record: models.Model) -> str:
        return ", ".join(str(code.label) for code in field.value_from_object(record)) or "-"

    labels.__name__ = field.name  # the page uses it as the field's CSS class
    return labels


class DatalistInput(forms.TextInput):
    """A text input that suggests common values and accepts others. Needs no script."""

    def __init__(self, choices: Mapping[str, Any] | Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.suggestions = dict(choices) if isinstance(choices, Mapping) else dict.fromkeys(choices, "")

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        list_id = f"{(attrs or {}).get('id', name)}_list"
        text_input = super().render(
            name, value, {**(attrs or {}), "list": list_id, "autocomplete": "off"}, renderer
        )
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions.items())
        return format_html('{}<datalist id="{}">{}</datalist>', text_input, list_id, options)


def normalize_rrule_list(value: str) -> str:
    """Return "2tu 4tu" in the format of RFC 5545, "2TU,4TU". `timing.checking` validates the parts."""
    return ",".join(part for part in re.split(r"[,\s]+", value.upper()) if part)


def validate_zone(value: str) -> str:
    """Return an IANA time zone, or "". Raises ValidationError for anything else."""
    if value and value not in known_zones():
        raise ValidationError(_("Choose a time zone by its place, such as America/Chicago."))
    return value


def validate_country(value: str) -> str:
    """Return the code of a country that listings may have, in capitals, or "".

    Raises ValidationError otherwise.
    """
    code = value.upper()
    if code and code not in COUNTRIES:
        raise ValidationError(
            _("Choose a country by its two letters: %(codes)s.") % {"codes": ", ".join(COUNTRIES)}
        )
    return code


def validate_degrees(value: float | None, *, limit: int) -> float | None:
    """Return a latitude (limit 90) or longitude (180). Raises ValidationError if it is out of range."""
    if value is not None and not -limit <= value <= limit:
        raise ValidationError(_("Enter degrees between -%(limit)d and %(limit)d.") % {"limit": limit})
    return value


INVALID_ID = gettext_lazy("Select a valid record from the list.")


def is_valid_pk(model: Any, value: Any) -> bool:
    """Return True if `value` has the form of an id of `model`; "" is valid too."""
    try:
        model._meta.pk.to_python(value)
    except ValidationError:
        return False
    return True


class UUIDAutocompleteSelect(AutocompleteSelect):
    """An autocomplete select that ignores malformed ids.

    Django's autocomplete widgets query with whatever was posted and raise on a malformed UUID.
    """

    def optgroups(self, name: str, value: Sequence[Any], attr: Any = None) -> Any:
        return super().optgroups(name, _ids(self, value), attr)


class UUIDAutocompleteSelectMultiple(AutocompleteSelectMultiple):
    """As UUIDAutocompleteSelect, for several records."""

    def optgroups(self, name: str, value: Sequence[Any], attr: Any = None) -> Any:
        return super().optgroups(name, _ids(self, value), attr)


class UUIDModelChoiceField(forms.ModelChoiceField):
    """A choice of a record that reports a malformed id as an invalid choice."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value and not is_valid_pk(_model(self), value):
            raise ValidationError(INVALID_ID, code="invalid_choice")
        return super().to_python(value)


class UUIDModelMultipleChoiceField(forms.ModelMultipleChoiceField):
    """As UUIDModelChoiceField, for several records."""

    def clean(self, value: Any) -> Any:
        if not all(is_valid_pk(_model(self), pk) for pk in value or ()):
            raise ValidationError(INVALID_ID, code="invalid_choice")
        return super().clean(value)


def _model(field: Any) -> Any:
    return field.queryset.model


def _ids(widget: Any, value: Sequence[Any]) -> list[Any]:
    return [pk for pk in value if is_valid_pk(widget.field.remote_field.model, pk)]
