"""Preview of a service as visitors see it in results: of the saved record, and of the unsaved form.

The form is saved inside a transaction that is always rolled back, so that the same code makes the preview
from the same records as for visitors. No function of `curation` runs: nothing is reported, stored in the
history or written to the listings.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resources.admin.unsaved import TypedForms
from resources.curation.listing_policy import has_contact_q, not_all_options_q
from resources.models import Service
from resources.presentation.results import result_context
from resources.search.projection import section_of
from resources.search.results import preview_results
from resources.vocabulary import Fit, Kind

MAX_CARDS = 3  # for a service with more places; the rest are counted


def urls(page: Any) -> list[Any]:
    """Return the URLs that answer an unsaved form with its preview, for the admin `page` of services."""
    view = page.admin_site.admin_view(partial(card_view, page))
    return [
        path("card/", view, name="resources_service_card_of_new"),
        path("<uuid:object_id>/card/", view, name="resources_service_card"),
    ]


def card_context(page: Any, request: HttpRequest, service: Service | None) -> dict[str, Any]:
    """Return `card` for the template: the preview of the saved record, and the URL for unsaved previews."""
    address = _url(service) if can_edit(page, request, service) else ""
    if service is None:
        return {"html": "", "address": address, "message": _empty_message()}
    return {"html": render_card(service.pk, at=timezone.now()), "address": address, "message": ""}


def can_edit(page: Any, request: HttpRequest, service: Service | None) -> bool:
    """Return True if the request may add or change the service."""
    if service is None:
        return bool(page.has_add_permission(request))
    return bool(page.has_change_permission(request, service))


def card_view(page: Any, request: HttpRequest, object_id: Any = None) -> HttpResponse:
    """Answer with JSON: `card` as HTML or null, number of `errors`, and `message`, why there is no card."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    service = None if object_id is None else page.get_object(request, str(object_id))
    if object_id is not None and service is None:
        raise Http404
    if not can_edit(page, request, service):
        raise PermissionDenied
    return JsonResponse(_preview_typed(page, request, service))


def _url(service: Service | None) -> str:
    if service is None:
        return reverse("admin:resources_service_card_of_new")
    return reverse("admin:resources_service_card", args=[service.pk])


def _preview_typed(page: Any, request: HttpRequest, service: Service | None) -> dict[str, Any]:
    """Render the preview of the submitted form. A new service needs a kind and a fit for that."""
    kind_missing = service is None and not request.POST.get("kind")
    data = request.POST.copy()
    data["fit"] = data.get("fit") or (Fit.SPECIALIST if data.getlist("losses") else Fit.GENERAL)
    if kind_missing:
        data["kind"] = Kind.INFORMATION
    typed = TypedForms(page, request, service, data)
    if typed.is_valid():
        at = timezone.now()
        card = typed.preview(lambda saved: render_card(saved.pk, at=at, kind_missing=kind_missing))
        return {"card": card, "errors": int(kind_missing), "message": ""}
    cleaned, errors = typed.form.cleaned_data, typed.number_of_errors()
    if service is None and not (cleaned.get("name") and cleaned.get("organization")):
        return {"card": None, "errors": errors, "message": _empty_message()}
    message = ngettext(
        "Preview paused: %(n)d field needs fixing.",
        "Preview paused: %(n)d fields need fixing.",
        errors,
    )
    return {"card": None, "errors": errors, "message": message % {"n": errors}}


def render_card(service_id: UUID, *, at: datetime, kind_missing: bool = False) -> str:
    """Render this service as visitors see it among results, as HTML; marked if it is not published."""
    with timezone.override(None):  # in the zone of the site, not of the curator
        return _render_card(service_id, at=at, kind_missing=kind_missing)


def _render_card(service_id: UUID, *, at: datetime, kind_missing: bool) -> str:
    results, number = preview_results(service_id, at=at, limit=MAX_CARDS)
    contexts = [result_context(result, now=at) for result in results]
    if kind_missing:
        contexts = [{**card, "kind_label": _("Kind not chosen yet"), "fit_note": ""} for card in contexts]
    published = Service.objects.published().filter(has_contact_q()).exclude(not_all_options_q())
    service = Service.objects.get(pk=service_id)
    context = {
        "section": "" if kind_missing else section_of(service.kind, service.fit).label,
        "has_place": any(result["location"] for result in results),
        "results": contexts,
        "more": number - len(contexts),
        "is_shown": published.filter(pk=service_id).exists(),
    }
    return render_to_string("admin/resources/service/card.html", context)


def _empty_message() -> str:
    return _("The preview appears once you enter a name and an organization.")
