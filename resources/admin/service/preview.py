"""Preview of a service as visitors see it in results: of the saved record, and of the unsaved form.

The form is saved inside a transaction that is always rolled back, so that the same code makes the preview
from the same records as for visitors. No function of `curation` runs: nothing is reported, stored in the
history or written to the listings.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    JsonResponse,
    QueryDict,
)
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resources.admin.forms import fit_of_losses
from resources.admin.redirects import ids_in
from resources.admin.unsaved import TypedForms
from resources.curation.duplicates import (
    TYPED_THRESHOLD,
    Identity,
    describe_reasons,
    find_duplicates,
    identity_of,
    likely_services,
    load_identities,
)
from resources.curation.listing_policy import has_contact_q, not_all_options_q
from resources.curation.phones import parse_phone
from resources.models import Location, Service
from resources.presentation.results import result_context
from resources.presentation.service_data import ServiceData, data_of, load_services, visitors_day
from resources.search.results import preview_results
from resources.search.standing import section_of
from resources.vocabulary import Fit, Kind
from resources.wording import join_words

MAX_ALIKE = 5  # services named as possible duplicates
MAX_ROWS_COMPARED = 10  # numbers and places of the form that are compared
MAX_CARDS = 3  # for a service with more places; the rest are counted


def urls(page: Any) -> list[Any]:
    """Return the URLs that answer an unsaved form with its preview, for the admin `page` of services."""
    view = page.admin_site.admin_view(partial(card_view, page))
    return [
        path("card/", view, name="resources_service_card_of_new"),
        path("<uuid:object_id>/card/", view, name="resources_service_card"),
    ]


def card_context(
    page: Any, request: HttpRequest, service: Service | None, *, is_shown: bool
) -> dict[str, Any]:
    """Return `card` for the template: the preview of the saved record, loaded with its rows (`RELATED_ROWS`),
    and the URL for unsaved previews. `is_shown`: whether visitors see it.
    """
    address = _url(service) if can_edit(page, request, service) else ""
    if service is None:
        return {"html": "", "address": address, "message": _empty_message()}
    at = timezone.now()
    data = data_of(service, on=visitors_day(at))
    return {"html": render_card(data, at=at, is_shown=is_shown), "address": address, "message": ""}


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
    fit = data.get("fit") or fit_of_losses(data.getlist("losses"))
    data["fit"] = fit or Fit.GENERAL  # without it there is no card; where it stands is not said then
    if kind_missing:
        data["kind"] = Kind.INFORMATION
    alike = {"alike": alike_html(request.POST, service)}
    typed = TypedForms(page, request, service, data)
    if typed.is_valid():
        at = timezone.now()
        try:
            card = typed.preview(
                lambda saved: render_card(
                    _load(saved.pk, at=at),
                    at=at,
                    is_shown=_is_shown(saved.pk),
                    kind_missing=kind_missing,
                    fit_missing=not fit,
                )
            )
        except IntegrityError:  # the same form was saved since it was found valid
            message = _("This record was saved just now. Load the page again to see it.")
            return {"card": None, "errors": 0, "message": message, **alike}
        message = "" if fit else _("Choose how close to pregnancy loss it is to see where visitors find it.")
        return {"card": card, "errors": int(kind_missing), "message": message, **alike}
    cleaned, errors = typed.form.cleaned_data, typed.number_of_errors()
    if service is None and not (cleaned.get("name") and cleaned.get("organization")):
        return {"card": None, "errors": errors, "message": _empty_message(), **alike}
    message = ngettext(
        "Preview paused: %(n)d field needs fixing.",
        "Preview paused: %(n)d fields need fixing.",
        errors,
    )
    return {"card": None, "errors": errors, "message": message % {"n": errors}, **alike}


def alike_html(typed: QueryDict, service: Service | None) -> str:
    """Return links to services that may be the one being typed, as HTML; "" if there is none.

    A handful of queries, and no more with more services.
    """
    identity = _typed_identity(typed)
    known = load_identities(ids=[pk for pk in likely_services(identity) if not service or pk != service.pk])
    matches = {}
    for pk, other in known.items():
        kind = identity.kind or other.kind
        typed_one = {pk: replace(identity, kind=kind)}
        for match in find_duplicates(typed_one, {pk: other}, least=TYPED_THRESHOLD).values():
            matches[pk] = match
    best = sorted(matches, key=lambda pk: -matches[pk].score)[:MAX_ALIKE]
    services = Service.objects.select_related("organization").in_bulk(best)
    rows = [
        {"service": services[pk], "reasons": join_words(describe_reasons(matches[pk].reasons))} for pk in best
    ]
    return render_to_string("admin/resources/service/alike.html", {"rows": rows}) if rows else ""


def _typed_identity(typed: QueryDict) -> Identity:
    numbers = [
        value for name, value in typed.items() if name.startswith("phones-") and name.endswith("-number")
    ]
    ids = [
        value
        for name, value in typed.items()
        if name.startswith("service_at_locations-") and name.endswith("-location")
    ]
    places = Location.objects.filter(pk__in=ids_in([str(pk) for pk in ids])[:MAX_ROWS_COMPARED])
    return identity_of(
        kind=typed.get("kind", ""),
        name=typed.get("name", "")[:255],
        other_name=typed.get("alternate_name", "")[:255],
        website=typed.get("url", "")[:500],
        email=typed.get("email", "")[:254],
        phones=[_international(str(number)) for number in numbers[:MAX_ROWS_COMPARED]],
        places=places.values_list("address_1", "postal_code", "city"),
    )


def _international(number: str) -> str:
    """Return the E.164 form of a number as typed, or what was typed."""
    try:
        return parse_phone(number, settings.DEFAULT_COUNTRY).international or number
    except ValidationError:
        return number


def _load(service_id: UUID, *, at: datetime) -> ServiceData:
    (data,) = load_services(Service.objects.filter(pk=service_id), on=visitors_day(at))
    return data


def _is_shown(service_id: UUID) -> bool:
    published = Service.objects.published().filter(has_contact_q()).exclude(not_all_options_q())
    return published.filter(pk=service_id).exists()


def render_card(
    data: ServiceData,
    *,
    at: datetime,
    is_shown: bool,
    kind_missing: bool = False,
    fit_missing: bool = False,
) -> str:
    """Render this service as visitors see it among results, as HTML; marked if it is not published."""
    with timezone.override(None):  # in the zone of the site, not of the curator
        return _render_card(
            data, at=at, is_shown=is_shown, kind_missing=kind_missing, fit_missing=fit_missing
        )


def _render_card(
    data: ServiceData, *, at: datetime, is_shown: bool, kind_missing: bool, fit_missing: bool
) -> str:
    results, number = preview_results(data, at=at, limit=MAX_CARDS)
    contexts = [result_context(result, now=at) for result in results]
    if kind_missing:
        contexts = [{**card, "kind_label": _("Kind not chosen yet")} for card in contexts]
    if kind_missing or fit_missing:
        contexts = [{**card, "fit_note": ""} for card in contexts]
    has_place = any(result["location"] for result in results)
    context = {
        **({"section": ""} if kind_missing or fit_missing else _sections(data.service, has_place=has_place)),
        "results": contexts,
        "more": number - len(contexts),
        "is_shown": is_shown,
    }
    return render_to_string("admin/resources/service/card.html", context)


def _sections(service: Service, *, has_place: bool) -> dict[str, Any]:
    """Return the labels of the section where it stands, and of that for visitors nearby if it is another."""
    kind, fit = Kind(service.kind), Fit(service.fit)
    afar, here = (section_of(kind, fit, is_here=is_here) for is_here in (False, True))
    return {"section": afar.label, "nearby": here.label if has_place and here != afar else ""}


def _empty_message() -> str:
    return _("The preview appears once you enter a name and an organization.")
