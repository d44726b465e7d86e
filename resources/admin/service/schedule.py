"""A schedule while a curator writes it: words are read into dates, and dates are told back."""

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
from resources.admin.fields import USUAL_ZONES, DatalistInput, check_zone, normalize_rrule_list
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
    """`read` is what its words were taken for, where they were read."""

    read: Preview | None = None

    class Meta:
        widgets = {
            "timezone": DatalistInput(USUAL_ZONES),
            "description": forms.Textarea(attrs={"rows": 2, "cols": 60}),
            "notes": forms.Textarea(attrs={"rows": 2, "cols": 60}),
        }

    def clean_byday(self) -> str:
        return normalize_rrule_list(self.cleaned_data["byday"])

    def clean_bymonthday(self) -> str:
        return normalize_rrule_list(self.cleaned_data["bymonthday"])

    def clean_bymonth(self) -> str:
        return normalize_rrule_list(self.cleaned_data["bymonth"])

    def clean_timezone(self) -> str:
        return check_zone(self.cleaned_data["timezone"])

    def clean_count(self) -> int | None:
        count: int | None = self.cleaned_data["count"]
        if count is not None and count < 1:
            raise ValidationError(_("Write 1 or more, or leave it empty."))
        return count

    def clean(self) -> dict[str, Any]:
        """Words alone are read into the fields where that is certain; what was read is told back."""
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        written = Schedule(**{name: given[name] for name in self.fields if name in SCHEDULE_FIELDS})
        if not has_rule(given):
            self._read_words(given, written)
            return given
        written.timezone = given["timezone"] = given.get("timezone") or self._zone()
        for fault in schedule_faults(written):
            self.add_error(fault.field if fault.field in self.fields else None, fault.message)
        return given

    def _read_words(self, given: dict[str, Any], written: Schedule) -> None:
        if not given.get("description") or "description" not in self.changed_data:
            return
        zone = given.get("timezone") or self._zone()
        read = fill_from_words(written, zone=zone, at=timezone.now())
        if read.is_certain:
            given |= {name: getattr(written, name) for name in (*RULE_FIELDS, "timezone") if name in given}
        self.read = read

    def _zone(self) -> str:
        """That of the place, where the form does not say one."""
        here = self.instance.service_at_location if self.instance.service_at_location_id else None
        if here:
            return zone_of_location(here.location)
        return zone_of_service(self.instance.service if self.instance.service_id else None)


class ScheduleRow(ScheduleForm):
    """One schedule by itself, read while it is being written."""

    class Meta(ScheduleForm.Meta):
        model = Schedule
        fields = ("description", *RULE_FIELDS, "timezone", "valid_from", "valid_to", "notes")

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data


class ScheduleInline(Inline):
    model = Schedule
    form = ScheduleForm
    fields = (
        "description",
        "next_dates",
        ("freq", "interval", "byday", "bymonthday"),
        ("opens_at", "closes_at", "timezone"),
        ("bymonth", "exception_dates", "added_dates"),
        ("dtstart", "until", "count", "wkst"),
        ("valid_from", "valid_to"),
        ("notes", "schedule_link"),
    )
    readonly_fields = ("next_dates",)

    class Media:
        js = ("admin-look/schedules.js",)

    @admin.display(description=gettext_lazy("says"))
    def next_dates(self, schedule: Schedule) -> str:
        """The rule in words with its next dates. The page's script says it anew while one writes."""
        shown = preview_schedule(schedule, at=timezone.now())
        said = _("Nothing yet: the words are shown as a note, and no dates are claimed.")
        if shown:
            said = "; ".join((shown.phrase, *shown.dates, *shown.remarks))
        address = reverse("admin:resources_service_schedule")
        use = _("Use these dates")
        return format_html(
            '<output class="next-dates" data-preview="{}" data-use="{}">{}</output>', address, use, said
        )


def preview_of_row(typed: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """What the fields of one schedule say, as JSON: `said`, `dates`, `remarks`, and `errors` by field.

    Words alone are read, and `fields` proposes what to fill in for them. `service` is an id, for its zone.
    """
    form = ScheduleRow(typed)
    zone = zone_of_service(_service_named(typed.get("service", "")))
    if not form.is_valid():
        return {"said": "", "dates": [], "remarks": [], "errors": form.errors, "fields": {}}
    written = Schedule(**form.cleaned_data)
    if has_rule(form.cleaned_data):
        written.timezone = written.timezone or zone
        errors = {fault.field: [fault.message] for fault in schedule_faults(written)}
        shown = preview_schedule(written, at=at) or Preview("", ())
        return {**_as_json(shown), "errors": errors, "fields": {}}
    if not written.description:
        return {"said": "", "dates": [], "remarks": [], "errors": {}, "fields": {}}
    shown = fill_from_words(written, zone=zone, at=at)
    names = (*RULE_FIELDS, "timezone") if has_rule(vars(written)) else ()
    fields = {name: _as_typed(getattr(written, name)) for name in names}
    return {**_as_json(shown), "errors": {}, "fields": fields}


def _as_typed(value: Any) -> str:
    """A column as one would type it into its box."""
    if isinstance(value, tuple):
        return dates_as_text(value, ", ")
    if isinstance(value, time):
        return value.isoformat("minutes")
    return "" if value is None else str(value)


def _as_json(shown: Preview) -> dict[str, Any]:
    return {"said": shown.phrase, "dates": list(shown.dates), "remarks": list(shown.remarks)}


def _service_named(pk: str) -> Service | None:
    try:
        return Service.objects.filter(pk=UUID(pk)).first()
    except ValueError:
        return None


def tell_what_was_read(request: HttpRequest, formsets: Any, service: Service) -> None:
    """Words that were read into dates, with the dates; why others stay a note; and who is shown the dates."""
    rows = [form for formset in formsets if formset.model is Schedule for form in formset.forms]
    for row in rows:
        if row.read:
            _tell_reading(request, row.cleaned_data["description"], row.read)
    changed = [row.instance for row in rows if row.has_changed() and row.instance.pk]
    if service.assured_date is None and any(map(recurrence_or_none, changed)):
        messages.info(request, _("Visitors are shown no dates before “Last checked on” is filled in."))


def _tell_reading(request: HttpRequest, words: str, read: Preview) -> None:
    if read.is_certain:
        told = _("“%(words)s” was read as: %(dates)s. Correct it if that is wrong.")
        messages.info(request, told % {"words": words, "dates": "; ".join((read.phrase, *read.dates))})
    else:
        told = _("“%(words)s” is kept as a note, and claims no dates. %(remarks)s")
        messages.warning(request, told % {"words": words, "remarks": " ".join(read.remarks)})
