"""The visitors' pages: each view translates and makes one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from resources.fees.estimating import offer_of
from resources.http.conditional import conditional
from resources.http.result_cards import result_view
from resources.models import Organization, Service
from resources.pages.asking import choices_view
from resources.pages.carrying import (
    asked_of,
    list_of,
    list_view,
    searched_before,
    share_view,
    taken_off,
    with_list,
)
from resources.pages.fees import fees_view
from resources.pages.linked_data import organization_data, service_data
from resources.pages.locating import allow_location, locating_of
from resources.pages.mailing import mailto
from resources.pages.nearby import nearby_view
from resources.pages.old_addresses import known_of_old_address
from resources.pages.policy import listing_policy
from resources.pages.records import offer_view, organization_view, parts_view, service_view
from resources.pages.results import Address, answer_view, place_links
from resources.pages.withdrawn import instead_of_organization, instead_of_service, no_longer_listed
from resources.search.answering import PageNotFound, catalogue_counts
from resources.search.filters import ListingFilterSet
from resources.search.meetings import coming_meetings
from resources.search.results import results_of_organization
from resources.search.subscribing import calendar_of_answer, calendar_of_service
from resources.vocabulary import Status

SHOWN_SERVICES = 50
SHOWN_MEETINGS = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """With what was typed before, where it comes back to be told where the visitor is."""
    asked, locating = locating_of(request.GET)
    context = {"form": ListingFilterSet(asked).form, "locating": locating}
    return allow_location(render(request, "pages/home.html", context), locating)


@require_safe
@conditional()
def search(request: HttpRequest) -> HttpResponse:
    """An unknown parameter is a note, for the rest has an answer; a bad value is an error beside its box."""
    if shorter := taken_off(request):
        return shorter
    asked, locating = locating_of(request.GET)
    filters = ListingFilterSet(asked_of(asked))
    everywhere = catalogue_counts(settings.DEFAULT_COUNTRY)
    context: dict[str, Any] = {
        "list": list_view(request),
        "form": filters.form,
        "choices": choices_view(filters.form, everywhere, None),
        "notes": _notes(filters),
        "locating": locating,
        "old_address": known_of_old_address(request.GET.get("q", "")),
        "answer": None,
    }
    address = Address(request.path, asked)
    if filters.bad_values():
        context["spellings"] = place_links(filters.spellings, address)
        return render(request, "pages/search.html", context, status=400)
    try:
        answer = filters.answer()
    except PageNotFound as error:
        context["past_end"] = {"pages": error.pages, "url": address.with_(page=error.pages)}
        return render(request, "pages/search.html", context, status=404)
    context["answer"] = answer_view(answer, address)
    context["choices"] = choices_view(filters.form, everywhere, answer.facets)
    return allow_location(render(request, "pages/search.html", context), locating)


@require_safe
@conditional(also=searched_before)
def service(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A service that is not published says so, and offers the next step."""
    if shorter := taken_off(request):
        return shorter
    found = get_object_or_404(Service.objects.with_everything(), pk=pk)
    if found.status != Status.ACTIVE:
        return no_longer_listed(request, instead_of_service(found))
    now = timezone.now()
    meetings = coming_meetings(pk, now, most=SHOWN_MEETINGS)
    view = service_view(found, meetings, now)
    context = {
        "service": view,
        "list": list_view(request),
        "nearby": nearby_view(found, now),
        "share": _share(request, view),
        "data": service_data(found, view, meetings),
        "fees": fees_view(pk, offer_of(found, day=now.date())),
        "back_url": searched_before(request),
        "correct_url": reverse("pages:correct", args=[pk]),
    }
    return render(request, "pages/service.html", context)


@require_safe
@conditional()
def service_calendar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For a person's own calendar; 404 where no dates are known that somebody has checked."""
    calendar = calendar_of_service(pk, page_of=_page_of(request), now=timezone.now())
    if calendar is None:
        raise Http404(_("We know of no dates that somebody has checked."))
    return _calendar_file(calendar)


@require_safe
@conditional()
def search_calendar(request: HttpRequest) -> HttpResponse:
    """Everything that fits the question and meets at times, as one calendar."""
    filters = ListingFilterSet(request.GET)
    if refused := filters.bad_values():
        said = "\n".join(f"{each.parameter}: {each.message}" for each in refused)
        return HttpResponse(said, status=400, content_type="text/plain; charset=utf-8")
    return _calendar_file(calendar_of_answer(filters.question(), page_of=_page_of(request)))


@require_safe
@conditional()
def organization(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One that publishes nothing now is not shown: its records may be held for a reason.

    Where it ever did, its old address says so and offers the next step.
    """
    if shorter := taken_off(request):
        return shorter
    found = get_object_or_404(Organization.objects.prefetch_related("phones"), pk=pk)
    now = timezone.now()
    results = results_of_organization(pk, limit=SHOWN_SERVICES + 1, now=now)
    if not results and (instead := instead_of_organization(found)):
        return no_longer_listed(request, instead)
    if not results:
        raise Http404(_("Nothing of this organization is listed."))
    view = organization_view(found)
    context = {
        "organization": {
            **view,
            **parts_view(found),
            **offer_view(results[:SHOWN_SERVICES], whole=len(results) <= SHOWN_SERVICES),
        },
        # Whose they are is the name of the page.
        "services": [
            {**result_view(result, now=now), "organization": None} for result in results[:SHOWN_SERVICES]
        ],
        "all_url": _all_of(request, pk) if len(results) > SHOWN_SERVICES else "",
        "list": list_view(request),
        "share": _share(request, view),
        "data": organization_data(found, view),
    }
    return render(request, "pages/organization.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    days = {"contact_days": settings.CONTACT_KEPT_DAYS, "decided_days": settings.CONTRIBUTIONS_KEPT_DAYS}
    return render(request, "pages/privacy.html", days)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/about.html", {"policy": listing_policy()})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html", {"contact": settings.CONTACT_EMAIL})


def _share(request: HttpRequest, view: Mapping[str, Any]) -> Mapping[str, str]:
    """The address of this page by itself, without what was searched or kept."""
    address = f"{settings.SITE_URL}{request.path}"
    return share_view(address, mailto([view], address))


def _all_of(request: HttpRequest, organization: UUID) -> str:
    return with_list(f"{reverse('pages:search')}?organization={organization}", list_of(request))


def _page_of(request: HttpRequest) -> Callable[[str], str]:
    return lambda pk: request.build_absolute_uri(reverse("pages:service", args=[pk]))


def _calendar_file(calendar: bytes) -> HttpResponse:
    """Its name says nothing of what it holds: other people may see the folder it is saved in."""
    headers = {"Content-Disposition": 'attachment; filename="calendar.ics"'}
    return HttpResponse(calendar, content_type="text/calendar; charset=utf-8", headers=headers)


def _notes(filters: ListingFilterSet) -> list[str]:
    return [
        _("We did not understand “%(name)s” and left it out.") % {"name": name[:100]}
        for name in filters.unknown
    ]
