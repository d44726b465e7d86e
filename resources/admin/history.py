"""The history of a record in words, putting it back as it was, and undoing the last change."""

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
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.admin.edit_conflicts import VERSION, record_version
from resources.admin.redirects import safe_next_url
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

SHOWN = 20  # entries on one page
UNDOABLE: dict[str, type[models.Model]] = {
    model._meta.model_name or "": model for model in (Service, Organization, Location, Taxonomy, TaxonomyTerm)
}
IMPORT_COMMENT = {Service: "service", Organization: "organization", Location: "location"}


@dataclass(frozen=True)
class Entry:
    """One line of a history. `changes` is None for what has nothing before it to be compared with."""

    at: datetime | None
    who: str
    comment: str
    changes: list[Difference] | None = None
    restore_url: str = ""
    is_now: bool = False


@dataclass
class RecordHistory:
    """What a page of the history needs to know of the record."""

    record: models.Model
    today: Snapshot
    revisions: dict[int, Revision] = field(default_factory=dict)
    changes: dict[int, list[Difference]] = field(default_factory=dict)


def restore_urls(page: Any) -> list[Any]:
    """For the admin `page` of a record; its `owner_of` names the record whose history it belongs to."""
    name = f"resources_{page.opts.model_name}_restore"
    view = page.admin_site.admin_view(partial(restore_view, page))
    return [path("<uuid:object_id>/history/<int:revision_id>/", view, name=name)]


def history_view(
    page: Any, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None
) -> HttpResponse:
    found = page.get_object(request, unquote(object_id))
    if found is None:
        return page._get_obj_does_not_exist_redirect(request, page.opts, object_id)  # type: ignore[no-any-return]
    if not page.has_view_or_change_permission(request, found):
        raise PermissionDenied
    record = page.owner_of(found)
    if record is not found:
        return HttpResponseRedirect(_address(record, "history"))
    keys = _keys(record)
    shown = Paginator(keys, SHOWN).get_page(request.GET.get("p"))
    context = {
        **page.admin_site.each_context(request),
        **(extra_context or {}),
        "title": _("History: %(name)s") % {"name": record},
        "opts": page.opts,
        "object": record,
        "entries": _entries(record, list(shown), is_first_page=shown.number == 1),
        "page": shown,
        "pages": shown.paginator.get_elided_page_range(shown.number),
        "may_restore": _may_restore(request.user, record),
    }
    return TemplateResponse(request, "admin/history.html", context)


def restore_view(page: Any, request: HttpRequest, object_id: UUID, revision_id: int) -> HttpResponse:
    """Shows what would change today; a POST puts it back."""
    record = page.get_object(request, str(object_id))
    if record is None or page.owner_of(record) is not record:
        raise Http404
    if not _may_restore(request.user, record):
        raise PermissionDenied
    revision = revisions.revisions_of(record).filter(pk=revision_id).first()
    if revision is None:
        raise Http404
    is_sure = request.method == "POST" and _is_of_today(request, record)
    if is_sure and _restore(request, record, revision):
        return HttpResponseRedirect(_address(record, "change"))
    context = {
        **page.admin_site.each_context(request),
        "title": _("Put back: %(name)s") % {"name": record},
        "opts": page.opts,
        "object": record,
        "revision": revision,
        "who": revisions.revision_author(revision),
        "version": record_version(record),
        "changes": differences(revisions.current_snapshot(record), revision.snapshot),
    }
    return TemplateResponse(request, "admin/restore.html", context)


def undo_url_for(record: models.Model, by: Any) -> str:
    """Where the last change of this record is undone; "" for whoever may not."""
    return undo_address(record) if _may_restore(by, record) else ""


def _restore(request: Any, record: models.Model, revision: Revision) -> bool:
    try:
        withdrawn = restore.restore(record=record, revision=revision, by=request.user, at=timezone.now())
    except restore.CannotRestore as refused:
        messages.error(request, refused.message)
        return False
    messages.success(request, _("%(name)s is as it was then.") % {"name": record})
    tell_withdrawn_again(request, withdrawn)
    return True


def undo_urls() -> list[Any]:
    """For the whole door: undoing is the same for every record."""
    undo, removed = admin.site.admin_view(undo_view), admin.site.admin_view(removed_view)
    return [
        path("undo/<str:model>/<uuid:pk>/", undo, name="resources_undo"),
        path("removed/", removed, name="resources_removed"),
    ]


def undo_address(record: models.Model) -> str:
    return reverse("admin:resources_undo", args=[record._meta.model_name, record.pk])


def undo_view(request: HttpRequest, model: str, pk: UUID) -> HttpResponse:
    """Takes back the last change of one record, and goes back to where the button was.

    A button names the version that its page shows: what has changed since is not what was meant.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    kind = UNDOABLE.get(model)
    record = None if kind is None else kind._default_manager.filter(pk=pk).first()
    if record is None:
        raise Http404
    if not _may_restore(request.user, record):
        raise PermissionDenied
    if _is_of_today(request, record):
        _undo(request, record)
    return HttpResponseRedirect(safe_next_url(request) or _address(record, "change"))


def removed_view(request: Any) -> HttpResponse:
    """What was removed for good, and a button for each to put it back."""
    if not permissions.can(request.user, Action.REMOVE):
        raise PermissionDenied
    removed = restore.removed_records()
    if request.method == "POST":
        wanted = request.POST.get("version", "")
        revision = next((one for one in removed if str(one.pk) == wanted), None)
        if revision is not None and _put_back(request, revision):
            return HttpResponseRedirect(_address(revision.record_model(pk=revision.object_id), "change"))
        return HttpResponseRedirect(reverse("admin:resources_removed"))
    context = {
        **admin.site.each_context(request),
        "title": _("Removed for good"),
        "page": Paginator(removed, SHOWN).get_page(request.GET.get("p")),
    }
    return TemplateResponse(request, "admin/removed.html", context)


def tell_withdrawn_again(request: HttpRequest, services: Sequence[Service]) -> None:
    """What is put back and may not be shown is hidden again at once."""
    for service in services:
        told = _("%(name)s is not shown to visitors. %(reason)s")
        messages.warning(request, told % {"name": service, "reason": service.status_reason})


def _undo(request: Any, record: models.Model) -> None:
    try:
        withdrawn = restore.undo(record=record, by=request.user, at=timezone.now())
    except (restore.NothingToUndo, restore.CannotRestore) as refused:
        messages.error(request, refused.message)
        return
    messages.success(request, _("Undone: %(name)s is as it was before.") % {"name": record})
    tell_withdrawn_again(request, withdrawn)


def _put_back(request: Any, revision: Revision) -> bool:
    try:
        restore.restore_deleted(revision=revision, by=request.user, at=timezone.now())
    except restore.CannotRestore as refused:
        messages.error(request, refused.message)
        return False
    messages.success(request, _("%(name)s is back.") % {"name": revision.name})
    return True


def _is_of_today(request: HttpRequest, record: models.Model) -> bool:
    """Whether the page that was sent showed the record as it is; tells the curator if not."""
    if request.POST.get(VERSION) == record_version(record):
        return True
    messages.error(request, _("Nothing was changed: somebody changed this record meanwhile. Look again."))
    return False


def _address(record: models.Model, page: str) -> str:
    return reverse(f"admin:resources_{record._meta.model_name}_{page}", args=[record.pk])


def _may_restore(by: Any, record: models.Model) -> bool:
    return permissions.can(by, Action.RESTORE, record)


# ---- the entries of one page

EventKey = tuple[datetime, str, int]


def _keys(record: models.Model) -> list[EventKey]:
    """(when, revision or import, its id) of all that ever happened, the newest first. Two queries."""
    made = revisions.revisions_of(record).values_list("made_at", "pk")
    runs = _runs(record).values_list("started_at", "pk")
    return list(
        merge(
            [(at, "revision", pk) for at, pk in made],
            [(at, "import", pk) for at, pk in runs],
            key=lambda key: key[0],
            reverse=True,
        )
    )


def _runs(record: models.Model) -> models.QuerySet[ImportRun]:
    """The imports that brought this record or wrote it last."""
    brought = IMPORT_COMMENT.get(type(record))
    if brought is None:
        return ImportRun.objects.none()
    records = SourceRecord.objects.filter(**{brought: record})
    wrote = Q(pk__in=records.values("first_run")) | Q(pk__in=records.values("last_run"))
    return ImportRun.objects.filter(wrote).select_related("source").order_by("-started_at", "-pk")


def _entries(record: models.Model, keys: Sequence[EventKey], *, is_first_page: bool) -> list[Entry]:
    past = _past(record, [pk for _at, kind, pk in keys if kind == "revision"])
    runs = {
        run.pk: run for run in _runs(record).filter(pk__in=[pk for _at, kind, pk in keys if kind == "import"])
    }
    entries = [_external_changes(past)] if is_first_page and past.revisions else []
    for _at, kind, pk in keys:
        entries.append(_of_revision(past, past.revisions[pk]) if kind == "revision" else _of_import(runs[pk]))
    return [entry for entry in entries if entry is not None]


def _past(record: models.Model, ids: Sequence[int]) -> RecordHistory:
    """These revisions and the one before them, each compared with the one before it."""
    past = RecordHistory(record, revisions.current_snapshot(record))
    if not ids:
        return past
    kept = revisions.revisions_of(record)
    before = kept.filter(pk__lt=min(ids))[:1]
    ordered = [*kept.filter(pk__in=ids), *before]
    past.revisions = {revision.pk: revision for revision in ordered}
    pairs = [(older.snapshot, newer.snapshot) for newer, older in pairwise(ordered)]
    compared = differences_of(pairs)
    past.changes = {revision.pk: changes for revision, changes in zip(ordered, compared, strict=False)}
    return past


def _of_revision(past: RecordHistory, revision: Revision) -> Entry:
    is_now = is_same(revision.snapshot, past.today)
    address = reverse(
        f"admin:resources_{past.record._meta.model_name}_restore", args=[past.record.pk, revision.pk]
    )
    return Entry(
        at=revision.made_at,
        who=revisions.revision_author(revision)
        or (
            _("An import, or an edit of something that belongs to it")
            if revision.pk in past.changes
            else _("Before we kept history")
        ),
        comment=_(revision.comment) if revision.comment else "",
        changes=past.changes.get(revision.pk),
        restore_url="" if is_now else address,
        is_now=is_now,
    )


def _external_changes(past: RecordHistory) -> Entry | None:
    """What has changed since the last revision, by an import or through another record."""
    last = past.revisions[max(past.revisions)].snapshot
    if is_same(last, past.today):
        return None
    return Entry(
        at=getattr(past.record, "last_modified", None),
        who=_("An import, or an edit of something that belongs to it"),
        comment=_("Changed since it was last kept here."),
        changes=differences(last, past.today),
        is_now=True,
    )


def _of_import(run: ImportRun) -> Entry:
    return Entry(
        at=run.started_at,
        who=_("An import: %(source)s") % {"source": run.source},
        comment=_("From the file %(file)s.") % {"file": run.file_name},
    )
