"""Possible duplicates in the admin: the list, the page that compares and merges two, and the way back.

Services and organizations have a list each, and share the pages.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from resources.admin.base import ReadOnlyAdmin, current_user, warn_withdrawn
from resources.curation import merging, permissions
from resources.curation.duplicates import describe_reasons, open_pairs
from resources.curation.merging import BOTH, KEPT, MERGED, RULES, CannotMerge, CannotSeparate
from resources.curation.permissions import Action
from resources.models import (
    DuplicatePair,
    Merge,
    Organization,
    OrganizationMerge,
    OrganizationPair,
    Service,
)
from resources.models.codes import CodesField
from resources.models.duplicate import MERGES, PAIRS
from resources.vocabulary import Decision
from resources.wording import join_words

CHOICE, READ = "choice-", "read-"


class PairAdmin(ReadOnlyAdmin):
    """The list of pairs of `record`, the likeliest first. A pair's page compares the two."""

    record: ClassVar[type[Service | Organization]]
    list_display = ("pair", "why", "score", "found_at", "decision")
    list_filter = ("decision",)
    list_select_related: ClassVar[Any] = ("first", "second")
    list_per_page = 50
    ordering = ("-score", "pk")
    search_fields = ("first__name", "second__name")
    list_display_links = None

    @admin.display(description=gettext_lazy("records"))
    def pair(self, row: Any) -> str:
        about = dict.fromkeys(_about(record) for record in (row.first, row.second))
        url = compare_url(self.record, row.first_id, row.second_id)
        return format_html('<a href="{}">{}</a><br>{}', url, row, " / ".join(filter(None, about)))

    @admin.display(description=gettext_lazy("what is alike"))
    def why(self, row: Any) -> str:
        return join_words(describe_reasons(row.reasons))

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave out open pairs of which one is merged by now."""
        rows = super().get_queryset(request)
        merged = MERGES[self.record].objects.standing().values("merged")
        return rows.exclude(decision=Decision.OPEN, first__in=merged).exclude(
            decision=Decision.OPEN, second__in=merged
        )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.compare_view)
        name = f"resources_{self.record._meta.model_name}_merge"
        compare = path("<uuid:kept>/<uuid:merged>/", view, name=name)
        return [compare, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row: Any = self.get_object(request, object_id)
        if row is None:
            return HttpResponseRedirect(_list_url(self.record))
        return HttpResponseRedirect(compare_url(self.record, row.first_id, row.second_id))

    def compare_view(self, request: HttpRequest, kept: UUID, merged: UUID) -> HttpResponse:
        """Show two records side by side, and merge them or remember that they differ."""
        permissions.require_permission(current_user(request), Action.VIEW)
        loaded: dict[UUID, Any] = self.record._default_manager.in_bulk([kept, merged])
        if len(loaded) < 2:
            raise Http404
        one, other = loaded[kept], loaded[merged]
        if request.method == "POST" and (done := self._decide(request, one, other)):
            return HttpResponseRedirect(done)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Are these the same?"),
            "opts": self.opts,
            **compare_context(request, one, other),
        }
        return TemplateResponse(request, "admin/resources/duplicatepair/compare.html", context)

    def _decide(self, request: HttpRequest, kept: Any, merged: Any) -> str:
        """Carry out the decision and return the URL to go on at; "" to show the page again."""
        by, at = current_user(request), timezone.now()
        following = _open_url(self.record)
        if request.POST.get("decision") == "different":
            merging.mark_different(one=kept, other=merged, by=by, at=at)
            messages.success(request, _("Noted: these are two different records."))
            return following
        if request.POST.get("decision") != "merge":
            return ""
        try:
            done = merging.merge(
                kept=kept, merged=merged, choices=_choices(request), by=by, at=at, read=_read(request)
            )
        except CannotMerge as error:
            messages.error(request, error.message)
            return ""
        messages.success(request, _("Merged. The old address leads to the one that was kept."))
        return merge_url(done)


@admin.register(DuplicatePair)
class DuplicatePairAdmin(PairAdmin):
    """Services that may be one."""

    record = Service
    list_select_related = ("first__organization", "second__organization")


@admin.register(OrganizationPair)
class OrganizationPairAdmin(PairAdmin):
    """Organizations that may be one."""

    record = Organization


def _about(record: Any) -> str:
    return str(record.organization) if isinstance(record, Service) else record.website


def _list_url(model: Any) -> str:
    return reverse(f"admin:resources_{PAIRS[model]._meta.model_name}_changelist")


def _open_url(model: Any) -> str:
    return f"{_list_url(model)}?decision__exact=open"


def compare_url(model: Any, kept: UUID, merged: UUID) -> str:
    """Return the URL of the page that compares two records of this kind."""
    return reverse(f"admin:resources_{model._meta.model_name}_merge", args=[kept, merged])


def alike_links(record: Any) -> list[tuple[Any, str]]:
    """Return the records that may be the same as this one, each with the URL of the page to compare them."""
    pairs = open_pairs(type(record)).filter(Q(first=record.pk) | Q(second=record.pk))
    others = [
        pair.second if pair.first_id == record.pk else pair.first
        for pair in pairs.select_related("first", "second")
    ]
    return [(other, compare_url(type(record), record.pk, other.pk)) for other in others]


def merge_url(merge: Any) -> str:
    """Return the URL of the page of a merge."""
    return reverse(f"admin:resources_{merge._meta.model_name}_change", args=[merge.pk])


def _choices(request: HttpRequest) -> dict[str, str]:
    return {
        name.removeprefix(CHOICE): value
        for name, value in request.POST.items()
        if name.startswith(CHOICE) and isinstance(value, str)
    }


def _read(request: HttpRequest) -> dict[UUID, datetime]:
    """Return the version of each record that the page showed; what cannot be read matches none."""
    read: dict[UUID, datetime] = {}
    for name, value in request.POST.items():
        if name.startswith(READ) and isinstance(value, str):
            try:
                read[UUID(name.removeprefix(READ))] = parse_datetime(value) or datetime.min  # noqa: DTZ901
            except ValueError:
                continue
    return read or {UUID(int=0): timezone.now()}


def compare_context(request: HttpRequest, kept: Any, merged: Any) -> dict[str, Any]:
    """Return the two records part by part, with the choice that stands unless another is made."""
    choices = _choices(request) if request.method == "POST" else {}
    model = type(kept)
    first, second = sorted((kept.pk, merged.pk))
    found = PAIRS[model].objects.filter(first_id=first, second_id=second).first()
    by = current_user(request)
    return {
        "kept": kept,
        "merged": merged,
        "sides": [_side(kept), _side(merged)],
        "parts": [*_fields(kept, merged, choices), *_rows(kept, merged, choices)],
        "reasons": join_words(describe_reasons(found.reasons)) if found else "",
        "decision": found.get_decision_display() if found and found.decision != Decision.OPEN else "",
        "swap_url": compare_url(model, merged.pk, kept.pk),
        "later_url": _open_url(model),
        "is_organization": model is Organization,
        "may_merge": permissions.can(by, Action.EDIT, kept) and permissions.can(by, Action.WITHDRAW, merged),
        "merges": [
            (row, merge_url(row))
            for row in MERGES[model]
            .objects.standing()
            .filter(merged__in=[kept, merged])
            .select_related("kept", "merged")
        ],
    }


def _side(record: Any) -> dict[str, Any]:
    sources = record.source_records.order_by("source__name").values_list("source__name", flat=True)
    return {
        "record": record,
        "url": reverse(f"admin:resources_{record._meta.model_name}_change", args=[record.pk]),
        "read_name": f"{READ}{record.pk}",
        "read": record.last_modified.isoformat(),
        "status": _status(record),
        "sources": ", ".join(sources.distinct()),
    }


def _status(record: Any) -> str:
    if isinstance(record, Service):
        return record.get_status_display()
    number = record.services.count()
    return ngettext("%(number)d service", "%(number)d services", number) % {"number": number}


def _fields(kept: Any, merged: Any, choices: dict[str, str]) -> list[dict[str, Any]]:
    parts = []
    for name in RULES[type(kept)].fields:
        ours, theirs = field_text(kept, name), field_text(merged, name)
        if not (ours or theirs):
            continue
        options = (KEPT, MERGED, BOTH) if name == "topics" else (KEPT, MERGED)
        default = BOTH if name == "topics" else merging.chosen_side(name, {}, ours, theirs)
        parts.append(_part(kept, name, [ours], [theirs], choices.get(name, default), options))
    return parts


def _rows(kept: Any, merged: Any, choices: dict[str, str]) -> list[dict[str, Any]]:
    parts = []
    for name in RULES[type(kept)].rows:
        ours, theirs = ([_row_text(row) for row in getattr(one, name).all()] for one in (kept, merged))
        if ours or theirs:
            parts.append(_part(kept, name, ours, theirs, choices.get(name, BOTH), (KEPT, MERGED, BOTH)))
    return parts


def _part(
    kept: Any, name: str, ours: list[str], theirs: list[str], choice: str, options: Any
) -> dict[str, Any]:
    return {
        "name": f"{CHOICE}{name}",
        "label": capfirst(merging.field_label(type(kept), name)),
        "is_same": ours == theirs,
        "columns": [(KEPT, [text for text in ours if text]), (MERGED, [text for text in theirs if text])],
        "choice": choice if choice in options else options[0],
        "may_take_both": BOTH in options,
    }


def _row_text(row: Any) -> str:
    place = getattr(row, "location", None)
    return str(place if place is not None else row)


def field_text(record: Any, name: str) -> str:
    """Return the value of a field in words; "" if nothing is stated."""
    field: Any = record._meta.get_field(name)
    value = getattr(record, name)
    if name == "topics":
        return ", ".join(value.order_by("name").values_list("name", flat=True))
    if isinstance(field, CodesField):
        return ", ".join(str(code.label) for code in value)
    if field.choices:
        return str(getattr(record, f"get_{name}_display")())
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)


@admin.register(Merge, OrganizationMerge)
class MergeAdmin(ReadOnlyAdmin):
    """The list of merges, and the page of one, from which it can be undone."""

    list_display = ("merged", "kept", "made_at", "made_by", "undone_at")
    list_select_related = ("merged", "kept", "made_by")
    search_fields = ("merged__name", "kept__name")
    change_form_template = "admin/resources/merge/change_form.html"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        page: Any = self
        merge: Any = self.get_object(request, object_id)
        if merge is None:
            return page._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        by = current_user(request)
        permissions.require_permission(by, Action.VIEW)
        if request.method == "POST" and "undo" in request.POST:
            self._undo(request, merge)
            return HttpResponseRedirect(request.path)
        model = type(merge.kept)
        fields = [capfirst(merging.field_label(model, name)) for name in merge.changes.get("fields", {})]
        context = {
            **self.admin_site.each_context(request),
            "title": _("“%(merged)s” was merged into “%(kept)s”")
            % {"merged": merge.merged, "kept": merge.kept},
            "opts": self.opts,
            "merge": merge,
            "sides": [_side(merge.kept), _side(merge.merged)],
            "fields": join_words(fields),
            "rows": len(merge.changes.get("rows", ())),
            "may_undo": merge.undone_at is None and permissions.can(by, Action.EDIT, merge.kept),
            "again_url": compare_url(model, merge.kept_id, merge.merged_id),
        }
        return TemplateResponse(request, "admin/resources/merge/change_form.html", context)

    def _undo(self, request: HttpRequest, merge: Any) -> None:
        try:
            outcome = merging.separate(merge=merge, by=current_user(request), at=timezone.now())
        except CannotSeparate as error:
            messages.error(request, error.message)
            return
        messages.success(request, _("Undone: these are two records again."))
        if outcome.edited:
            messages.warning(
                request,
                _("Edited since, and left as it is: %(parts)s.") % {"parts": join_words(outcome.edited)},
            )
        if outcome.gone:
            messages.warning(
                request, _("Rows that were deleted or moved since: %(number)d.") % {"number": outcome.gone}
            )
        warn_withdrawn(request, outcome.withdrawn)
