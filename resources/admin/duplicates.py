"""Possible duplicates in the admin: the list, the page that compares and merges two, and the way back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.base import ReadOnlyAdmin, current_user, warn_withdrawn
from resources.curation import merging, permissions
from resources.curation.duplicates import describe_reasons, open_pairs
from resources.curation.merging import BOTH, FIELDS, KEPT, MERGED, ROWS, CannotMerge, CannotSeparate
from resources.curation.permissions import Action
from resources.models import DuplicatePair, Merge, Service
from resources.models.codes import CodesField
from resources.vocabulary import Decision
from resources.wording import join_words

CHOICE, READ = "choice-", "read-"


@admin.register(DuplicatePair)
class DuplicatePairAdmin(ReadOnlyAdmin):
    """The list of pairs, the likeliest first. A pair's page compares the two."""

    list_display = ("pair", "why", "score", "found_at", "decision")
    list_filter = ("decision",)
    list_select_related = ("first__organization", "second__organization")
    list_per_page = 50
    ordering = ("-score", "pk")
    search_fields = ("first__name", "second__name")
    list_display_links = None

    @admin.display(description=gettext_lazy("services"))
    def pair(self, row: DuplicatePair) -> str:
        url = reverse("admin:resources_service_merge", args=[row.first_id, row.second_id])
        owners = " / ".join(dict.fromkeys((str(row.first.organization), str(row.second.organization))))
        return format_html('<a href="{}">{}</a><br>{}', url, row, owners)

    @admin.display(description=gettext_lazy("what is alike"))
    def why(self, row: DuplicatePair) -> str:
        return join_words(describe_reasons(row.reasons))

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave out open pairs of which one is merged by now."""
        rows = super().get_queryset(request)
        merged = Merge.objects.standing().values("merged")
        return rows.exclude(decision=Decision.OPEN, first__in=merged).exclude(
            decision=Decision.OPEN, second__in=merged
        )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.compare_view)
        compare = path("<uuid:kept>/<uuid:merged>/", view, name="resources_service_merge")
        return [compare, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row: DuplicatePair | None = self.get_object(request, object_id)
        if row is None:
            return HttpResponseRedirect(reverse("admin:resources_duplicatepair_changelist"))
        return HttpResponseRedirect(
            reverse("admin:resources_service_merge", args=[row.first_id, row.second_id])
        )

    def compare_view(self, request: HttpRequest, kept: UUID, merged: UUID) -> HttpResponse:
        """Show two services side by side, and merge them or remember that they differ."""
        permissions.require_permission(current_user(request), Action.VIEW)
        loaded = Service.objects.select_related("organization").in_bulk([kept, merged])
        if len(loaded) < 2:
            raise Http404
        one, other = loaded[kept], loaded[merged]
        if request.method == "POST" and (done := self._decide(request, one, other)):
            return HttpResponseRedirect(done)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Are these the same service?"),
            "opts": self.opts,
            **compare_context(request, one, other),
        }
        return TemplateResponse(request, "admin/resources/duplicatepair/compare.html", context)

    def _decide(self, request: HttpRequest, kept: Service, merged: Service) -> str:
        """Carry out the decision and return the URL to go on at; "" to show the page again."""
        by, at = current_user(request), timezone.now()
        following = reverse("admin:resources_duplicatepair_changelist") + "?decision__exact=open"
        if request.POST.get("decision") == "different":
            merging.mark_different(one=kept, other=merged, by=by, at=at)
            messages.success(request, _("Remembered: these are two services."))
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
        messages.success(request, _("Merged. The old address leads to the service that was kept."))
        return reverse("admin:resources_merge_change", args=[done.pk])


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


def compare_context(request: HttpRequest, kept: Service, merged: Service) -> dict[str, Any]:
    """Return the two records part by part, with the choice that stands unless another is made."""
    choices = _choices(request) if request.method == "POST" else {}
    pair = DuplicatePair.objects.filter(first_id=min(kept.pk, merged.pk), second_id=max(kept.pk, merged.pk))
    found = pair.first()
    by = current_user(request)
    return {
        "kept": kept,
        "merged": merged,
        "sides": [_side(kept), _side(merged)],
        "parts": [*_fields(kept, merged, choices), *_rows(kept, merged, choices)],
        "reasons": join_words(describe_reasons(found.reasons)) if found else "",
        "decision": found.get_decision_display() if found and found.decision != Decision.OPEN else "",
        "swap_url": reverse("admin:resources_service_merge", args=[merged.pk, kept.pk]),
        "later_url": reverse("admin:resources_duplicatepair_changelist") + "?decision__exact=open",
        "waiting": open_pairs().count(),
        "may_merge": permissions.can(by, Action.EDIT, kept) and permissions.can(by, Action.WITHDRAW, merged),
        "merges": [
            (row, reverse("admin:resources_merge_change", args=[row.pk]))
            for row in Merge.objects.standing()
            .filter(merged__in=[kept, merged])
            .select_related("kept", "merged")
        ],
    }


def _side(service: Service) -> dict[str, Any]:
    return {
        "service": service,
        "url": reverse("admin:resources_service_change", args=[service.pk]),
        "read_name": f"{READ}{service.pk}",
        "read": service.last_modified.isoformat(),
        "status": service.get_status_display(),
        "sources": ", ".join(
            service.source_records.order_by("source__name").values_list("source__name", flat=True)
        ),
    }


def _fields(kept: Service, merged: Service, choices: dict[str, str]) -> list[dict[str, Any]]:
    parts = []
    for name in FIELDS:
        ours, theirs = field_text(kept, name), field_text(merged, name)
        if not (ours or theirs):
            continue
        options = (KEPT, MERGED, BOTH) if name == "topics" else (KEPT, MERGED)
        default = BOTH if name == "topics" else merging.chosen_side(name, {}, ours, theirs)
        parts.append(_part(name, [ours], [theirs], choices.get(name, default), options))
    return parts


def _rows(kept: Service, merged: Service, choices: dict[str, str]) -> list[dict[str, Any]]:
    parts = []
    for name in ROWS:
        ours, theirs = ([_row_text(row) for row in getattr(one, name).all()] for one in (kept, merged))
        if ours or theirs:
            parts.append(_part(name, ours, theirs, choices.get(name, BOTH), (KEPT, MERGED, BOTH)))
    return parts


def _part(name: str, ours: list[str], theirs: list[str], choice: str, options: Any) -> dict[str, Any]:
    return {
        "name": f"{CHOICE}{name}",
        "label": capfirst(merging.field_label(name)),
        "is_same": ours == theirs,
        "columns": [(KEPT, [text for text in ours if text]), (MERGED, [text for text in theirs if text])],
        "choice": choice if choice in options else options[0],
        "may_take_both": BOTH in options,
    }


def _row_text(row: Any) -> str:
    place = getattr(row, "location", None)
    return str(place if place is not None else row)


def field_text(service: Service, name: str) -> str:
    """Return the value of a field in words; "" if nothing is stated."""
    field: Any = Service._meta.get_field(name)
    value = getattr(service, name)
    if name == "topics":
        return ", ".join(value.order_by("name").values_list("name", flat=True))
    if isinstance(field, CodesField):
        return ", ".join(str(code.label) for code in value)
    if field.choices:
        return str(getattr(service, f"get_{name}_display")())
    return "" if value is None else str(value)


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    """The list of merges, and the page of one, from which it can be undone."""

    list_display = ("merged", "kept", "made_at", "made_by", "undone_at")
    list_select_related = ("merged", "kept", "made_by")
    search_fields = ("merged__name", "kept__name")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        page: Any = self
        merge: Merge | None = self.get_object(request, object_id)
        if merge is None:
            return page._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        by = current_user(request)
        permissions.require_permission(by, Action.VIEW)
        if request.method == "POST" and "undo" in request.POST:
            self._undo(request, merge)
            return HttpResponseRedirect(request.path)
        fields = [capfirst(merging.field_label(name)) for name in merge.changes.get("fields", {})]
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
            "again_url": reverse("admin:resources_service_merge", args=[merge.kept_id, merge.merged_id]),
        }
        return TemplateResponse(request, "admin/resources/merge/change_form.html", context)

    def _undo(self, request: HttpRequest, merge: Merge) -> None:
        try:
            outcome = merging.separate(merge=merge, by=current_user(request), at=timezone.now())
        except CannotSeparate as error:
            messages.error(request, error.message)
            return
        messages.success(request, _("Undone: these are two services again."))
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
