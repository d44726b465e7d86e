"""Read-only pages: sources, import runs, source records and the gazetteer."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from resources.admin.base import ReadOnlyAdmin
from resources.geo.names import fold
from resources.models import ImportRun, Place, Source, SourceRecord


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ("name", "slug", "licence", "publishes")


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "source", "started_at", "finished_at")
    list_filter = ("source",)
    list_select_related = ("source",)


@admin.register(SourceRecord)
class SourceRecordAdmin(ReadOnlyAdmin):
    list_display = ("key", "part", "source", "seen_on", "service")
    list_filter = ("source",)
    list_select_related = ("source", "service")
    search_fields = ("key", "service__name", "organization__name")


@admin.register(Place)
class PlaceAdmin(ReadOnlyAdmin):
    """The gazetteer, to look up how a visitor's place is understood."""

    list_display = ("name", "kind", "code", "region", "country", "population", "latitude", "longitude")
    list_filter = ("kind",)
    search_fields = ("name_key", "code")
    search_help_text = gettext_lazy("The start of a town's name or of a postal code.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by the indexes that visitors' searches use, instead of reading 150,000 rows."""
        if not (key := fold(search_term)):
            return queryset, False
        towns = Place.objects.name_starting(key).order_by()
        codes = Place.objects.code_starting(search_term.strip().upper()).order_by()
        return queryset.filter(pk__in=towns.values("pk").union(codes.values("pk"))), False
