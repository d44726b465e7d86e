"""Widgets and form fields of the admin, and validators of typed values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.curation.validators import mend_text
from resources.exchange.columns import CURRENCY_SIGNS, InvalidCell, LanguageNameColumn
from resources.geo.names import fold
from resources.geo.regions import country_name
from resources.models.codes import CodesField
from resources.timing.checking import known_zones
from resources.vocabulary import COUNTRIES, CURRENCIES, LANGUAGES

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

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Render what Django's templates would: three of them for each box take half the time of a page."""
        groups = self.optgroups(name, self.format_value(value), attrs)
        options = [option for _group, options, _index in groups for option in options]
        boxes = format_html_join(
            "",
            '<div><label for="{}"><input type="checkbox" name="{}" value="{}"{}> {}</label></div>',
            (
                (each["attrs"].get("id", ""), name, each["value"], flatatt(each["attrs"]), each["label"])
                for each in options
            ),
        )
        group = '<div class="ticks" role="group" aria-label="{}"><div{}>{}</div></div>'
        return format_html(group, self.label, flatatt({"id": (attrs or {}).get("id", False)}), boxes)


class Tiles(forms.RadioSelect):
    """One choice of a few as tiles. Those after the first `shown` are folded until one of them is chosen."""

    def __init__(self, label: Any = "", *, shown: int = 0, more: Any = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.label, self.shown, self.more = label, shown, more

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        groups = self.optgroups(name, self.format_value(value), attrs)
        options = [option for _group, options, _index in groups for option in options if option["value"]]
        first, rest = options[: self.shown], options[self.shown :]
        is_open = any(option["selected"] for option in rest)
        return format_html(
            '<div class="tiles" role="radiogroup" aria-label="{}"{}>{}'
            '<details{}><summary>{}</summary><div class="tiles">{}</div></details></div>',
            self.label,
            flatatt({"id": (attrs or {}).get("id", False)}),
            _tiles(name, first),
            flatatt({"open": is_open}),
            self.more,
            _tiles(name, rest),
        )


def _tiles(name: str, options: Iterable[Any]) -> SafeString:
    return format_html_join(
        "",
        '<label for="{}"><input type="radio" name="{}" value="{}"{}> {}</label>',
        (
            (each["attrs"].get("id", ""), name, each["value"], flatatt(each["attrs"]), each["label"])
            for each in options
        ),
    )


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
        options = tuple((str(value), str(label)) for value, label in self.suggestions.items())
        return format_html('{}<datalist id="{}">{}</datalist>', text_input, list_id, _suggestions(options))


@cache
def _suggestions(options: tuple[tuple[str, str], ...]) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', options)


class NamedField(forms.CharField):
    """A code that is typed and shown by its name: "English" for "en". Codes are accepted too.

    `read` turns what was typed into the code and raises `InvalidCell` or ValidationError; `names` are the
    names by code that the field suggests.
    """

    def __init__(
        self, *, names: Mapping[str, Any], read: Callable[[str], str], error: Any, **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", DatalistInput([str(name) for name in names.values()]))
        super().__init__(**kwargs)
        self.names, self.read, self.error = names, read, error

    def prepare_value(self, value: Any) -> Any:
        return str(self.names.get(value, value)) if isinstance(value, str) else value

    def to_python(self, value: Any) -> str:
        typed = " ".join(str(super().to_python(value)).split())
        if not typed:
            return ""
        try:
            return self.read(typed)
        except (InvalidCell, ValidationError):
            raise ValidationError(self.error) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != (initial or ""))
        except ValidationError:
            return True


class LanguageField(NamedField):
    """A language, as its BCP 47 code."""

    def __init__(self, **kwargs: Any) -> None:
        error = gettext_lazy("We do not know this language. Enter its English name or a code, such as es.")
        super().__init__(names=LANGUAGES, read=LanguageNameColumn().read, error=error, **kwargs)


# What people call the time zones of our countries, besides the town of their IANA names.
ZONE_NAMES = {
    "America/New_York": gettext_lazy("Eastern (New York)"),
    "America/Chicago": gettext_lazy("Central (Chicago)"),
    "America/Denver": gettext_lazy("Mountain (Denver)"),
    "America/Phoenix": gettext_lazy("Arizona (Phoenix)"),
    "America/Los_Angeles": gettext_lazy("Pacific (Los Angeles)"),
    "America/Anchorage": gettext_lazy("Alaska (Anchorage)"),
    "Pacific/Honolulu": gettext_lazy("Hawaii (Honolulu)"),
    "America/Puerto_Rico": gettext_lazy("Puerto Rico"),
    "America/Halifax": gettext_lazy("Atlantic (Halifax)"),
    "America/St_Johns": gettext_lazy("Newfoundland (St. John’s)"),
    "Europe/London": gettext_lazy("United Kingdom (London)"),
    "Europe/Dublin": gettext_lazy("Ireland (Dublin)"),
    "Pacific/Auckland": gettext_lazy("New Zealand (Auckland)"),
}


class ZoneField(NamedField):
    """A time zone, as its IANA name: "Central", "Chicago" and "America/Chicago" are the same."""

    def __init__(self, **kwargs: Any) -> None:
        names = {zone: ZONE_NAMES.get(zone, _town_of_zone(zone)) for zone in COMMON_ZONES}
        error = gettext_lazy("Enter a time zone by its name or town, such as Central or Chicago.")
        super().__init__(names=names, read=read_zone, error=error, **kwargs)


# Words around the name of a zone that say nothing more: "Central Time (US & Canada)".
WORDS_OF_ZONES = frozenset({"time", "standard", "daylight", "us", "usa", "and", "canada"})


def read_zone(text: str) -> str:
    """Return the IANA name of "Central", "central time", "Central (US)", "Chicago" or "America/Chicago".

    Raises ValidationError for anything else.
    """
    if text in known_zones():
        return text
    word = " ".join(word for word in fold(text).split() if word not in WORDS_OF_ZONES)
    for zone in COMMON_ZONES:
        name = str(ZONE_NAMES.get(zone, ""))
        known = {fold(name), fold(name.partition(" (")[0]), fold(_town_of_zone(zone)), fold(zone)}
        if word in known:
            return zone
    raise ValidationError(_("Choose a time zone by its place, such as America/Chicago."))


def _town_of_zone(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


class CurrencyField(NamedField):
    """A currency, as its ISO 4217 code: "$" is `DOLLAR` until the country of the service is known."""

    DOLLAR = "$"

    def __init__(self, **kwargs: Any) -> None:
        names = {code: code for code in CURRENCIES.values()}
        error = gettext_lazy("Enter a currency, such as $, £, € or USD.")
        kwargs.setdefault("widget", DatalistInput(names, attrs={"size": 4}))
        super().__init__(names=names, read=self._read, error=error, **kwargs)

    def _read(self, text: str) -> str:
        if text == self.DOLLAR or text.lower() in ("dollar", "dollars"):
            return self.DOLLAR
        code = CURRENCY_SIGNS.get(text.upper()) or {"POUNDS": "GBP", "EUROS": "EUR", "EURO": "EUR"}.get(
            text.upper(), text.upper()
        )
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise ValidationError(self.error)
        return code


def normalize_rrule_list(value: str) -> str:
    """Return "2tu 4tu" in the format of RFC 5545, "2TU,4TU". `timing.checking` validates the parts."""
    return ",".join(part for part in re.split(r"[,\s]+", value.upper()) if part)


class CountryField(forms.ChoiceField):
    """A country by its name. A record of another country keeps its own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("", "---------"), *COUNTRIES.items()], required=False, **kwargs)

    def also_allow(self, code: str) -> None:
        """Offer the country that a record has already."""
        if code and code not in COUNTRIES:
            self.choices = [("", "---------"), *COUNTRIES.items(), (code, country_name(code))]


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
