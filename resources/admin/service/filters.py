"""Filters of the list of services."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.base import current_user
from resources.curation import permissions
from resources.curation.assurance import overdue_q
from resources.curation.queue import held_by_reason
from resources.models import ServiceArea, ServiceAtLocation, Source, SourceRecord
from resources.vocabulary import COUNTRIES

MAX_REASONS = 12
MAX_REASON_LENGTH = 60  # characters of a reason in the filter


class CountryFilter(admin.SimpleListFilter):
    """By the country of a place or of a service area."""

    title = gettext_lazy("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(COUNTRIES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        country = self.value()
        if country not in COUNTRIES:
            return queryset
        places = ServiceAtLocation.objects.filter(service=OuterRef("pk"), location__country=country)
        areas = ServiceArea.objects.filter(service=OuterRef("pk"), area__startswith=country)
        return queryset.filter(Q(Exists(places)) | Q(Exists(areas)))


class HeldFilter(admin.SimpleListFilter):
    """Services that an import did not publish, by reason; the most frequent reasons with their numbers."""

    title = gettext_lazy("held on import")
    parameter_name = "held"
    ANY, NO_REASON = "any", "none"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        reasons = held_by_reason(MAX_REASONS)
        choices = [
            (reason or self.NO_REASON, f"{_shorten(reason) or _('no reason given')} ({number})")
            for reason, number in reasons
        ]
        return [(self.ANY, _("All that is held")), *choices] if reasons else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        reason = self.value()
        if not reason:
            return queryset
        held = queryset.filter(held=True)
        if reason == self.ANY:
            return held
        return held.filter(status_reason="" if reason == self.NO_REASON else reason)


class CheckedFilter(admin.SimpleListFilter):
    """By whether the last check is up to date for the service's kind."""

    title = gettext_lazy("checked")
    parameter_name = "checked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("due", _("Overdue")), ("never", _("Never")), ("fresh", _("Not due yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        overdue = overdue_q(timezone.localdate())
        if self.value() == "due":
            return queryset.filter(overdue)
        if self.value() == "never":
            return queryset.filter(assured_date=None)
        return queryset.exclude(assured_date=None).exclude(overdue) if self.value() == "fresh" else queryset


class WithinLimitsFilter(admin.SimpleListFilter):
    """For an editor with limits: services within them."""

    title = gettext_lazy("within my limits")
    parameter_name = "mine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("In my regions"))] if permissions.is_limited(current_user(request)) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return permissions.in_scope(current_user(request), queryset) if self.value() == "1" else queryset


class SourceFilter(admin.SimpleListFilter):
    title = gettext_lazy("source")
    parameter_name = "source"
    LOCAL = "here"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        sources = list(Source.objects.values_list("slug", "name"))
        return [*sources, (self.LOCAL, _("Entered here"))] if sources else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        if self.value() == self.LOCAL:
            return queryset.filter(source_records=None)
        records = SourceRecord.objects.filter(source__slug=self.value()).exclude(service=None)
        return queryset.filter(pk__in=records.values("service"))


def held_services_url(reason: str) -> str:
    """Return the URL of the list of services held for this reason; "" means no reason given."""
    query = urlencode({HeldFilter.parameter_name: reason or HeldFilter.NO_REASON})
    return f"{reverse('admin:resources_service_changelist')}?{query}"


def _shorten(reason: str) -> str:
    return reason if len(reason) <= MAX_REASON_LENGTH else f"{reason[: MAX_REASON_LENGTH - 1]}…"
