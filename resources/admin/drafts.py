"""Drafts of forms: kept while a curator types or when the session has ended, and offered again afterwards."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import UUIDField
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
# Passwords are never kept.
CONTROLS = (
    *("csrfmiddlewaretoken", "_save", "_continue", "_addanother", "_publish", "_then", "_refusal"),
    *("_accept", "_note", "_decline", "password1", "password2"),
)


class DraftsMixin:
    """Mixin for admin pages of records whose unsaved forms are kept as drafts."""

    def may_keep_draft(self, request: HttpRequest, record: Any) -> bool:
        """Return True if the request may submit the form of the record; None is one to be added."""
        page: Any = self
        return bool(
            page.has_add_permission(request)
            if record is None
            else page.has_change_permission(request, record)
        )

    def get_urls(self) -> list[Any]:
        return [*urls(self), *super().get_urls()]  # type: ignore[misc]


def urls(page: Any) -> list[Any]:
    """Return the URLs that keep and discard the drafts of the admin `page` of a record."""
    name = f"{_prefix(page.model)}_draft"
    view = page.admin_site.admin_view(partial(draft_view, page))
    kind = "uuid" if isinstance(page.opts.pk, UUIDField) else "int"
    return [
        path("draft/", view, name=f"{name}_of_new"),
        path(f"<{kind}:object_id>/draft/", view, name=name),
    ]


def draft_view(page: Any, request: HttpRequest, object_id: Any = None) -> HttpResponse:
    """Keep the submitted form as a draft, and answer with JSON: `message`. With `discard`, delete the draft
    and redirect to the form.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if "discard" in request.POST:
        drafts.discard_draft(by=page_user(request), model=page.model, object_id=object_id)
        return HttpResponseRedirect(form_url(page.model, object_id))
    record = _record_of(page, request, object_id)
    if not page.may_keep_draft(request, record):
        raise PermissionDenied
    try:
        draft = keep(page, request, record)
    except drafts.DraftTooLarge as refused:
        return JsonResponse({"message": refused.message}, status=413)
    at = date_format(timezone.localtime(draft.saved_at), "TIME_FORMAT")
    return JsonResponse({"message": _("Draft kept at %(time)s, not saved yet.") % {"time": at}})


def keep(page: Any, request: HttpRequest, record: Any) -> Draft:
    """Keep the submitted form as the curator's draft of the record, None for one to be added.

    Raises DraftTooLarge.
    """
    data = {name: values for name, values in request.POST.lists() if name not in CONTROLS}
    typed = request.POST.get("name", "") or request.POST.get("username", "")
    name = typed or str(page.opts.verbose_name if record is None else record)
    return drafts.keep_draft(
        by=page_user(request),
        model=page.model,
        object_id=None if record is None else record.pk,
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
    record = _record_of(page, request, None if object_id is None else unquote(object_id))
    if not page.may_keep_draft(request, record):
        return ""
    try:
        keep(page, request, record)
    except drafts.DraftTooLarge:
        return ""
    return f"{form_url(page.model, None if record is None else record.pk)}?{SHOW}=1"


def requested_draft(page: Any, request: HttpRequest, object_id: str | None) -> Draft | None:
    """Return the draft that a GET of a form asks to see instead of the record."""
    if request.method != "GET" or SHOW not in request.GET:
        return None
    return drafts.draft_of(page_user(request), page.model, object_id)


def show_requested_draft(page: Any, request: Any, object_id: str | None) -> Draft | None:
    """Make a GET that asks for a draft look as if the draft had just been submitted. Return the draft.

    The caller adds a `REFUSAL`, so that it is shown and never saved.
    """
    draft = requested_draft(page, request, object_id)
    if draft is not None:
        request.FILES  # noqa: B018  (Django reads POST and FILES together, so the files come first)
        request.method, request.POST = "POST", submitted_data(draft)
    return draft


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
    clear_form_errors(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        inline.formset._non_form_errors = ErrorList()
        for form in inline.formset.forms:
            form._errors = ErrorDict()


def clear_form_errors(form: Any) -> None:
    """Leave a bound form without errors."""
    form._errors = ErrorDict()


def form_url(model: Any, object_id: object) -> str:
    """Return the URL of the form of a record, or of one to be added if `object_id` is None or ""."""
    name = f"admin:{_prefix(model)}"
    return reverse(f"{name}_change", args=[object_id]) if object_id else reverse(f"{name}_add")


# ---- drafts of records that are gone


def drafts_urls() -> list[Any]:
    """Return the URL of one's own draft as plain text."""
    view = admin.site.admin_view(text_view)
    return [path("drafts/<int:pk>/", view, name="resources_draft_text")]


def text_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was typed as text, where there is no form for it any more. A POST deletes the draft."""
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


def _prefix(model: Any) -> str:
    """Return what the names of the URLs of a model begin with."""
    return f"{model._meta.app_label}_{model._meta.model_name}"


def _draft_url(model: Any, object_id: str | None) -> str:
    name = f"admin:{_prefix(model)}_draft"
    return reverse(name, args=[object_id]) if object_id else reverse(f"{name}_of_new")


def _record_of(page: Any, request: HttpRequest, object_id: Any) -> Any:
    """Return the record, None for one to be added. Raises Http404 if there is none."""
    if object_id is None:
        return None
    if (record := page.get_object(request, str(object_id))) is None:
        raise Http404
    return record


def _page_of_view(view_name: str) -> Any:
    for page in admin.site._registry.values():
        name = f"admin:{_prefix(page.model)}"
        if isinstance(page, DraftsMixin) and view_name in (f"{name}_change", f"{name}_add"):
            return page
    return None
