"""Schedules while a curator edits them: text is parsed into dates, and dates are shown in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.base import Inline
from resources.admin.fields import ZoneField, normalize_rrule_list
from resources.admin.forms import service_of, zone_of_typed
from resources.models import Schedule, Service
from resources.models.dates import dates_as_text
from resources.timing.checking import recurrence_or_none, schedule_faults
from resources.timing.preview import (
    RULE_FIELDS,
    Preview,
    fill_from_words,
    has_rule,
    preview_schedule,
    zone_of_location,
    zone_of_service,
)

SCHEDULE_FIELDS = frozenset(field.name for field in Schedule._meta.concrete_fields)


class ScheduleForm(forms.ModelForm):
    """A schedule. `preview` is how its description was understood, if it was parsed."""

    preview: Preview | None = None

    timezone = ZoneField(
        label=gettext_lazy("Time zone"), required=False, help_text=gettext_lazy("Empty: that of the place.")
    )

    class Meta:
        widgets = {
            "description": forms.Textarea(attrs={"rows": 2, "cols": 60}),
            "notes": forms.Textarea(attrs={"rows": 2, "cols": 60}),
        }

    def clean_byday(self) -> str:
        return normalize_rrule_list(self.cleaned_data["byday"])

    def clean_bymonthday(self) -> str:
        return normalize_rrule_list(self.cleaned_data["bymonthday"])

    def clean_bymonth(self) -> str:
        return normalize_rrule_list(self.cleaned_data["bymonth"])

    def clean_count(self) -> int | None:
        count: int | None = self.cleaned_data["count"]
        if count is not None and count < 1:
            raise ValidationError(_("Enter 1 or more, or leave it empty."))
        return count

    def clean(self) -> dict[str, Any]:
        """Parse a description without a rule into the fields, if that is certain."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        schedule = Schedule(**{name: cleaned[name] for name in self.fields if name in SCHEDULE_FIELDS})
        if not has_rule(cleaned):
            self._parse_description(cleaned, schedule)
            return cleaned
        schedule.timezone = cleaned["timezone"] = cleaned.get("timezone") or self._zone()
        for fault in schedule_faults(schedule):
            self.add_error(fault.field if fault.field in self.fields else None, fault.message)
        return cleaned

    def _parse_description(self, cleaned: dict[str, Any], schedule: Schedule) -> None:
        if not cleaned.get("description") or "description" not in self.changed_data:
            return
        zone = cleaned.get("timezone") or self._zone()
        preview = fill_from_words(schedule, zone=zone, at=timezone.now())
        if preview.is_certain:
            cleaned |= {
                name: getattr(schedule, name) for name in (*RULE_FIELDS, "timezone") if name in cleaned
            }
        self.preview = preview

    def _zone(self) -> str:
        """Return the time zone of the place, for a form that does not name one."""
        place = self.instance.service_at_location if self.instance.service_at_location_id else None
        if place:
            return zone_of_location(place.location)
        return zone_of_typed(service_of(self.instance))


class SingleScheduleForm(ScheduleForm):
    """One schedule without its service, for the preview while it is edited."""

    class Meta(ScheduleForm.Meta):
        model = Schedule
        fields = ("description", *RULE_FIELDS, "timezone", "valid_from", "valid_to", "notes")

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data


class ScheduleInline(Inline):
    model = Schedule
    form = ScheduleForm
    blank_rows = 1
    fieldsets = (
        (None, {"fields": ("description", "next_dates")}),
        (
            gettext_lazy("The rule, field by field"),
            {
                "classes": ("collapse",),
                "fields": (
                    ("freq", "interval", "byday", "bymonthday"),
                    ("opens_at", "closes_at", "timezone"),
                    ("bymonth", "exception_dates", "added_dates"),
                    ("dtstart", "until", "count", "wkst"),
                    ("valid_from", "valid_to"),
                    ("notes", "schedule_link"),
                ),
            },
        ),
    )
    readonly_fields = ("next_dates",)

    class Media:
        js = ("admin-theme/schedules.js",)

    @admin.display(description=gettext_lazy("says"))
    def next_dates(self, schedule: Schedule) -> str:
        """Show the rule in words with its next dates. The page's script updates it while one types."""
        preview = preview_schedule(schedule, at=timezone.now())
        text = _("No dates yet. The text is shown to visitors as a note.")
        if preview:
            text = "; ".join((preview.phrase, *preview.dates, *preview.remarks))
        address = reverse("admin:resources_service_schedule")
        button_label = _("Use these dates")
        return format_html(
            '<output class="next-dates" data-preview="{}" data-use="{}">{}</output>',
            address,
            button_label,
            text,
        )


def preview_json(data: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """Preview the fields of one schedule, as JSON: `phrase`, `dates`, `remarks`, `errors` and `fields` by
    field.

    A description without a rule is parsed, and `fields` has the values to fill in. `service` is an id, for
    its time zone.
    """
    form = SingleScheduleForm(data)
    zone = zone_of_service(_service_by_id(data.get("service", "")))
    if not form.is_valid():
        return {"phrase": "", "dates": [], "remarks": [], "errors": form.errors, "fields": {}}
    schedule = Schedule(**form.cleaned_data)
    if has_rule(form.cleaned_data):
        schedule.timezone = schedule.timezone or zone
        errors = {fault.field: [fault.message] for fault in schedule_faults(schedule)}
        preview = preview_schedule(schedule, at=at) or Preview("", ())
        return {**_as_json(preview), "errors": errors, "fields": {}}
    if not schedule.description:
        return {"phrase": "", "dates": [], "remarks": [], "errors": {}, "fields": {}}
    preview = fill_from_words(schedule, zone=zone, at=at)
    names = (*RULE_FIELDS, "timezone") if has_rule(vars(schedule)) else ()
    fields = {name: _input_text(getattr(schedule, name)) for name in names}
    return {**_as_json(preview), "errors": {}, "fields": fields}


def _input_text(value: Any) -> str:
    """Return a column as text for its input."""
    if isinstance(value, tuple):
        return dates_as_text(value, ", ")
    if isinstance(value, time):
        return value.isoformat("minutes")
    return "" if value is None else str(value)


def _as_json(preview: Preview) -> dict[str, Any]:
    return {"phrase": preview.phrase, "dates": list(preview.dates), "remarks": list(preview.remarks)}


def _service_by_id(pk: str) -> Service | None:
    try:
        return Service.objects.filter(pk=UUID(pk)).first()
    except ValueError:
        return None


def report_parsed_schedules(request: HttpRequest, formsets: Any, service: Service) -> None:
    """Report how descriptions were parsed, why others stay notes, and when dates are not published."""
    rows = [form for formset in formsets if formset.model is Schedule for form in formset.forms]
    for row in rows:
        if row.preview:
            _report_parsed(request, row.cleaned_data["description"], row.preview)
    changed = [row.instance for row in rows if row.has_changed() and row.instance.pk]
    if service.assured_date is None and any(map(recurrence_or_none, changed)):
        messages.info(request, _("Visitors see dates only after “Last checked on” is filled in."))


def _report_parsed(request: HttpRequest, text: str, preview: Preview) -> None:
    if preview.is_certain:
        message = _("“%(words)s” was read as: %(dates)s. Correct it if that is wrong.")
        messages.info(
            request, message % {"words": text, "dates": "; ".join((preview.phrase, *preview.dates))}
        )
    else:
        message = _("“%(words)s” is kept as a note only. %(remarks)s")
        messages.warning(request, message % {"words": text, "remarks": " ".join(preview.remarks)})
