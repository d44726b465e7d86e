"""Dead links, doubtful numbers and requests to providers in the admin, and what everybody did lately."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.base import ReadOnlyAdmin, current_user
from resources.curation import links, permissions
from resources.curation.permissions import Action
from resources.history.revisions import INITIAL_COMMENT, revision_author
from resources.models import AssuranceRequest, ContactCheck, Revision
from resources.vocabulary import ContactKind

ACTIVITY_PAGE_SIZE = 50


@admin.register(ContactCheck)
class ContactCheckAdmin(ReadOnlyAdmin):
    """The list of checked addresses and numbers, and the page of one with the services that name it."""

    list_display = ("value", "kind", "what", "failures", "first_failed_at", "checked_at")
    list_filter = ("kind", "problem")
    search_fields = ("value",)

    @admin.display(description=gettext_lazy("problem"))
    def what(self, check: ContactCheck) -> str:
        return links.describe_problem(check) if check.failures else ""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        page: Any = self
        check: ContactCheck | None = self.get_object(request, object_id)
        if check is None:
            return page._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        by = current_user(request)
        if request.method == "POST" and "right" in request.POST:
            permissions.require_permission(by, Action.ASSURE)
            links.dismiss(check=check, at=timezone.now())
            messages.success(request, _("Noted: it works. Failures are counted from zero again."))
            return HttpResponseRedirect(reverse("admin:index"))
        services = links.services_using(check)
        context = {
            **self.admin_site.each_context(request),
            "title": check.value,
            "opts": self.opts,
            "check": check,
            "is_website": check.kind == ContactKind.WEBSITE,
            "problem": links.describe_problem(check) if check.failures else "",
            "services": [
                (row, reverse("admin:resources_service_change", args=[row.pk])) for row in services[:50]
            ],
            "number": services.count(),
            "may_decide": permissions.can(by, Action.ASSURE),
        }
        return TemplateResponse(request, "admin/resources/contactcheck/change_form.html", context)


@admin.register(AssuranceRequest)
class AssuranceRequestAdmin(ReadOnlyAdmin):
    list_display = ("service", "sent_at", "answered_at", "answer", "decision")
    list_filter = ("answer", "decision")
    list_select_related = ("service",)
    search_fields = ("service__name",)
    fields = ("service", "sent_at", "answered_at", "answer", "decision", "decided_at", "decided_by")


def activity_view(request: HttpRequest) -> HttpResponse:
    """Show what everybody changed, newest first. Two queries for a page."""
    permissions.require_permission(current_user(request), Action.VIEW)
    rows = Revision.objects.exclude(comment=INITIAL_COMMENT).select_related("made_by").order_by("-pk")
    page = Paginator(rows.defer("snapshot"), ACTIVITY_PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": _("Recent changes"),
        "page": page,
        "entries": [
            {"row": row, "author": revision_author(row), "url": _record_url(row)} for row in page.object_list
        ],
    }
    return TemplateResponse(request, "admin/activity.html", context)


def _record_url(row: Revision) -> str:
    model = row.record_model._meta.model_name
    return reverse(f"admin:resources_{model}_change", args=[row.object_id])


def activity_urls() -> list[Any]:
    """Return the URL of the page of everybody's changes."""
    return [path("activity/", admin.site.admin_view(activity_view), name="resources_activity")]
