"""Taxonomies and their terms."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from resources.admin.base import CuratedAdmin
from resources.models import Taxonomy, TaxonomyTerm


@admin.register(TaxonomyTerm)
class TaxonomyTermAdmin(CuratedAdmin):
    list_display = ("name", "taxonomy", "code", "parent")
    list_filter = ("taxonomy",)
    list_select_related = ("taxonomy", "parent")
    search_fields = ("name", "code")
    autocomplete_fields = ("parent",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Make the code of an existing term read-only: others may have stored it."""
        return ("code",) if obj else ()


@admin.register(Taxonomy)
class TaxonomyAdmin(CuratedAdmin):
    list_display = ("name", "version")
    search_fields = ("name",)
