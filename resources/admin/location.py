"""The page of a place: an address, and the point it has on the globe."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.forms.widgets import Script
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.base import CuratedAdmin, Inline
from resources.admin.forms import LocationForm
from resources.admin.map import editable_map
from resources.models import Accessibility, Location
from resources.vocabulary import Precision


class AccessibilityInline(Inline):
    model = Accessibility
    fields = ("feature", "description", "details", "url")


@admin.register(Location)
class LocationAdmin(CuratedAdmin):
    form = LocationForm
    inlines = (AccessibilityInline,)
    autocomplete_fields = ("organization",)
    readonly_fields = ("last_modified", "point_map")
    fieldsets = (
        (None, {"fields": ("name", "location_type", "organization", "url", "description", "transportation")}),
        (
            gettext_lazy("Address"),
            {"fields": ("address_1", "address_2", ("city", "region"), ("postal_code", "country"))},
        ),
        (
            gettext_lazy("Point"),
            {
                "description": gettext_lazy(
                    "Leave it empty to have the postal code or the town looked up when you save."
                ),
                "fields": (("latitude", "longitude", "precision"), "point_map", "last_modified"),
            },
        ),
    )
    list_display = ("__str__", "location_type", "country", "precision", "last_modified")
    list_filter = ("location_type", "country", "precision")
    search_fields = ("name", "address_1", "city", "postal_code", "url")

    class Media:
        js = (Script("admin-theme/point.js", type="module"),)

    @admin.display(description=gettext_lazy("drawn"))
    def point_map(self, location: Location) -> str:
        return editable_map(location)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.found_place:
            message = _("The point is that of %(place)s (%(precision)s).")
            name = ", ".join(
                part
                for part in (form.found_place.name, form.found_place.region, form.found_place.country)
                if part
            )
            precision = Precision(obj.precision).label
            messages.info(request, message % {"place": name, "precision": str(precision).lower()})
        elif form.not_found:
            messages.warning(
                request,
                _(
                    "We could not find this address on the map, so it will not appear in searches by"
                    " distance. Check the town and postal code, or enter a latitude and longitude."
                ),
            )
