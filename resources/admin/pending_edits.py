"""Pending edits in the admin: what each changes, and the decision about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.base import ReadOnlyAdmin, warn_withdrawn
from resources.curation import pending_edits, permissions
from resources.curation.pending_edits import CannotDecide
from resources.curation.permissions import Action
from resources.history.snapshots import Part
from resources.models import PendingEdit
from resources.vocabulary import Decision


@admin.register(PendingEdit)
class PendingEditAdmin(ReadOnlyAdmin):
    """The page of one pending edit, and the list of them."""

    list_display = ("name", "author", "received_at", "decision", "decided_by")
    list_filter = ("decision",)
    list_select_related = ("made_by", "source", "decided_by")
    ordering = ("-received_at",)

    @admin.display(description=gettext_lazy("made by"), ordering="made_by")
    def author(self, edit: PendingEdit) -> str:
        return edit.author

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        page: Any = self
        edit: PendingEdit | None = self.get_object(request, object_id)
        if edit is None:
            return page._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        if not self.has_view_permission(request, edit):
            raise PermissionDenied
        if request.method == "POST" and self._decide(request, edit):
            return HttpResponseRedirect(self._next_url(edit))
        return self._show(request, edit, extra_context or {})

    def _show(self, request: Any, edit: PendingEdit, extra_context: dict[str, Any]) -> HttpResponse:
        is_open = edit.decision == Decision.OPEN
        context = {
            **self.admin_site.each_context(request),
            **extra_context,
            "title": _("Pending edit: %(name)s") % {"name": edit},
            "opts": self.opts,
            "edit": edit,
            "read_at": edit.received_at.isoformat(),
            "record_url": _record_url(edit),
            "changes": pending_edits.changes_of(edit),
            "declined": request.POST.getlist("declined") or ["|".join(part) for part in edit.declined],
            "reason": request.POST.get("reason", ""),
            "conflicts": [
                {"value": "|".join(conflict), "changes": changes}
                for conflict, changes in (pending_edits.conflicts_of(edit) if is_open else [])
            ],
            "is_open": is_open,
            "is_own": edit.made_by_id == request.user.pk,
            "may_decide": is_open and permissions.can(request.user, Action.APPROVE, edit),
        }
        return TemplateResponse(request, "admin/resources/pendingedit/change_form.html", context)

    def _decide(self, request: Any, edit: PendingEdit) -> bool:
        actions: dict[str, Callable[..., None]] = {
            "approve": self._approve,
            "decline": self._decline,
            "withdraw": self._withdraw,
        }
        action = actions.get(request.POST.get("decision", ""))
        if action is None:
            return False
        try:
            action(request, edit)
        except CannotDecide as error:
            messages.error(request, error.message)
            edit.refresh_from_db()
            return False
        return True

    def _approve(self, request: Any, edit: PendingEdit) -> None:
        conflicts = request.POST.getlist("conflict") if "over" in request.POST else []
        declined = _parts(request.POST.getlist("declined"))
        withdrawn = pending_edits.approve(
            edit=edit,
            by=request.user,
            at=timezone.now(),
            overwrite=_parts(conflicts),
            read_at=_parse_read_at(request.POST.get("read_at", "")),
            declined=declined,
            reason=request.POST.get("reason", ""),
        )
        if declined:
            messages.success(request, _("Approved in part: visitors see it without what you declined."))
        else:
            messages.success(request, _("Approved: visitors see the edit now."))
        warn_withdrawn(request, withdrawn)

    def _decline(self, request: Any, edit: PendingEdit) -> None:
        reason = request.POST.get("reason", "")
        pending_edits.decline(edit=edit, by=request.user, at=timezone.now(), reason=reason)
        messages.success(request, _("Declined: the record stays as it was."))

    def _withdraw(self, request: Any, edit: PendingEdit) -> None:
        pending_edits.withdraw_edit(edit=edit, by=request.user, at=timezone.now())
        messages.success(request, _("Edit withdrawn. The record has not changed."))

    def _next_url(self, edit: PendingEdit) -> str:
        return _record_url(edit) or reverse("admin:resources_pendingedit_changelist")


def _record_url(edit: PendingEdit) -> str:
    """Return the URL of the record, or of the service it belongs to; "" if it is gone."""
    try:
        record = pending_edits.record_of(edit) or pending_edits.owner_of(edit)
    except CannotDecide:
        return ""
    return reverse(f"admin:resources_{record._meta.model_name}_change", args=[record.pk])


def _parts(values: Iterable[str]) -> set[Part]:
    """Return the parts of an edit that a form names; others are left out."""
    split = [value.split("|") for value in values]
    return {(names[0], names[1], names[2]) for names in split if len(names) == 3}


def _parse_read_at(value: str) -> datetime:
    """Parse when the edit that the reviewer read was received. Raises CannotDecide."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise CannotDecide(_("Review the edit again, and decide on that page.")) from None
