"""The words curators choose for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext as _

from resources.admin.base import CuratedAdmin
from resources.curation import publishing, restore
from resources.models import Service, Taxonomy, TaxonomyTerm


@admin.register(TaxonomyTerm)
class TaxonomyTermAdmin(CuratedAdmin):
    list_display = ("name", "taxonomy", "code", "parent")
    list_filter = ("taxonomy",)
    list_select_related = ("taxonomy", "parent")
    search_fields = ("name", "code")
    autocomplete_fields = ("parent",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A code never changes once others may have written it down."""
        return ("code",) if obj else ()

    def record_edit(self, record: Any, by: User, at: datetime) -> Sequence[Service]:
        return publishing.record_term_edit(term=record, by=by, at=at)


@admin.register(Taxonomy)
class TaxonomyAdmin(CuratedAdmin):
    list_display = ("name", "version")
    search_fields = ("name",)

    def record_edit(self, record: Any, by: User, at: datetime) -> Sequence[Service]:
        """No listing says the name of a taxonomy."""
        return restore.finish_change(record, by=by, at=at, comment=_("Edited."))
