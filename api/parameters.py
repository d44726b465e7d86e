"""Parameters are Django form fields: what reads them from the address also describes them in OpenAPI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter

from api.errors import InvalidParameters
from resources.search.filters import (
    DayField,
    IdsField,
    ListingFilterSet,
    OneLineField,
    ParameterError,
    WholeNumberField,
)
from resources.search.meetings import MEETINGS_KNOWN_FOR

MAX_PLACE_LENGTH = 200
MAX_PAGE_SIZE = 100
FROM, TO = "from", "to"
USUAL_DAYS = timedelta(days=30)
MOST_DAYS = timedelta(days=62)


class NoParameters(forms.Form):
    """For an address that takes none."""


class PageForm(forms.Form):
    page = WholeNumberField(required=False, min_value=1, help_text=gettext_lazy("The first page is 1."))
    page_size = WholeNumberField(
        required=False,
        min_value=1,
        max_value=MAX_PAGE_SIZE,
        help_text=gettext_lazy("How many on a page, from 1 to 100; 40 if not given."),
    )


class PlaceForm(forms.Form):
    q = OneLineField(
        max_length=MAX_PLACE_LENGTH,
        help_text=gettext_lazy(
            "The beginning of a postal code or of a town's name, from 1 to 200 characters."
        ),
    )


class WordsForm(forms.Form):
    q = OneLineField(
        max_length=MAX_PLACE_LENGTH,
        help_text=gettext_lazy("The beginning of some words or of a name, from 1 to 200 characters."),
    )


class DaysForm(forms.Form):
    """From which day to which. Its fields are `from`, which is no name for an attribute, and `to`."""

    def clean(self) -> dict[str, Any]:
        """Without them: from today on, for a month."""
        days = self.cleaned_data
        today = timezone.localdate()
        known = today + MEETINGS_KNOWN_FOR
        first = days.get(FROM) or today
        if first > known:
            self.add_error(FROM, _("Meetings are known until %(day)s.") % {"day": known})
            return days
        last = days.get(TO) or min(first + USUAL_DAYS, known)
        if last < first:
            self.add_error(TO, _("The last day is before the first."))
        elif last - first > MOST_DAYS:
            self.add_error(TO, _("Ask about %(days)d days at most.") % {"days": MOST_DAYS.days})
        elif last > known:
            self.add_error(TO, _("Meetings are known until %(day)s.") % {"day": known})
        return {**days, FROM: days.get(FROM), TO: last}


DaysForm.base_fields[FROM] = DayField(
    required=False, help_text=gettext_lazy("The first local day, written 2026-01-31; today if not given.")
)
DaysForm.base_fields[TO] = DayField(
    required=False,
    help_text=gettext_lazy("The last local day, at most 62 days after; a month after if not given."),
)


def without_params(query: QueryDict, names: Iterable[str]) -> QueryDict:
    """The query without these parameters."""
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept


def question_fields() -> dict[str, forms.Field]:
    """What may be asked about listings."""
    return {name: each.field for name, each in ListingFilterSet.base_filters.items()}


def read_parameters(form_class: type[forms.Form], query: QueryDict) -> dict[str, Any]:
    """The cleaned values. Raises `QuestionRefused` for unknown parameters and for values of no use.

    An empty value counts as none, because forms send them; of a repeated parameter the last one counts.
    """
    form = form_class(query)
    known = tuple(form.fields)
    unknown = [
        ParameterError(name[:100], _("There is no parameter of this name."), known)
        for name in query
        if name not in known
    ]
    raise_if_invalid(unknown + invalid_values(form))
    return form.cleaned_data


def invalid_values(form: forms.Form) -> list[ParameterError]:
    return [
        ParameterError(name, " ".join(map(str, errors)), _choices(form.fields[name]))
        for name, errors in form.errors.items()
    ]


def raise_if_invalid(refusals: Iterable[ParameterError]) -> None:
    """Raises `QuestionRefused` unless there is nothing to refuse."""
    if found := list(refusals):
        raise InvalidParameters(found)


def documented(fields: Mapping[str, forms.Field]) -> list[OpenApiParameter]:
    return [
        OpenApiParameter(
            name,
            type=_schema(field),
            required=field.required,
            description=str(field.help_text or field.label),
        )
        for name, field in fields.items()
    ]


def _schema(field: forms.Field) -> dict[str, Any]:
    """What JSON Schema can say of a field. How a distance or a place is written is said in words instead."""
    choices = list(_choices(field))
    if isinstance(field, forms.MultipleChoiceField):
        return {"type": "array", "items": {"type": "string", "enum": choices}}
    if choices:
        return {"type": "string", "enum": choices}
    if isinstance(field, IdsField):
        return {"type": "array", "items": {"type": "string", "format": "uuid"}}
    if isinstance(field, forms.DateField):
        return {"type": "string", "format": "date"}
    if isinstance(field, forms.IntegerField):  # a decimal is one too, to Django
        kind = "number" if isinstance(field, forms.DecimalField | forms.FloatField) else "integer"
        return {"type": kind, **_limits(minimum=field.min_value, maximum=field.max_value)}
    if isinstance(field, forms.CharField):
        return {
            "type": "string",
            **_limits(minLength=1 if field.required else None, maxLength=field.max_length),
        }
    raise TypeError(f"{type(field).__name__} has no description in OpenAPI")


def _limits(**limits: Any) -> dict[str, Any]:
    return {name: limit for name, limit in limits.items() if limit is not None}


def _choices(field: forms.Field) -> tuple[str, ...]:
    return tuple(str(value) for value, _label in getattr(field, "choices", ()) if value)
