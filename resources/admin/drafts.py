"""Drafts of forms: kept while a curator types or when the session has ended, and offered again afterwards."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.forms.utils import ErrorDict, ErrorList
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from resources.curation import drafts
from resources.models import Draft

SHOW = "draft"  # in the query of a form's address: show what was typed instead of the record
# What a form submits besides what was typed: buttons and the token. The version of the record is kept.
CONTROLS = ("csrfmiddlewaretoken", "_save", "_continue", "_addanother", "_publish", "_then", "_refusal")


def urls(page: Any) -> list[Any]:
    """Return the URLs that keep and discard the drafts of the admin `page` of a record."""
    name = f"resources_{page.opts.model_name}_draft"
    view = page.admin_site.admin_view(partial(draft_view, page))
    return [path("draft/", view, name=f"{name}_of_new"), path("<uuid:object_id>/draft/", view, name=name)]


def draft_view(page: Any, request: HttpRequest, object_id: Any = None) -> HttpResponse:
    """Keep the submitted form as a draft, and answer with JSON: `message`. With `discard`, delete the draft
    and redirect to the form.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not _may_edit(page, request, object_id):
        raise PermissionDenied
    if "discard" in request.POST:
        drafts.discard_draft(by=page_user(request), model=page.model, object_id=object_id)
        return HttpResponseRedirect(form_url(page.model, object_id))
    try:
        draft = keep(page, request, object_id)
    except drafts.DraftTooLarge as refused:
        return JsonResponse({"message": refused.message}, status=413)
    at = date_format(timezone.localtime(draft.saved_at), "TIME_FORMAT")
    return JsonResponse({"message": _("Draft kept at %(time)s. Not saved yet.") % {"time": at}})


def keep(page: Any, request: HttpRequest, object_id: Any) -> Draft:
    """Keep the submitted form as the curator's draft of the record. Raises DraftTooLarge."""
    data = {name: values for name, values in request.POST.lists() if name not in CONTROLS}
    name = request.POST.get("name", "") or str(page.opts.verbose_name)
    return drafts.keep_draft(
        by=page_user(request),
        model=page.model,
        object_id=object_id,
        data=data,
        name=name,
        at=timezone.now(),
    )


def keep_if_form(request: HttpRequest) -> str:
    """Keep what a session that has just ended wanted to save. Return the URL that shows it, "" if the request
    submits no form of a record.
    """
    match = request.resolver_match
    page = _page_of_view(match.view_name if match else "")
    if page is None or match is None:
        return ""
    object_id = match.kwargs.get("object_id")
    object_id = None if object_id is None else unquote(object_id)
    if not _may_edit(page, request, object_id):
        return ""
    try:
        keep(page, request, object_id)
    except drafts.DraftTooLarge:
        return ""
    return f"{form_url(page.model, object_id)}?{SHOW}=1"


def requested_draft(page: Any, request: HttpRequest, object_id: str | None) -> Draft | None:
    """Return the draft that a GET of a form asks to see instead of the record."""
    if request.method != "GET" or SHOW not in request.GET:
        return None
    return drafts.draft_of(page_user(request), page.model, object_id)


def submitted_data(draft: Draft) -> QueryDict:
    """Return what was typed as the browser would submit it."""
    data = QueryDict(mutable=True)
    for name, values in draft.data.items():
        data.setlist(name, values)
    return data


def draft_context(page: Any, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
    """Return what a form needs to keep drafts: `draft_url`, and `draft` with `draft_form_url` to go on."""
    if IS_POPUP_VAR in request.GET or IS_POPUP_VAR in request.POST:
        return {}
    return {
        "draft_url": _draft_url(page.model, object_id),
        "draft_form_url": f"{form_url(page.model, object_id)}?{SHOW}=1",
        "draft": drafts.draft_of(page_user(request), page.model, object_id),
    }


def clear_errors(context: dict[str, Any]) -> None:
    """Show what was typed without its errors: it was not submitted to be saved."""
    context["errors"] = ErrorList()
    context["adminform"].form._errors = ErrorDict()
    for inline in context["inline_admin_formsets"]:
        inline.formset._non_form_errors = ErrorList()
        for form in inline.formset.forms:
            form._errors = ErrorDict()


def form_url(model: Any, object_id: object) -> str:
    """Return the URL of the form of a record, or of one to be added if `object_id` is None or ""."""
    name = f"admin:resources_{model._meta.model_name}"
    return reverse(f"{name}_change", args=[object_id]) if object_id else reverse(f"{name}_add")


# ---- drafts of records that are gone


def drafts_urls() -> list[Any]:
    """Return the URL of one's own draft as plain text."""
    view = admin.site.admin_view(text_view)
    return [path("drafts/<int:pk>/", view, name="resources_draft_text")]


def text_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was typed as text, for a record that is gone. A POST deletes the draft."""
    draft = get_object_or_404(Draft, pk=pk, by=page_user(request))
    if request.method == "POST":
        draft.delete()
        messages.success(request, _("The draft was deleted."))
        return HttpResponseRedirect(reverse("admin:index"))
    lines = [
        (name, ", ".join(value for value in values if value))
        for name, values in draft.data.items()
        if any(values) and not name.startswith("_") and not name.endswith("_FORMS")
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Unsaved changes"),
        "draft": draft,
        "lines": lines,
    }
    return TemplateResponse(request, "admin/draft.html", context)


def list_drafts(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the curator's drafts for Today, each with the URL where it goes on. One query for each kind of
    record among them, and one.
    """
    kept = drafts.drafts_of(page_user(request))
    pages = {page.opts.label_lower: page for page in admin.site._registry.values()}
    found: dict[str, set[str]] = {}
    for label in {draft.model for draft in kept if draft.object_id}:
        ids = [draft.object_id for draft in kept if draft.model == label]
        rows = pages[label].model._default_manager.filter(pk__in=[pk for pk in ids if pk])
        found[label] = {str(pk) for pk in rows.values_list("pk", flat=True)}
    return [
        {
            "draft": draft,
            "kind": pages[draft.model].opts.verbose_name,
            "is_gone": bool(draft.object_id) and draft.object_id not in found[draft.model],
            "url": f"{form_url(pages[draft.model].model, draft.object_id)}?{SHOW}=1",
        }
        for draft in kept
        if draft.model in pages
    ]


def page_user(request: HttpRequest) -> Any:
    """Return the signed-in curator."""
    return request.user


def _draft_url(model: Any, object_id: str | None) -> str:
    name = f"admin:resources_{model._meta.model_name}_draft"
    return reverse(name, args=[object_id]) if object_id else reverse(f"{name}_of_new")


def _may_edit(page: Any, request: HttpRequest, object_id: Any) -> bool:
    if object_id is None:
        return bool(page.has_add_permission(request))
    record = page.get_object(request, str(object_id))
    if record is None:
        raise Http404
    return bool(page.has_change_permission(request, record))


def _page_of_view(view_name: str) -> Any:
    for page in admin.site._registry.values():
        name = f"admin:resources_{page.opts.model_name}"
        if hasattr(page, "owner_of") and view_name in (f"{name}_change", f"{name}_add"):
            return page
    return None
