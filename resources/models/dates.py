"""A model field for several dates, stored as readable text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

MAX_DAYS = 200  # dates per field: a longer list should be a recurrence rule


class DatesField(models.TextField):
    """Dates as a sorted tuple in Python, as "2026-12-25,2027-01-01" in the database. Empty means none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", ())
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, *_args: Any) -> tuple[date, ...]:
        return tuple(date.fromisoformat(day) for day in (value or "").split(",") if day)

    def to_python(self, value: Any) -> tuple[date, ...]:
        """Parse dates. Raises ValidationError, which names what is no date."""
        if isinstance(value, str):
            value = value.replace(",", " ").replace(";", " ").split()
        days = tuple(sorted({_parse_day(day) for day in value or ()}))
        if len(days) > MAX_DAYS:
            raise ValidationError(_("Enter up to %(most)d dates.") % {"most": MAX_DAYS})
        return days

    def get_prep_value(self, value: Any) -> str:
        return dates_as_text(self.to_python(value))

    def value_to_string(self, obj: models.Model) -> str:
        return dates_as_text(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        return super(models.TextField, self).formfield(**{"form_class": DatesFormField, **kwargs})


class DatesFormField(forms.Field):
    """Dates written as 2026-12-25, separated by commas or spaces."""

    def to_python(self, value: Any) -> tuple[date, ...]:
        return DatesField().to_python(value or "")

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else dates_as_text(value or (), ", ")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != tuple(initial or ())
        except ValidationError:
            return True


def dates_as_text(days: Iterable[date], between: str = ",") -> str:
    """Return dates as ISO text, joined by `between`."""
    return between.join(day.isoformat() for day in days)


def _parse_day(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValidationError(
            _("“%(day)s” is not a valid date. Enter dates as 2026-12-25, separated by commas.")
            % {"day": str(value)[:40]}
        ) from None
