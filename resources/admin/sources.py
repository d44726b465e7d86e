"""Sources, which curators keep, and read-only pages: import runs, source records and the gazetteer."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.base import CuratedMixin, ReadOnlyAdmin
from resources.admin.importing import run_context
from resources.geo.names import fold
from resources.models import ImportRun, Place, Source, SourceRecord


@admin.register(Source)
class SourceAdmin(CuratedMixin, admin.ModelAdmin):
    """Where records come from. A source stays: records and runs refer to it."""

    list_display = ("name", "slug", "licence", "publishes")
    search_fields = ("name", "slug", "url")
    show_facets = admin.ShowFacets.NEVER

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Make the short name of an existing source read-only: commands and files name it."""
        return ("slug",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "source", "started_at", "finished_at")
    list_filter = ("source",)
    list_select_related = ("source",)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what a run did, and let those who may undo it."""
        run = self.get_object(request, object_id)
        if run is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            "title": _("What this import did"),
            **run_context(run, request.user),
        }
        return TemplateResponse(request, "admin/import/run.html", context)


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
