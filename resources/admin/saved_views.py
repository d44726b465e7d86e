"""Saved views: a curator's own filters of a list, under a name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.urls import path, reverse
from django.utils.translation import gettext as _

from resources.curation.validators import validate_no_bidi_controls, validate_no_markup
from resources.models import SavedView

MAX_VIEWS = 50  # of one curator and list
DROPPED = (PAGE_VAR, "e", "_changelist_filters")


class ViewForm(forms.ModelForm):
    """A name for the filters in `query`."""

    class Meta:
        model = SavedView
        fields = ("name", "query")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].validators += [validate_no_markup, validate_no_bidi_controls]

    def clean_query(self) -> str:
        query = QueryDict(self.cleaned_data["query"], mutable=True)
        for name in DROPPED:
            query.pop(name, None)
        return query.urlencode()


def urls(page: Any) -> list[Any]:
    """Return the URL that saves and deletes views of the list of the admin `page`."""

    def view(request: HttpRequest) -> HttpResponse:
        return _view(page, request)

    name = f"resources_{page.opts.model_name}_views"
    return [path("views/", page.admin_site.admin_view(view), name=name)]


def views_context(page: Any, request: Any) -> dict[str, Any]:
    """Return the curator's views of the list for its template. One query."""
    query = request.GET.copy()
    for name in DROPPED:
        query.pop(name, None)
    return {
        "views": _views(page, request),
        "views_url": reverse(f"admin:resources_{page.opts.model_name}_views"),
        "query_to_save": query.urlencode(),
    }


def _view(page: Any, request: Any) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    listed = reverse(f"admin:resources_{page.opts.model_name}_changelist")
    if "delete" in request.POST:
        name = request.POST["delete"]
        _views(page, request).filter(name=name).delete()
        return HttpResponseRedirect(listed)
    form = ViewForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return HttpResponseRedirect(listed)
    name, query = form.cleaned_data["name"], form.cleaned_data["query"]
    if _views(page, request).exclude(name=name).count() >= MAX_VIEWS:
        messages.error(request, _("You have %(most)d saved views. Delete one first.") % {"most": MAX_VIEWS})
    else:
        SavedView.objects.update_or_create(
            by=request.user, model=page.opts.label_lower, name=name, defaults={"query": query}
        )
        messages.success(request, _("The view “%(name)s” was saved.") % {"name": name})
    return HttpResponseRedirect(f"{listed}?{query}")


def _views(page: Any, request: Any) -> Any:
    return SavedView.objects.filter(by=request.user, model=page.opts.label_lower)
