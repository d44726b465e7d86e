"""What the pages of all records share: plain text only, and every save, publish and delete is a verb."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from resources.admin.fields import Ticks, refuse_long_text, refuse_markup
from resources.curation import verbs
from resources.models import Service
from resources.models.codes import CodesField
from resources.wording import joined


class PlainText:
    """For pages and inlines: text refuses markup and pastes gone wrong; codes are ticked in columns."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if isinstance(db_field, CodesField):
            field.label = capfirst(field.label)
            field.widget = Ticks(label=field.label, choices=field.choices)
        elif type(field) is forms.CharField:
            field.validators += [refuse_markup, refuse_long_text]
        return field


class Inline(PlainText, admin.StackedInline):
    """Rows of a record, each with its labels: readable on a telephone, and aloud."""

    extra = 0


class CuratedAdmin(PlainText, admin.ModelAdmin):
    """A record that listings show. Django saves the form inside one transaction; the verb ends it."""

    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def record_edit(self, record: Any, at: datetime) -> Sequence[Service]:
        """Calls the verb for an edit of `record`; returns the services that had to be withdrawn."""
        raise NotImplementedError

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change or form.has_changed() or any(formset.has_changed() for formset in formsets):
            tell_withdrawn(request, self.record_edit(form.instance, timezone.now()))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        tell_withdrawn(request, verbs.remove_records(records=[obj], at=timezone.now()))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        tell_withdrawn(request, verbs.remove_records(records=queryset, at=timezone.now()))


class ReadOnlyAdmin(admin.ModelAdmin):
    """What loaders write and curators only read."""

    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def tell_withdrawn(request: HttpRequest, services: Sequence[Service]) -> None:
    if services:
        names = joined([service.name for service in services])
        told = _("Withdrawn, because no way to make contact is left: %(names)s.") % {"names": names}
        messages.warning(request, told)
