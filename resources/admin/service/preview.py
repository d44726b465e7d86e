"""The visitor's card beside the form of a service: of the record, and of what is typed, before it is saved.

What is typed is saved inside a transaction that is always taken back: so the card is made by the same code
from the same records as the one that visitors will read. No verb runs: nothing is told, kept in the history
or written to the listings.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms.formsets import all_valid
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resources.curation.listing_policy import has_contact_q, not_all_options_q
from resources.models import Service
from resources.presentation.results import result_context
from resources.search.results import preview_results
from resources.vocabulary import Kind

MOST_CARDS = 3  # of a service that is at more places; the rest are counted


class RolledBackPreview(Exception):
    """Carries the card out of the transaction that it takes back."""

    def __init__(self, card: str) -> None:
        self.card = card


class PreviewMixin:
    """For the page of services: the card of the record, and the address that answers what is typed."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.card_view)  # type: ignore[attr-defined]
        return [
            path("card/", view, name="resources_service_card_of_new"),
            path("<uuid:object_id>/card/", view, name="resources_service_card"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def card_address(self, request: HttpRequest, service: Service | None) -> str:
        """Where to ask for the card of what is typed; "" for who may not edit."""
        if not self._may_write(request, service):
            return ""
        if service is None:
            return reverse("admin:resources_service_card_of_new")
        return reverse("admin:resources_service_card", args=[service.pk])

    def card_view(self, request: HttpRequest, object_id: Any = None) -> HttpResponse:
        """`card` as HTML, or null while there is none to show; `errors`, how many there are; `said` why."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        service: Service | None = None
        if object_id is not None:
            service = self.get_object(request, str(object_id))  # type: ignore[attr-defined]
            if service is None:
                raise Http404
        if not self._may_write(request, service):
            raise PermissionDenied
        return JsonResponse(self._card_of_typed(request, service))

    def _may_write(self, request: HttpRequest, service: Service | None) -> bool:
        if service is None:
            return bool(self.has_add_permission(request))  # type: ignore[attr-defined]
        return bool(self.has_change_permission(request, service))  # type: ignore[attr-defined]

    def _card_of_typed(self, request: HttpRequest, service: Service | None) -> dict[str, Any]:
        kind_is_open = service is None and not request.POST.get("kind")
        form, formsets = self._typed_forms(request, service, kind_is_open)
        if all_valid(formsets) and form.is_valid():
            card = preview_unsaved(form, formsets, at=timezone.now(), kind_is_open=kind_is_open)
            return {"card": card, "errors": int(kind_is_open), "said": ""}
        errors = number_of_errors(form, formsets)
        if service is None and not (form.cleaned_data.get("name") and form.cleaned_data.get("organization")):
            return {"card": None, "errors": errors, "said": empty_preview()}
        said = ngettext(
            "The card waits: %(n)d box needs another look.",
            "The card waits: %(n)d boxes need another look.",
            errors,
        )
        return {"card": None, "errors": errors, "said": said % {"n": errors}}

    def _typed_forms(
        self, request: HttpRequest, service: Service | None, kind_is_open: bool
    ) -> tuple[Any, list[Any]]:
        """As Django makes them when one presses Save. A new service needs a kind to be drawn at all."""
        page: Any = self
        change = service is not None
        names = flatten_fieldsets(page.get_fieldsets(request, service))
        typed = request.POST.copy()
        if kind_is_open:
            typed["kind"] = Kind.INFORMATION
        form = page.get_form(request, service, change=change, fields=names)(
            typed, request.FILES, instance=service
        )
        formsets, _inlines = page._create_formsets(request, form.instance, change=change)
        form.is_valid()  # first, as Django does it: rows look at the service they hang on
        return form, formsets


def preview_unsaved(form: Any, formsets: list[Any], *, at: datetime, kind_is_open: bool = False) -> str:
    """The card that valid forms would make. All that is written for it is taken back before this returns."""
    try:
        with transaction.atomic():
            service = form.save()
            for formset in formsets:
                formset.save()
            raise RolledBackPreview(card_of(service.pk, at=at, kind_is_open=kind_is_open))
    except RolledBackPreview as taken:
        return taken.card


def card_of(service_id: UUID, *, at: datetime, kind_is_open: bool = False) -> str:
    """What a visitor sees of this service among what a search finds, as HTML; marked where none does."""
    with timezone.override(None):  # in the zone of the site, not of the curator
        return _card_of(service_id, at=at, kind_is_open=kind_is_open)


def _card_of(service_id: UUID, *, at: datetime, kind_is_open: bool) -> str:
    results, number = preview_results(service_id, at=at, most=MOST_CARDS)
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


def empty_preview() -> str:
    return _("The card appears here once there is a name and an organization.")


def number_of_errors(form: Any, formsets: list[Any]) -> int:
    """How many boxes are marked, and sentences about a form or a kind of rows as a whole."""
    rows = sum(len(row) for formset in formsets for row in formset.errors)
    whole = sum(len(formset.non_form_errors()) for formset in formsets)
    return len(form.errors) + rows + whole
