"""The history of a record in words, restoring a revision, and undoing the last change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from heapq import merge
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from resources.admin.edit_conflicts import VERSION, record_version
from resources.admin.redirects import MAX_SELECTED, ids_in, safe_next_url
from resources.curation import permissions, restore
from resources.curation.permissions import Action
from resources.history import revisions
from resources.history.diffs import Difference, differences, differences_of
from resources.history.snapshots import Snapshot, is_same
from resources.models import (
    ImportRun,
    Location,
    Organization,
    Revision,
    Service,
    SourceRecord,
    Taxonomy,
    TaxonomyTerm,
)

PAGE_SIZE = 20  # entries on one page
UNDOABLE: dict[str, type[models.Model]] = {
    model._meta.model_name or "": model for model in (Service, Organization, Location, Taxonomy, TaxonomyTerm)
}
IMPORT_LOOKUPS = {Service: "service", Organization: "organization", Location: "location"}


@dataclass(frozen=True)
class HistoryEntry:
    """An entry of a history. `changes` is None if there is no earlier state to compare with."""

    at: datetime | None
    who: str
    comment: str
    changes: list[Difference] | None = None
    restore_url: str = ""
    is_now: bool = False


@dataclass
class RecordHistory:
    """The data of a page of the history."""

    record: models.Model
    today: Snapshot
    revisions: dict[int, Revision] = field(default_factory=dict)
    changes: dict[int, list[Difference]] = field(default_factory=dict)


def restore_urls(page: Any) -> list[Any]:
    """Return the URL of restoring for the admin `page` of a record.

    `page.owner_of` names the record whose history it belongs to.
    """
    name = f"resources_{page.opts.model_name}_restore"
    view = page.admin_site.admin_view(partial(restore_view, page))
    return [path("<uuid:object_id>/history/<int:revision_id>/", view, name=name)]


def history_view(
    page: Any, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None
) -> HttpResponse:
    """Show a page of the history of a record."""
    instance = page.get_object(request, unquote(object_id))
    if instance is None:
        return page._get_obj_does_not_exist_redirect(request, page.opts, object_id)  # type: ignore[no-any-return]
    if not page.has_view_or_change_permission(request, instance):
        raise PermissionDenied
    record = page.owner_of(instance)
    if record is not instance:
        return HttpResponseRedirect(_url(record, "history"))
    keys = _keys(record)
    entries_page = Paginator(keys, PAGE_SIZE).get_page(request.GET.get("p"))
    context = {
        **page.admin_site.each_context(request),
        **(extra_context or {}),
        "title": _("History: %(name)s") % {"name": record},
        "opts": page.opts,
        "object": record,
        "entries": _entries(record, list(entries_page), is_first_page=entries_page.number == 1),
        "page": entries_page,
        "pages": entries_page.paginator.get_elided_page_range(entries_page.number),
        "may_restore": _may_restore(request.user, record),
    }
    return TemplateResponse(request, "admin/history.html", context)


def restore_view(page: Any, request: HttpRequest, object_id: UUID, revision_id: int) -> HttpResponse:
    """Show what restoring a revision would change; a POST restores it."""
    record = page.get_object(request, str(object_id))
    if record is None or page.owner_of(record) is not record:
        raise Http404
    if not _may_restore(request.user, record):
        raise PermissionDenied
    revision = revisions.revisions_of(record).filter(pk=revision_id).first()
    if revision is None:
        raise Http404
    is_confirmed = request.method == "POST" and _is_current_version(request, record)
    if is_confirmed and _restore(request, record, revision):
        return HttpResponseRedirect(_url(record, "change"))
    context = {
        **page.admin_site.each_context(request),
        "title": _("Restored: %(name)s") % {"name": record},
        "opts": page.opts,
        "object": record,
        "revision": revision,
        "who": revisions.revision_author(revision),
        "version": record_version(record),
        "changes": differences(revisions.current_snapshot(record), revision.snapshot),
    }
    return TemplateResponse(request, "admin/restore.html", context)


def undo_url_for(record: models.Model, by: Any) -> str:
    """Return the URL that undoes the last change of a record, or "" if `by` may not."""
    return undo_url(record) if _may_restore(by, record) else ""


def _restore(request: Any, record: models.Model, revision: Revision) -> bool:
    try:
        withdrawn = restore.restore(record=record, revision=revision, by=request.user, at=timezone.now())
    except restore.CannotRestore as error:
        messages.error(request, error.message)
        return False
    messages.success(request, _("%(name)s was restored to that version.") % {"name": record})
    report_withdrawn_again(request, withdrawn)
    return True


def undo_urls() -> list[Any]:
    """Return URLs that all records share."""
    undo, removed = admin.site.admin_view(undo_view), admin.site.admin_view(removed_view)
    return [
        path("undo/<str:model>/<uuid:pk>/", undo, name="resources_undo"),
        path("undo/", admin.site.admin_view(undo_many_view), name="resources_undo_many"),
        path("removed/", removed, name="resources_removed"),
    ]


def undo_url(record: models.Model) -> str:
    """Return the URL that undoes the last change of a record."""
    return reverse("admin:resources_undo", args=[record._meta.model_name, record.pk])


def undo_view(request: HttpRequest, model: str, pk: UUID) -> HttpResponse:
    """Undo the last change of one record, and redirect to the page with the button.

    The button submits the version that its page shows, so that a later change is not undone by mistake.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    record_model = UNDOABLE.get(model)
    record = None if record_model is None else record_model._default_manager.filter(pk=pk).first()
    if record is None:
        raise Http404
    if not _may_restore(request.user, record):
        raise PermissionDenied
    if _is_current_version(request, record):
        _undo(request, record)
    return HttpResponseRedirect(safe_next_url(request) or _url(record, "change"))


@require_POST
def undo_many_view(request: HttpRequest) -> HttpResponse:
    """Undo one change of several services together: all of them, or none if one has changed since.

    `service` has the id and the version of each, with a space between.
    """
    versions = dict(pair.partition(" ")[::2] for pair in request.POST.getlist("service")[:MAX_SELECTED])
    services = list(Service.objects.filter(pk__in=ids_in(list(versions))).order_by("name", "pk"))
    if not services:
        raise Http404
    if not all(_may_restore(request.user, service) for service in services):
        raise PermissionDenied
    back = HttpResponseRedirect(safe_next_url(request) or reverse("admin:index"))
    changed = [
        str(service) for service in services if versions.get(str(service.pk)) != record_version(service)
    ]
    if changed:
        names = permissions.summarize_names(changed)
        text = _("Nothing was undone, because these have changed since: %(names)s.") % {"names": names}
        messages.error(request, text)
        return back
    try:
        with transaction.atomic():
            for service in services:
                restore.undo(record=service, by=_user(request), at=timezone.now())
    except (restore.NothingToUndo, restore.CannotRestore) as error:
        messages.error(request, error.message)
        return back
    message = ngettext(
        "Undone: %(number)d service was restored.",
        "Undone: %(number)d services were restored.",
        len(services),
    )
    messages.success(request, message % {"number": len(services)})
    return back


def removed_view(request: Any) -> HttpResponse:
    """List removed records, each with a button to restore it."""
    if not permissions.can(request.user, Action.REMOVE):
        raise PermissionDenied
    removed = restore.removed_records()
    if request.method == "POST":
        revision_id = request.POST.get("version", "")
        revision = next(
            (removed_revision for removed_revision in removed if str(removed_revision.pk) == revision_id),
            None,
        )
        if revision is not None and _restore_deleted(request, revision):
            return HttpResponseRedirect(_url(revision.record_model(pk=revision.object_id), "change"))
        return HttpResponseRedirect(reverse("admin:resources_removed"))
    context = {
        **admin.site.each_context(request),
        "title": _("Deleted records"),
        "page": Paginator(removed, PAGE_SIZE).get_page(request.GET.get("p")),
    }
    return TemplateResponse(request, "admin/removed.html", context)


def report_withdrawn_again(request: HttpRequest, services: Sequence[Service]) -> None:
    """Warn about restored services that may not be published and were withdrawn again."""
    for service in services:
        message = _("%(name)s is not shown to visitors. %(reason)s")
        messages.warning(request, message % {"name": service, "reason": service.status_reason})


def _undo(request: Any, record: models.Model) -> None:
    try:
        withdrawn = restore.undo(record=record, by=request.user, at=timezone.now())
    except (restore.NothingToUndo, restore.CannotRestore) as error:
        messages.error(request, error.message)
        return
    messages.success(request, _("Undone: %(name)s was restored.") % {"name": record})
    report_withdrawn_again(request, withdrawn)


def _restore_deleted(request: Any, revision: Revision) -> bool:
    try:
        restore.restore_deleted(revision=revision, by=request.user, at=timezone.now())
    except restore.CannotRestore as error:
        messages.error(request, error.message)
        return False
    messages.success(request, _("%(name)s is back.") % {"name": revision.name})
    return True


def _user(request: Any) -> Any:
    return request.user


def _is_current_version(request: HttpRequest, record: models.Model) -> bool:
    """Return True if the submitted page showed the current record; report it to the curator if not."""
    if request.POST.get(VERSION) == record_version(record):
        return True
    messages.error(
        request,
        _(
            "Nothing was changed, because someone else changed this record in the meantime. Please look"
            " again."
        ),
    )
    return False


def _url(record: models.Model, page: str) -> str:
    return reverse(f"admin:resources_{record._meta.model_name}_{page}", args=[record.pk])


def _may_restore(by: Any, record: models.Model) -> bool:
    return permissions.can(by, Action.RESTORE, record)


# ---- entries of one page

EventKey = tuple[datetime, str, int]


def _keys(record: models.Model) -> list[EventKey]:
    """Return (time, "revision" or "import", id) of every event, newest first. Two queries."""
    revision_times = revisions.revisions_of(record).values_list("made_at", "pk")
    run_times = _runs(record).values_list("started_at", "pk")
    return list(
        merge(
            [(at, "revision", pk) for at, pk in revision_times],
            [(at, "import", pk) for at, pk in run_times],
            key=lambda key: key[0],
            reverse=True,
        )
    )


def _runs(record: models.Model) -> models.QuerySet[ImportRun]:
    """Return the imports that created this record or wrote it last."""
    lookup = IMPORT_LOOKUPS.get(type(record))
    if lookup is None:
        return ImportRun.objects.none()
    records = SourceRecord.objects.filter(**{lookup: record})
    is_first_or_last = Q(pk__in=records.values("first_run")) | Q(pk__in=records.values("last_run"))
    return ImportRun.objects.filter(is_first_or_last).select_related("source").order_by("-started_at", "-pk")


def _entries(record: models.Model, keys: Sequence[EventKey], *, is_first_page: bool) -> list[HistoryEntry]:
    history = _load_history(record, [pk for _at, kind, pk in keys if kind == "revision"])
    runs = {
        run.pk: run for run in _runs(record).filter(pk__in=[pk for _at, kind, pk in keys if kind == "import"])
    }
    entries = [_external_changes_entry(history)] if is_first_page and history.revisions else []
    for _at, kind, pk in keys:
        entries.append(
            _revision_entry(history, history.revisions[pk]) if kind == "revision" else _import_entry(runs[pk])
        )
    return [entry for entry in entries if entry is not None]


def _load_history(record: models.Model, ids: Sequence[int]) -> RecordHistory:
    """Load these revisions and the one before them, and compare each with its predecessor."""
    history = RecordHistory(record, revisions.current_snapshot(record))
    if not ids:
        return history
    all_revisions = revisions.revisions_of(record)
    before = all_revisions.filter(pk__lt=min(ids))[:1]
    ordered = [*all_revisions.filter(pk__in=ids), *before]
    history.revisions = {revision.pk: revision for revision in ordered}
    pairs = [(older.snapshot, newer.snapshot) for newer, older in pairwise(ordered)]
    differences_of_pairs = differences_of(pairs)
    history.changes = {
        revision.pk: changes for revision, changes in zip(ordered, differences_of_pairs, strict=False)
    }
    return history


def _revision_entry(history: RecordHistory, revision: Revision) -> HistoryEntry:
    is_now = is_same(revision.snapshot, history.today)
    address = reverse(
        f"admin:resources_{history.record._meta.model_name}_restore", args=[history.record.pk, revision.pk]
    )
    return HistoryEntry(
        at=revision.made_at,
        who=revisions.revision_author(revision)
        or (
            _("An import, or an edit to a related record")
            if revision.pk in history.changes
            else _("Before history was kept")
        ),
        comment=_(revision.comment) if revision.comment else "",
        changes=history.changes.get(revision.pk),
        restore_url="" if is_now else address,
        is_now=is_now,
    )


def _external_changes_entry(history: RecordHistory) -> HistoryEntry | None:
    """Return an entry for changes since the last revision, by an import or through another record."""
    last = history.revisions[max(history.revisions)].snapshot
    if is_same(last, history.today):
        return None
    return HistoryEntry(
        at=getattr(history.record, "last_modified", None),
        who=_("An import, or an edit to a related record"),
        comment=_("Changed outside this history."),
        changes=differences(last, history.today),
        is_now=True,
    )


def _import_entry(run: ImportRun) -> HistoryEntry:
    return HistoryEntry(
        at=run.started_at,
        who=_("An import: %(source)s") % {"source": run.source},
        comment=_("From the file %(file)s.") % {"file": run.file_name},
    )
