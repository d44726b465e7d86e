"""The visitor's card beside the form of a service: of the record, and of what is typed, before it is saved.

What is typed is saved inside a transaction that is always taken back: so the card is made by the same code
from the same records as the one that visitors will read. No verb runs: nothing is told, kept in the history
or written to the listings.
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
from resources.search.results import preview_results
from resources.vocabulary import Kind

MOST_CARDS = 3  # of a service that is at more places; the rest are counted


def urls(page: Any) -> list[Any]:
    """For the admin `page` of services: the address that answers what is typed with its card."""
    view = page.admin_site.admin_view(partial(card_view, page))
    return [
        path("card/", view, name="resources_service_card_of_new"),
        path("<uuid:object_id>/card/", view, name="resources_service_card"),
    ]


def card_context(page: Any, request: HttpRequest, service: Service | None) -> dict[str, Any]:
    """`card` for the template: what stands there at first, and where to ask for the card of what is typed."""
    address = _address(service) if may_write(page, request, service) else ""
    if service is None:
        return {"html": "", "address": address, "said": _nothing_yet()}
    return {"html": card_of(service.pk, at=timezone.now()), "address": address, "said": ""}


def may_write(page: Any, request: HttpRequest, service: Service | None) -> bool:
    if service is None:
        return bool(page.has_add_permission(request))
    return bool(page.has_change_permission(request, service))


def card_view(page: Any, request: HttpRequest, object_id: Any = None) -> HttpResponse:
    """`card` as HTML, or null while there is none to show; `errors`, how many there are; `said` why."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    service = None if object_id is None else page.get_object(request, str(object_id))
    if object_id is not None and service is None:
        raise Http404
    if not may_write(page, request, service):
        raise PermissionDenied
    return JsonResponse(_card_of_typed(page, request, service))


def _address(service: Service | None) -> str:
    if service is None:
        return reverse("admin:resources_service_card_of_new")
    return reverse("admin:resources_service_card", args=[service.pk])


def _card_of_typed(page: Any, request: HttpRequest, service: Service | None) -> dict[str, Any]:
    """A new service needs a kind to be drawn at all."""
    kind_is_open = service is None and not request.POST.get("kind")
    data = request.POST.copy()
    if kind_is_open:
        data["kind"] = Kind.INFORMATION
    typed = TypedForms(page, request, service, data)
    if typed.is_valid():
        at = timezone.now()
        card = typed.look(lambda written: card_of(written.pk, at=at, kind_is_open=kind_is_open))
        return {"card": card, "errors": int(kind_is_open), "said": ""}
    given, errors = typed.form.cleaned_data, typed.number_of_errors()
    if service is None and not (given.get("name") and given.get("organization")):
        return {"card": None, "errors": errors, "said": _nothing_yet()}
    said = ngettext(
        "The card waits: %(n)d box needs another look.",
        "The card waits: %(n)d boxes need another look.",
        errors,
    )
    return {"card": None, "errors": errors, "said": said % {"n": errors}}


def card_of(service_id: UUID, *, at: datetime, kind_is_open: bool = False) -> str:
    """What a visitor sees of this service among what a search finds, as HTML; marked where none does."""
    with timezone.override(None):  # in the zone of the site, not of the curator
        return _card_of(service_id, at=at, kind_is_open=kind_is_open)


def _card_of(service_id: UUID, *, at: datetime, kind_is_open: bool) -> str:
    results, number = preview_results(service_id, at=at, limit=MOST_CARDS)
    views = [result_context(result, now=at) for result in results]
    if kind_is_open:
        views = [{**view, "kind_label": _("Kind not chosen yet"), "fit_note": ""} for view in views]
    listed = Service.objects.published().filter(has_contact_q()).exclude(not_all_options_q())
    context = {
        "results": views,
        "more": number - len(views),
        "is_shown": listed.filter(pk=service_id).exists(),
    }
    return render_to_string("admin/resources/service/card.html", context)


def _nothing_yet() -> str:
    return _("The card appears here once there is a name and an organization.")
