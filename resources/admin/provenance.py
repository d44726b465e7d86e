"""Where records came from: written by loaders, read by curators."""

from django.contrib import admin

from resources.admin.base import ReadOnlyAdmin
from resources.models import ImportRun, Source, SourceRecord


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
