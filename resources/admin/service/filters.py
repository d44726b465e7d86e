"""Filters of the list of services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.base import current_user
from resources.curation import permissions
from resources.curation.assurance import overdue_q
from resources.curation.queue import held_by_reason
from resources.geo.regions import parse_region
from resources.models import (
    CostOption,
    DuplicatePair,
    Language,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Source,
    SourceRecord,
)
from resources.vocabulary import COUNTRIES, Decision, Fit

MAX_REASONS = 12
MAX_REASON_LENGTH = 60  # characters of a reason in the filter


class KnownFilter(admin.SimpleListFilter):
    """A filter that lists nothing, and says so, for a value that it does not have."""

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the services with this value, which is one of the `lookups`."""
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value:
            return queryset
        if value not in {str(code) for code, _label in self.lookup_choices}:
            return report_unknown(request, queryset, self.title, value)
        return self.narrow(request, queryset, value)


class KnownChoicesFilter(admin.ChoicesFieldListFilter):
    """Django's filter of a field with choices, which says so for a value that is none of them."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        known = {str(code) for code, _label in self.field.flatchoices}
        for value in self.lookup_val or ():
            if value not in known:
                return report_unknown(request, queryset, self.title, value)
        return super().queryset(request, queryset)


class TypedFilter(admin.SimpleListFilter):
    """A filter with a box to type in. The other filters stay as they are."""

    template = "admin/typed_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("", "")]  # Django hides a filter without choices

    def choices(self, changelist: Any) -> Iterator[Any]:
        others = {**changelist.get_filters_params(), SEARCH_VAR: changelist.query}
        yield {
            "name": self.parameter_name,
            "value": self.value() or "",
            "others": [
                (name, value)
                for name, values in others.items()
                if name != self.parameter_name
                for value in ([values] if isinstance(values, str) else values)
                if value
            ],
            "clear": changelist.get_query_string(remove=[self.parameter_name]),
        }


def report_unknown(request: HttpRequest, queryset: QuerySet[Any], title: Any, value: str) -> QuerySet[Any]:
    """Tell the curator that a filter has no such value. Return no services."""
    message = _("Nothing is listed. “%(value)s” is not a known value of the filter “%(filter)s”.")
    messages.warning(request, message % {"value": value[:60], "filter": title})
    return queryset.none()


class RegionFilter(TypedFilter):
    """By a state or region: services with a place there, or that serve only there."""

    title = gettext_lazy("state or region")
    parameter_name = "region"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (value := (self.value() or "").strip()):
            return queryset
        try:
            return queryset.filter(permissions.regions_q([parse_region(value)]))
        except ValidationError:
            return report_unknown(request, queryset, self.title, value)


class TownFilter(TypedFilter):
    title = gettext_lazy("town")
    parameter_name = "town"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (value := (self.value() or "").strip()):
            return queryset
        places = ServiceAtLocation.objects.filter(location__city__iexact=value)
        if not places.exists():
            return report_unknown(request, queryset, self.title, value)
        return queryset.filter(pk__in=places.values("service"))


class OrganizationFilter(TypedFilter):
    """By a part of the organization's name."""

    title = gettext_lazy("organization")
    parameter_name = "organization_name"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (value := (self.value() or "").strip()):
            return queryset
        if not Organization.objects.filter(name__icontains=value).exists():
            return report_unknown(request, queryset, self.title, value)
        return queryset.filter(organization__name__icontains=value)


class MissingFilter(KnownFilter):
    """By what a record does not say."""

    title = gettext_lazy("missing")
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("phone", _("No phone")),
            ("price", _("No price")),
            ("page", _("No web page")),
            ("hours", _("No days and hours")),
            ("place", _("No place")),
            ("area", _("No area")),
            ("language", _("No language")),
        ]

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(missing_q(value))


def missing_q(value: str) -> Q:
    """Build a filter for services whose record does not say this, one of the values of MissingFilter."""
    of_service: dict[str, Any] = {
        "price": CostOption,
        "hours": Schedule,
        "place": ServiceAtLocation,
        "area": ServiceArea,
        "language": Language,
    }
    if value == "page":
        return Q(url="", organization__website="")
    if value == "phone":
        return ~_has_phone_q()
    without = ~Q(pk__in=of_service[value].objects.exclude(service=None).values("service"))
    if value == "hours":
        at_places = Schedule.objects.exclude(service_at_location=None)
        return without & ~Q(pk__in=at_places.values("service_at_location__service"))
    return without & Q(fees_description="") if value == "price" else without


def _has_phone_q() -> Q:
    """Build a filter for services with a phone of their own, of their organization or of a place.

    Sets, not EXISTS over joins: SQLite read all phones for each place where few phones belong to places.
    """

    def owners(path: str) -> Any:
        return Phone.objects.filter(**{f"{path}__isnull": False}).values(path)

    at_locations = ServiceAtLocation.objects.filter(location__in=owners("location"))
    return (
        Q(pk__in=owners("service"))
        | Q(organization__in=owners("organization"))
        | Q(pk__in=owners("service_at_location__service"))
        | Q(pk__in=at_locations.values("service"))
    )


class DuplicateFilter(KnownFilter):
    """Services that may be one with another, until a curator has decided."""

    title = gettext_lazy("possible duplicate")
    parameter_name = "duplicate"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Possible duplicate"))]

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        pairs = DuplicatePair.objects.filter(decision=Decision.OPEN)
        return queryset.filter(
            Q(Exists(pairs.filter(first=OuterRef("pk")))) | Q(Exists(pairs.filter(second=OuterRef("pk"))))
        )


class CountryFilter(KnownFilter):
    """By the country of a place or of a service area."""

    title = gettext_lazy("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(COUNTRIES.items())

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        places = ServiceAtLocation.objects.filter(location__country=value)
        areas = ServiceArea.objects.filter(area__startswith=value).exclude(service=None)
        return queryset.filter(Q(pk__in=places.values("service")) | Q(pk__in=areas.values("service")))


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
        return [(self.ANY, _("All held services")), *choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        reason = self.value()
        if not reason:
            return queryset
        held = queryset.filter(held=True)
        if reason == self.ANY:
            return held
        text = "" if reason == self.NO_REASON else reason
        if not Service.objects.filter(held=True, status_reason=text).exists():
            return report_unknown(request, queryset, self.title, reason)
        return held.filter(status_reason=text)


class CheckedFilter(KnownFilter):
    """By whether the last check is up to date for the service's kind, and by its age."""

    title = gettext_lazy("checked")
    parameter_name = "checked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("due", _("Overdue")),
            ("never", _("Never")),
            ("fresh", _("Not due yet")),
            ("180", _("Not for half a year")),
            ("365", _("Not for a year")),
            ("730", _("Not for two years")),
        ]

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(checked_q(value, timezone.localdate()))


def checked_q(value: str, today: date) -> Q:
    """Build a filter for services that were checked so, one of the values of CheckedFilter."""
    if value == "due":
        return overdue_q(today)
    if value == "never":
        return Q(assured_date=None)
    if value == "fresh":
        return Q(assured_date__isnull=False) & ~overdue_q(today)
    return Q(assured_date=None) | Q(assured_date__lt=today - timedelta(days=int(value)))


class WithinLimitsFilter(admin.SimpleListFilter):
    """For an editor with limits: services within them."""

    title = gettext_lazy("within my limits")
    parameter_name = "mine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("In my regions"))] if permissions.is_limited(current_user(request)) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return permissions.in_scope(current_user(request), queryset) if self.value() == "1" else queryset


class SourceFilter(KnownFilter):
    title = gettext_lazy("source")
    parameter_name = "source"
    LOCAL = "here"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        sources = list(Source.objects.values_list("slug", "name"))
        return [*sources, (self.LOCAL, _("Entered here"))]

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value == self.LOCAL:
            return queryset.filter(source_records=None)
        records = SourceRecord.objects.filter(source__slug=value).exclude(service=None)
        return queryset.filter(pk__in=records.values("service"))


def held_services_url(reason: str) -> str:
    """Return the URL of the list of services held for this reason; "" means no reason given."""
    query = urlencode({HeldFilter.parameter_name: reason or HeldFilter.NO_REASON})
    return f"{reverse('admin:resources_service_changelist')}?{query}"


def _shorten(reason: str) -> str:
    return reason if len(reason) <= MAX_REASON_LENGTH else f"{reason[: MAX_REASON_LENGTH - 1]}…"


# What a curator asks most often: the name, the parameter of a filter with its value, and what that lists.
QUICK: tuple[tuple[Any, str, str, Callable[[str, date], Q]], ...] = (
    (gettext_lazy("Made for loss"), "fit__exact", Fit.SPECIALIST.value, lambda value, _today: Q(fit=value)),
    (gettext_lazy("Never checked"), CheckedFilter.parameter_name, "never", checked_q),
    (gettext_lazy("Not checked for a year"), CheckedFilter.parameter_name, "365", checked_q),
    (gettext_lazy("No phone"), MissingFilter.parameter_name, "phone", lambda value, _today: missing_q(value)),
    (gettext_lazy("No price"), MissingFilter.parameter_name, "price", lambda value, _today: missing_q(value)),
)


def quick_filters(changelist: Any) -> list[dict[str, Any]]:
    """Return the quick filters whose parameter is not in use, for the list's template.

    Each with the `number` of services that it lists beside the filters in use: a query for each. It is None
    beside filters that list too many for `changelist.ids`: they would be asked again for each number.
    """
    today = timezone.localdate()
    is_narrowed = changelist.query or changelist.has_active_filters
    listed = changelist.queryset.order_by()
    if changelist.ids is not None:
        listed = Service.objects.filter(pk__in=changelist.ids)
    is_counted = not is_narrowed or changelist.ids is not None
    return [
        {
            "name": name,
            "number": listed.filter(build(value, today)).count() if is_counted else None,
            "url": changelist.get_query_string({parameter: value}),
        }
        for name, parameter, value, build in QUICK
        if parameter not in changelist.params
    ]


def used_filters(changelist: Any) -> list[dict[str, Any]]:
    """Return the filters in use with their value in words, each with the URL of the list without it."""
    chips = []
    for spec in changelist.filter_specs:
        names = spec.expected_parameters()
        if not any(changelist.params.get(name) for name in names):
            continue
        choices = list(spec.choices(changelist))
        value = next((choice["display"] for choice in choices if choice.get("selected")), "")
        value = value or " ".join(str(choice.get("value", "")) for choice in choices).strip()
        if value:
            name = _("%(filter)s: %(value)s") % {"filter": capfirst(spec.title), "value": value}
            chips.append({"name": name, "clear": changelist.get_query_string(remove=names)})
    return chips
