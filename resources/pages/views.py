"""Visitors' pages: each view translates the request and makes one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from resources import wording
from resources.curation.merging import kept_organization
from resources.fees.estimating import offer_of
from resources.http.conditional import conditional
from resources.models import Organization, Service
from resources.pages.content import asks_for_urgent_help, listing_policy, old_address_notice
from resources.pages.fees import fees_context
from resources.pages.first_lines import countries_context, first_lines
from resources.pages.geolocation import allow_location, without_locate_param
from resources.pages.gone import (
    alternatives_for_organization,
    redirect_to_kept,
    render_gone,
    withdrawn_calendar,
    withdrawn_service,
)
from resources.pages.map import MAP_PARAM, map_context
from resources.pages.results import PageURL, answer_context, place_links
from resources.pages.search_form import choices_context
from resources.pages.shortlist_state import (
    list_context,
    mailto,
    previous_search_url,
    redirect_after_removal,
    share_context,
    shortlist_ids,
    with_list,
    without_list_params,
)
from resources.presentation.results import result_context
from resources.presentation.service import (
    organization_context,
    organization_offer_context,
    organization_parts_context,
    service_context,
)
from resources.presentation.service_data import data_of
from resources.presentation.structured_data import organization_script, service_script
from resources.search.calendar_feeds import calendar_for_search, calendar_of_service
from resources.search.engine import PageNotFound, catalog_counts, similar_question, similar_services
from resources.search.filters import ListingFilterSet, VisitorFilterSet
from resources.search.meetings import coming_meetings
from resources.search.question import Question
from resources.search.results import results_of_organization
from resources.vocabulary import COUNTRIES, Status

MAX_SERVICES = 50
MAX_MEETINGS = 5
PLAIN_TEXT = "text/plain; charset=utf-8"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page, with the form as filled in if the visitor asked to use their location.

    The country is the visitor's choice, else DEFAULT_COUNTRY; an unknown one counts as none.
    """
    query, locating = without_locate_param(request.GET)
    chosen = request.GET.get("country", "").upper()
    country = chosen if chosen in COUNTRIES else settings.DEFAULT_COUNTRY
    context = {
        "form": VisitorFilterSet(query).form,
        "locating": locating,
        "countries": countries_context(country),
        "country": country,
        "lines": first_lines(country),
    }
    return allow_location(render(request, "pages/home.html", context), locating)


@require_safe
@conditional()
def search(request: HttpRequest) -> HttpResponse:
    """Show the results of a search.

    An unknown parameter is a note, since the rest has an answer; a bad value is an error of its field.
    """
    if shorter := redirect_after_removal(request):
        return shorter
    query, locating = without_locate_param(request.GET)
    question = without_list_params(query)
    wants_map = bool(question.pop(MAP_PARAM, []))
    filters = VisitorFilterSet(question)
    everywhere = catalog_counts(settings.DEFAULT_COUNTRY)
    context: dict[str, Any] = {
        "list": list_context(request),
        "form": filters.form,
        "notes": _notes(filters),
        "locating": locating,
        "old_address": old_address_notice(request.GET.get("q", "")),
        "is_urgent": asks_for_urgent_help(request.GET.get("q", "")),
        "answer": None,
    }
    address = PageURL(request.path, query)
    status, counts = 200, None
    try:
        if filters.invalid_values():
            context["spellings"] = place_links(filters.spellings, address)
            status = 400
        else:
            answer = filters.answer()
            context["answer"] = answer_context(answer, address, context["list"])
            context["map"] = map_context(answer) if wants_map else None
            context["lines"] = first_lines(answer.place.country if answer.place else settings.DEFAULT_COUNTRY)
            counts = answer.facets
    except PageNotFound as error:
        context["past_end"] = {"pages": error.pages, "url": address.with_params(page=error.pages)}
        status = 404
    context["choices"] = choices_context(filters.form, everywhere, counts)
    response = render(request, "pages/search.html", context, status=status)
    return allow_location(response, locating) if status == 200 else response


@require_safe
@conditional(also=previous_search_url)
def service(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a service; for one that is not published, say so and offer alternatives."""
    if shorter := redirect_after_removal(request):
        return shorter
    record = get_object_or_404(Service.objects.with_related(), pk=pk)
    if record.status != Status.ACTIVE:
        return withdrawn_service(request, record)
    now = timezone.now()
    meetings = coming_meetings(pk, now, limit=MAX_MEETINGS)
    data = data_of(record, on=timezone.localdate(now))
    details = service_context(data, meetings, now)
    context = {
        "service": details,
        "list": list_context(request),
        "nearby": nearby_context(record, now),
        "share": _share(request, details),
        "data": service_script(data, details, meetings),
        "fees": fees_context(pk, offer_of(record, day=timezone.localdate(now))),
        "back_url": previous_search_url(request),
        "correct_url": reverse("pages:correct", args=[pk]),
    }
    return render(request, "pages/service.html", context)


@require_safe
@conditional()
def service_calendar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Return the calendar file of a service; 404 if it has no checked dates.

    Of one that was withdrawn, for some months a file that cancels its meetings, then 410.
    """
    now = timezone.now()
    calendar = calendar_of_service(pk, page_of=_page_of(request), now=now)
    if calendar is None:
        record = get_object_or_404(Service, pk=pk)
        if moved := redirect_to_kept(request, record):
            return moved
        calendar = withdrawn_calendar(record, page_of=_page_of(request), now=now)
    if calendar is None:
        return HttpResponse(_("This group is no longer listed."), status=410, content_type=PLAIN_TEXT)
    return _calendar_file(calendar)


@require_safe
@conditional()
def search_calendar(request: HttpRequest) -> HttpResponse:
    """Return everything that matches the question and has meetings as one calendar file."""
    filters = ListingFilterSet(request.GET)
    if errors := filters.invalid_values():
        message = "\n".join(f"{error.parameter}: {error.message}" for error in errors)
        return HttpResponse(message, status=400, content_type="text/plain; charset=utf-8")
    return _calendar_file(calendar_for_search(filters.question(), page_of=_page_of(request)))


@require_safe
@conditional()
def organization(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an organization with its published services.

    One that publishes nothing now is not shown: its records may be held for a reason. If it ever did, the
    page says so (410) and offers alternatives; else 404.
    """
    if shorter := redirect_after_removal(request):
        return shorter
    record = get_object_or_404(Organization.objects.prefetch_related("phones"), pk=pk)
    now = timezone.now()
    results = results_of_organization(pk, limit=MAX_SERVICES + 1, now=now)
    if not results and (kept := kept_organization(record)):
        return HttpResponseRedirect(reverse("pages:organization", args=[kept.pk]))
    if not results and (alternatives := alternatives_for_organization(record)):
        return render_gone(request, alternatives)
    if not results:
        raise Http404(_("This organization has no listings."))
    details = organization_context(record)
    context = {
        "organization": {
            **details,
            **organization_parts_context(record),
            **organization_offer_context(results[:MAX_SERVICES], whole=len(results) <= MAX_SERVICES),
        },
        # The organization is the title of the page.
        "services": [
            {**result_context(result, now=now), "organization": None} for result in results[:MAX_SERVICES]
        ],
        "all_url": _all_services_url(request, pk) if len(results) > MAX_SERVICES else "",
        "list": list_context(request),
        "share": _share(request, details),
        "data": organization_script(record, details),
    }
    return render(request, "pages/organization.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show the privacy page, with the retention periods."""
    days = {
        "contact_days": settings.CONTACT_RETENTION_DAYS,
        "decided_days": settings.CONTRIBUTION_RETENTION_DAYS,
    }
    return render(request, "pages/privacy.html", days)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show who runs the directory and the listing policy."""
    return render(request, "pages/about.html", {"policy": listing_policy()})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "pages/accessibility.html", {"contact": settings.CONTACT_EMAIL})


def _share(request: HttpRequest, details: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the URL of this page alone, without search or shortlist parameters."""
    address = f"{settings.SITE_URL}{request.path}"
    return share_context(address, mailto([details], address))


def _all_services_url(request: HttpRequest, organization: UUID) -> str:
    return with_list(f"{reverse('pages:search')}?organization={organization}", shortlist_ids(request))


def _page_of(request: HttpRequest) -> Callable[[str], str]:
    return lambda pk: request.build_absolute_uri(reverse("pages:service", args=[pk]))


def _calendar_file(calendar: bytes) -> HttpResponse:
    """Return the file under a neutral name: other people may see the folder it is saved in."""
    headers = {"Content-Disposition": 'attachment; filename="calendar.ics"'}
    return HttpResponse(calendar, content_type="text/calendar; charset=utf-8", headers=headers)


def _notes(filters: ListingFilterSet) -> list[str]:
    notes = [
        _("We ignored “%(name)s”, which is not one of our search options.") % {"name": name[:100]}
        for name in filters.strange
    ]
    place = filters.parsed.place
    if place and place.is_anywhere:
        named = {"address": place.name, "country": wording.country_name(place.country)}
        notes.append(
            _(
                "%(address)s is on no map. This is help for anyone from %(country)s. For help near you,"
                " enter a town."
            )
            % named
        )
    return notes


def nearby_context(service: Service, now: datetime) -> dict[str, Any] | None:
    """Return `nearby` for `components/nearby.html`, near the service's first place; None if nothing is."""
    places = service.service_at_locations.all()
    question = next(
        (nearby for row in places if (nearby := similar_question(service.kind, row.location, now))), None
    )
    if question is None:
        return None
    results = similar_services(question, excluding=service.pk)
    return (
        {"results": [_nearby_row(result, question) for result in results], "url": _nearby_url(question)}
        if results
        else None
    )


def _nearby_row(result: Mapping[str, Any], question: Question) -> dict[str, Any]:
    location, place = result["location"], question.place
    distance = wording.distance(
        result["distance_km"], country=place.country if place else "", about=result["distance_is_about"]
    )
    town = location["city"] if location else ""
    away = _("%(distance)s away") % {"distance": distance} if distance else ""
    return {
        "name": result["service"]["name"],
        "url": reverse("pages:service", args=[result["service"]["id"]]),
        "where": ", ".join(part for part in (town, away) if part),
    }


def _nearby_url(question: Question) -> str:
    point = question.place.point if question.place else None
    near = f"{point.latitude:.2f},{point.longitude:.2f}" if point else ""
    query = {"near": near, "kind": question.values("kind"), "reach": question.reach}
    return f"{reverse('pages:search')}?{urlencode(query, doseq=True)}"
